//! The loop and its disk: a commit without room waits for room, and quiet moments are for tidying.

use super::{Gateway, Line};
use crate::journal::JournalError;
use edge_core::io::{Input, StorageLevel};
use shared::chain::Head;
use shared::dock::{Lamp, Signal};
use shared::event::Fact;
use shared::sync::{BaySnapshot, BayState};
use shared::time::{MonoMs, Stamp};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

/// Between two looks at the disk.
const MEASURE_MS: u64 = 5_000;

/// A process younger than this does not end itself for a damaged journal: a card that rots faster
/// must not turn the dock into a row of restarts.
const RESTART_AFTER_MS: u64 = 600_000;

/// Between two tries of a commit that has no room.
const ROOM_PAUSE: Duration = Duration::from_secs(1);

impl Gateway {
    /// Commits, and while the disk is full waits for room: first the reserve goes, then the damaged
    /// files that a salvage kept. Meanwhile nothing moves and every lamp says so. The error is one
    /// that only a new start can mend, or the wish to stop.
    pub(super) fn commit(
        &mut self,
        at: Stamp,
        records: &[Fact],
        acked: Option<Head>,
    ) -> Result<Vec<Line>, JournalError> {
        let memory = self.brain.memory();
        let mut waiting = false;
        loop {
            let error = match self.journal.commit(at, records, &memory, acked) {
                Err(error) if error.is_full() => error,
                ended => {
                    if waiting {
                        tracing::warn!("there is room again; the dock goes on");
                        self.show_again();
                    }
                    return ended;
                }
            };
            // The brain hears of it right after this commit.
            self.measure_at = MonoMs(0);
            if self.room.give_up_reserve() || self.stopping.load(Ordering::Relaxed) {
                if self.stopping.load(Ordering::Relaxed) {
                    return Err(error);
                }
                continue;
            }
            if !waiting {
                tracing::error!(%error, "no room for a record; the dock stands still until there is");
                self.out_of_service();
                waiting = true;
            }
            self.give_up_damaged();
            self.beat.beat();
            thread::sleep(ROOM_PAUSE);
        }
    }

    /// Looks at the disk when it is time to, and tells the brain what changed.
    pub(super) fn measure(&mut self) -> Result<(), JournalError> {
        let now = self.clock.mono();
        if now < self.measure_at {
            return Ok(());
        }
        self.measure_at = now.plus(MEASURE_MS);
        let changed = self.room.measure();
        let level = self.room.level();
        if changed && level != StorageLevel::Ample {
            self.give_up_damaged();
        }
        self.storage = self.room.view(self.journal.health());
        match changed {
            true => self.handle(Input::Storage(level), None),
            false => Ok(()),
        }
    }

    /// Room is a wish: what cannot be removed stays, and the dock goes on.
    fn give_up_damaged(&self) {
        if let Err(error) = self.journal.drop_damaged() {
            tracing::warn!(%error, "damaged files cannot be given up");
        }
    }

    /// Nothing waits to be done: a little tidying. Where damage was found the loop ends while no
    /// customer is at a bay, and the next start salvages.
    pub(super) fn tidy(&mut self) -> Result<(), JournalError> {
        if let Err(error) = self.journal.tend() {
            tracing::warn!(%error, "the journal cannot be tidied");
        }
        let busy = |bay: &BaySnapshot| matches!(bay.state, BayState::Docking | BayState::Releasing);
        let settled = self.clock.mono().0 >= RESTART_AFTER_MS;
        if settled && !self.brain.snapshot().iter().any(busy) {
            self.journal.found_damaged()?;
        }
        Ok(())
    }

    /// Closes every bay and says on its lamp that it is of no use now.
    pub(super) fn out_of_service(&mut self) {
        for layout in &self.bays {
            self.driver.lock(layout.bay);
            let signal = Signal {
                lamp: Lamp::OutOfService,
                sound: None,
            };
            self.driver.show(layout.bay, signal);
        }
    }

    fn show_again(&mut self) {
        for layout in &self.bays {
            if let Some(signal) = self.view.signal(layout.bay) {
                self.driver.show(layout.bay, signal);
            }
        }
    }
}
