//! The journal: what happened at this dock, numbered, chained, signed, and on disk twice before
//! anybody is told.
//!
//! Shape: in the database `event` holds the signed lines as they will be sent; `state` is one row
//! with the gateway's id, its boot count, the cloud's acknowledgement and the brain's memory. Beside
//! it grows a copy of the lines as plain text. One [`Journal::commit`] is one frame of the copy and one
//! transaction, each with one sync. Invariant: nothing here is ever started anew beside an older
//! journal; a damaged one is salvaged, and says so in its first new line where lines may be lost.
//! What the cloud acknowledged long ago, and gave its word for, is dropped in quiet moments; the rest
//! never.

mod check;
mod copy;
mod disk;
mod error;
mod held;
mod keep;
mod line;
mod place;
mod rebuild;
mod salvage;
mod schema;
pub mod search;
mod start;
mod stored;
#[cfg(test)]
mod tests;

pub use disk::{Disk, DiskFile};
pub use error::{JournalError, JournalFault};
pub use line::Line;
pub use place::Place;
pub use salvage::{SALVAGE_SKIP, Salvaged};

use copy::Copy;
use ed25519_dalek::SigningKey;
use edge_core::io::{Memory, Now};
use line::Jump;
use serde_json::Value;
use shared::chain::Head;
use shared::event::Fact;
use shared::ids::GatewayId;
use shared::time::Stamp;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use stored::Stored;

/// Acknowledged lines that are kept: two days of the busiest dock, so that a cloud that came back
/// from yesterday's backup can still be given what it lost.
pub const KEPT_ACKED_LINES: u64 = 20_000;

pub struct Journal {
    stored: Stored,
    copy: Copy,
    salvaged: Option<Salvaged>,
    suspect: Arc<AtomicBool>,
}

/// Where a line of somebody's belongs, as far as this journal can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// This very line is part of the journal.
    Here,
    /// Its number is one of those that a salvage lost.
    Lost,
    /// So old that it is not kept any more; the cloud acknowledged it. Nothing can be said of it.
    Pruned,
    /// The journal has another line of that number, or none.
    Elsewhere,
}

/// How the files are, for the technician.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Health {
    /// What this start had to put together again.
    pub salvaged: Option<Salvaged>,
    /// The background check, or a read, found damage: the next start salvages.
    pub suspect: bool,
    /// Sets of damaged files kept beside the journal.
    pub damaged_kept: usize,
    /// Bytes of the database with its log, and of the copy.
    pub database_bytes: u64,
    pub copy_bytes: u64,
    /// Number of the first line that is kept.
    pub first_seq: u64,
}

impl Journal {
    /// There while the next start must salvage.
    const SUSPECT: &str = "-suspect";

    /// Makes the journal of a newly enrolled gateway, whole or not at all. Leaves what exists alone:
    /// `open` will say whose it is.
    pub fn create(path: &Path, gateway: &GatewayId) -> Result<(), JournalError> {
        Self::create_at(&Place::on_card(path), gateway)
    }

    pub fn create_at(place: &Place, gateway: &GatewayId) -> Result<(), JournalError> {
        if place.holds_journal() {
            return Ok(());
        }
        schema::create(place, gateway).map_err(|fault| fault.at(&place.path))
    }

    /// Opens an existing journal, salvages it where it must be, and counts this start durably. `now`
    /// is for the line that a salvage may have to write.
    pub fn open(
        path: &Path,
        gateway: GatewayId,
        key: &SigningKey,
        now: Now,
    ) -> Result<Self, JournalError> {
        Self::open_at(&Place::on_card(path), gateway, key, now)
    }

    pub fn open_at(
        place: &Place,
        gateway: GatewayId,
        key: &SigningKey,
        now: Now,
    ) -> Result<Self, JournalError> {
        start::open(place, gateway, key, now).map_err(|fault| fault.at(&place.path))
    }

    /// Appends `records` and stores the brain's memory, durably and twice, before it answers. Writes
    /// nothing when nothing changed. After an error that [`JournalError::is_full`] the same commit may
    /// be tried again; after any other only a new start can say what is stored.
    pub fn commit(
        &mut self,
        at: Stamp,
        records: &[Fact],
        memory: &Memory,
        acked: Option<Head>,
    ) -> Result<Vec<Line>, JournalError> {
        let acked = acked.unwrap_or(self.stored.acked);
        self.record(at, records, memory, acked)
            .map_err(|fault| fault.at(&self.stored.place.path))
    }

    fn record(
        &mut self,
        at: Stamp,
        records: &[Fact],
        memory: &Memory,
        acked: Head,
    ) -> Result<Vec<Line>, JournalFault> {
        let stored = &mut self.stored;
        let remembered = *memory != stored.memory;
        if records.is_empty() && !remembered && acked == stored.acked {
            return Ok(Vec::new());
        }
        let lines = stored.compose(at, records)?;
        let told = !lines.is_empty() || remembered;
        if told {
            // An acknowledgement alone is not copied: the cloud repeats it.
            let memory = copy_memory(memory)?;
            self.copy.append(&lines, stored.boot, acked.seq, memory)?;
        }
        if let Err(fault) = stored.store(&lines, remembered.then_some(memory), acked) {
            if told {
                self.copy.take_back().map_err(JournalFault::Io)?;
            }
            return Err(fault);
        }
        if let Some(line) = lines.last() {
            stored.head = line.head;
        }
        stored.acked = acked;
        if remembered {
            stored.memory = memory.clone();
        }
        Ok(lines)
    }

    /// At most `count_max` lines after number `seq`, in order, each checked against its hash, from one
    /// side of a salvage's gap only. Ends before a line that is damaged; an error when that is the
    /// first.
    pub fn lines_after(&self, seq: u64, count_max: usize) -> Result<Vec<Line>, JournalError> {
        let lines = self.stored.lines_after(seq, count_max);
        lines.map_err(|fault| fault.at(&self.stored.place.path))
    }

    /// The last lines, at most `count_max`, the newest last.
    pub fn recent(&self, count_max: usize) -> Result<Vec<Line>, JournalError> {
        let recent = self.stored.recent(count_max);
        recent.map_err(|fault| fault.at(&self.stored.place.path))
    }

    /// Whether, and where, a line is part of the journal.
    pub fn place(&self, head: Head) -> Result<Placed, JournalError> {
        let placed = self.stored.placed(head);
        placed.map_err(|fault| fault.at(&self.stored.place.path))
    }

    /// Lines after number `seq`; numbers that a salvage lost are none.
    pub fn count_after(&self, seq: u64) -> u64 {
        let lost = |jump: &Jump| {
            let from = jump.last.seq.max(seq) + 1;
            jump.first_seq.saturating_sub(from)
        };
        let lost: u64 = self.stored.jumps.iter().map(lost).sum();
        self.stored
            .head
            .seq
            .saturating_sub(seq)
            .saturating_sub(lost)
    }

    /// Moves everything from the write-ahead log into the file.
    pub fn checkpoint(&self) -> Result<(), JournalError> {
        let done = schema::checkpoint(&self.stored.connection);
        done.map_err(|fault| fault.at(&self.stored.place.path))
    }

    pub fn gateway(&self) -> GatewayId {
        self.stored.gateway
    }

    pub fn boot(&self) -> u32 {
        self.stored.boot
    }

    pub fn head(&self) -> Head {
        self.stored.head
    }

    /// The line before the oldest one that is kept.
    pub fn base(&self) -> Head {
        self.stored.base
    }

    pub fn acked(&self) -> Head {
        self.stored.acked
    }

    /// The brain's memory as of the last commit.
    pub fn memory(&self) -> &Memory {
        &self.stored.memory
    }

    pub fn key(&self) -> &SigningKey {
        &self.stored.key
    }

    /// Bytes on disk: database, its log, and the copy.
    pub fn bytes(&self) -> u64 {
        self.database_bytes() + self.copy.bytes()
    }

    pub fn health(&self) -> Health {
        let place = &self.stored.place;
        Health {
            salvaged: self.salvaged.clone(),
            suspect: self.suspect.load(Ordering::Relaxed),
            damaged_kept: place.asides_kept().unwrap_or(0),
            database_bytes: self.database_bytes(),
            copy_bytes: self.copy.bytes(),
            first_seq: self.stored.base.seq + 1,
        }
    }

    fn database_bytes(&self) -> u64 {
        let place = &self.stored.place;
        let size = |path: &Path| place.disk.size(path).ok().flatten().unwrap_or(0);
        size(&place.path) + size(&place.with("-wal"))
    }
}

impl Stored {
    fn with(self, copy: Copy, salvaged: Option<Salvaged>) -> Journal {
        Journal {
            stored: self,
            copy,
            salvaged,
            suspect: Arc::default(),
        }
    }
}

/// Whether anything of a journal is there. A write-ahead log or a copy without its database is a
/// damaged journal, not an absent one.
pub fn exists(path: &Path) -> bool {
    Place::on_card(path).holds_journal()
}

/// The brain's memory as the copy keeps it: an absent value is left out.
fn copy_memory(memory: &Memory) -> Result<Value, JournalFault> {
    let mut value = serde_json::to_value(memory).map_err(|_| JournalFault::Damaged("memory"))?;
    leave_out_nothing(&mut value);
    Ok(value)
}

fn leave_out_nothing(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, field| !field.is_null());
        fields.values_mut().for_each(leave_out_nothing);
    }
}
