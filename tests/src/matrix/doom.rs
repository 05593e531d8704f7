//! When a cloud's process ends: counted down at crash points and requests, or by the clock.

use super::Death;
use crate::kills::Dice;
use cloud::config::Config;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// What passes before a life ends, at most: enough to get on, few enough to end often.
const PASSES_MAX: u64 = 40;
/// Few journeys bring a stray Pix.
const STRAY_PASSES_MAX: u64 = 4;

/// Whose cloud dies at a crash point: the database's path names it.
static DOOMED: Mutex<BTreeMap<PathBuf, Arc<Doom>>> = Mutex::new(BTreeMap::new());

pub(super) struct Doom {
    death: Death,
    /// What may still pass; below zero nothing ends this life.
    passes: AtomicI64,
    before: AtomicBool,
    armed: AtomicBool,
    pub(super) fallen: Notify,
}

impl Doom {
    pub(super) fn new(death: Death) -> Arc<Self> {
        cloud::app::die_by(at_crash_point);
        Arc::new(Self {
            death,
            passes: AtomicI64::new(0),
            before: AtomicBool::new(false),
            armed: AtomicBool::new(false),
            fallen: Notify::new(),
        })
    }

    /// From now on this cloud's crash points find their doom.
    pub(super) fn watches(self: &Arc<Self>, database: &Path) {
        let mut doomed = DOOMED.lock().unwrap_or_else(PoisonError::into_inner);
        doomed.insert(database.to_owned(), Arc::clone(self));
    }

    /// The crash point of the next life, if it is one of those that end so.
    pub(super) fn arm(&self, dice: &mut Dice) -> Option<&'static str> {
        let passes_max = match self.death {
            Death::AtStray => STRAY_PASSES_MAX,
            _ => PASSES_MAX,
        };
        let passes = i64::try_from(dice.below(passes_max)).unwrap_or(0);
        self.passes.store(passes, Ordering::SeqCst);
        self.before.store(dice.below(2) == 0, Ordering::SeqCst);
        self.armed.store(true, Ordering::SeqCst);
        let points = self.death.points();
        let point = dice.below(points.len() as u64);
        points.get(usize::try_from(point).unwrap_or(0)).copied()
    }

    /// The life that begins now is not ended.
    pub(super) fn spare(&self) {
        self.armed.store(false, Ordering::SeqCst);
    }

    pub(super) fn falls_before_the_bank(&self) -> bool {
        self.death == Death::AtBank && self.before.load(Ordering::SeqCst) && self.counts_down()
    }

    pub(super) fn falls_after_the_bank(&self) -> bool {
        self.death == Death::AtBank && !self.before.load(Ordering::SeqCst) && self.counts_down()
    }

    /// True once: this passage is the last.
    fn counts_down(&self) -> bool {
        if !self.armed.load(Ordering::SeqCst) || self.passes.fetch_sub(1, Ordering::SeqCst) > 0 {
            return false;
        }
        let falls = self.armed.swap(false, Ordering::SeqCst);
        if falls {
            self.fallen.notify_one();
        }
        falls
    }
}

/// In the place of a SIGKILL: this task goes no further, and its runtime is about to be dropped.
fn at_crash_point(config: &Config, _name: &str) {
    let doomed = DOOMED.lock().unwrap_or_else(PoisonError::into_inner);
    let doom = doomed.get(&config.database).cloned();
    drop(doomed);
    if doom.is_some_and(|doom| doom.counts_down()) {
        std::panic::resume_unwind(Box::new("died as asked"));
    }
}
