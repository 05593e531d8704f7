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

    /// The next line to stand on where there is no word for any.
    fn without_word(&self, droppable_to: u64) -> u64 {
        let to = droppable_to.min(self.base.seq + DROPPED_AT_ONCE);
        let Some(jump) = self.gap_at(to) else {
            return to;
        };
        // Between the lines around a gap there is none to stand on.
        match jump.last.seq > self.base.seq {
            true => jump.last.seq,
            false if droppable_to >= jump.first_seq => jump.first_seq,
            false => self.base.seq,
        }
    }

    /// Lines that the cloud gave its word for; it may be asked to believe it again.
    fn drop_lines(&mut self, droppable_to: u64) -> Result<bool, JournalFault> {
        let to = match self.next_word(droppable_to)? {
            Some(to) => to,
            // A cloud that never gives its word must not fill the card.
            None if droppable_to > self.base.seq + KEPT_ACKED_LINES => {
                let to = self.without_word(droppable_to);
                if to <= self.base.seq {
                    return Ok(false);
                }
                to
            }
            None => return Ok(false),
        };
        let base = head_at(&self.connection, to)?.ok_or(JournalFault::Damaged("event"))?;
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM event WHERE seq <= ?1", [seq_to_sql(to)])?;
        transaction.execute("DELETE FROM jump WHERE first_seq <= ?1", [seq_to_sql(to)])?;
        transaction.execute("DELETE FROM held WHERE seq < ?1", [seq_to_sql(to)])?;
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
