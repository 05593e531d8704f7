//! The thread of one tag reader, and what its supervisor may know of it.

use super::{ERRORS_TO_FAIL, Sink, Stop, Working};
use crate::bay::TagReader;
use crate::debounce::TagDebounce;
use shared::dock::{Observation, Part, Seen};
use shared::ids::BayNo;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between polls: three misses and a settling are then a quarter of a second.
const POLL_PAUSE: Duration = Duration::from_millis(50);

/// Between polls of a failed reader, which also costs a revival.
const FAILED_PAUSE: Duration = Duration::from_millis(500);

/// A healthy poll takes 30 ms, so one this old hangs in the driver.
const POLL_DEADLINE: Duration = Duration::from_secs(2);

pub(super) struct Health {
    bay: BayNo,
    sink: Sink,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    polling_since: Option<Instant>,
    working: Working,
}

impl Health {
    pub(super) fn new(bay: BayNo, sink: Sink) -> Self {
        let state = Mutex::default();
        Self { bay, sink, state }
    }

    /// Called by the supervisor: a call that passed its deadline is a failed reader.
    pub(super) fn supervise(&self, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let hangs = state
            .polling_since
            .is_some_and(|since| now.saturating_duration_since(since) >= POLL_DEADLINE);
        if hangs {
            let change = state.working.judge(false, Part::Reader);
            self.tell(change);
        }
    }

    fn begin(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.polling_since = Some(Instant::now());
    }

    /// Ends a call; `works` is none while errors are too few to judge. True when just healed.
    fn end(&self, works: Option<bool>) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.polling_since = None;
        let change = works.and_then(|works| state.working.judge(works, Part::Reader));
        self.tell(change);
        matches!(change, Some(Seen::Healed(_)))
    }

    fn failed(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.working.failed
    }

    fn tell(&self, seen: Option<Seen>) {
        if let Some(seen) = seen {
            (self.sink)(Observation {
                bay: self.bay,
                seen,
            });
        }
    }
}

pub(super) fn run(mut reader: Box<dyn TagReader>, health: &Health, stop: &Stop) {
    let mut debounce = TagDebounce::default();
    let mut errors = 0u8;
    loop {
        health.begin();
        match reader.poll() {
            Ok(read) => {
                errors = 0;
                if health.end(Some(true)) {
                    // What was believed before the failure may be long untrue: tell it anew.
                    debounce = TagDebounce::default();
                }
                health.tell(debounce.poll(read).map(Seen::Tag));
            }
            Err(error) => {
                errors = errors.saturating_add(1);
                if errors == ERRORS_TO_FAIL {
                    tracing::warn!(bay = health.bay.get(), %error, "the tag reader is deaf");
                }
                // Reviving can hang like polling: it is inside the watched time.
                let _ = reader.revive();
                health.end((errors >= ERRORS_TO_FAIL).then_some(false));
            }
        }
        let pause = match health.failed() {
            true => FAILED_PAUSE,
            false => POLL_PAUSE,
        };
        if stop.wait(pause) {
            return;
        }
    }
}
