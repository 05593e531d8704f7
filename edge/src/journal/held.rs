//! The cloud's words that it held our lines: what lines may be dropped on, and what is shown to a cloud
//! that was set back to before those that are kept.

use super::line::seq_to_sql;
use super::stored::Stored;
use super::{Journal, JournalError, JournalFault, Placed};
use rusqlite::{Connection, OptionalExtension as _, params};
use shared::chain::Head;

/// A word is kept for a line this many after the last that has one: few rows, and no step that drops
/// lines is much longer than a batch.
const LINES_BETWEEN_WORDS: u64 = 500;

impl Journal {
    /// Keeps the cloud's word for a line, already checked, where none is near. What is lost of it with
    /// the power comes again with a later acknowledgement.
    pub fn keep_word(&mut self, head: Head, word: &str) -> Result<(), JournalError> {
        let kept = self.stored.keep_word(head, word);
        kept.map_err(|fault| fault.at(&self.stored.place.path))
    }

    /// The cloud's word for the line before the oldest that is kept.
    pub fn base_word(&self) -> Result<Option<String>, JournalError> {
        let word = word_at(&self.stored.connection, self.stored.base.seq);
        word.map_err(|fault| fault.at(&self.stored.place.path))
    }
}

impl Stored {
    fn keep_word(&self, head: Head, word: &str) -> Result<(), JournalFault> {
        if head.seq == 0 || self.placed(head)? != Placed::Here {
            return Ok(());
        }
        let last: Option<i64> = self
            .connection
            .prepare_cached("SELECT max(seq) FROM held")?
            .query_row([], |row| row.get(0))?;
        let due = match last {
            None => true,
            Some(last) => seq_to_sql(head.seq) >= last + seq_to_sql(LINES_BETWEEN_WORDS),
        };
        // A salvage may have lost the word that the oldest line stands on.
        let lost = head == self.base && word_at(&self.connection, head.seq)?.is_none();
        if due || lost {
            self.connection
                .prepare_cached("INSERT INTO held (seq, word) VALUES (?1, ?2)")?
                .execute(params![seq_to_sql(head.seq), word])?;
        }
        Ok(())
    }

    /// The first line after the oldest one's place, up to a number, that there is a word for.
    pub(super) fn next_word(&self, seq_max: u64) -> Result<Option<u64>, JournalFault> {
        let next: Option<i64> = self
            .connection
            .prepare_cached("SELECT min(seq) FROM held WHERE seq > ?1 AND seq <= ?2")?
            .query_row([seq_to_sql(self.base.seq), seq_to_sql(seq_max)], |row| {
                row.get(0)
            })?;
        Ok(next.and_then(|seq| u64::try_from(seq).ok()))
    }
}

/// Brings what words a damaged journal still gives into the one that takes its place.
pub(super) fn carry_over(damaged: &Connection, building: &Connection) -> Result<(), JournalFault> {
    let Ok(mut statement) = damaged.prepare("SELECT seq, word FROM held") else {
        return Ok(());
    };
    let Ok(mut rows) = statement.query([]) else {
        return Ok(());
    };
    while let Ok(Some(row)) = rows.next() {
        if let (Ok(seq), Ok(word)) = (row.get::<_, i64>(0), row.get::<_, String>(1)) {
            building.execute(
                "INSERT OR IGNORE INTO held (seq, word) VALUES (?1, ?2)",
                params![seq, word],
            )?;
        }
    }
    Ok(())
}

fn word_at(connection: &Connection, seq: u64) -> Result<Option<String>, JournalFault> {
    Ok(connection
        .prepare_cached("SELECT word FROM held WHERE seq = ?1")?
        .query_row([seq_to_sql(seq)], |row| row.get(0))
        .optional()?)
}
