//! What is kept: housekeeping for quiet moments, a little at a time.

use super::line::seq_to_sql;
use super::stored::{Stored, head_at};
use super::{Journal, JournalError, JournalFault, KEPT_ACKED_LINES};
use rusqlite::params;

/// Lines dropped in one go: a few hundred milliseconds on the slowest card.
const DROPPED_AT_ONCE: u64 = 1_000;

impl Journal {
    /// Packs and drops a little of what the cloud acknowledged long ago. True: there is more to do.
    /// For quiet moments; a failure costs nothing but room.
    pub fn tend(&mut self) -> Result<bool, JournalError> {
        self.tended()
            .map_err(|fault| fault.at(&self.stored.place.path))
    }

    /// Gives up the damaged files that were kept for whoever wants to look, to make room.
    pub fn drop_damaged(&self) -> Result<(), JournalError> {
        let dropped = self.stored.place.drop_asides(true);
        dropped.map_err(|error| JournalFault::from(error).at(&self.stored.place.path))
    }

    fn tended(&mut self) -> Result<bool, JournalFault> {
        let stored = &mut self.stored;
        let droppable_to = stored.droppable_to();
        // A segment that cannot be packed must not keep the database from being tidied.
        let copied = self.copy.tend(stored.boot, stored.acked.seq, droppable_to);
        if let Ok(true) = copied {
            return Ok(true);
        }
        let more = stored.drop_lines(droppable_to)?;
        Ok(copied? || more)
    }
}

impl Stored {
    /// The number up to which lines need not be kept.
    fn droppable_to(&self) -> u64 {
        let (mut top, mut keep) = (self.acked.seq, KEPT_ACKED_LINES);
        for jump in self.jumps.iter().rev() {
            if jump.first_seq > top {
                top = top.min(jump.last.seq);
                continue;
            }
            let above = top - jump.first_seq + 1;
            if keep <= above {
                break;
            }
            keep -= above;
            top = jump.last.seq;
        }
        top.saturating_sub(keep)
    }

    fn drop_lines(&mut self, droppable_to: u64) -> Result<bool, JournalFault> {
        let mut to = droppable_to.min(self.base.seq + DROPPED_AT_ONCE);
        if let Some(jump) = self.gap_at(to) {
            // Between the lines around a gap there is none to stand on.
            to = jump.last.seq.max(self.base.seq);
            if to == self.base.seq && droppable_to >= jump.first_seq {
                to = jump.first_seq;
            }
        }
        if to <= self.base.seq {
            return Ok(false);
        }
        let base = head_at(&self.connection, to)?.ok_or(JournalFault::Damaged("event"))?;
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM event WHERE seq <= ?1", [seq_to_sql(to)])?;
        transaction.execute("DELETE FROM jump WHERE first_seq <= ?1", [seq_to_sql(to)])?;
        transaction.execute(
            "UPDATE state SET base_seq = ?1, base_hash = ?2",
            params![seq_to_sql(to), base.hash.as_bytes()],
        )?;
        transaction.commit()?;
        self.base = base;
        self.jumps.retain(|jump| jump.first_seq > to);
        Ok(true)
    }
}
