//! The bank's book in SQLite: one connection, every write one durable transaction.

pub(crate) mod callback;
pub(crate) mod charge;
pub(crate) mod envio;
pub(crate) mod ledger;
pub(crate) mod received;
pub(crate) mod refund;
pub(crate) mod terms;
pub(crate) mod webhook;

use rusqlite::types::Type;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior};
use serde::de::DeserializeOwned;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

// "VBNK": tells this book from any other SQLite file.
const APPLICATION_ID: i64 = 0x5642_4e4b;
const SCHEMA_VERSION: i64 = 2;
const SCHEMA: &str = include_str!("book/schema.sql");
/// What a book of the first version lacks.
const SCHEMA_2: &str = include_str!("book/schema_2.sql");

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot create the directory of the book {path}: {cause}. Set VOLTA_BANK_DATABASE")]
    Directory {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("{0} is not a database of volta-bank. Move it away or set VOLTA_BANK_DATABASE")]
    NotABook(PathBuf),
    #[error(
        "{path} was written by volta-bank with schema {found}, this one knows {SCHEMA_VERSION}"
    )]
    OtherVersion { path: PathBuf, found: i64 },
    #[error("cannot open the book {path}: {cause}. Set VOLTA_BANK_DATABASE")]
    Sqlite {
        path: PathBuf,
        cause: rusqlite::Error,
    },
}

#[derive(Clone)]
pub(crate) struct Book {
    connection: Arc<Mutex<Connection>>,
}

impl Book {
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent).map_err(|cause| OpenError::Directory {
                path: path.to_owned(),
                cause,
            })?;
        }
        let failed = |cause: rusqlite::Error| match cause.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => OpenError::NotABook(path.to_owned()),
            _ => OpenError::Sqlite {
                path: path.to_owned(),
                cause,
            },
        };
        let mut connection = Connection::open(path).map_err(failed)?;
        let (application_id, version, tables) = identity(&connection).map_err(failed)?;
        if tables == 0 {
            create(&mut connection).map_err(failed)?;
        } else if application_id != APPLICATION_ID {
            return Err(OpenError::NotABook(path.to_owned()));
        } else if version == 1 {
            bring_up(&mut connection).map_err(failed)?;
        } else if version != SCHEMA_VERSION {
            return Err(OpenError::OtherVersion {
                path: path.to_owned(),
                found: version,
            });
        }
        connection
            .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
            .map_err(failed)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Runs `work` in one transaction; an error rolls it back. Returns after the fsync.
    pub(crate) async fn write<T, E>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        let shared = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || {
            let mut connection = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })
        .await
        .expect("work on the book does not panic")
    }

    pub(crate) async fn read<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        let shared = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || {
            work(&shared.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .expect("reading the book does not panic")
    }
}

fn identity(connection: &Connection) -> rusqlite::Result<(i64, i64, i64)> {
    connection.query_row(
        "SELECT (SELECT application_id FROM pragma_application_id), \
                (SELECT user_version FROM pragma_user_version), \
                (SELECT count(*) FROM sqlite_master)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.execute_batch("PRAGMA journal_mode = WAL;")?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    transaction.execute_batch(SCHEMA_2)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()
}

fn bring_up(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA_2)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()
}

/// A number kept across restarts, 0 until set.
pub(crate) fn setting(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.query_row(
        "SELECT coalesce((SELECT value FROM setting WHERE name = ?1), 0)",
        [name],
        |row| row.get(0),
    )
}

pub(crate) fn set_setting(connection: &Connection, name: &str, value: i64) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO setting (name, value) VALUES (?1, ?2) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )?;
    Ok(())
}

/// One page of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) current: u32,
    pub(crate) size: u32,
}

impl Page {
    fn offset(self) -> i64 {
        i64::from(self.current) * i64::from(self.size)
    }
}

fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: FromStr,
    T::Err: Error + Send + Sync + 'static,
{
    let text: String = row.get(column)?;
    text.parse()
        .map_err(|error: T::Err| conversion(column, error))
}

fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| conversion(column, error))
}

fn conversion(column: usize, error: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the book holds a state this program does not know")]
pub(crate) struct UnknownState;
