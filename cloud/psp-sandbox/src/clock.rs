//! The bank's own clock. `/control/clock` moves it forward, so that a test reaches an expiry or the
//! 91st day without waiting.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(Debug, Default)]
pub(crate) struct Clock {
    advanced_ms: AtomicI64,
}

impl Clock {
    pub(crate) fn advanced_by(advanced_ms: i64) -> Self {
        Self {
            advanced_ms: AtomicI64::new(advanced_ms),
        }
    }

    /// Milliseconds since 1970 by this bank.
    pub(crate) fn now_ms(&self) -> i64 {
        let system = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| {
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            });
        system.saturating_add(self.advanced_ms.load(Ordering::Relaxed))
    }

    pub(crate) fn set_advanced_ms(&self, advanced_ms: i64) {
        self.advanced_ms.store(advanced_ms, Ordering::Relaxed);
    }
}
