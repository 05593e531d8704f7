use super::super::words::secret;
use super::after_docked;
use crate::brain::tests::{Script, grant, true_time};
use crate::io::{DoorAnswer, DoorRefusal, Input};
use crate::limits::{GRANT_MEMORY_MS, GUESS_REST_MS, GUESS_REST_MS_MAX, GUESSES_MAX};
use shared::grant::Grant;

#[test]
fn a_code_opens_a_bay_once() {
    let script = after_docked(
        "
        at 20000: code g7 1 => no ClockUnknown
        at 20001: synced; code g7 1 => release 1 c7, unlock 1, show 1 Open with Open, opening 1
        at 20002: code g7 1 => opening 1
        at 20100: 1 open =>
        at 21000: 1 tag -; 1 out => pulled 1 c7 a, lock 1, show 1 Ready
        at 21100: 1 shut; code g7 1; code g7 2 => no GrantUsed, no GrantUsed
        at 21200: code g8 1 => release 2 c8, unlock 2, show 2 Open with Open, opening 2
        at 21300: 2 open =>
        at 22000: 2 tag -; 2 out => pulled 2 c8 b, lock 2, show 2 Ready
        at 22100: 2 shut; code g9 1 => no NoCart
        ",
    );
    assert_eq!(script.memory().exposure.serial, 9);
    assert_eq!(script.memory().exposure.centavos, 0);
}

#[test]
fn a_code_lasts_its_periods_by_the_best_clock_and_says_no_more_than_its_bay() {
    after_docked(
        "
        at 20000: synced =>
        at 999999: code g1 1 of 0 => release 1 c1, unlock 1, show 1 Open with Open, opening 1
        at 1000000: code g3 2 of 0 => no CodeWrong
        at 1000001: code g2 9 => no CodeWrong
        at 1000002: type 12 => no CodeWrong
        ",
    );
    // After a power cut the floor is good enough; beyond it codes count as a risk.
    let script = after_docked(
        "
        at 20000: synced; list 1 9 1; 3 tag c; 3 in => show 3 Reading
        at 22000 => docked 3 c, show 3 Accepted with Accepted
        at 30000: reboot => show 3 Ready, gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready
        at 30001: skew -99999999; code g1 1 => release 1 c1, unlock 1, show 1 Open with Open, opening 1
        at 30100: 1 open =>
        at 31000: 1 tag -; 1 out => pulled 1 c1 a, lock 1, show 1 Ready
        at 31001: 1 shut; code g2 1 => no ExposureReached
        ",
    );
    assert_eq!(script.memory().exposure.centavos, 1_000);
}

#[test]
fn a_carried_grant_tells_a_gateway_that_was_off_what_time_it_is() {
    const HOUR_MS: i64 = 3_600_000;
    let mut script = after_docked(
        "
        at 20000: synced; list 1 9 9 =>
        at 30000: reboot => gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready
        at 30001: skew -99999999; code g7 1 of 3630001 => no CodeWrong
        ",
    );
    // The gateway was off for an hour; the phone's grant was signed after it.
    let carried = Grant {
        issued_ms: true_time(30_002).plus(HOUR_MS),
        ..grant("g1", "1", 2 * HOUR_MS)
    };
    script.handle(Input::Carried(carried));
    script.line("at 31000: code g7 2 of 3631000");
    let opened = |bay: &str| DoorAnswer::Opening {
        bay: bay.parse().unwrap(),
    };
    let told = &script.answers[script.answers.len() - 2..];
    assert_eq!(told, [opened("1"), opened("2")]);
    assert!(script.memory().clock_floor_ms >= carried.issued_ms);
}

#[test]
fn wrong_codes_make_the_keypad_rest_longer_and_longer() {
    let mut script = after_docked("at 20000: synced =>");
    let mut at = 20_000;
    let last = |script: &mut Script, at: u64, input: &str| {
        script.line(&format!("at {at}: {input}"));
        *script.answers.last().unwrap()
    };
    let locked = DoorAnswer::Refused(DoorRefusal::LockedOut);
    for round in 0..8 {
        for _ in 0..GUESSES_MAX {
            at += 1;
            let wrong = last(&mut script, at, "type 0000000000");
            assert_eq!(wrong, DoorAnswer::Refused(DoorRefusal::CodeWrong));
        }
        let rest_ms = (GUESS_REST_MS << round).min(GUESS_REST_MS_MAX);
        assert_eq!(last(&mut script, at + 1, "code g7 1"), locked);
        assert_eq!(last(&mut script, at + rest_ms - 1, "code g7 1"), locked);
        at += rest_ms;
    }
    assert!(matches!(
        last(&mut script, at, "code g7 1"),
        DoorAnswer::Opening { .. }
    ));
    for _ in 0..GUESSES_MAX {
        // A used code buys no guesses.
        last(&mut script, at, "type 0000000000");
        script.line(&format!("at {at}: code g7 1"));
    }
    assert_eq!(last(&mut script, at + 1, "code g8 1"), locked);
    let rested = last(&mut script, at + GUESS_REST_MS, "code g8 1");
    assert!(matches!(rested, DoorAnswer::Opening { .. }), "{rested:?}");
}

#[test]
fn a_used_code_is_remembered_while_its_serial_would_be_taken() {
    let mut script = after_docked("at 20000: synced =>");
    script.line("at 20000: code g7 1");
    let used = secret().grant_id(7);
    let day = u64::try_from(GRANT_MEMORY_MS).unwrap();
    for (days, highest, kept) in [(3, "g37", true), (4, "g38", true), (5, "g38", false)] {
        let at = days * day;
        script.line(&format!("at {at}: synced"));
        let remembered = script.memory().used_grants.contains_key(&used);
        assert_eq!(remembered, kept, "{days}");
        script.line(&format!("at {at}: carry {highest} 9"));
    }
}
