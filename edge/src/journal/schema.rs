//! The journal's file: how it is made, opened, checked and brought up to date.

use super::JournalFault;
use crate::files::rename_durably;
use edge_core::io::Memory;
use rusqlite::{Connection, OpenFlags, params};
use shared::chain::Head;
use shared::ids::GatewayId;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// "VOLG": tells this file from every other program's.
const APPLICATION_ID: i64 = 0x564f_4c47;

/// Step n brings a file from `user_version` n to n + 1.
const MIGRATIONS: [&str; 1] = ["CREATE TABLE event (
        seq INTEGER PRIMARY KEY CHECK (seq > 0),
        hash BLOB NOT NULL CHECK (length(hash) = 32),
        line TEXT NOT NULL
    ) STRICT;
    CREATE TABLE state (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        gateway TEXT NOT NULL,
        boot INTEGER NOT NULL,
        acked_seq INTEGER NOT NULL,
        acked_hash BLOB NOT NULL CHECK (length(acked_hash) = 32),
        memory TEXT NOT NULL
    ) STRICT;"];

/// A reader with the sqlite3 shell may hold the file for a moment.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Builds the file under another name and gives it its own only when it is whole and durable: a
/// power cut leaves no journal or a good one.
pub(super) fn create(path: &Path, gateway: &GatewayId) -> Result<(), JournalFault> {
    let beside = path.with_extension("db-new");
    for leftover in [beside.clone(), wal_of(&beside), shm_of(&beside)] {
        match fs::remove_file(&leftover) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let mut connection = Connection::open(&beside)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    settings(&connection)?;
    migrate(&mut connection)?;
    let empty = Head::empty(gateway);
    let memory =
        serde_json::to_string(&Memory::default()).map_err(|_| JournalFault::Damaged("memory"))?;
    connection.execute(
        "INSERT INTO state (id, gateway, boot, acked_seq, acked_hash, memory) VALUES (1, ?1, 0, 0, ?2, ?3)",
        params![gateway.to_string(), empty.hash.as_bytes(), memory],
    )?;
    checkpoint(&connection)?;
    connection.close().map_err(|(_, error)| error)?;
    fs::File::open(&beside)?.sync_all()?;
    rename_durably(&beside, path)?;
    Ok(())
}

pub(super) fn open(path: &Path) -> Result<Connection, JournalFault> {
    if !path.exists() {
        return Err(JournalFault::Missing);
    }
    if fs::metadata(path)?.len() == 0 {
        // SQLite takes an empty file for a new database; here it is a lost one.
        return Err(JournalFault::NotADatabase);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION_ID {
        return Err(JournalFault::OtherProgram);
    }
    settings(&connection)?;
    let verdict: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if verdict != "ok" {
        return Err(JournalFault::Damaged("SQLite pages"));
    }
    migrate(&mut connection)?;
    Ok(connection)
}

/// facts/hardware.md §6: with WAL and FULL a commit is one sync and survives a power cut.
fn settings(connection: &Connection) -> Result<(), JournalFault> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(JournalFault::Damaged("no write-ahead log"));
    }
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -2000;
         PRAGMA mmap_size = 0;
         PRAGMA wal_autocheckpoint = 1000;",
    )?;
    connection.pragma_update_and_check(None, "journal_size_limit", 4_194_304, |_| Ok(()))?;
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), JournalFault> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = usize::try_from(version).map_err(|_| JournalFault::Newer(version))?;
    let steps = MIGRATIONS
        .get(known..)
        .ok_or(JournalFault::Newer(version))?;
    for (step, sql) in steps.iter().enumerate() {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        let reached = i64::try_from(known + step + 1).unwrap_or(i64::MAX);
        transaction.pragma_update(None, "user_version", reached)?;
        transaction.commit()?;
    }
    Ok(())
}

pub(super) fn checkpoint(connection: &Connection) -> Result<(), JournalFault> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

pub(super) fn wal_of(path: &Path) -> PathBuf {
    suffixed(path, "-wal")
}

fn shm_of(path: &Path) -> PathBuf {
    suffixed(path, "-shm")
}

fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
