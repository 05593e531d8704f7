//! Time for a driver that waits, so that tests can have their own.

use std::thread;
use std::time::{Duration, Instant};

pub(super) trait Pace: Clone + Send {
    /// Since any fixed moment; never goes back.
    fn now(&self) -> Duration;

    fn rest(&self, pause: Duration);
}

/// The machine's own time.
#[derive(Clone)]
pub(super) struct RealTime(Instant);

impl RealTime {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Pace for RealTime {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn rest(&self, pause: Duration) {
        thread::sleep(pause);
    }
}
