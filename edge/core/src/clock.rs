//! Wall time from the server's, carried on by the monotonic clock.
//!
//! An answer that says `server_ms` was written between the leaving of its question and its arrival,
//! so the true time now lies in `server_ms ..= server_ms + round trip`. The first answer sets the
//! clock to the middle; later ones only pull it into their interval, so that stamps do not jitter
//! with the network.
//!
//! Until the first answer of a boot the machine's own clock is believed, within reason: not before
//! the floor, which is the last time known and what has run since, and not more than a year after.

use crate::io::Now;
use crate::limits::{CLOCK_AHEAD_MS_MAX, FLOOR_STEP_MS, FLOOR_STEP_MS_MIN};
use shared::time::{ClockQuality, MonoMs, UnixMs};

#[derive(Debug, Default)]
pub(crate) struct Clock {
    trained: Option<Anchor>,
    floor: Option<Anchor>,
}

#[derive(Debug, Clone, Copy)]
struct Anchor {
    mono: MonoMs,
    wall: UnixMs,
}

/// The time, and what it is worth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) wall: UnixMs,
    pub(crate) quality: ClockQuality,
    /// It is not earlier than this, whatever the machine's clock says.
    pub(crate) not_before: Option<UnixMs>,
}

impl Clock {
    /// `floor_ms` is the last one kept; zero for none.
    pub(crate) fn new(floor_ms: UnixMs) -> Self {
        let floor = Anchor {
            mono: MonoMs(0),
            wall: floor_ms,
        };
        Self {
            trained: None,
            floor: (floor_ms > UnixMs(0)).then_some(floor),
        }
    }

    /// From here on the floor rises with the monotonic clock.
    pub(crate) fn start(&mut self, at: MonoMs) {
        if let Some(floor) = &mut self.floor {
            floor.mono = at;
        }
    }

    pub(crate) fn train(&mut self, server_ms: UnixMs, sent: MonoMs, now: Now) {
        let round_trip_ms = i64::try_from(now.mono.since(sent)).unwrap_or(i64::MAX);
        let latest = server_ms.plus(round_trip_ms);
        let wall = match self.trained {
            None => server_ms.plus(round_trip_ms / 2),
            Some(anchor) => anchor.at(now.mono).clamp(server_ms, latest),
        };
        let mono = now.mono;
        self.trained = Some(Anchor { mono, wall });
    }

    /// The cloud signed `issued`, so it is not earlier now: after a power cut in the dark, what a
    /// phone carries here brings the floor up to date.
    pub(crate) fn not_before(&mut self, issued: UnixMs, now: Now) {
        let (None, Some(floor)) = (self.trained, &mut self.floor) else {
            return;
        };
        if floor.at(now.mono) < issued {
            let (mono, wall) = (now.mono, issued);
            *floor = Anchor { mono, wall };
        }
    }

    pub(crate) fn read(&self, now: Now) -> Reading {
        if let Some(anchor) = self.trained {
            let wall = anchor.at(now.mono);
            return Reading {
                wall,
                quality: ClockQuality::Server,
                not_before: Some(wall),
            };
        }
        let not_before = self.floor.map(|floor| floor.at(now.mono));
        let doubtful = |floor: &UnixMs| !(0..=CLOCK_AHEAD_MS_MAX).contains(&now.wall.since(*floor));
        let (wall, quality) = match not_before.filter(doubtful) {
            Some(floor) => (floor, ClockQuality::Floor),
            None => (now.wall, ClockQuality::Unset),
        };
        Reading {
            wall,
            quality,
            not_before,
        }
    }

    pub(crate) fn wall(&self, now: Now) -> UnixMs {
        self.read(now).wall
    }

    /// The floor to remember; zero for none.
    pub(crate) fn floor_ms(&self) -> UnixMs {
        self.floor.map(|floor| floor.wall).unwrap_or_default()
    }

    /// Lifts the floor to the time known, when that is a step or a commit is due anyway. Only the
    /// cloud's word may lower it. True when it moved.
    pub(crate) fn keep_floor(&mut self, now: Now, commits_anyway: bool) -> bool {
        let Some(wall) = self.read(now).not_before else {
            return false;
        };
        let step_ms = match commits_anyway {
            true => FLOOR_STEP_MS_MIN,
            false => FLOOR_STEP_MS,
        };
        let moved = wall.since(self.floor_ms()).saturating_abs() >= step_ms;
        if moved {
            let mono = now.mono;
            self.floor = Some(Anchor { mono, wall });
        }
        moved
    }
}

impl Anchor {
    fn at(self, mono: MonoMs) -> UnixMs {
        let elapsed_ms = mono.since(self.mono);
        self.wall
            .plus(i64::try_from(elapsed_ms).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
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
}
