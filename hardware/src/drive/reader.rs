//! The thread of one tag reader, and what its supervisor may know of it.

use super::ladder::Ladder;
use super::{ERRORS_TO_FAIL, Sink, Stop, Working};
use crate::bay::{DeviceError, Field, Remedy, TagReader};
use crate::debounce::TagDebounce;
use shared::dock::{Observation, Part, Seen};
use shared::ids::BayNo;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between polls: three misses and a settling are then a quarter of a second.
const POLL_PAUSE: Duration = Duration::from_millis(50);

/// Between polls of a failed reader, which also costs a revival.
const FAILED_PAUSE: Duration = Duration::from_millis(500);

/// A healthy poll takes 30 ms, so one this old hangs in the driver.
const POLL_DEADLINE: Duration = Duration::from_secs(2);

pub(crate) struct Health {
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
    pub(crate) fn new(bay: BayNo, sink: Sink) -> Self {
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

/// The life of one reader, a round at a time.
pub(crate) struct Rounds {
    health: Arc<Health>,
    debounce: TagDebounce,
    ladder: Ladder,
    /// In a row, up to now.
    errors: u8,
    /// What was done since the last good poll.
    treated: Option<Remedy>,
    several: bool,
}

impl Rounds {
    pub(crate) fn new(health: Arc<Health>) -> Self {
        Self {
            health,
            debounce: TagDebounce::default(),
            ladder: Ladder::default(),
            errors: 0,
            treated: None,
            several: false,
        }
    }

    /// Polls once, and treats a reader that has failed. Returns the pause until the next round.
    pub(crate) fn next(&mut self, reader: &mut dyn TagReader) -> Duration {
        self.health.begin();
        match reader.poll() {
            Ok(field) => self.heard(field),
            Err(error) => self.deaf(reader, &error),
        }
        match self.health.failed() {
            true => FAILED_PAUSE,
            false => POLL_PAUSE,
        }
    }

    fn heard(&mut self, field: Field) {
        let bay = self.health.bay.get();
        self.errors = 0;
        self.ladder.good();
        if self.health.end(Some(true)) {
            // What was believed before the failure may be long untrue: tell it anew.
            self.debounce = TagDebounce::default();
            let remedy = self.treated;
            tracing::info!(bay, ?remedy, "the tag reader hears again");
        }
        self.treated = None;
        let several = field == Field::Several;
        if several && !self.several {
            tracing::warn!(bay, "tags answer together: none of them counts");
        }
        self.several = several;
        let read = match field {
            Field::Empty => None,
            Field::Tag(tag) => Some(tag),
            Field::Several => return self.debounce.unsure(),
        };
        self.health.tell(self.debounce.poll(read).map(Seen::Tag));
    }

    fn deaf(&mut self, reader: &mut dyn TagReader, error: &DeviceError) {
        let bay = self.health.bay.get();
        self.errors = self.errors.saturating_add(1);
        if self.errors < ERRORS_TO_FAIL {
            self.health.end(None);
            return;
        }
        if self.errors == ERRORS_TO_FAIL {
            tracing::warn!(bay, %error, "the tag reader is deaf");
        }
        self.health.end(Some(false));
        let Some(remedy) = self.ladder.failing() else {
            return;
        };
        // Reviving can hang like polling: it is watched as well.
        self.health.begin();
        match reader.revive(remedy) {
            Ok(done) => {
                self.treated = Some(done);
                tracing::debug!(bay, ?remedy, ?done, "treated the tag reader");
            }
            Err(error) => tracing::warn!(bay, ?remedy, %error, "the remedy did not work"),
        }
        self.health.end(None);
    }
}

pub(super) fn run(mut reader: Box<dyn TagReader>, health: Arc<Health>, stop: &Stop) {
    let mut rounds = Rounds::new(health);
    loop {
        let pause = rounds.next(reader.as_mut());
        if stop.wait(pause) {
            return;
        }
    }
}
