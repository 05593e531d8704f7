use super::*;

fn at(mono: u64, wall: i64) -> Now {
    Now {
        mono: MonoMs(mono),
        wall: UnixMs(wall),
        random: 0,
    }
}

#[test]
fn answers_pull_the_clock_into_their_interval() {
    // (sent, arrived, server time) then the time it is at arrival.
    let mut clock = Clock::default();
    assert_eq!(clock.wall(at(900, 77)), UnixMs(77));
    for (sent, arrived, server, wall) in [
        (1_000, 1_200, 50_000, 50_100),
        (2_000, 2_100, 50_950, 51_000),
        (3_000, 3_050, 52_000, 52_000),
        (4_000, 4_050, 51_000, 51_050),
        (5_000, 5_000, 90_000, 90_000),
    ] {
        clock.train(UnixMs(server), MonoMs(sent), at(arrived, 77));
        let read = clock.read(at(arrived, 77));
        assert_eq!(read.wall, UnixMs(wall), "sent at {sent}");
        assert_eq!(read.quality, ClockQuality::Server);
    }
    assert_eq!(clock.wall(at(5_500, 77)), UnixMs(90_500));
}

#[test]
fn a_machine_clock_is_believed_from_the_floor_to_four_hundred_days_after() {
    const FLOOR: i64 = 1_790_000_000_000;
    let ahead = CLOCK_AHEAD_MS_MAX;
    let mut clock = Clock::new(UnixMs(FLOOR));
    clock.start(MonoMs(500));
    for (mono, machine, wall, quality) in [
        (500, 0, FLOOR, ClockQuality::Floor),
        (500, FLOOR - 1, FLOOR, ClockQuality::Floor),
        (500, FLOOR, FLOOR, ClockQuality::Unset),
        (500, FLOOR + ahead, FLOOR + ahead, ClockQuality::Unset),
        (500, FLOOR + ahead + 1, FLOOR, ClockQuality::Floor),
        (1_500, FLOOR, FLOOR + 1_000, ClockQuality::Floor),
    ] {
        let read = clock.read(at(mono, machine));
        assert_eq!((read.wall, read.quality), (UnixMs(wall), quality));
    }
    let unset = Clock::new(UnixMs(0)).read(at(0, 5));
    assert_eq!((unset.wall, unset.not_before), (UnixMs(5), None));
}

#[test]
fn a_signed_moment_lifts_the_floor_until_the_cloud_is_heard() {
    let mut clock = Clock::new(UnixMs(50_000));
    clock.start(MonoMs(0));
    for (issued, wall) in [(50_900, 51_000), (90_000, 90_000), (60_000, 90_000)] {
        clock.not_before(UnixMs(issued), at(1_000, 7));
        assert_eq!(clock.wall(at(1_000, 7)), UnixMs(wall), "{issued}");
    }
    assert_eq!(
        clock.floor_ms(),
        UnixMs(90_000),
        "kept with the next commit"
    );
    clock.train(UnixMs(70_000), MonoMs(1_000), at(1_000, 7));
    clock.not_before(UnixMs(95_000), at(1_000, 7));
    assert_eq!(clock.wall(at(1_000, 7)), UnixMs(70_000));
    let mut unset = Clock::new(UnixMs(0));
    unset.not_before(UnixMs(90_000), at(0, 7));
    assert_eq!(unset.wall(at(0, 7)), UnixMs(7));
}

#[test]
fn the_floor_rises_in_steps_and_only_the_cloud_lowers_it() {
    let mut clock = Clock::default();
    assert!(!clock.keep_floor(at(0, 99), true));
    clock.train(UnixMs(10_000_000), MonoMs(0), at(0, 99));
    let minute = u64::try_from(FLOOR_STEP_MS_MIN).unwrap();
    let ten = u64::try_from(FLOOR_STEP_MS).unwrap();
    for (mono, commits, moved) in [
        (0, false, true),
        (minute - 1, true, false),
        (minute, false, false),
        (minute, true, true),
        (minute + ten - 1, false, false),
        (minute + ten, false, true),
    ] {
        assert_eq!(clock.keep_floor(at(mono, 99), commits), moved, "{mono}");
    }
    let kept = clock.floor_ms();
    assert_eq!(kept, UnixMs(10_660_000));
    let mut dark = Clock::new(kept);
    dark.start(MonoMs(0));
    assert!(dark.keep_floor(at(ten, 0), false), "running time counts");
    assert_eq!(dark.floor_ms(), kept.plus(FLOOR_STEP_MS));
    dark.train(UnixMs(5_000_000), MonoMs(ten), at(ten, 0));
    assert!(dark.keep_floor(at(ten, 0), false));
    assert_eq!(dark.floor_ms(), UnixMs(5_000_000));
}
