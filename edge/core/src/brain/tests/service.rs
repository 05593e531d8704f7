//! A technician at the dock: nothing that comes or goes is a customer's.

use super::Script;
use crate::io::{TestStep, TestView};
use crate::limits::{SERVICE_IDLE_MS, TEST_ASK_MS, TEST_BOLT_MS, TEST_SENSE_MS};
use shared::event::TestVerdict;
use shared::sync::BayState;
use shared::time::MonoMs;

/// Cart `a` stands in slot 1, and the dock is in service since 20 s.
const SERVED: &str = "
    at 1000: 1 tag a; 1 in => show 1 Reading
    at 3000 => docked 1 a, show 1 Accepted with Accepted
    at 10000 => show 1 Ready
    at 20000: tech begin => service, show 1 OutOfService, show 2 OutOfService, show 3 OutOfService
";

fn served(text: &str) -> Script {
    Script::play(&format!("{SERVED}{text}"))
}

#[test]
fn what_comes_and_goes_in_service_is_nobodys() {
    let script = served(
        "
        at 21000: 2 tag b; 2 in =>
        at 23000 => placed 2 b, show 2 OutOfService with Attention
        at 30000: 1 tag -; 1 out =>
        at 31500 => taken 1 a
        at 32000: 2 tag c =>
        at 34000 => taken 2 b, placed 2 c, show 2 OutOfService with Attention
        at 40000: 3 in =>
        at 60000: tech end => service over, show 1 Ready, show 2 Ready, show 3 Reading
        at 68000 => contradicted 3 - CartWithoutTag, show 3 Attention with Attention
        at 70000: 3 tag d =>
        at 72000 => docked 3 d, show 3 Accepted with Accepted
        ",
    );
    assert_eq!(script.snapshot(2).state, BayState::Occupied);
    assert_eq!(script.snapshot(2).tag, Some(super::tag("c")));
}

#[test]
fn a_customers_cart_at_the_seam_stays_the_customers() {
    // Put in before the service, settled in it; and the other way round.
    served(
        "
        at 30000: tech end => service over, show 1 Ready, show 2 Ready, show 3 Ready
        at 40000: 2 tag b; 2 in => show 2 Reading
        at 41000: tech begin => service, show 1 OutOfService, show 2 OutOfService, show 3 OutOfService
        at 42000 => docked 2 b, show 2 OutOfService with Accepted
        at 50000: 3 tag c; 3 in =>
        at 51000: tech end => service over, show 1 Ready, show 2 Ready, show 3 Reading
        at 52000 => placed 3 c, show 3 Ready with Attention
        at 60000: 2 tag -; 2 out =>
        at 61000: tech begin => service, show 1 OutOfService, show 2 OutOfService, show 3 OutOfService
        at 61500 => left 2 b
        ",
    );
}

#[test]
fn service_outlives_a_power_cut_and_not_an_hour_of_nobody() {
    let idle = SERVICE_IDLE_MS;
    let (last, over) = (30_000 + idle - 1, 30_000 + idle);
    let script = served(&format!(
        "
        at 21000: reboot => gateway, lock 1, lock 2, lock 3, show 1 OutOfService, show 2 OutOfService, show 3 OutOfService
        at 22000: 2 tag b; 2 in =>
        at 24000 => placed 2 b, show 2 OutOfService with Attention
        at 25000: card m1; code g1 1; carry g2 1; grant g3 1 => no InService, no InService, refused 1 g2 InService, no InService, refused 1 g3 InService
        at 30000: tech locate 2 => located 2, show 2 Locate
        at 31000: tech locked => LockedOut
        at 60000 => show 2 OutOfService
        at {last} =>
        at {over} => service over, show 1 Ready, show 2 Ready, show 3 Ready
        "
    ));
    assert_eq!(script.memory().service, None);
    assert_eq!(script.snapshot(2).state, BayState::Occupied);
}

#[test]
fn a_release_under_way_ends_before_the_service() {
    let opened = "
        at 20000: tech end => service over, show 1 Ready, show 2 Ready, show 3 Ready
        at 30000: grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
        at 30100: 1 open =>
        at 31000: tech begin => service, lock 1, show 1 Attention, show 2 OutOfService, show 3 OutOfService
    ";
    let script = served(&format!(
        "{opened}
        at 31100: 1 shut => expired 1 g1, show 1 OutOfService
        "
    ));
    assert_eq!(script.snapshot(1).state, BayState::Service);
    served(&format!(
        "{opened}
        at 31200: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 OutOfService
        at 31300: 1 shut =>
        "
    ));
    served(&format!(
        "{opened}
        at 31100: grant g2 1 => refused 1 g2 InService
        at 36000 => pulled 1 g1 a, faulted 1 BoltStuckOpen, lock 1, show 1 OutOfService
        "
    ));
}

#[test]
fn a_guided_test_passes_step_by_step() {
    let script = served(
        "
        at 21000: tech test 2 => test 2, show 2 Locate
        at 22000: tech yes 2 => show 2 Locate with Accepted
        at 27000 => show 2 Locate with Accepted
        at 28000: tech yes 2 => unlock 2, show 2 Open
        at 28100: 2 open => lock 2
        at 28200: 2 shut => show 2 Reading
        at 30000: 2 in =>
        at 31000: 2 out =>
        at 32000: 2 tag z => tested 2 Passed, show 2 OutOfService
        at 33000: 2 tag - =>
        at 40000: tech yes 2; tech no 2; tech abandon 2 =>
        ",
    );
    let view = script.brain.test_view().unwrap();
    assert_eq!(view.step, TestStep::Done);
    assert_eq!(view.verdict, Some(TestVerdict::Passed));
}

#[test]
fn a_cart_in_the_bay_is_not_lost_by_its_test() {
    served(
        "
        at 21000: tech test 1 => test 1, show 1 Locate
        at 21100: tech yes 1 => show 1 Locate with Accepted
        at 21200: tech yes 1 => unlock 1, show 1 Open
        at 21300: 1 open => lock 1
        at 22000: 1 tag -; 1 out =>
        at 22100: 1 shut => show 1 Reading
        at 23500 => taken 1 a
        at 24000: 1 in; 1 tag a =>
        at 26000 => placed 1 a, show 1 Reading with Attention
        at 27000: tech end => tested 1 Abandoned, service over, show 1 Ready, show 2 Ready, show 3 Ready
        ",
    );
}

#[test]
fn each_step_has_its_time_and_its_verdict() {
    let (ask, bolt, sense) = (TEST_ASK_MS, TEST_BOLT_MS, TEST_SENSE_MS);
    assert!(2 * ask + bolt + 2 * sense < 120_000);
    let to_bolt = "tech test 2; tech yes 2; tech yes 2";
    let to_presence = format!("{to_bolt}; 2 open; 2 shut");
    let to_reader = format!("{to_presence}; 2 in; 2 out");
    for (inputs, step, limit_ms, verdict) in [
        (
            "tech test 2".to_owned(),
            TestStep::Lamp,
            ask,
            TestVerdict::Lamp,
        ),
        (
            "tech test 2; tech yes 2".to_owned(),
            TestStep::Sound,
            ask,
            TestVerdict::Sound,
        ),
        (
            format!("{to_bolt}; 2 open"),
            TestStep::Bolt,
            bolt,
            TestVerdict::Bolt,
        ),
        (
            to_presence.clone(),
            TestStep::Presence,
            sense,
            TestVerdict::Presence,
        ),
        (
            format!("{to_presence}; 2 in"),
            TestStep::Presence,
            sense,
            TestVerdict::Presence,
        ),
        (to_reader, TestStep::Reader, sense, TestVerdict::Reader),
    ] {
        let mut script = served("");
        script.line(&format!("at 30000: {inputs}"));
        let until = MonoMs(30_000 + limit_ms);
        let bay = super::no(2);
        let running = TestView {
            bay,
            step,
            until,
            verdict: None,
        };
        assert_eq!(script.brain.test_view(), Some(running), "{inputs}");
        script.advance(until.0 - 1);
        assert_eq!(script.brain.test_view(), Some(running), "{inputs}");
        script.advance(until.0);
        let over = script.brain.test_view().unwrap();
        assert_eq!((over.step, over.verdict), (TestStep::Done, Some(verdict)));
        assert!(script.said.iter().any(|it| it.starts_with("tested 2")));
    }
}

#[test]
fn a_test_drives_a_stuck_bolt_three_times_and_ends_with_the_lock_secured() {
    served(
        "
        at 21000: tech test 2 => test 2, show 2 Locate
        at 21000: tech yes 2; tech yes 2 => show 2 Locate with Accepted, unlock 2, show 2 Open
        at 24000 => unlock 2
        at 27000 => unlock 2
        at 30000 => tested 2 Bolt, lock 2, show 2 OutOfService
        at 31000: tech test 2; tech no 2 => test 2, show 2 Locate, tested 2 Lamp, show 2 OutOfService
        at 32000: tech test 2; tech yes 2; tech no 2 => test 2, show 2 Locate, show 2 Locate with Accepted, tested 2 Sound, show 2 OutOfService
        at 33000: tech test 2; tech yes 2; tech yes 2 => test 2, show 2 Locate, show 2 Locate with Accepted, unlock 2, show 2 Open
        at 33100: 2 open => lock 2
        at 33200: tech test 3 => tested 2 Abandoned, test 3, lock 2, show 2 OutOfService, show 3 Locate
        at 38200 => faulted 2 BoltStuckOpen
        at 39000: tech end => tested 3 Abandoned, service over, show 1 Ready, show 3 Ready
        at 40000: 2 shut => recovered 2, show 2 Ready
        ",
    );
}

#[test]
fn without_service_there_is_no_test_and_orders_out_of_place_do_nothing() {
    let script = Script::play(
        "
        at 1000: tech test 1; tech yes 1; tech abandon 1; tech end; tech test 9; tech locate 9 =>
        at 2000: tech begin; tech begin => service, show 1 OutOfService, show 2 OutOfService, show 3 OutOfService
        at 3000: tech test 9; tech sync; tech in => SyncAsked, SignedIn
        ",
    );
    assert_eq!(script.brain.test_view(), None);
}
