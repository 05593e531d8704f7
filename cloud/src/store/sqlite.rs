//! The SQLite engine: WAL, `synchronous=FULL`, one writer, read-only readers.

use super::db::{DbError, Row, Value, unreadable};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, params_from_iter};
use std::path::Path;
use std::time::Duration;

/// "VOLT": marks a database file as a Volta cloud's.
const APPLICATION_ID: i64 = 0x564f_4c54;

/// Statements kept prepared; the code has fewer.
const STATEMENTS_MAX: usize = 256;

/// A reader or a backup may hold the file for a moment.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn open_writer(path: &Path) -> Result<Connection, DbError> {
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|e| not_ours(path, format!("its folder cannot be made: {e}")))?;
    }
    let connection = Connection::open(path).map_err(|e| not_ours(path, e))?;
    check_owner(&connection, path)?;
    configure(&connection).map_err(|e| not_ours(path, e))?;
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA application_id={APPLICATION_ID};
             PRAGMA wal_autocheckpoint=32000; PRAGMA journal_size_limit=268435456;"
        ))
        .map_err(|e| not_ours(path, e))?;
    Ok(connection)
}

pub(super) fn open_reader(path: &Path) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|e| not_ours(path, e))?;
    configure(&connection).map_err(|e| not_ours(path, e))?;
    connection
        .execute_batch("PRAGMA query_only=ON")
        .map_err(|e| not_ours(path, e))?;
    Ok(connection)
}

/// False: somebody still reads from the log.
pub(super) fn scrub(path: &Path) -> Result<bool, DbError> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|e| not_ours(path, e))?;
    configure(&connection).map_err(|e| not_ours(path, e))?;
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy: i64 = connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(failed)?;
    Ok(busy == 0)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.execute_batch(
        "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-262144;
         PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON;",
    )
}

/// An empty file is new; anything else must carry our mark.
fn check_owner(connection: &Connection, path: &Path) -> Result<(), DbError> {
    let one = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let tables = one("SELECT count(*) FROM sqlite_schema").map_err(|e| not_ours(path, e))?;
    let owner = one("PRAGMA application_id").map_err(|e| not_ours(path, e))?;
    if tables > 0 && owner != APPLICATION_ID {
        return Err(not_ours(path, "it belongs to another program"));
    }
    Ok(())
}

fn not_ours(path: &Path, why: impl std::fmt::Display) -> DbError {
    DbError::NotOurs {
        path: path.display().to_string(),
        why: why.to_string(),
    }
}

pub(super) fn execute(
    connection: &Connection,
    sql: &'static str,
    values: &[Value<'_>],
) -> Result<usize, DbError> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    statement.execute(params_from_iter(values)).map_err(failed)
}

pub(super) fn first<T>(
    connection: &Connection,
    sql: &'static str,
    values: &[Value<'_>],
    read: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
) -> Result<Option<T>, DbError> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query(params_from_iter(values)).map_err(failed)?;
    match rows.next().map_err(failed)? {
        Some(row) => read(&Row::of(row)).map(Some),
        None => Ok(None),
    }
}

pub(super) fn all<T>(
    connection: &Connection,
    sql: &'static str,
    values: &[Value<'_>],
    mut read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
) -> Result<Vec<T>, DbError> {
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query(params_from_iter(values)).map_err(failed)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        found.push(read(&Row::of(row))?);
    }
    Ok(found)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is the function given to map_err, which passes by value"
)]
pub(super) fn failed(error: rusqlite::Error) -> DbError {
    match &error {
        rusqlite::Error::SqliteFailure(cause, message)
            if cause.code == ErrorCode::ConstraintViolation =>
        {
            let text = message.clone().unwrap_or_default();
            match text.strip_prefix("UNIQUE constraint failed: ") {
                Some(columns) => DbError::Unique(columns.to_owned()),
                None => DbError::Engine(text),
            }
        }
        rusqlite::Error::InvalidColumnIndex(column) => unreadable(*column, &error),
        _ => DbError::Engine(error.to_string()),
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
