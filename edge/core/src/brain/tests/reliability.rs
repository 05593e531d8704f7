//! A part that fails and heals for ever.

use super::{Script, no};
use crate::limits::{PART_FAILURES_MAX, RELIABLE_MS};
use proptest::prelude::*;
use shared::event::{BayFault, Fact};

const DOCKED: &str = "
    at 1000: 1 tag a; 1 in => show 1 Reading
    at 3000 => docked 1 a, show 1 Accepted with Accepted
    at 10000 => show 1 Ready
";

/// The lock of bay 1 failed for the fourth time at 23 s.
const FLAPPING: &str = "
    at 20000: 1 fail lock; 1 heal lock => faulted 1 LockFailed, show 1 OutOfService, recovered 1, show 1 Ready
    at 21000: 1 fail lock; 1 heal lock => faulted 1 LockFailed, show 1 OutOfService, recovered 1, show 1 Ready
    at 22000: 1 fail lock; 1 heal lock => faulted 1 LockFailed, show 1 OutOfService, recovered 1, show 1 Ready
    at 23000: 1 fail lock; 1 heal lock => faulted 1 LockFailed, show 1 OutOfService, faulted 1 Unreliable
    at 24000: 1 fail lock; 1 heal lock; 1 fail reader; 1 heal reader; 1 tag a =>
";

fn flapping(text: &str) -> Script {
    Script::play(&format!("{DOCKED}{FLAPPING}{text}"))
}

#[test]
fn the_fourth_failure_in_an_hour_takes_the_bay_out_for_an_hour() {
    let over = 24_000 + RELIABLE_MS;
    let last = over - 1;
    flapping(&format!(
        "
        at 30000: grant g1 1; card m1 => refused 1 g1 BayFaulted, no NoList
        at {last} =>
        at {over} => recovered 1, show 1 Ready
        "
    ));
}

#[test]
fn the_bay_rests_longer_with_every_failure_and_anew_after_a_start() {
    let (failed, over) = (1_000_000, 1_000_000 + RELIABLE_MS);
    flapping(&format!(
        "
        at {failed}: 1 fail lock; 1 heal lock =>
        at {over} => recovered 1, show 1 Ready
        "
    ));
    let over = 900_000 + RELIABLE_MS;
    let last = over - 1;
    flapping(&format!(
        "
        at 900000: restart => gateway, lock 1, lock 2, lock 3, show 1 OutOfService, show 2 Ready, show 3 Ready
        at {last} =>
        at {over} => recovered 1, show 1 Ready
        "
    ));
    // What is broken when the hour is over is broken.
    let (failed, over) = (24_500, 24_500 + RELIABLE_MS);
    flapping(&format!(
        "
        at {failed}: 1 fail lock =>
        at {over} => faulted 1 LockFailed
        at 9000000: 1 heal lock => recovered 1, show 1 Ready
        "
    ));
}

#[test]
fn a_passed_test_ends_the_rest_and_a_failed_one_does_not() {
    flapping(
        "
        at 30000: tech begin => service, show 2 OutOfService, show 3 OutOfService
        at 31000: tech test 1; tech no 1 => test 1, show 1 Locate, tested 1 Lamp, show 1 OutOfService
        at 32000: tech test 1; tech yes 1; tech yes 1 => test 1, show 1 Locate, show 1 Locate with Accepted, unlock 1, show 1 Open
        at 32100: 1 open => lock 1
        at 32200: 1 shut => show 1 Reading
        at 33000: 1 out =>
        at 34000: 1 in => tested 1 Passed, recovered 1, show 1 OutOfService
        at 40000: tech end => service over, show 1 Ready, show 2 Ready, show 3 Ready
        ",
    );
}

#[test]
fn a_cart_that_comes_or_goes_while_the_bay_rests_is_found() {
    flapping(
        "
        at 30000: 1 tag -; 1 out =>
        at 31500 => left 1 a
        ",
    );
}

#[derive(Debug, Clone)]
enum Flap {
    Fail(usize),
    Heal(usize),
    Wait(u64),
}

fn flaps() -> impl Strategy<Value = Flap> {
    prop_oneof![
        4 => (0..PARTS.len()).prop_map(Flap::Fail),
        6 => (0..PARTS.len()).prop_map(Flap::Heal),
        3 => (0..1_200_000u64).prop_map(Flap::Wait),
    ]
}

/// A part, and the level its healing tells again.
const PARTS: [(&str, &str); 4] = [
    ("reader", "1 tag a"),
    ("lock", "1 shut"),
    ("bolt", "1 shut"),
    ("presence", "1 in"),
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_faults_of_a_bay_are_bounded_in_every_hour(
        flaps in prop::collection::vec(flaps(), 1..300),
    ) {
        let mut script = Script::new();
        script.line("at 1000: 1 tag a; 1 in");
        script.line("at 4000");
        for flap in flaps {
            let at = script.at;
            match flap {
                Flap::Fail(part) => script.line(&format!("at {at}: 1 fail {}", PARTS[part].0)),
                Flap::Heal(part) => {
                    let (part, level) = PARTS[part];
                    script.line(&format!("at {at}: 1 heal {part}; {level}"));
                }
                Flap::Wait(ms) => script.advance(at + ms),
            }
        }
        let faults: Vec<u64> = script
            .journal
            .iter()
            .zip(&script.stamps)
            .filter(|(fact, _)| matches!(fact, Fact::BayFaulted { .. }))
            .map(|(_, stamp)| stamp.mono_ms.0)
            .collect();
        // Each failure of a part may show once when it happens and once when another heals.
        let most = 2 * PARTS.len() * (PART_FAILURES_MAX + 1) + 1;
        for from in &faults {
            let hour = faults.iter().filter(|at| (*from..from + RELIABLE_MS).contains(*at));
            prop_assert!(hour.count() <= most);
        }
        let rests = script.journal.iter().filter(|fact| {
            matches!(fact, Fact::BayFaulted { fault: BayFault::Unreliable, .. })
        });
        let hours = usize::try_from(script.at / RELIABLE_MS).unwrap() + 1;
        prop_assert!(rests.count() <= hours);
        prop_assert!(script.memory().carts.contains_key(&no(1)));
    }
}
