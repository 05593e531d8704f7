//! How long an answer may take: short, so that a connection that died without a word is left soon,
//! and now and then long, so that a line that is only slow gets something through.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A small question and its answer, over any line that people would call working.
const SHORT: Duration = Duration::from_secs(10);

/// Thirty seconds in each direction, and the cloud's own time.
const LONG: Duration = Duration::from_secs(90);

/// Every so many silences in a row, the next answer is waited for that long.
const LONG_EVERY: u32 = 3;

/// An answer may take this many times what the last one took.
const SLACK: u32 = 3;

/// Below this rate a line is taken for dead: a full batch may take a minute and a half.
const BYTES_PER_SECOND_MIN: u64 = 12_000;

#[derive(Debug, Default)]
pub(super) struct Patience(Mutex<Experience>);

#[derive(Debug, Default, Clone, Copy)]
struct Experience {
    silences: u32,
    /// What the last answer took.
    took: Duration,
}

impl Patience {
    /// For a question of so many bytes.
    pub(super) fn of(&self, bytes: usize) -> Duration {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let usual = known.took.saturating_mul(SLACK).clamp(SHORT, LONG);
        let long = known.silences % LONG_EVERY == LONG_EVERY - 1;
        let wait = if long { LONG } else { usual };
        let sending_ms = (bytes as u64).saturating_mul(1_000) / BYTES_PER_SECOND_MIN;
        wait + Duration::from_millis(sending_ms)
    }

    pub(super) fn answered(&self, took: Duration) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Experience { silences: 0, took };
    }

    pub(super) fn silent(&self) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.silences = known.silences.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mostly_short_sometimes_long_and_as_long_as_it_lately_took() {
        let patience = Patience::default();
        for wait in [SHORT, SHORT, LONG, SHORT, SHORT, LONG] {
            assert_eq!(patience.of(0), wait);
            patience.silent();
        }
        for (took_s, wait) in [(0, SHORT), (5, SHORT * 3 / 2), (30, LONG), (80, LONG)] {
            patience.answered(Duration::from_secs(took_s));
            assert_eq!(patience.of(0), wait, "after {took_s} s");
        }
        patience.answered(Duration::ZERO);
        assert_eq!(patience.of(1_200_000), SHORT + Duration::from_secs(100));
    }
}
