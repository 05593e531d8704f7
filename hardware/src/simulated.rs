//! A dock without hardware: a small physical world of carts, bays and time, with faults on demand.

mod devices;
mod fault;
mod keep;
mod state;
#[cfg(test)]
mod tests;
mod world;

pub use fault::{Fault, FaultKind};
pub use state::{BayView, WorldState};
pub use world::{Refused, World};

use crate::bay::{BayHardware, Dock};
use shared::enrol::BayLayout;
use shared::ids::{BayNo, TagUid};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;

/// The world in real time, shared by the page, the tests and the devices of its [`Dock`].
#[derive(Clone)]
pub struct SimulatedDock {
    inner: Arc<Inner>,
}

struct Inner {
    world: Mutex<World>,
    began: Instant,
    changed: watch::Sender<u64>,
    faults_changed: Condvar,
    kept_at: Option<PathBuf>,
}

impl SimulatedDock {
    /// `carts`: those in each bay at the beginning, the one at the mouth last. Those beyond a bay's
    /// capacity, or of a bay that is not in `layout`, stand in the lot.
    pub fn new(layout: &[BayLayout], carts: BTreeMap<BayNo, Vec<TagUid>>) -> (Self, Dock) {
        Self::start(World::new(layout, carts), None)
    }

    /// Like [`Self::new`], but carts stay where they are while the gateway's process is down: the
    /// world is kept in the file `path`, and `carts` matter only when there is none.
    pub fn kept_at(
        path: &Path,
        layout: &[BayLayout],
        carts: BTreeMap<BayNo, Vec<TagUid>>,
    ) -> io::Result<(Self, Dock)> {
        let world = match keep::load(path)? {
            Some((carts, lot)) => World::with_lot(layout, carts, lot),
            None => World::new(layout, carts),
        };
        keep::save(path, &world)?;
        Ok(Self::start(world, Some(path.to_owned())))
    }

    fn start(world: World, kept_at: Option<PathBuf>) -> (Self, Dock) {
        let layout = world.layout();
        let simulated = Self {
            inner: Arc::new(Inner {
                world: Mutex::new(world),
                began: Instant::now(),
                changed: watch::Sender::new(0),
                faults_changed: Condvar::new(),
                kept_at,
            }),
        };
        let bays = layout
            .into_iter()
            .map(|bay| simulated.bay_hardware(bay))
            .collect();
        (simulated, Dock { bays })
    }

    fn bay_hardware(&self, layout: BayLayout) -> BayHardware {
        let part = devices::Part::new(self.clone(), layout.bay);
        BayHardware {
            bay: layout.bay,
            kind: layout.kind,
            capacity: layout.capacity,
            reader: Box::new(devices::Reader(part.clone())),
            lock: Box::new(devices::Coil(part.clone())),
            bolt: Box::new(devices::BoltSwitch(part.clone())),
            presence: Box::new(devices::CartSwitch(part.clone())),
            indicator: Box::new(devices::LampAndSounder(part)),
        }
    }

    /// The world as it is now, for pages and tests.
    pub fn state(&self) -> WorldState {
        self.with(|world, _| world.state())
    }

    /// Counts the world's changes, those by time included (while a driver samples the dock).
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    /// Pushes a cart that stands in the lot into a bay.
    pub fn push(&self, bay: BayNo, tag: TagUid) -> Result<(), Refused> {
        self.act(|world, now_ms| world.push(bay, tag, now_ms))
    }

    /// Pulls the cart at the bay's mouth out into the lot, if the bolt lets it go.
    pub fn pull(&self, bay: BayNo) -> Result<TagUid, Refused> {
        self.act(|world, now_ms| world.pull(bay, now_ms))
    }

    /// Pulls with a crowbar: the bolt does not matter.
    pub fn force(&self, bay: BayNo) -> Result<TagUid, Refused> {
        self.act(|world, now_ms| world.force(bay, now_ms))
    }

    /// A cart in the lot leaves for somewhere else.
    pub fn carry_away(&self, tag: TagUid) -> Result<(), Refused> {
        self.act(|world, _| world.carry_away(tag))
    }

    /// A cart arrives from somewhere else and stands in the lot.
    pub fn bring(&self, tag: TagUid) -> Result<(), Refused> {
        self.act(|world, _| world.bring(tag))
    }

    /// A second cart arrives with the tag of one that may be here already.
    pub fn bring_clone(&self, tag: TagUid) -> Result<(), Refused> {
        self.act(|world, _| world.bring_clone(tag))
    }

    /// Breaks something at a bay until it is cleared.
    pub fn inject(&self, bay: BayNo, fault: Fault) -> Result<(), Refused> {
        self.act(|world, now_ms| world.inject(bay, fault, now_ms))
    }

    /// Mends one kind of fault at a bay, or all.
    pub fn clear(&self, bay: BayNo, kind: Option<FaultKind>) -> Result<(), Refused> {
        self.act(|world, _| world.clear(bay, kind))
    }

    fn act<T>(
        &self,
        action: impl FnOnce(&mut World, u64) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        self.with(|world, now_ms| {
            let result = action(world, now_ms);
            if result.is_ok() {
                self.keep(world);
                self.inner.faults_changed.notify_all();
            }
            result
        })
    }

    fn keep(&self, world: &World) {
        if let Some(path) = &self.inner.kept_at
            && let Err(error) = keep::save(path, world)
        {
            tracing::warn!(path = %path.display(), %error, "the simulated world is not kept");
        }
    }

    /// Steps the world to now, lets `action` at it, and tells subscribers when anything changed.
    fn with<T>(&self, action: impl FnOnce(&mut World, u64) -> T) -> T {
        let mut world = self.lock();
        let now_ms = self.now_ms();
        world.step(now_ms);
        let result = action(&mut world, now_ms);
        let revision = world.revision();
        drop(world);
        self.inner.changed.send_if_modified(|told| {
            let newer = *told < revision;
            *told = (*told).max(revision);
            newer
        });
        result
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.inner
            .world
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.inner.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
