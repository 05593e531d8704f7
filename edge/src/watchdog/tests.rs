use super::*;
use crate::status::sample;
use shared::time::UnixMs;

#[test]
fn a_sign_of_life_takes_a_round_of_every_worker() {
    // Who goes round before each look, and whether the sign goes out: `l` the loop, `d` the dock.
    for steps in [
        vec![("ld", true), ("ld", true), ("ld", true)],
        vec![("ld", true), ("d", false), ("d", false), ("ld", true)],
        vec![
            ("ld", true),
            ("l", false),
            ("", false),
            ("d", true),
            ("ld", true),
        ],
        vec![("", false), ("dd", false), ("l", true), ("", false)],
        vec![("lldd", true), ("", false)],
    ] {
        let (event_loop, dock) = (Beat::default(), Beat::default());
        event_loop.beat();
        let mut gate = Gate::new(vec![("loop", event_loop.clone()), ("dock", dock.clone())]);
        for (at, (rounds, open)) in steps.iter().enumerate() {
            for worker in rounds.chars() {
                match worker {
                    'l' => event_loop.beat(),
                    _ => dock.beat(),
                }
            }
            assert_eq!(gate.late().is_empty(), *open, "{steps:?} at {at}");
            if *open {
                gate.open();
            }
        }
    }
}

#[test]
fn the_late_are_named() {
    let (event_loop, dock) = (Beat::default(), Beat::default());
    let gate = Gate::new(vec![("event loop", event_loop.clone()), ("coils", dock)]);
    assert_eq!(gate.late(), ["event loop", "coils"]);
    event_loop.beat();
    assert_eq!(gate.late(), ["coils"]);
    let stage = Stage::Enrolling(Enrolling::Asking);
    assert_eq!(words(&stage, &gate.late()), "hangs: coils");
}

#[test]
fn before_anybody_works_the_page_is_enough() {
    assert!(Gate::default().late().is_empty());
}

#[test]
fn a_dark_gateway_says_so_in_one_line() {
    let mut serving = Serving {
        head_seq: 12,
        acked_seq: 5,
        ..sample::serving()
    };
    let said = |serving: &Serving| words(&Stage::Serving(Box::new(serving.clone())), &[]);
    assert_eq!(
        said(&serving),
        "serves 0 bays; no answer from the cloud yet; 7 events wait for it"
    );
    serving.uplink = Uplink::Failing {
        failure: edge_core::io::SyncFailure::Unreachable,
        since_ms: UnixMs(0),
        attempts: 4,
    };
    assert!(said(&serving).contains("does not answer (4 attempts)"));
}
