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
mod tests;
