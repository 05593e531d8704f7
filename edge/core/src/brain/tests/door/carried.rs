use super::after_docked;

#[test]
fn a_carried_grant_is_answered_at_once() {
    after_docked(
        "
        at 20000: synced =>
        at 20001: carry g1 1 => release 1 g1, unlock 1, show 1 Open with Open, opening 1
        at 20002: carry g1 1 => opening 1
        at 20100: 1 open =>
        at 20200: carry g2 1 => no NoCart
        at 21000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        at 21100: 1 shut; carry g1 1 => no GrantUsed
        at 21200: carry g2 1 => refused 1 g2 BayEmpty, no NoCart
        at 21300: carry g3 9 => refused 9 g3 UnknownBay, no NoCart
        at 21400: carry g4 2 until 20000 => refused 2 g4 Expired, no GrantUsed
        at 21500: 1 tag a; 1 in; carry g5 1 => show 1 Reading, opening 1
        at 23500 => docked 1 a, release 1 g5, show 1 Accepted with Accepted, unlock 1, show 1 Open with Open
        at 23600: 3 in; carry g7 3 => show 3 Reading, no NoCart
        at 23700: 3 tag c; carry g7 3 => opening 3
        at 24000: carry g6 2; grant g6 2 => release 2 g6, unlock 2, show 2 Open with Open, opening 2
        ",
    );
}

#[test]
fn one_grant_is_one_release_however_it_came() {
    after_docked(
        "
        at 20000: synced; carry c7 1 => release 1 c7, unlock 1, show 1 Open with Open, opening 1
        at 20100: 1 open =>
        at 21000: 1 tag -; 1 out => pulled 1 c7 a, lock 1, show 1 Ready
        at 21100: 1 shut; code g7 1; carry c7 2; grant c7 2 => no GrantUsed, no GrantUsed
        at 21200: code g8 2 => release 2 c8, unlock 2, show 2 Open with Open, opening 2
        at 21300: 2 open =>
        at 22000: 2 tag -; 2 out => pulled 2 c8 b, lock 2, show 2 Ready
        at 22100: 2 shut; grant c8 1; carry c8 1 => no GrantUsed
        ",
    );
}

#[test]
fn in_service_and_on_a_full_disk_nobody_gets_a_cart() {
    after_docked(
        "
        at 20000: synced; tech begin => service, show 1 OutOfService, show 2 OutOfService, show 3 OutOfService
        at 20001: carry g1 1; grant g2 2; carry g3 3 => refused 1 g1 InService, no InService, refused 2 g2 InService, refused 3 g3 BayEmpty, no InService
        at 20002: tech end => service over, show 1 Ready, show 2 Ready, show 3 Ready
        at 20003: storage full; carry g4 1; grant g5 2; grant g6 3 => no StorageFull
        at 20004: storage low; carry g4 1; grant g5 2; grant g6 3 => release 1 g4, unlock 1, show 1 Open with Open, opening 1, release 2 g5, unlock 2, show 2 Open with Open, refused 3 g6 BayEmpty
        ",
    );
}

#[test]
fn what_the_floor_says_is_over_is_over() {
    // Trained at 20 s; the floor is kept with the release that follows.
    after_docked(
        "
        at 20000: synced; grant g1 1 until 10000 => refused 1 g1 Expired
        at 30000: reboot => gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready
        at 30001: skew -99999999; carry g2 1 until 10000 => refused 1 g2 Expired, no GrantUsed
        at 30002: skew 99999999; carry g3 1 => no ClockUnknown
        at 30003: skew 99999999999; carry g3 1 => release 1 g3, unlock 1, show 1 Open with Open, opening 1
        ",
    );
}

#[test]
fn without_the_clouds_time_grants_are_within_the_limit_of_the_day() {
    let script = after_docked(
        "
        at 20000: list 1 9 1; grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
        at 20100: 1 open =>
        at 21000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        at 21100: 1 shut; carry g2 2 => refused 2 g2 ExposureReached, no ExposureReached
        at 21200: grant g3 2 =>
        at 21300: synced; grant g3 2 => release 2 g3, unlock 2, show 2 Open with Open
        ",
    );
    assert_eq!(script.brain.exposure_view().spent.get(), 1_000);
}
