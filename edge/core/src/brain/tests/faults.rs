use super::Script;

const DOCKED: &str = "
    at 1000: 1 tag a; 1 in => show 1 Reading
    at 3000 => docked 1 a, show 1 Accepted with Accepted
    at 10000 => show 1 Ready
";

#[test]
fn a_part_that_fails_closes_the_bay_until_it_tells_its_level_again() {
    for (part, level, fault) in [
        ("reader", "tag a", "ReaderDeaf"),
        ("bolt", "shut", "SensorFailed"),
        ("presence", "in", "SensorFailed"),
    ] {
        Script::play(&format!(
            "{DOCKED}
            at 20000: 1 fail {part} => faulted 1 {fault}, show 1 OutOfService
            at 21000: grant g1 1 => refused 1 g1 BayFaulted
            at 30000: 1 heal {part} =>
            at 30100: 1 {level} => recovered 1, show 1 Ready
            "
        ));
    }
    Script::play(&format!(
        "{DOCKED}
        at 20000: 1 fail lock => faulted 1 LockFailed, show 1 OutOfService
        at 30000: 1 heal lock => recovered 1, show 1 Ready
        "
    ));
}

#[test]
fn a_second_failed_part_takes_over_the_fault() {
    Script::play(&format!(
        "{DOCKED}
        at 20000: 1 fail lock => faulted 1 LockFailed, show 1 OutOfService
        at 21000: 1 fail reader =>
        at 22000: 1 heal lock =>
        at 23000: 1 fail lock; 1 heal reader; 1 tag a =>
        at 24000: 1 heal lock => recovered 1, show 1 Ready
        "
    ));
    Script::play(&format!(
        "{DOCKED}
        at 20000: 1 fail reader => faulted 1 ReaderDeaf, show 1 OutOfService
        at 21000: 1 fail lock; 1 heal reader; 1 tag a => faulted 1 LockFailed
        "
    ));
}

#[test]
fn a_cart_that_left_or_came_meanwhile_is_found_at_the_recovery() {
    Script::play(&format!(
        "{DOCKED}
        at 20000: 1 fail reader => faulted 1 ReaderDeaf, show 1 OutOfService
        at 21000: 1 out =>
        at 30000: 1 heal reader; 1 tag - => recovered 1, show 1 Ready
        at 31500 => left 1 a
        at 32000: 2 fail presence => faulted 2 SensorFailed, show 2 OutOfService
        at 33000: 2 tag b =>
        at 40000: 2 heal presence; 2 in => recovered 2, show 2 Reading
        at 42000 => docked 2 b, show 2 Accepted with Accepted
        "
    ));
}

#[test]
fn a_fault_while_a_cart_is_read_tells_the_customer() {
    Script::play(
        "
        at 1000: 1 tag a; 1 in => show 1 Reading
        at 2000: 1 fail bolt => faulted 1 SensorFailed, show 1 OutOfService with Attention
        ",
    );
}

#[test]
fn a_bay_that_never_tells_its_levels_is_broken() {
    Script::play(
        "
        at 0: restart blind => gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready
        at 100: 1 tag -; 1 shut; 1 out; 2 tag -; 2 shut; 2 out; 3 shut; 3 out =>
        at 4999 =>
        at 5000 => faulted 3 SensorFailed, show 3 OutOfService
        at 6000: 3 tag - => recovered 3, show 3 Ready
        ",
    );
}

#[test]
fn a_stuck_bolt_is_not_forgotten_with_the_power() {
    Script::play(&format!(
        "{DOCKED}
        at 20000: grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
        at 29000 => unlock 1, unlock 1, failed 1 g1 BoltStuckClosed, faulted 1 BoltStuckClosed, lock 1, show 1 OutOfService with Attention
        at 30000: restart => gateway, lock 1, lock 2, lock 3, show 1 OutOfService, show 2 Ready, show 3 Ready
        at 31000: grant g2 1 => refused 1 g2 BayFaulted
        at 32000: 1 heal lock => recovered 1, show 1 Ready
        "
    ));
}
