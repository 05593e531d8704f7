//! A disk that fills up: telemetry stops first, releases next, returns never.

use super::Script;

const DOCKED: &str = "
    at 1000: 1 tag a; 1 in => show 1 Reading
    at 3000 => docked 1 a, show 1 Accepted with Accepted
    at 10000 => show 1 Ready
";

#[test]
fn with_little_room_telemetry_happens_unrecorded() {
    let script = Script::play(&format!(
        "{DOCKED}
        at 20000: storage low; 2 fail lock; tech locate 1 => show 2 OutOfService, located 1, show 1 Locate
        at 21000: 2 heal lock => show 2 Ready
        at 22000: grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
        at 22100: 1 open =>
        at 23000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        at 23100: 1 shut =>
        at 24000: storage ample; 2 fail lock => faulted 2 LockFailed, show 2 OutOfService
        "
    ));
    assert_eq!(script.memory().faults.len(), 1);
}

#[test]
fn with_no_room_returns_and_the_end_of_a_release_are_still_recorded() {
    let script = Script::play(&format!(
        "{DOCKED}
        at 20000: synced; grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
        at 20100: 1 open; storage full =>
        at 21000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        at 21100: 1 shut =>
        at 22000: 1 tag a; 1 in => show 1 Reading
        at 24000 => docked 1 a, show 1 Accepted with Accepted
        at 25000: grant g2 1; grant g3 3; code g4 1; carry g5 1; card m1 => no StorageFull, no StorageFull, no StorageFull
        at 26000: 2 in => show 2 Reading
        at 34000 => show 1 Ready, contradicted 2 - CartWithoutTag, show 2 Attention with Attention
        at 40000: 1 tag -; 1 out =>
        at 41500 => left 1 a
        at 42000: 1 tag a; 1 in => show 1 Reading
        at 44000: storage low; grant g2 1 => docked 1 a, show 1 Accepted with Accepted, release 1 g2, unlock 1, show 1 Open with Open
        "
    ));
    let used = script.memory().used_grants;
    assert_eq!(used.len(), 2, "what was not recorded was not decided");
}
