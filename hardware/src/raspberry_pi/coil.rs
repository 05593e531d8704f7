//! Coils whose pulses end whatever becomes of the caller.
//!
//! A thread of its own holds the lines and the deadlines. A coil is driven only after its deadline
//! stands, and never while that thread is gone.

#[cfg(test)]
mod tests;

use super::lines::Output;
use crate::bay::{DeviceError, Lock};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// However long a pulse is asked for, and however often while it lasts. A bolt moves in a tenth of
/// this; a coil that is made for pulses burns in minutes.
pub(super) const PULSE_MAX: Duration = Duration::from_secs(1);

/// Between tries to cut a coil whose line answers with an error.
const CUT_RETRY: Duration = Duration::from_millis(10);

/// The guard of all coils of a dock. Its thread ends when it and every coil are dropped.
pub(super) struct Coils {
    shared: Arc<Shared>,
}

impl Coils {
    pub(super) fn start(pulse_max: Duration) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                coils: BTreeMap::new(),
                added: 0,
                guarded: true,
                closing: false,
            }),
            changed: Condvar::new(),
            pulse_max,
        });
        let guarded = Arc::clone(&shared);
        thread::Builder::new()
            .name("coil-guard".into())
            .spawn(move || guard(&guarded))?;
        Ok(Self { shared })
    }

    /// `line` must be inactive.
    pub(super) fn add(&self, line: Box<dyn Output>) -> Coil {
        let mut state = self.shared.lock();
        let key = state.added;
        state.added += 1;
        state.coils.insert(key, Circuit { line, pulse: None });
        drop(state);
        Coil {
            shared: Arc::clone(&self.shared),
            key,
        }
    }
}

impl Drop for Coils {
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.changed.notify_all();
    }
}

pub(super) struct Coil {
    shared: Arc<Shared>,
    key: u64,
}

impl Lock for Coil {
    fn release(&mut self, pulse_ms: u32) -> Result<(), DeviceError> {
        let asked = Duration::from_millis(u64::from(pulse_ms));
        let pulse_max = self.shared.pulse_max;
        let mut state = self.shared.lock();
        if !state.guarded {
            return Err(DeviceError(
                "the thread that ends pulses is gone, so none begins: restart the gateway".into(),
            ));
        }
        let now = Instant::now();
        let coil = state.coil(self.key);
        let pulse = Pulse::extended(coil.pulse, now, asked, pulse_max);
        coil.pulse = Some(pulse);
        // The guard looks again only when this lock is free, with the deadline in it.
        self.shared.changed.notify_all();
        let driven = coil.line.set(true);
        if driven.is_err() {
            coil.pulse = Some(Pulse {
                until: now,
                ..pulse
            });
        }
        driven
    }

    fn secure(&mut self) -> Result<(), DeviceError> {
        let mut state = self.shared.lock();
        let now = Instant::now();
        let cut = state.coil(self.key).cut(now);
        drop(state);
        self.shared.changed.notify_all();
        cut
    }
}

impl Drop for Coil {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if let Some(mut coil) = state.coils.remove(&self.key) {
            // The kernel takes the line back in any case.
            let _ = coil.cut(Instant::now());
        }
        drop(state);
        self.shared.changed.notify_all();
    }
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    pulse_max: Duration,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct State {
    coils: BTreeMap<u64, Circuit>,
    added: u64,
    /// The guard's thread runs.
    guarded: bool,
    closing: bool,
}

impl State {
    fn coil(&mut self, key: u64) -> &mut Circuit {
        self.coils
            .get_mut(&key)
            .expect("a coil leaves the table when it is dropped, not before")
    }

    /// Ends every pulse whose time is up. Returns when to look again.
    fn cut_due(&mut self, now: Instant) -> Option<Instant> {
        for coil in self.coils.values_mut() {
            if coil.pulse.is_some_and(|pulse| pulse.until <= now)
                && let Err(error) = coil.cut(now)
            {
                tracing::error!(%error, "a coil is not cut yet");
            }
        }
        let until = |coil: &Circuit| coil.pulse.map(|pulse| pulse.until);
        self.coils.values().filter_map(until).min()
    }
}

struct Circuit {
    line: Box<dyn Output>,
    /// Present while the coil is driven, or may be.
    pulse: Option<Pulse>,
}

impl Circuit {
    /// When the line refuses, the guard tries again soon.
    fn cut(&mut self, now: Instant) -> Result<(), DeviceError> {
        let cut = self.line.set(false);
        self.pulse = match cut {
            Ok(()) => None,
            Err(_) => Some(Pulse {
                since: self.pulse.map_or(now, |pulse| pulse.since),
                until: now + CUT_RETRY,
            }),
        };
        cut
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pulse {
    since: Instant,
    until: Instant,
}

impl Pulse {
    /// Asking again while the coil is driven makes a pulse longer, but never than `pulse_max`.
    fn extended(before: Option<Self>, now: Instant, asked: Duration, pulse_max: Duration) -> Self {
        let since = before.map_or(now, |pulse| pulse.since);
        let until = (now + asked.min(pulse_max)).min(since + pulse_max);
        Self { since, until }
    }
}

fn guard(shared: &Shared) {
    let _last = Last(shared);
    let mut state = shared.lock();
    loop {
        let now = Instant::now();
        let next = state.cut_due(now);
        if state.closing && state.coils.is_empty() {
            return;
        }
        state = match next {
            None => shared
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner),
            Some(next) => {
                let left = next.saturating_duration_since(now);
                let waited = shared.changed.wait_timeout(state, left);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
    }
}

/// What still happens when the guard's thread ends by a defect.
struct Last<'a>(&'a Shared);

impl Drop for Last<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut state = self.0.lock();
        state.guarded = false;
        for coil in state.coils.values_mut() {
            let _ = coil.cut(now);
        }
    }
}
