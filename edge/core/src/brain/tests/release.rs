use super::Script;
use shared::event::BayFault;
use shared::sync::BayState;

/// Cart `a` stands in slot 1, carts `b` under `c` in lane 3, and grants `g1`, `g3` have just opened
/// both at 20 s.
const OPENING: &str = "
    at 1000: 1 tag a; 1 in; 3 tag b; 3 in => show 1 Reading, show 3 Reading
    at 3000 => docked 1 a, docked 3 b, show 1 Accepted with Accepted, show 3 Accepted with Accepted
    at 4000: 3 tag c => show 3 Reading
    at 6000 => docked 3 c, show 3 Accepted with Accepted
    at 12000 => show 1 Ready, show 3 Ready
    at 20000: grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
    at 20000: grant g3 3 => release 3 g3, unlock 3, show 3 Open with Open
";

fn after_opening(text: &str) -> Script {
    Script::play(&format!("{OPENING}{text}"))
}

#[test]
fn a_pulled_cart_ends_the_release() {
    let script = after_opening(
        "
        at 20100: 1 open; 3 open =>
        at 25000: 1 tag - =>
        at 25200: 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        at 25500: 1 shut =>
        at 26000: 3 out; 3 tag - => pulled 3 g3 c, lock 3, show 3 Ready
        at 26500: 3 shut =>
        at 28000: 3 in; 3 tag b =>
        at 90000 =>
        ",
    );
    assert_eq!(script.snapshot(1).state, BayState::Vacant);
    assert_eq!(script.snapshot(3).tag, Some(super::tag("b")));
}

#[test]
fn the_next_cart_of_a_lane_at_the_mouth_says_that_the_first_passed() {
    after_opening(
        "
        at 20100: 3 open; 1 open =>
        at 21000: 3 tag b => pulled 3 g3 c, lock 3, show 3 Ready
        at 21500: 3 shut =>
        at 79000: 1 tag - =>
        at 79100: 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        at 79200: 1 shut =>
        ",
    );
}

#[test]
fn a_cart_that_shows_again_under_one_pushed_into_an_open_lane_did_not_leave() {
    let pushed = "
        at 20100: 3 open; 1 open =>
        at 21000: 1 out; 1 tag -; 1 shut => pulled 1 g1 a, lock 1, show 1 Ready
        at 30000: 3 tag d; 3 shut =>
        at 80100 => lock 3, show 3 Attention
    ";
    after_opening(&format!(
        "{pushed}
        at 84000: 3 tag c => expired 3 g3, show 3 Ready
        "
    ));
    // Nobody can tell whether `c` is under `d` or was changed for it: it docks when it shows again.
    let script = after_opening(&format!(
        "{pushed}
        at 85100 => pulled 3 g3 c, docked 3 d, lock 3, show 3 Accepted with Accepted
        at 92000: 3 out; 3 tag - => show 3 Ready
        at 93500 => left 3 d
        at 94000: 3 in; 3 tag c => show 3 Reading
        at 96000 => docked 3 c, show 3 Accepted with Accepted
        "
    ));
    assert_eq!(script.snapshot(3).carts, 2);
}

#[test]
fn a_cart_that_nothing_proves_to_be_there_was_pulled() {
    let closing = "
        at 20100: 3 open; 1 open =>
        at 21000: 3 tag b; 3 shut => pulled 3 g3 c, lock 3, show 3 Ready
    ";
    // The presence sensor is covered while the cart is pulled; then the tag alone is left behind.
    after_opening(&format!(
        "{closing}
        at 25000: 1 tag -; 1 shut =>
        at 80100 => lock 1, show 1 Attention
        at 85100 => pulled 1 g1 a, lock 1, show 1 Reading
        at 93100 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
        at 95000: 1 out => show 1 Ready
        "
    ));
    after_opening(&format!(
        "{closing}
        at 25000: 1 out =>
        at 80100 => lock 1, show 1 Attention
        at 80200: 1 shut =>
        at 85100 => pulled 1 g1 a, lock 1, show 1 Reading
        at 93100 => contradicted 1 a TagWithoutCart, show 1 Attention with Attention
        "
    ));
    // The reader was only slow: what was taken for pulled comes back by itself.
    after_opening(&format!(
        "{closing}
        at 25000: 1 tag -; 1 shut =>
        at 80100 => lock 1, show 1 Attention
        at 85100 => pulled 1 g1 a, lock 1, show 1 Reading
        at 86000: 1 tag a =>
        at 88000 => docked 1 a, show 1 Accepted with Accepted
        "
    ));
}

#[test]
fn nobody_pulls_in_time() {
    after_opening(
        "
        at 20100: 3 open; 1 open =>
        at 21000: 3 tag b; 3 shut => pulled 3 g3 c, lock 3, show 3 Ready
        at 80099 =>
        at 80100 => lock 1, show 1 Attention
        at 80300: 1 shut => expired 1 g1, show 1 Ready
        at 99000 =>
        ",
    );
}

#[test]
fn a_pull_at_the_last_moment_counts() {
    let closing = "
        at 20100: 3 open; 1 open =>
        at 21000: 3 tag b; 3 shut => pulled 3 g3 c, lock 3, show 3 Ready
        at 80100 => lock 1, show 1 Attention
    ";
    after_opening(&format!(
        "{closing}
        at 80200: 1 tag -; 1 shut =>
        at 80300: 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        "
    ));
    after_opening(&format!(
        "{closing}
        at 80200: 1 tag -; 1 shut =>
        at 80400: 1 tag a => expired 1 g1, show 1 Ready
        "
    ));
}

#[test]
fn a_bolt_that_does_not_close_after_the_window_is_a_fault_and_its_cart_as_good_as_gone() {
    let jammed = "
        at 20100: 3 open; 1 open =>
        at 21000: 3 tag b; 3 shut => pulled 3 g3 c, lock 3, show 3 Ready
        at 80100 => lock 1, show 1 Attention
        at 85100 => pulled 1 g1 a, faulted 1 BoltStuckOpen, lock 1, show 1 OutOfService
    ";
    let script = after_opening(&format!(
        "{jammed}
        at 90000: 1 tag -; 1 out =>
        at 95000: 1 shut => recovered 1, show 1 Ready
        "
    ));
    assert_eq!(script.snapshot(1).state, BayState::Vacant);
    let script = after_opening(&format!(
        "{jammed}
        at 95000: 1 shut => recovered 1, show 1 Reading
        at 97000 => docked 1 a, show 1 Accepted with Accepted
        "
    ));
    assert_eq!(script.snapshot(1).tag, Some(super::tag("a")));
}

#[test]
fn a_bolt_that_does_not_come_back_after_a_pull_is_a_fault() {
    let script = after_opening(
        "
        at 20100: 3 open; 1 open =>
        at 21000: 1 out; 1 tag - => pulled 1 g1 a, lock 1, show 1 Ready
        at 21000: 3 tag b => pulled 3 g3 c, lock 3, show 3 Ready
        at 25999: 3 shut =>
        at 26000 => faulted 1 BoltStuckOpen, show 1 OutOfService
        ",
    );
    assert_eq!(script.snapshot(1).fault, Some(BayFault::BoltStuckOpen));
}

#[test]
fn a_bolt_that_does_not_open_is_driven_three_times() {
    let stuck = "
        at 20100: 3 open =>
        at 21000: 3 tag b; 3 shut => pulled 3 g3 c, lock 3, show 3 Ready
        at 23000 => unlock 1
        at 26000 => unlock 1
    ";
    after_opening(&format!(
        "{stuck}
        at 26500: 1 open =>
        at 27000: 1 out; 1 tag - => pulled 1 g1 a, lock 1, show 1 Ready
        at 27500: 1 shut =>
        "
    ));
    let failed = format!(
        "{stuck}
        at 29000 => failed 1 g1 BoltStuckClosed, faulted 1 BoltStuckClosed, lock 1, show 1 OutOfService with Attention
        "
    );
    let script = after_opening(&failed);
    assert_eq!(script.snapshot(1).tag, Some(super::tag("a")));
    for repair in ["1 heal lock", "1 open; 1 shut"] {
        after_opening(&format!(
            "{failed}
            at 40000: {repair} => recovered 1, show 1 Ready
            "
        ));
    }
}

#[test]
fn a_bolt_said_to_be_stuck_over_a_cart_out_of_sight_is_unclear() {
    let script = after_opening(
        "
        at 20100: 3 open =>
        at 21000: 3 tag b; 3 shut => pulled 3 g3 c, lock 3, show 3 Ready
        at 28000: 1 tag - => unlock 1, unlock 1
        at 29000 => unclear 1 g1 BoltStuckClosed, faulted 1 BoltStuckClosed, lock 1, show 1 OutOfService with Attention
        ",
    );
    assert_eq!(script.snapshot(1).carts, 1);
}

#[test]
fn a_bolt_that_fell_back_over_a_cart_is_driven_again() {
    after_opening(
        "
        at 20100: 3 open; 1 open =>
        at 21000: 3 tag b; 3 shut => pulled 3 g3 c, lock 3, show 3 Ready
        at 30000: 1 shut =>
        at 31000 => unlock 1
        at 31100: 1 open =>
        at 91099 =>
        at 91100 => lock 1, show 1 Attention
        at 91200: 1 shut => expired 1 g1, show 1 Ready
        ",
    );
}

#[test]
fn a_failing_part_ends_the_release_and_only_a_secured_cart_is_paid_back() {
    for (part, fault) in [
        ("reader", "ReaderDeaf"),
        ("lock", "LockFailed"),
        ("bolt", "SensorFailed"),
        ("presence", "SensorFailed"),
    ] {
        after_opening(&format!(
            "
            at 20050: 1 fail {part} => failed 1 g1 {fault}, faulted 1 {fault}, lock 1, show 1 OutOfService with Attention
            at 22000: 3 fail lamp =>
            "
        ));
        for moved in [
            "1 open",
            "1 tag -",
            "1 out",
            "1 tag -; 1 open",
            "1 open; 1 tag -; 1 shut",
        ] {
            after_opening(&format!(
                "
                at 20100: {moved} =>
                at 20200: 1 fail {part} => unclear 1 g1 {fault}, faulted 1 {fault}, lock 1, show 1 OutOfService with Attention
                "
            ));
        }
        after_opening(&format!(
            "
            at 20100: 1 open; 3 open =>
            at 21000: 3 tag b; 3 shut => pulled 3 g3 c, lock 3, show 3 Ready
            at 80100 => lock 1, show 1 Attention
            at 80200: 1 fail {part} => unclear 1 g1 {fault}, faulted 1 {fault}, lock 1, show 1 OutOfService with Attention
            "
        ));
    }
}
