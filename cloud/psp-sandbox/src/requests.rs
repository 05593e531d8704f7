//! What the bank was asked, for tests that assert how often.

use crate::operation::Operation;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

const RECENT_MAX: usize = 1_000; // enough for one journey; counts are complete

#[derive(Debug, Default)]
pub(crate) struct Requests {
    state: Mutex<State>,
}

#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct State {
    counts: BTreeMap<Operation, Count>,
    /// Oldest first.
    recent: VecDeque<Seen>,
}

#[derive(Debug, Default, Clone, Copy, Serialize)]
struct Count {
    received: u64,
    /// Did the work, whatever a fault then answered.
    succeeded: u64,
}

#[derive(Debug, Clone, Serialize)]
struct Seen {
    operation: Operation,
    path: String,
    /// Of the work done, before a fault replaced the answer.
    status: u16,
}

impl Requests {
    pub(crate) fn received(&self, operation: Operation) {
        self.state().counts.entry(operation).or_default().received += 1;
    }

    pub(crate) fn finished(&self, operation: Operation, path: &str, status: u16) {
        let mut state = self.state();
        if (200..400).contains(&status) {
            state.counts.entry(operation).or_default().succeeded += 1;
        }
        if state.recent.len() == RECENT_MAX {
            state.recent.pop_front();
        }
        state.recent.push_back(Seen {
            operation,
            path: path.to_owned(),
            status,
        });
    }

    pub(crate) fn snapshot(&self) -> State {
        self.state().clone()
    }

    pub(crate) fn clear(&self) {
        *self.state() = State::default();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
