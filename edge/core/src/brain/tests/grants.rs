use super::Script;
use crate::limits::{FLOOR_STEP_MS, GRANT_MEMORY_MS, GRANTS_WAITING_MAX};

const DOCKED: &str = "
    at 1000: 1 tag a; 1 in => show 1 Reading
    at 3000 => docked 1 a, show 1 Accepted with Accepted
    at 10000 => show 1 Ready
";

fn after_docked(text: &str) -> Script {
    Script::play(&format!("{DOCKED}{text}"))
}

#[test]
fn each_refusal_comes_before_those_after_it() {
    after_docked(
        "
        at 20000: synced =>
        at 20000: grant g1 9 until 19999 => refused 9 g1 UnknownBay
        at 20000: 1 fail lock => faulted 1 LockFailed, show 1 OutOfService
        at 20001: grant g2 1 until 20000 => refused 1 g2 Expired
        at 20001: grant g3 1 until 20001 => refused 1 g3 BayFaulted
        at 20002: 2 fail lock => faulted 2 LockFailed, show 2 OutOfService
        at 20003: grant g4 2 => refused 2 g4 BayFaulted
        at 20004: 2 heal lock => recovered 2, show 2 Ready
        at 20005: grant g5 2 => refused 2 g5 BayEmpty
        at 30000: 2 tag b => show 2 Reading
        at 38000 => contradicted 2 b TagWithoutCart, show 2 Attention with Attention
        at 38001: grant g6 2 => refused 2 g6 BayEmpty
        at 38002: 2 tag -; 2 out => show 2 Ready
        at 40000: 2 in => show 2 Reading
        at 48000 => contradicted 2 - CartWithoutTag, show 2 Attention with Attention
        at 48001: grant g7 2 => refused 2 g7 CartUnnamed
        at 50000: grant g1 1; grant g2 1; grant g3 2; grant g7 1 =>
        ",
    );
}

#[test]
fn a_grant_opens_once_however_often_it_comes() {
    let used = "
        at 20000: grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
        at 20050: grant g1 1 =>
        at 20100: 1 open =>
        at 22000: grant g1 1 =>
        at 25000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        at 25100: 1 shut; grant g1 1 =>
        at 30000: 1 tag b; 1 in => show 1 Reading
        at 32000 => docked 1 b, show 1 Accepted with Accepted
        at 40000: grant g1 1 => show 1 Ready
    ";
    after_docked(used);
    after_docked(&format!(
        "{used}
        at 41000: restart => gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready
        at 42000: grant g1 1 =>
        "
    ));
}

#[test]
fn a_grant_waits_for_a_cart_that_is_being_read() {
    Script::play(
        "
        at 1000: 1 tag a; 1 in => show 1 Reading
        at 1500: grant g1 1; grant g1 1 =>
        at 3000 => docked 1 a, release 1 g1, show 1 Accepted with Accepted, unlock 1, show 1 Open with Open
        ",
    );
    Script::play(
        "
        at 1000: 1 tag a; 1 in => show 1 Reading
        at 1500: grant g1 1 =>
        at 2000: 1 tag -; 1 out => refused 1 g1 BayEmpty, show 1 Ready
        ",
    );
}

#[test]
fn a_grant_waits_for_the_release_before_it() {
    after_docked(
        "
        at 20000: grant g1 1; grant g2 1 => release 1 g1, unlock 1, show 1 Open with Open
        at 20100: 1 open =>
        at 25000: 1 tag -; 1 out => pulled 1 g1 a, refused 1 g2 BayEmpty, lock 1, show 1 Ready
        ",
    );
    Script::play(
        "
        at 1000: 3 tag a; 3 in => show 3 Reading
        at 3000 => docked 3 a, show 3 Accepted with Accepted
        at 4000: 3 tag b => show 3 Reading
        at 6000 => docked 3 b, show 3 Accepted with Accepted
        at 20000: grant g1 3; grant g2 3 => show 3 Ready, release 3 g1, unlock 3, show 3 Open with Open
        at 20100: 3 open =>
        at 21000: 3 out; 3 tag - => pulled 3 g1 b, lock 3, show 3 Ready
        at 21500: 3 shut =>
        at 22000: 3 in =>
        at 22100: 3 tag a => release 3 g2, unlock 3, show 3 Open with Open
        ",
    );
}

#[test]
fn a_grant_that_waits_too_long_expires() {
    after_docked(
        "
        at 20000: grant g1 1; grant g2 1 until 30000 => release 1 g1, unlock 1, show 1 Open with Open
        at 20100: 1 open =>
        at 20200: synced =>
        at 30000 =>
        at 30001 => refused 1 g2 Expired
        ",
    );
}

#[test]
fn more_grants_than_may_wait_are_left_to_be_offered_again() {
    let mut script = after_docked(
        "
        at 20000: grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
        at 20100: 1 open =>
        ",
    );
    let too_many = GRANTS_WAITING_MAX + 3;
    for number in 2..2 + too_many {
        script.line(&format!("at 20200: grant g{number} 1"));
    }
    script.line("at 25000: 1 tag -; 1 out");
    assert_eq!(script.memory().used_grants.len(), 1 + GRANTS_WAITING_MAX);
}

#[test]
fn a_clock_that_was_not_set_refuses_nobody() {
    let script = after_docked(
        "
        at 20000: grant g1 1 until 19999; grant g2 1 until 19999 =>
        at 20001: grant g9 9 until 19999 => refused 9 g9 UnknownBay
        at 30000: synced =>
        at 30001: grant g1 1 until 19999 => refused 1 g1 Expired
        at 30002: grant g2 1 until 99999 => release 1 g2, unlock 1, show 1 Open with Open
        ",
    );
    assert_eq!(script.memory().used_grants.len(), 3);
    after_docked(
        "
        at 20000: grant g1 1; grant g2 1 until 30000 => release 1 g1, unlock 1, show 1 Open with Open
        at 20100: 1 open =>
        at 30001 =>
        at 40000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        ",
    );
}

#[test]
fn a_cart_that_only_its_tag_names_is_let_go_to_nobody() {
    after_docked(
        "
        at 20000: 1 out; grant g1 1 =>
        at 21000: 1 in => release 1 g1, unlock 1, show 1 Open with Open
        ",
    );
}

#[test]
fn a_used_grant_is_forgotten_a_day_after_it_expired_and_then_ignored() {
    let day_ms = u64::try_from(GRANT_MEMORY_MS).unwrap();
    let step_ms = u64::try_from(FLOOR_STEP_MS).unwrap();
    let mut script = after_docked(
        "
        at 20000: grant g1 2 until 60000 => refused 2 g1 BayEmpty
        ",
    );
    let mut used_at = |at_ms: u64, inputs: &str| {
        script.line(&format!("at {at_ms}: {inputs}"));
        script.memory().used_grants.len()
    };
    let last = 60_000 + day_ms;
    assert_eq!(used_at(last, "synced"), 1);
    assert_eq!(used_at(last + step_ms - 1, ""), 1);
    // Also in the dark: the cloud need not know of the use, for nothing is said of the grant.
    assert_eq!(used_at(last + step_ms, "failed"), 0);
    let again = "grant g1 1 until 60000; carry g1 1 until 60000; skew -99999999; reboot";
    assert_eq!(used_at(last + step_ms + 1, again), 0);
    assert_eq!(used_at(last + step_ms + 2, "carry g1 1 until 60000"), 0);
    assert_eq!(used_at(last + step_ms + 3, "carry g2 1 until 61000"), 0);
    assert_eq!(used_at(last + step_ms + 4, "carry g3 1 until 99999999"), 1);
    let said = script.answers.iter().map(super::words::say_answer);
    let used = ["no GrantUsed", "no GrantUsed", "no GrantUsed", "opening 1"];
    assert_eq!(said.collect::<Vec<_>>(), used);
}
