//! Wall time from the server's, carried on by the monotonic clock.
//!
//! An answer that says `server_ms` was written between the leaving of its question and its arrival,
//! so the true time now lies in `server_ms ..= server_ms + round trip`. The first answer sets the
//! clock to the middle; later ones only pull it into their interval, so that stamps do not jitter
//! with the network.

use crate::io::Now;
use shared::time::{ClockQuality, MonoMs, UnixMs};

#[derive(Debug, Default)]
pub(crate) struct Clock {
    trained: Option<Anchor>,
}

#[derive(Debug, Clone, Copy)]
struct Anchor {
    mono: MonoMs,
    wall: UnixMs,
}

impl Clock {
    pub(crate) fn train(&mut self, server_ms: UnixMs, sent: MonoMs, now: Now) {
        let round_trip_ms = i64::try_from(now.mono.since(sent)).unwrap_or(i64::MAX);
        let latest = server_ms.plus(round_trip_ms);
        let wall = match self.quality() {
            ClockQuality::Unset => server_ms.plus(round_trip_ms / 2),
            ClockQuality::Server => self.wall(now).clamp(server_ms, latest),
        };
        let mono = now.mono;
        self.trained = Some(Anchor { mono, wall });
    }

    pub(crate) fn wall(&self, now: Now) -> UnixMs {
        match self.trained {
            None => now.wall,
            Some(anchor) => {
                let elapsed_ms = now.mono.since(anchor.mono);
                anchor
                    .wall
                    .plus(i64::try_from(elapsed_ms).unwrap_or(i64::MAX))
            }
        }
    }

    pub(crate) fn quality(&self) -> ClockQuality {
        match self.trained {
            None => ClockQuality::Unset,
            Some(_) => ClockQuality::Server,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_pull_the_clock_into_their_interval() {
        // (sent, arrived, server time) then the time it is at arrival.
        let mut clock = Clock::default();
        let at = |mono| Now {
            mono: MonoMs(mono),
            wall: UnixMs(77),
            random: 0,
        };
        assert_eq!(clock.wall(at(900)), UnixMs(77));
        for (sent, arrived, server, wall) in [
            (1_000, 1_200, 50_000, 50_100),
            (2_000, 2_100, 50_950, 51_000),
            (3_000, 3_050, 52_000, 52_000),
            (4_000, 4_050, 51_000, 51_050),
            (5_000, 5_000, 90_000, 90_000),
        ] {
            clock.train(UnixMs(server), MonoMs(sent), at(arrived));
            assert_eq!(clock.wall(at(arrived)), UnixMs(wall), "sent at {sent}");
            assert_eq!(clock.quality(), ClockQuality::Server);
        }
        assert_eq!(clock.wall(at(5_500)), UnixMs(90_500));
    }
}
