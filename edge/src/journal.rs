//! The journal: what happened at this dock, numbered, chained, signed, and on disk before anybody
//! is told.
//!
//! Shape: `event` holds the signed lines as they will be sent, for ever; `state` is one row with
//! the gateway's id, its boot count, the cloud's acknowledgement and the brain's memory. One
//! [`Journal::commit`] is one transaction with one fsync. Invariant: nothing here is ever started
//! anew beside an older journal; a file that cannot be trusted ends the process with a way out.

mod error;
mod schema;
#[cfg(test)]
mod tests;

pub use error::{JournalError, JournalFault};

use ed25519_dalek::SigningKey;
use edge_core::io::Memory;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use shared::chain::{self, Hash, Head};
use shared::event::{Envelope, Fact};
use shared::ids::GatewayId;
use shared::signed;
use shared::sync::EVENT_BYTES_MAX;
use shared::time::Stamp;
use std::path::{Path, PathBuf};

pub struct Journal {
    connection: Connection,
    path: PathBuf,
    gateway: GatewayId,
    key: SigningKey,
    boot: u32,
    head: Head,
    acked: Head,
    memory: Memory,
}

/// A line as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub head: Head,
    pub text: String,
}

impl Line {
    /// `None` for an event of a kind that only a newer version knows.
    pub fn envelope(&self) -> Option<Envelope> {
        serde_json::from_str(signed::text_of(&self.text).ok()?).ok()
    }
}

impl Journal {
    /// Makes the journal of a newly enrolled gateway, whole or not at all. Leaves an existing
    /// file alone: `open` will say whose it is.
    pub fn create(path: &Path, gateway: &GatewayId) -> Result<(), JournalError> {
        if exists(path) {
            return Ok(());
        }
        schema::create(path, gateway).map_err(|fault| fault.at(path))
    }

    /// Opens an existing journal, checks it, and counts this start durably.
    pub fn open(path: &Path, gateway: GatewayId, key: SigningKey) -> Result<Self, JournalError> {
        Self::opened(path, gateway, key).map_err(|fault| fault.at(path))
    }

    fn opened(path: &Path, gateway: GatewayId, key: SigningKey) -> Result<Self, JournalFault> {
        let connection = schema::open(path)?;
        let state = connection.query_row(
            "UPDATE state SET boot = boot + 1 RETURNING gateway, boot, acked_seq, acked_hash, memory",
            [],
            State::of_row,
        )?;
        if state.gateway != gateway.to_string() {
            return Err(JournalFault::OtherGateway(state.gateway));
        }
        let memory =
            serde_json::from_str(&state.memory).map_err(|_| JournalFault::Damaged("memory"))?;
        let last = connection
            .query_row(
                "SELECT seq, hash, line FROM event ORDER BY seq DESC LIMIT 1",
                [],
                stored_line,
            )
            .optional()?;
        let head = match last {
            Some(line) => checked(line, &gateway)?.head,
            None => Head::empty(&gateway),
        };
        let journal = Self {
            acked: state.acked(&gateway)?,
            boot: state.boot,
            connection,
            path: path.to_owned(),
            gateway,
            key,
            head,
            memory,
        };
        if !journal.holds(journal.acked)? {
            return Err(JournalFault::Damaged("acknowledgement"));
        }
        Ok(journal)
    }

    /// Appends `records` and stores the brain's memory, durably, before it answers. Writes
    /// nothing when nothing changed.
    pub fn commit(
        &mut self,
        at: Stamp,
        records: &[Fact],
        memory: &Memory,
        acked: Option<Head>,
    ) -> Result<Vec<Line>, JournalError> {
        let acked = acked.unwrap_or(self.acked);
        if records.is_empty() && *memory == self.memory && acked == self.acked {
            return Ok(Vec::new());
        }
        let lines = self
            .store(at, records, memory, acked)
            .map_err(|fault| fault.at(&self.path))?;
        if let Some(line) = lines.last() {
            self.head = line.head;
        }
        self.acked = acked;
        if *memory != self.memory {
            self.memory = memory.clone();
        }
        Ok(lines)
    }

    fn store(
        &mut self,
        at: Stamp,
        records: &[Fact],
        memory: &Memory,
        acked: Head,
    ) -> Result<Vec<Line>, JournalFault> {
        let mut head = self.head;
        let mut lines = Vec::with_capacity(records.len());
        let transaction = self.connection.transaction()?;
        for fact in records {
            let appended = chain::append(&self.key, self.gateway, head, at, fact.clone());
            // A longer line would be refused by the cloud for ever and stop all that follow.
            if appended.line.len() > EVENT_BYTES_MAX {
                return Err(JournalFault::Damaged("event longer than a line may be"));
            }
            head = appended.head;
            transaction
                .prepare_cached("INSERT INTO event (seq, hash, line) VALUES (?1, ?2, ?3)")?
                .execute(params![
                    seq_to_sql(head.seq),
                    head.hash.as_bytes(),
                    appended.line
                ])?;
            lines.push(Line {
                head,
                text: appended.line,
            });
        }
        if *memory != self.memory {
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
        transaction.commit()?;
        Ok(lines)
    }

    /// At most `count_max` lines after number `seq`, in order, each checked against its hash. Ends
    /// before a line that is damaged; an error when that is the first.
    pub fn lines_after(&self, seq: u64, count_max: usize) -> Result<Vec<Line>, JournalError> {
        self.read_after(seq, count_max)
            .map_err(|fault| fault.at(&self.path))
    }

    fn read_after(&self, seq: u64, count_max: usize) -> Result<Vec<Line>, JournalFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, hash, line FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )?;
        let limit = i64::try_from(count_max).unwrap_or(i64::MAX);
        let rows = statement.query_map([seq_to_sql(seq), limit], stored_line)?;
        let mut lines: Vec<Line> = Vec::new();
        for row in rows {
            let expected = seq + 1 + lines.len() as u64;
            match whole(row, expected) {
                Ok(line) => lines.push(line),
                Err(fault) if lines.is_empty() => return Err(fault),
                Err(_) => break,
            }
        }
        Ok(lines)
    }

    /// Whether this very line is part of the journal.
    pub fn contains(&self, head: Head) -> Result<bool, JournalError> {
        self.holds(head).map_err(|fault| fault.at(&self.path))
    }

    fn holds(&self, head: Head) -> Result<bool, JournalFault> {
        if head.seq == 0 {
            return Ok(head == Head::empty(&self.gateway));
        }
        let hash: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT hash FROM event WHERE seq = ?1")?
            .query_row([seq_to_sql(head.seq)], |row| row.get(0))
            .optional()?;
        Ok(hash.is_some_and(|hash| hash == head.hash.as_bytes()))
    }

    /// Moves everything from the write-ahead log into the file, so that it can be copied alone.
    pub fn checkpoint(&self) -> Result<(), JournalError> {
        schema::checkpoint(&self.connection).map_err(|fault| fault.at(&self.path))
    }

    pub fn gateway(&self) -> GatewayId {
        self.gateway
    }

    pub fn boot(&self) -> u32 {
        self.boot
    }

    pub fn head(&self) -> Head {
        self.head
    }

    pub fn acked(&self) -> Head {
        self.acked
    }

    /// The brain's memory as of the last commit.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Bytes on disk, the write-ahead log included.
    pub fn bytes(&self) -> u64 {
        [self.path.clone(), schema::wal_of(&self.path)]
            .iter()
            .filter_map(|path| path.metadata().ok())
            .map(|meta| meta.len())
            .sum()
    }
}

/// Whether anything of a journal is there. A write-ahead log without its file is a deleted
/// journal, not an absent one.
pub fn exists(path: &Path) -> bool {
    path.exists() || schema::wal_of(path).exists()
}

struct State {
    gateway: String,
    boot: u32,
    acked_seq: i64,
    acked_hash: Vec<u8>,
    memory: String,
}

impl State {
    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            gateway: row.get(0)?,
            boot: row.get(1)?,
            acked_seq: row.get(2)?,
            acked_hash: row.get(3)?,
            memory: row.get(4)?,
        })
    }

    fn acked(&self, gateway: &GatewayId) -> Result<Head, JournalFault> {
        if self.acked_seq == 0 {
            return Ok(Head::empty(gateway));
        }
        head_of(self.acked_seq, &self.acked_hash)
    }
}

fn stored_line(row: &Row<'_>) -> rusqlite::Result<Result<Line, JournalFault>> {
    let (seq, hash, text): (i64, Vec<u8>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(head_of(seq, &hash).map(|head| Line { head, text }))
}

fn whole(
    row: rusqlite::Result<Result<Line, JournalFault>>,
    expected: u64,
) -> Result<Line, JournalFault> {
    let line = row??;
    match line.head.seq == expected && Hash::of_line(&line.text) == line.head.hash {
        true => Ok(line),
        false => Err(JournalFault::Damaged("event")),
    }
}

/// The last line is what every later one builds on: its hash, its number and its owner must agree.
fn checked(line: Result<Line, JournalFault>, gateway: &GatewayId) -> Result<Line, JournalFault> {
    let line = line?;
    let damaged = JournalFault::Damaged("last event");
    if Hash::of_line(&line.text) != line.head.hash {
        return Err(damaged);
    }
    let envelope: Envelope<serde::de::IgnoredAny> = signed::text_of(&line.text)
        .ok()
        .and_then(|json| serde_json::from_str(json).ok())
        .ok_or(JournalFault::Damaged("last event"))?;
    if envelope.seq != line.head.seq || envelope.gateway != *gateway {
        return Err(damaged);
    }
    Ok(line)
}

fn head_of(seq: i64, hash: &[u8]) -> Result<Head, JournalFault> {
    let damaged = |_| JournalFault::Damaged("hash");
    Ok(Head {
        seq: u64::try_from(seq).map_err(|_| JournalFault::Damaged("number"))?,
        hash: Hash::from_slice(hash).map_err(damaged)?,
    })
}

/// A journal of 2^63 events is beyond any disk; a claim from outside that large finds nothing.
fn seq_to_sql(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
