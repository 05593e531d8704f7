use super::super::words::rental;
use super::{DOCKED, after_docked};
use crate::brain::tests::{Script, true_time};
use crate::io::{DoorAnswer, DoorRefusal, Input, Source};
use crate::limits::{DAY_MS, GUESSES_MAX};

#[test]
fn each_refusal_comes_before_those_after_it() {
    after_docked(
        "
        at 20000: storage full; card m1 => no StorageFull
        at 20001: tech begin; card m1 => service, show 1 OutOfService, show 2 OutOfService, show 3 OutOfService, no InService
        at 20002: tech end; storage ample; card m1 => service over, show 1 Ready, show 2 Ready, show 3 Ready, no NoList
        at 20003: list 5 1 2; card z1; card x1; card m9 => no CardUnknown, no CardDenied, no CardDenied
        at 20004: card m1 => card 1 g107, unlock 1, show 1 Open with Open, opening 1
        at 20005: card m1 => opening 1
        at 20100: 1 open =>
        at 21000: 1 tag -; 1 out => pulled 1 g107 a, lock 1, show 1 Ready
        at 21100: 1 shut; card m1 => no CardOut
        at 22000: 3 tag a; 3 in => show 3 Reading
        at 24000 => docked 3 a, show 3 Accepted with Accepted
        at 24001: card m1 => no CardLimit
        at 24002: card m2 => card 2 g111, unlock 2, show 2 Open with Open, opening 2
        at 24100: 2 open =>
        at 25000: 2 tag -; 2 out => pulled 2 g111 b, lock 2, show 2 Ready
        at 25100: 2 shut; card m3 => no ExposureReached
        at 25200: list 6 9 9; card m3 => card 3 g113, unlock 3, show 3 Open with Open, opening 3
        at 25300: 3 open =>
        at 26000: 3 tag -; 3 out => pulled 3 g113 a, lock 3, show 3 Ready
        at 26100: 3 shut; card m4 => no NoCart
        at 26200: card m1 => no NoCart
        ",
    );
}

#[test]
fn guessing_cards_makes_the_reader_rest_and_nobody_elses_phone() {
    let mut script = after_docked(
        "
        at 20000: synced; list 1 9 9; card z1; card z2; type 0000000000; card x1; card z3 => no CardUnknown, no CardUnknown, no CodeWrong, no CardDenied, no CardUnknown
        at 20001: card z4 => no CardUnknown
        at 20002: card m1; code g7 1 => no LockedOut, no LockedOut
        at 50000: card m1 => no LockedOut
        at 50001: card m1 => card 1 g108, unlock 1, show 1 Open with Open, opening 1
        ",
    );
    for number in 0..4 {
        script.card(&format!("z{number}"));
    }
    let code =
        super::super::words::secret().release_code(8, "2".parse().unwrap(), true_time(script.at));
    for _ in 0..GUESSES_MAX {
        script.handle(Input::CodeTyped {
            code: "0000000000".into(),
            from: Source::Phone([10, 42, 0, 9].into()),
        });
    }
    script.handle(Input::CodeTyped {
        code: code.clone(),
        from: Source::Phone([10, 42, 0, 9].into()),
    });
    let locked = DoorAnswer::Refused(DoorRefusal::LockedOut);
    assert_eq!(script.answers.last(), Some(&locked));
    script.handle(Input::CodeTyped {
        code,
        from: Source::Phone([10, 42, 0, 10].into()),
    });
    let opening = script.answers.last().unwrap();
    assert!(matches!(opening, DoorAnswer::Opening { .. }), "{opening:?}");
}

#[test]
fn a_card_is_free_when_its_cart_is_behind_a_lock_or_the_cloud_says_so() {
    let out = "
        at 20000: list 1 9 9; card m1 => card 1 g101, unlock 1, show 1 Open with Open, opening 1
        at 20100: 1 open =>
        at 21000: 1 tag -; 1 out => pulled 1 g101 a, lock 1, show 1 Ready
        at 21500: 1 shut; card m1 => no CardOut
    ";
    let script = after_docked(&format!(
        "{out}
        at 22000: 1 tag a; 1 in => show 1 Reading
        at 24000: card m1 => docked 1 a, show 1 Accepted with Accepted, card 1 g103, unlock 1, show 1 Open with Open, opening 1
        "
    ));
    assert_eq!(script.memory().exposure.open.len(), 1);
    after_docked(&format!(
        "{out}
        at 22000: restart => gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready
        at 22001: list 1 9 9; card m1 => no CardOut
        at 22002: closed 77; card m1 => no CardOut
        at 22003: closed 101; card m1 => card 2 g105, unlock 2, show 2 Open with Open, opening 2
        "
    ));
    // Not pulled in time; and a part that failed over a secured cart.
    let script = after_docked(
        "
        at 20000: list 1 9 9; card m1 => card 1 g101, unlock 1, show 1 Open with Open, opening 1
        at 20100: 1 open =>
        at 85000 => lock 1, show 1 Attention
        at 85000: 1 shut => expired 1 g101, show 1 Ready
        at 85001: card m1 => card 1 g102, unlock 1, show 1 Open with Open, opening 1
        at 85002: 1 fail lock => failed 1 g102 LockFailed, faulted 1 LockFailed, lock 1, show 1 OutOfService with Attention
        at 85003: card m1 => card 2 g103, unlock 2, show 2 Open with Open, opening 2
        ",
    );
    let exposure = script.memory().exposure;
    assert_eq!(exposure.centavos, 3_000);
    assert!(exposure.open.contains_key(&rental(103)));
    assert_eq!(exposure.open.len(), 1);
    // Nobody knows whether it left: the card waits for the cloud.
    after_docked(
        "
        at 20000: list 1 9 9; card m1 => card 1 g101, unlock 1, show 1 Open with Open, opening 1
        at 20100: 1 open =>
        at 20200: 1 fail reader => unclear 1 g101 ReaderDeaf, faulted 1 ReaderDeaf, lock 1, show 1 OutOfService with Attention
        at 20201: card m1 => no CardOut
        ",
    );
}

#[test]
fn a_list_never_goes_back_also_not_over_a_restart() {
    let mut script = after_docked("at 20000: list 5 3 0; card m1 => no ExposureReached");
    let versions = |script: &Script| {
        let state = script.brain.offline_state();
        (state.allowance, script.memory().exposure.allowance)
    };
    for (line, expected) in [
        ("at 20001: list 4 3 9", (5, 5)),
        ("at 20002: list 5 3 1", (5, 5)),
        ("at 20003: list 7 3 1", (7, 7)),
        ("at 20004: restart", (0, 7)),
        ("at 20005: list 6 3 9", (0, 7)),
        ("at 20006: list 7 3 1", (7, 7)),
    ] {
        script.line(line);
        assert_eq!(versions(&script), expected, "{line}");
    }
    assert_eq!(script.brain.exposure_view().limit.get(), 1_000);
}

#[test]
fn a_day_of_limits_is_a_day_of_running_time() {
    let day = DAY_MS;
    let use_up = "
        at 20000: list 1 1 9; card m1 => card 1 g101, unlock 1, show 1 Open with Open, opening 1
        at 20100: 1 open =>
        at 21000: 1 tag -; 1 out => pulled 1 g101 a, lock 1, show 1 Ready
        at 21500: 1 shut =>
        at 22000: 1 tag a; 1 in => show 1 Reading
        at 24000 => docked 1 a, show 1 Accepted with Accepted
        at 24001: card m1 => no CardLimit
    ";
    let (before, after) = (day - 1, day);
    after_docked(&format!(
        "{use_up}
        at 1000000: tech in; restart => show 1 Ready, SignedIn, gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready
        at 1000001: list 1 1 9 =>
        at {before}: card m1 => no CardLimit
        at {after}: card m1 => card 1 g104, unlock 1, show 1 Open with Open, opening 1
        "
    ));
    // A clock that jumps shortens no day.
    after_docked(&format!(
        "{use_up}
        at 30000: skew {day}; synced; card m1 => show 1 Ready, no CardLimit
        "
    ));
}

#[test]
fn no_state_of_the_network_makes_a_card_worse() {
    let play = |network: &str| {
        let mut script = Script::new();
        for line in crate::brain::tests::lines(DOCKED) {
            script.line(line.split("=>").next().unwrap());
        }
        for line in [
            "at 20000: list 1 2 3; card m1; card z1",
            "at 20100: 1 open",
            "at 21000: 1 tag -; 1 out",
            "at 21500: 1 shut; card m1; card m2; card m3",
            "at 90000: 2 shut",
            "at 90001: card m2; card m3; card m4",
        ] {
            let (at, inputs) = line.split_once(':').unwrap();
            script.line(&format!("{at}: {network}"));
            script.line(&format!("{at}: {inputs}"));
        }
        script.answers
    };
    let calm = play("");
    assert_eq!(calm.len(), 8);
    for network in ["synced", "failed", "failed; failed; synced; failed"] {
        assert_eq!(play(network), calm, "{network}");
    }
}
