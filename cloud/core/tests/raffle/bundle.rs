//! One file that says everything, in one spelling, under one signature.

use crate::sample::{DAY_MS, EXTRACTION_MS, HOUR_MS, PRIZES, readings, sample};
use cloud_core::raffle::beacon::Beacon;
use cloud_core::raffle::bundle::{Bundle, shuffled};
use cloud_core::raffle::canonical::{self, NotCanonical};
use cloud_core::raffle::result::decision;
use cloud_core::raffle::tree::{Tree, proves};
use cloud_core::raffle::winners::winners;

#[test]
fn a_bundle_says_everything_that_its_reckoning_needs() {
    let sample = sample(97, 1);
    let campaign = sample.drawn(&PRIZES);
    let text = sample
        .bundle(&campaign, EXTRACTION_MS.plus(DAY_MS))
        .to_text()
        .unwrap();
    let bundle = Bundle::from_text(&text).unwrap();
    assert!(bundle.is_signed());
    let entries = bundle.list().unwrap();
    assert_eq!(entries, sample.entries);
    assert!(bundle.commit.is_for(&bundle.rules) && bundle.commit.holds(&entries));
    let commitment = bundle.commit.commitment(&bundle.rules);
    assert_eq!(bundle.witnesses.len(), 3);
    assert!(bundle.witnesses.iter().all(|one| one.saw(&commitment)));
    let due_ms = bundle.rules.extraction.at_ms;
    let beacon = bundle.beacon.unwrap();
    let randomness = beacon.randomness(bundle.rules.drand.round, due_ms).unwrap();
    let order = shuffled(&bundle.commit, &randomness, &entries);
    assert!(
        bundle
            .results
            .iter()
            .all(|one| one.is_signed(&bundle.rules))
    );
    let (_, start) = decision(&bundle.results, order.n()).unwrap();
    assert_eq!(
        winners(&bundle.rules, &entries, &order, start, &[], &[]),
        bundle.winners
    );
    assert_eq!(bundle.winners.len(), 3);
    assert_eq!(
        bundle.file_name(),
        format!("sorteio-{}.json", "ca".repeat(16))
    );
}

#[test]
fn the_same_campaign_makes_the_same_bytes() {
    let made = || {
        let sample = sample(40, 9);
        let bundle = sample.bundle(&sample.shuffled(), EXTRACTION_MS);
        bundle.to_text().unwrap()
    };
    assert_eq!(made(), made());
}

/// Reckoned from the method's text by a program of its own (Python's hashlib and json): the rules'
/// hash, the root, and who wins. A stored or published bundle outlives this program.
#[test]
fn another_program_reckons_the_same() {
    let sample = sample(97, 20_230_920);
    let shuffled = sample.shuffled();
    let commit = shuffled.committed().unwrap().commit;
    assert_eq!(
        commit.rules_hash.to_string(),
        "e69cb83a304f929d4ecd7a48af77c511eb4ccc1e47a09b12f543056fb6c29f31"
    );
    assert_eq!(
        commit.root.to_string(),
        "c52161d25acbae4f3bc5d0b7dfefd35f08a8bf0c2e17a8269c825b5f4e05c061"
    );
    let evening_ms = EXTRACTION_MS.plus(HOUR_MS);
    let entries = &sample.entries;
    let drawn = shuffled
        .disqualify(50, "menor", entries, EXTRACTION_MS.plus(-1))
        .and_then(|campaign| {
            let planned = readings(&sample.rules.extraction, &PRIZES);
            campaign.enter(&planned, "", evening_ms, &sample.operator)
        })
        .and_then(|campaign| campaign.draw(entries, evening_ms))
        .and_then(|campaign| campaign.disqualify(52, "equipe", entries, evening_ms))
        .unwrap();
    let winners = drawn.drawn().unwrap().winners.iter();
    let numbers: Vec<_> = winners
        .map(|one| (one.position, one.number.as_deref()))
        .collect();
    let expected = [(51, "5360783"), (54, "5670059"), (53, "5566967")];
    assert_eq!(numbers, expected.map(|(p, n)| (Some(p), Some(n))));
}

#[test]
fn stages_before_the_draw_are_null_and_empty() {
    let sample = sample(5, 2);
    let bundle = sample.bundle(&sample.committed(), EXTRACTION_MS);
    let text = bundle.to_text().unwrap();
    for part in [
        r#""beacon":null"#,
        r#""results":[]"#,
        r#""disqualified":[]"#,
        r#""winners":[]"#,
        r#"{"beacon":"#,
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains('\n') || text.contains("\\n"));
    assert!(Bundle::from_text(&text).unwrap().is_signed());
    let shuffled = sample.bundle(&sample.shuffled(), EXTRACTION_MS);
    assert!(matches!(shuffled.beacon, Some(Beacon::Signed { .. })));
    assert_eq!(sample.closed().parts(Vec::new(), EXTRACTION_MS), None);
}

/// Every byte of a bundle, each changed in one bit: it is no canonical text any more, or the
/// signature does not cover it.
#[test]
fn no_byte_of_a_bundle_can_change() {
    let sample = sample(2, 3);
    let bundle = sample.bundle(&sample.drawn(&PRIZES), EXTRACTION_MS.plus(DAY_MS));
    let text = bundle.to_text().unwrap();
    let mut believed = Vec::new();
    for index in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[index] ^= 1;
        let changed = String::from_utf8(bytes).ok();
        let read = changed.and_then(|text| Bundle::from_text(&text).ok());
        if read.is_some_and(|bundle| bundle.is_signed()) {
            believed.push(index);
        }
    }
    assert_eq!(believed, Vec::<usize>::new());
}

#[test]
fn another_spelling_of_a_bundle_is_none() {
    let sample = sample(2, 3);
    let text = sample
        .bundle(&sample.shuffled(), EXTRACTION_MS)
        .to_text()
        .unwrap();
    for (other, why) in [
        (format!("{text}\n"), NotCanonical::OtherSpelling),
        (format!(" {text}"), NotCanonical::OtherSpelling),
        (
            text.replacen(r#""beacon":"#, r#""beacon": "#, 1),
            NotCanonical::OtherSpelling,
        ),
        (
            text.replacen(r#""format":"#, r#""extra":1,"format":"#, 1),
            NotCanonical::Unreadable,
        ),
        (
            text.replacen(r#","winners":[]"#, "", 1),
            NotCanonical::Unreadable,
        ),
        (
            text.replacen("SA1/bundle/1", "SA1/bundle/2", 1),
            NotCanonical::Unreadable,
        ),
        (
            text.replacen(r#""minimum_age":18"#, r#""minimum_age":18.0"#, 1),
            NotCanonical::Unreadable,
        ),
    ] {
        assert_ne!(other, text);
        assert_eq!(Bundle::from_text(&other), Err(why));
    }
    // An absent beacon is null, and never simply not there.
    let committed = sample.bundle(&sample.committed(), EXTRACTION_MS);
    let text = committed.to_text().unwrap();
    let without = text.replacen(r#""beacon":null,"#, "", 1);
    assert_eq!(
        Bundle::from_text(&without),
        Err(NotCanonical::OtherSpelling)
    );
}

#[test]
fn a_receipt_finds_its_own_entry_and_the_proof_leads_to_the_root() {
    let sample = sample(60, 4);
    let root = sample.entries.tree().root();
    let tree = Tree::new(sample.entries.leaves());
    for (index, one) in sample.returns.iter().enumerate() {
        let receipt = sample.receipt(index);
        let text = canonical::text(&receipt).unwrap();
        assert_eq!(canonical::read(&text), Ok(receipt.clone()));
        assert_eq!(receipt.mark(), one.entry.ev);
        let leaf = one.entry.leaf(&sample.rules.campaign_id);
        let at = sample.entries.index_of(&leaf).unwrap();
        assert_eq!(sample.entries.as_slice()[at], one.entry);
        let path = tree.proof(at).unwrap();
        assert!(proves(&leaf, at as u64, 60, &path, &root));
        let mut other = receipt;
        other.event.push(' ');
        let found = sample
            .entries
            .as_slice()
            .iter()
            .any(|e| e.ev == other.mark());
        assert!(!found);
    }
}
