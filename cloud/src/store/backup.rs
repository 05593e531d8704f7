//! A copy of the whole database, taken while it is served: one snapshot, checked before it gets its
//! name. What is committed while it is copied is not in it.

use super::db::DbError;
use super::sqlite::{self, failed};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What stands in a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    pub tables: u64,
    pub rows: u64,
    pub bytes: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error("{path} exists already: name a file that does not")]
    Exists { path: String },
    #[error("{path}: {why}")]
    File { path: String, why: std::io::Error },
    #[error("the copy is not whole ({0}) and was removed: try again, and look at the disk")]
    NotWhole(String),
}

/// Pages a step copies. One snapshot is held over all of them, so that a write begins nothing anew.
const STEP_PAGES: i32 = 4_096;

/// A copy that is locked for a moment tries again, this often.
const BUSY_PAUSE: Duration = Duration::from_millis(50);
const BUSY_MAX: u32 = 200;

/// Copies the database at `from` into the new file `to`. On an error there is no `to`.
pub fn backup(from: &Path, to: &Path) -> Result<BackedUp, BackupError> {
    if to.exists() {
        let path = to.display().to_string();
        return Err(BackupError::Exists { path });
    }
    let partial = partial_of(to);
    let done = copy_and_check(from, &partial).and_then(|counted| {
        let named = settle(&partial, to);
        named.map(|bytes| BackedUp { bytes, ..counted })
    });
    if done.is_err() {
        // It may never have been made.
        let _ = std::fs::remove_file(&partial);
    }
    done
}

fn partial_of(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    to.with_file_name(name)
}

fn copy_and_check(from: &Path, partial: &Path) -> Result<BackedUp, BackupError> {
    create(partial)?;
    let source = sqlite::open_reader(from)?;
    let mut copy = Connection::open(partial).map_err(failed)?;
    let snapshot = source.unchecked_transaction().map_err(failed)?;
    // The first read is what takes the snapshot.
    let wanted = count(&snapshot)?;
    {
        let copying = Backup::new(&snapshot, &mut copy).map_err(failed)?;
        let mut busy = 0;
        loop {
            match copying.step(STEP_PAGES).map_err(failed)? {
                StepResult::Done => break,
                StepResult::More => {}
                _ if busy < BUSY_MAX => {
                    busy += 1;
                    std::thread::sleep(BUSY_PAUSE);
                }
                _ => return Err(BackupError::NotWhole("the database stayed locked".into())),
            }
        }
    }
    // One file, with no log beside it that could be forgotten.
    copy.execute_batch("PRAGMA journal_mode=DELETE")
        .map_err(failed)?;
    let whole: String = copy
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(failed)?;
    if whole != "ok" {
        return Err(BackupError::NotWhole(whole));
    }
    let got = count(&copy)?;
    if got != wanted {
        let why = format!("{} rows of {}", got.rows, wanted.rows);
        return Err(BackupError::NotWhole(why));
    }
    Ok(got)
}

/// Nobody else may read it, from its first byte on.
fn create(partial: &Path) -> Result<(), BackupError> {
    let made = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(partial);
    made.map(drop).map_err(|why| at(partial, why))
}

fn count(connection: &Connection) -> Result<BackedUp, BackupError> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let names = statement.query_map([], |row| row.get(0)).map_err(failed)?;
    let names: Result<Vec<String>, _> = names.collect();
    let mut counted = BackedUp {
        tables: 0,
        rows: 0,
        bytes: 0,
    };
    for name in names.map_err(failed)? {
        let sql = format!("SELECT count(*) FROM \"{}\"", name.replace('"', "\"\""));
        let rows: i64 = connection
            .query_row(&sql, [], |row| row.get(0))
            .map_err(failed)?;
        counted.tables += 1;
        counted.rows += u64::try_from(rows).unwrap_or(0);
    }
    Ok(counted)
}

/// On the disk first, then under its name, and the name on the disk too.
fn settle(partial: &Path, to: &Path) -> Result<u64, BackupError> {
    let settled = || {
        let file = File::open(partial)?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        std::fs::hard_link(partial, to)?;
        std::fs::remove_file(partial)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(bytes)
    };
    settled().map_err(|why| at(to, why))
}

fn at(path: &Path, why: std::io::Error) -> BackupError {
    let path = path.display().to_string();
    BackupError::File { path, why }
}
