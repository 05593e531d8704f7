//! A memory that is lost in both places, out of the lines alone.

use super::*;
use shared::allowance::CardKey;
use shared::event::{Technician, TechnicianAction};
use shared::ids::{GrantId, RentalId};
use shared::money::Centavos;
use shared::voucher::VoucherKey;

const HOUR_MS: u64 = 3_600_000;

fn bay() -> BayNo {
    BayNo::new(1).unwrap()
}

fn card(n: u64) -> CardKey {
    CardKey::of("salt", &n.to_string())
}

fn released(serial: u64) -> Fact {
    Fact::ReleaseStarted {
        bay: bay(),
        grant: GrantId::new(serial, [1; 10]),
        rental: RentalId::new(serial, [2; 10]),
    }
}

fn lent(n: u8) -> Fact {
    Fact::CardReleaseStarted {
        bay: bay(),
        // Born at the dock, on a day when its clock said 1970.
        grant: GrantId::new(900_000 + u64::from(n), [n; 10]),
        rental: RentalId::new(900_000, [n; 10]),
        card: card(u64::from(n)),
        allowance: 6 + u64::from(n),
    }
}

fn serviced(action: TechnicianAction) -> Fact {
    let by = Technician::Key("Ana".into());
    Fact::TechnicianActed { by, action }
}

/// Records `facts` at an hour of running time, loses both memories, and starts again.
fn rebuilt(facts: &[(u64, ClockQuality, Fact)]) -> Memory {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut journal = fresh(&path);
    for (hour, clock, fact) in facts {
        let at = Stamp {
            mono_ms: MonoMs(hour * HOUR_MS),
            clock: *clock,
            ..stamp(1)
        };
        let facts = std::slice::from_ref(fact);
        journal.commit(at, facts, &Memory::default(), None).unwrap();
    }
    drop(journal);
    for name in ["journal.db", "journal.db-wal"] {
        let _ = fs::remove_file(dir.path().join(name));
    }
    // The head of the copy, where its memory begins.
    let copy = dir.path().join("journal.lines-0000000000000001");
    let mut bytes = fs::read(&copy).unwrap();
    bytes[3] ^= 0xff;
    fs::write(&copy, bytes).unwrap();
    let journal = opened(&path);
    assert!(journal.health().salvaged.unwrap().uncertain_to.is_some());
    journal.memory().clone()
}

#[test]
fn what_was_risked_and_lent_today_is_not_forgotten() {
    let (unset, server) = (ClockQuality::Unset, ClockQuality::Server);
    let memory = rebuilt(&[
        (0, unset, released(40)),
        (0, unset, lent(1)),
        // A day later than those, and the day of the next.
        (24, unset, lent(2)),
        (25, unset, released(44)),
        (26, server, released(45)),
        (27, ClockQuality::Floor, released(43)),
        (47, server, lent(3)),
    ]);
    let exposure = &memory.exposure;
    assert_eq!(exposure.serial, 45, "the highest, and none of a card's");
    // Two cards, and two grants whose worth the cloud had not vouched for.
    assert_eq!(exposure.centavos, 4 * 50_000);
    let today: Vec<(CardKey, u16)> = exposure.releases.iter().map(|(k, n)| (*k, *n)).collect();
    let mut expected = vec![(card(2), 1), (card(3), 1)];
    expected.sort();
    assert_eq!(today, expected);
    assert_eq!(exposure.elapsed_ms, 0, "the day is not shorter");
    assert_eq!(
        exposure.open.len(),
        3,
        "a card's cart is out until it is back"
    );
    assert_eq!(exposure.allowance, 9);
    assert_eq!(memory.clock_floor_ms, UnixMs(1_790_000_000_000));
    assert_eq!(memory.used_grants.len(), 7);
}

#[test]
fn a_service_goes_on_and_an_ended_one_does_not() {
    let began = serviced(TechnicianAction::ServiceBegan);
    let ended = serviced(TechnicianAction::ServiceEnded);
    let unset = ClockQuality::Unset;
    let memory = rebuilt(&[(0, unset, began.clone())]);
    assert_eq!(memory.service, Some(Technician::Key("Ana".into())));
    assert_eq!(memory.exposure.centavos, 0);
    let memory = rebuilt(&[(0, unset, began), (1, unset, ended)]);
    assert_eq!(memory.service, None);
}

/// However long a text that got into a fact: its line can be sent, and the loop goes on.
#[test]
fn a_fact_with_an_endless_name_is_recorded_with_a_shorter_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = fresh(&dir.path().join("journal.db"));
    for letter in ["\u{1}", "\u{1f600}", "x"] {
        let name = letter.repeat(10_000);
        let facts = [
            Fact::TechnicianActed {
                by: Technician::Key(name.clone()),
                action: TechnicianAction::SignedIn,
            },
            Fact::GatewayStarted { software: name },
        ];
        let lines = journal.commit(stamp(1), &facts, &memory(1), None).unwrap();
        for line in lines {
            assert!(
                line.text.len() <= shared::sync::EVENT_BYTES_MAX,
                "{letter:?}"
            );
            assert!(
                line.text
                    .contains(&line.envelope().unwrap().seq.to_string())
            );
        }
    }
}

#[test]
fn a_redeemed_voucher_stays_redeemed_and_a_gap_closes_the_till() {
    let voucher = VoucherKey::of("salt", "CODE");
    let redeemed = Fact::VoucherRedeemed {
        voucher,
        amount_centavos: Centavos::new(5_000),
        by: Technician::Code,
        allowance: 3,
    };
    let memory = rebuilt(&[
        (0, ClockQuality::Server, redeemed),
        (1, ClockQuality::Server, released(1)),
    ]);
    let kept = memory.till.redeemed[&voucher];
    assert_eq!((kept.amount, kept.seq), (Centavos::new(5_000), 1));
    // The line that tells of the gap is the first that a list must know of.
    assert!(memory.till.honoured_from > SALVAGE_SKIP);
}
