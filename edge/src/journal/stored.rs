//! The lines as the database has them.

use super::line::{Jump, Line, head_of, of_row, seq_to_sql};
use super::place::Place;
use super::{JournalFault, Placed};
use ed25519_dalek::SigningKey;
use edge_core::io::Memory;
use rusqlite::{Connection, OptionalExtension as _, params};
use shared::chain::{self, Head};
use shared::event::Fact;
use shared::ids::GatewayId;
use shared::sync::EVENT_BYTES_MAX;
use shared::time::Stamp;

/// The database and what is known of it without asking it.
pub(super) struct Stored {
    pub connection: Connection,
    pub place: Place,
    pub gateway: GatewayId,
    pub key: SigningKey,
    pub boot: u32,
    pub base: Head,
    pub head: Head,
    pub acked: Head,
    pub memory: Memory,
    pub jumps: Vec<Jump>,
}

impl Stored {
    pub(super) fn compose(&self, at: Stamp, records: &[Fact]) -> Result<Vec<Line>, JournalFault> {
        let mut head = self.head;
        let mut lines = Vec::with_capacity(records.len());
        for fact in records {
            let appended = chain::append(&self.key, self.gateway, head, at, fact.clone().fitted());
            // A longer line would be refused by the cloud for ever and stop all that follow.
            if appended.line.len() > EVENT_BYTES_MAX {
                return Err(JournalFault::Damaged("event longer than a line may be"));
            }
            head = appended.head;
            lines.push(Line {
                head,
                text: appended.line,
            });
        }
        Ok(lines)
    }

    pub(super) fn store(
        &mut self,
        lines: &[Line],
        memory: Option<&Memory>,
        acked: Head,
    ) -> Result<(), JournalFault> {
        let transaction = self.connection.transaction()?;
        for line in lines {
            insert(&transaction, line)?;
        }
        if let Some(memory) = memory {
            let text =
                serde_json::to_string(memory).map_err(|_| JournalFault::Damaged("memory"))?;
            transaction
                .prepare_cached("UPDATE state SET memory = ?1")?
                .execute([text])?;
        }
        if acked != self.acked {
            transaction
                .prepare_cached("UPDATE state SET acked_seq = ?1, acked_hash = ?2")?
                .execute(params![seq_to_sql(acked.seq), acked.hash.as_bytes()])?;
        }
        Ok(transaction.commit()?)
    }

    pub(super) fn lines_after(
        &self,
        seq: u64,
        count_max: usize,
    ) -> Result<Vec<Line>, JournalFault> {
        if seq < self.base.seq {
            return Err(JournalFault::Pruned(self.base.seq));
        }
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, hash, line FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )?;
        let limit = i64::try_from(count_max).unwrap_or(i64::MAX);
        let rows = statement.query_map([seq_to_sql(seq), limit], of_row)?;
        let mut lines: Vec<Line> = Vec::new();
        let first = match self.gap_at(seq) {
            Some(jump) => jump.first_seq,
            None => seq + 1,
        };
        for (row, expected) in rows.zip(first..) {
            match row.map_err(JournalFault::from).and_then(|line| line) {
                Ok(line) if line.head.seq == expected => lines.push(line),
                Err(fault) if lines.is_empty() => return Err(fault),
                Ok(_) if lines.is_empty() => return Err(JournalFault::Damaged("event")),
                _ => break,
            }
        }
        Ok(lines)
    }

    pub(super) fn recent(&self, count_max: usize) -> Result<Vec<Line>, JournalFault> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq, hash, line FROM event ORDER BY seq DESC LIMIT ?1")?;
        let limit = i64::try_from(count_max).unwrap_or(i64::MAX);
        let rows = statement.query_map([limit], of_row)?;
        let mut lines = Vec::new();
        for row in rows {
            lines.push(row??);
        }
        lines.reverse();
        Ok(lines)
    }

    pub(super) fn placed(&self, head: Head) -> Result<Placed, JournalFault> {
        if head == self.base {
            return Ok(Placed::Here);
        }
        if head.seq < self.base.seq {
            return Ok(Placed::Pruned);
        }
        if let Some(jump) = self.gap_at(head.seq)
            && jump.last.seq < head.seq
        {
            return Ok(Placed::Lost);
        }
        Ok(match head_at(&self.connection, head.seq)? == Some(head) {
            true => Placed::Here,
            false => Placed::Elsewhere,
        })
    }

    /// The gap that begins at or spans a number.
    pub(super) fn gap_at(&self, seq: u64) -> Option<&Jump> {
        let spans = |jump: &&Jump| jump.last.seq <= seq && seq < jump.first_seq;
        self.jumps.iter().find(spans)
    }
}

/// The line of one number, as a head.
pub(super) fn head_at(connection: &Connection, seq: u64) -> Result<Option<Head>, JournalFault> {
    let hash: Option<Vec<u8>> = connection
        .prepare_cached("SELECT hash FROM event WHERE seq = ?1")?
        .query_row([seq_to_sql(seq)], |row| row.get(0))
        .optional()?;
    hash.map(|hash| head_of(seq_to_sql(seq), &hash)).transpose()
}

pub(super) fn insert(connection: &Connection, line: &Line) -> Result<(), JournalFault> {
    connection
        .prepare_cached("INSERT INTO event (seq, hash, line) VALUES (?1, ?2, ?3)")?
        .execute(params![
            seq_to_sql(line.head.seq),
            line.head.hash.as_bytes(),
            line.text
        ])?;
    Ok(())
}

pub(super) fn insert_jump(connection: &Connection, jump: Jump) -> Result<(), JournalFault> {
    connection.execute(
        "INSERT INTO jump (first_seq, last_seq, last_hash) VALUES (?1, ?2, ?3)",
        params![
            seq_to_sql(jump.first_seq),
            seq_to_sql(jump.last.seq),
            jump.last.hash.as_bytes()
        ],
    )?;
    Ok(())
}
