//! The thread that drives coils and indicators.

use super::{Sink, Working};
use crate::bay::{DeviceError, Indicator, Lock};
use crate::beat::Beat;
use shared::dock::{Observation, Part, Signal};
use shared::ids::BayNo;
use std::collections::BTreeMap;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Without orders the thread goes round this often, so that a watchdog sees it live.
const IDLE_PAUSE: Duration = Duration::from_millis(250);

#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    Unlock { bay: BayNo, pulse_ms: u32 },
    Lock { bay: BayNo },
    Show { bay: BayNo, signal: Signal },
}

pub(super) struct Actors {
    bay: BayNo,
    lock: Box<dyn Lock>,
    lock_working: Working,
    indicator: Box<dyn Indicator>,
    indicator_working: Working,
}

impl Actors {
    pub(super) fn new(bay: BayNo, lock: Box<dyn Lock>, indicator: Box<dyn Indicator>) -> Self {
        Self {
            bay,
            lock,
            lock_working: Working::default(),
            indicator,
            indicator_working: Working::default(),
        }
    }

    fn obey(&mut self, order: Order) -> Option<Observation> {
        let bay = self.bay;
        let (part, done) = match order {
            Order::Unlock { pulse_ms, .. } => (Part::Lock, self.lock.release(pulse_ms)),
            Order::Lock { .. } => (Part::Lock, self.lock.secure()),
            Order::Show { signal, .. } => (Part::Indicator, self.indicator.show(signal)),
        };
        let working = match part {
            Part::Lock => &mut self.lock_working,
            _ => &mut self.indicator_working,
        };
        let seen = working.judge(done.is_ok(), part);
        if let Err(DeviceError(error)) = done {
            tracing::warn!(bay = bay.get(), ?part, error, "an order failed");
        }
        seen.map(|seen| Observation { bay, seen })
    }
}

/// Runs until every sender is gone.
pub(super) fn run(actors: Vec<Actors>, inbox: &mpsc::Receiver<Order>, sink: &Sink, beat: &Beat) {
    let mut actors: BTreeMap<BayNo, Actors> = actors
        .into_iter()
        .map(|actors| (actors.bay, actors))
        .collect();
    loop {
        beat.beat();
        let order = match inbox.recv_timeout(IDLE_PAUSE) {
            Ok(order) => order,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let (Order::Unlock { bay, .. } | Order::Lock { bay } | Order::Show { bay, .. }) = order;
        let Some(actors) = actors.get_mut(&bay) else {
            tracing::warn!(bay = bay.get(), ?order, "no such bay");
            continue;
        };
        if let Some(observation) = actors.obey(order) {
            sink(observation);
        }
    }
}
