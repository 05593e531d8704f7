//! The journal's database: how it is made, opened and brought up to date.

use super::JournalFault;
use super::disk::{beside, rename_durably};
use super::line::seq_to_sql;
use super::place::Place;
use edge_core::io::Memory;
use rusqlite::{Connection, OpenFlags, params};
use shared::chain::Head;
use shared::ids::GatewayId;
use std::path::Path;
use std::time::Duration;

/// "VOLG": tells this file from every other program's.
const APPLICATION_ID: i64 = 0x564f_4c47;

/// Step n brings a file from `user_version` n to n + 1.
const MIGRATIONS: [&str; 3] = [
    "CREATE TABLE event (
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
    ) STRICT;",
    // The line before the first that is kept, and the gaps that salvages declared.
    "ALTER TABLE state ADD COLUMN base_seq INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE state ADD COLUMN base_hash BLOB NOT NULL DEFAULT x'';
    CREATE TABLE jump (
        first_seq INTEGER PRIMARY KEY,
        last_seq INTEGER NOT NULL,
        last_hash BLOB NOT NULL CHECK (length(last_hash) = 32)
    ) STRICT;",
    // The cloud's words that it held a line and all before it.
    "CREATE TABLE held (
        seq INTEGER PRIMARY KEY,
        word TEXT NOT NULL
    ) STRICT;",
];

/// A reader with the sqlite3 shell may hold the file for a moment.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The one row of `state`.
pub(super) struct FirstState<'a> {
    pub gateway: GatewayId,
    pub boot: u32,
    pub acked: Head,
    pub base: Head,
    pub memory: &'a Memory,
}

/// Builds the database under another name and gives it its own only when it is whole and durable: a
/// power cut leaves no journal or a good one.
pub(super) fn create(place: &Place, gateway: &GatewayId) -> Result<(), JournalFault> {
    let beside = place.with("-new");
    let connection = begin(place, &beside)?;
    let empty = Head::empty(gateway);
    let state = FirstState {
        gateway: *gateway,
        boot: 0,
        acked: empty,
        base: empty,
        memory: &Memory::default(),
    };
    put_state(&connection, &state)?;
    finish(place, connection, &beside, &place.path)
}

/// An empty database under a name of its own, built without any care for power cuts: [`finish`]
/// makes it durable, and until then nobody looks for it.
pub(super) fn begin(place: &Place, path: &Path) -> Result<Connection, JournalFault> {
    for leftover in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        place.disk.remove(&leftover)?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(place, path, flags)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.execute_batch(
        "PRAGMA journal_mode = OFF;
         PRAGMA synchronous = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -2000;",
    )?;
    migrate(&mut connection)?;
    Ok(connection)
}

pub(super) fn put_state(
    connection: &Connection,
    state: &FirstState<'_>,
) -> Result<(), JournalFault> {
    let memory =
        serde_json::to_string(state.memory).map_err(|_| JournalFault::Damaged("memory"))?;
    connection.execute(
        "INSERT INTO state (id, gateway, boot, acked_seq, acked_hash, base_seq, base_hash, memory)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            state.gateway.to_string(),
            state.boot,
            seq_to_sql(state.acked.seq),
            state.acked.hash.as_bytes(),
            seq_to_sql(state.base.seq),
            state.base.hash.as_bytes(),
            memory
        ],
    )?;
    Ok(())
}

/// Makes a database durable and gives it its name.
pub(super) fn finish(
    place: &Place,
    connection: Connection,
    from: &Path,
    to: &Path,
) -> Result<(), JournalFault> {
    connection.close().map_err(|(_, error)| error)?;
    place.disk.append(from)?.sync()?;
    rename_durably(place.disk(), from, to)?;
    Ok(())
}

pub(super) fn open(place: &Place) -> Result<Connection, JournalFault> {
    match place.disk.size(&place.path)? {
        None => return Err(JournalFault::Missing),
        // SQLite takes an empty file for a new database; here it is a lost one.
        Some(0) => return Err(JournalFault::NotADatabase),
        Some(_) => {}
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(place, &place.path, flags)?;
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION_ID {
        return Err(JournalFault::OtherProgram);
    }
    settings(&connection)?;
    migrate(&mut connection)?;
    Ok(connection)
}

pub(super) fn connect(
    place: &Place,
    path: &Path,
    flags: OpenFlags,
) -> Result<Connection, JournalFault> {
    let Some(vfs) = place.disk.vfs() else {
        return Ok(Connection::open_with_flags(path, flags)?);
    };
    let connection = Connection::open_with_flags_and_vfs(path, flags, vfs)?;
    // Without shared memory a log is possible for one connection only.
    connection.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
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
