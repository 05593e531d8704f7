use super::*;
use proptest::prelude::*;

const CAMPAIGN: CampaignId = CampaignId::from_bytes([7; 16]);

fn entry(pid: u8, ev: u32) -> Entry {
    Entry {
        pid: Octets([pid; 16]),
        ev: hash(&[&ev.to_be_bytes()]),
    }
}

#[test]
fn a_pid_is_of_one_person_in_one_campaign_under_one_key() {
    let cpf: Cpf = "529.982.247-25".parse().unwrap();
    let other: Cpf = "111.444.777-35".parse().unwrap();
    let key = CampaignKey([1; 32]);
    let pid = key.pid(&CAMPAIGN, &cpf);
    // python3: hmac.new(bytes([1])*32, b"SA1/pid" + bytes([7])*16 + b"52998224725", "sha256")
    assert_eq!(pid.to_string(), "30df26166a33405d4f0e4fa17a7db31f");
    assert_eq!(pid, key.pid(&CAMPAIGN, &"52998224725".parse().unwrap()));
    for different in [
        key.pid(&CAMPAIGN, &other),
        key.pid(&CampaignId::from_bytes([8; 16]), &cpf),
        CampaignKey([2; 32]).pid(&CAMPAIGN, &cpf),
    ] {
        assert_ne!(pid, different);
    }
    assert_eq!(format!("{key:?}"), "CampaignKey(***)");
}

#[test]
fn marks_and_leaves_are_those_of_the_method() {
    // python3: h = hashlib.sha256; h(h(b"line").digest() + bytes([5])*16)
    let ev = event_mark("line", &Octets([5; 16]));
    assert_eq!(
        ev.to_string(),
        "723b756eb84ba16af6fd6fe1ff88a24d00d0322c7a7e44d5380692e5ba531c7b"
    );
    let entry = Entry {
        pid: Octets([6; 16]),
        ev,
    };
    // python3: h(b"\0\1" + bytes([7])*16 + bytes([6])*16 + ev)
    assert_eq!(
        entry.leaf(&CAMPAIGN).to_string(),
        "5a0df103ecdf018f1ffdfec95e29ac658b65191b0532170cffaa49a4db27b109"
    );
    let text = serde_json::to_string(&entry).unwrap();
    assert_eq!(text, format!("\"{}{}\"", "06".repeat(16), ev));
    assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
}

#[test]
fn a_list_is_refused_by_the_first_reason() {
    let list = |entries: Vec<Entry>, max| Entries::new(&CAMPAIGN, max, entries).map(|_| ());
    for (entries, max, expected) in [
        (vec![], 1, Err(EntriesRefused::None)),
        (vec![entry(1, 1)], 1, Ok(())),
        (
            vec![entry(1, 1), entry(1, 1)],
            1,
            Err(EntriesRefused::Duplicate),
        ),
        // One return for two persons.
        (
            vec![entry(1, 1), entry(2, 1)],
            1,
            Err(EntriesRefused::Duplicate),
        ),
        (
            vec![entry(1, 1), entry(1, 2)],
            1,
            Err(EntriesRefused::OverCap),
        ),
        (vec![entry(1, 1), entry(1, 2)], 2, Ok(())),
        (vec![entry(1, 1), entry(2, 2)], 1, Ok(())),
    ] {
        assert_eq!(list(entries, max), expected);
    }
}

#[test]
fn a_list_ends_at_a_million() {
    let entries = (0..).map(|number: u64| {
        let mut ev = [0; 32];
        ev[..8].copy_from_slice(&number.to_be_bytes());
        Entry {
            pid: Octets([0; 16]),
            ev: Octets(ev),
        }
    });
    // Endless: it is not read to its end.
    assert_eq!(
        Entries::new(&CAMPAIGN, u32::MAX, entries),
        Err(EntriesRefused::TooMany)
    );
}

proptest! {
    #[test]
    fn the_list_and_its_root_do_not_depend_on_the_order_of_insertion(
        seeds in prop::collection::btree_set(0u32..10_000, 1..120), turn: prop::sample::Index,
    ) {
        let entries: Vec<Entry> = seeds.iter().map(|seed| entry((seed % 7) as u8, *seed)).collect();
        let mut turned = entries.clone();
        turned.reverse();
        turned.rotate_left(turn.index(entries.len()));
        let (a, b) = (
            Entries::new(&CAMPAIGN, 1_000, entries).unwrap(),
            Entries::new(&CAMPAIGN, 1_000, turned).unwrap(),
        );
        prop_assert!(a.leaves().windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert_eq!(a.tree().root(), b.tree().root());
        for (index, leaf) in a.leaves().iter().enumerate() {
            prop_assert_eq!(*leaf, a.as_slice()[index].leaf(&CAMPAIGN));
            prop_assert_eq!(a.index_of(leaf), Some(index));
        }
        prop_assert_eq!(a, b);
    }
}
