//! Turns a dock into observations and takes commands, on threads of its own.
//!
//! One thread a reader (a blocking call that may never return), one for all switches and for
//! watching the readers, one for coils and indicators.

mod inputs;
mod ladder;
mod outputs;
mod reader;
#[cfg(test)]
mod tests;

use crate::bay::Dock;
use crate::beat::Beat;
use outputs::Order;
#[cfg(test)]
pub(crate) use reader::{Health, Rounds};
use shared::dock::{Observation, Part, Seen, Signal};
use shared::ids::BayNo;
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long dropping waits for a reader's call: longer ones are left to themselves.
const STOP_PATIENCE: Duration = Duration::from_secs(1);

/// A running dock. Commands never block; dropping it stops the threads.
pub struct Driver {
    orders: Option<mpsc::Sender<Order>>,
    stop: Arc<Stop>,
    threads: Vec<JoinHandle<()>>,
    supervisor: Beat,
    actor: Beat,
    /// Behind a lock only so that a driver can be shared between threads.
    ended: Mutex<mpsc::Receiver<()>>,
}

/// Starts `dock`. `sink` gets every debounced change, the first level of each sensor included; it
/// is called from several threads and must not block.
pub fn drive(dock: Dock, sink: impl Fn(Observation) + Send + Sync + 'static) -> Driver {
    let sink: Sink = Arc::new(sink);
    let stop = Arc::new(Stop::default());
    let (ending, ended) = mpsc::channel();
    let (orders, inbox) = mpsc::channel();
    let (mut switches, mut actors, mut watched, mut threads) = (vec![], vec![], vec![], vec![]);
    let spawn = |name: String, body: Box<dyn FnOnce() + Send>| {
        let ending: mpsc::Sender<()> = ending.clone();
        thread::Builder::new()
            .name(name)
            .spawn(move || {
                // Dropped when the thread ends, also by panic: that is how the driver learns it.
                let _ending = ending;
                body();
            })
            .expect("a gateway that cannot start a thread cannot run")
    };
    for bay in dock.bays {
        let health = Arc::new(reader::Health::new(bay.bay, Arc::clone(&sink)));
        watched.push(Arc::clone(&health));
        switches.push(inputs::Switches::new(bay.bay, bay.bolt, bay.presence));
        actors.push(outputs::Actors::new(bay.bay, bay.lock, bay.indicator));
        let (stop, reader) = (Arc::clone(&stop), bay.reader);
        threads.push(spawn(
            format!("reader-{}", bay.bay),
            Box::new(move || reader::run(reader, health, &stop)),
        ));
    }
    let (input_sink, input_stop) = (Arc::clone(&sink), Arc::clone(&stop));
    let (supervisor, actor) = (Beat::default(), Beat::default());
    let (input_beat, output_beat) = (supervisor.clone(), actor.clone());
    threads.push(spawn(
        "dock-inputs".into(),
        Box::new(move || inputs::run(switches, &watched, &input_sink, (&input_stop, &input_beat))),
    ));
    threads.push(spawn(
        "dock-outputs".into(),
        Box::new(move || outputs::run(actors, &inbox, &sink, &output_beat)),
    ));
    drop(ending);
    Driver {
        orders: Some(orders),
        stop,
        threads,
        supervisor,
        actor,
        ended: Mutex::new(ended),
    }
}

impl Driver {
    /// The threads that the dock cannot do without, for a watchdog. A reader's own thread is none
    /// of them: it may hang in its device, and its supervisor deals with that.
    pub fn watched(&self) -> [(&'static str, Beat); 2] {
        [
            ("switches and readers' supervisor", self.supervisor.clone()),
            ("coils and indicators", self.actor.clone()),
        ]
    }

    /// Drives the bay's coil for at most `pulse_ms`. Unknown bays are ignored.
    pub fn unlock(&self, bay: BayNo, pulse_ms: u32) {
        self.order(Order::Unlock { bay, pulse_ms });
    }

    /// Cuts the bay's coil and re-arms its latch.
    pub fn lock(&self, bay: BayNo) {
        self.order(Order::Lock { bay });
    }

    pub fn show(&self, bay: BayNo, signal: Signal) {
        self.order(Order::Show { bay, signal });
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders
            && orders.send(order).is_err()
        {
            tracing::error!("the thread of coils and indicators has ended");
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.orders = None;
        self.stop.now();
        let deadline = Instant::now() + STOP_PATIENCE;
        // Nobody sends here: it is disconnected when the last thread has ended.
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = ended.recv_timeout(STOP_PATIENCE);
        for thread in self.threads.drain(..) {
            while !thread.is_finished() && Instant::now() < deadline {
                thread::yield_now();
            }
            if thread.is_finished() {
                let _ = thread.join();
            } else {
                let name = thread.thread().name().unwrap_or_default().to_owned();
                tracing::warn!(thread.name = name, "left hanging in its device");
            }
        }
    }
}

/// Errors in a row before a sensor counts as failed: one glitch on a wire is no fault.
const ERRORS_TO_FAIL: u8 = 3;

type Sink = Arc<dyn Fn(Observation) + Send + Sync>;

#[derive(Default)]
struct Stop {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    fn now(&self) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits; true when it is time to end.
    fn wait(&self, pause: Duration) -> bool {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        let (stopped, _) = self
            .changed
            .wait_timeout_while(stopped, pause, |stopped| !*stopped)
            .unwrap_or_else(PoisonError::into_inner);
        *stopped
    }
}

/// Whether a part works; tells changes only.
#[derive(Debug, Default)]
struct Working {
    failed: bool,
}

impl Working {
    fn judge(&mut self, works: bool, part: Part) -> Option<Seen> {
        if works != self.failed {
            return None;
        }
        self.failed = !works;
        Some(match works {
            true => Seen::Healed(part),
            false => Seen::Failed(part),
        })
    }
}
