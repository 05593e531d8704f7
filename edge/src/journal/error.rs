//! What can be wrong with a journal, in words that name the file and the way out.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
#[error("journal {}: {fault}", path.display())]
pub struct JournalError {
    pub path: PathBuf,
    #[source]
    pub fault: JournalFault,
}

#[derive(Debug, thiserror::Error)]
pub enum JournalFault {
    #[error(
        "the file is missing, though this gateway is enrolled. Restore the data directory from a backup, or move it away and enrol as a new gateway; starting empty would repeat event numbers and the cloud would close this gateway"
    )]
    Missing,
    #[error(
        "this is not an SQLite database. Move the file away for a person to look at and restore the data directory from a backup, or set VOLTA_GATEWAY_DATA_DIR to the gateway's own directory"
    )]
    NotADatabase,
    #[error(
        "this database belongs to another program. Set VOLTA_GATEWAY_DATA_DIR to a directory of the gateway's own; nothing in the file was changed"
    )]
    OtherProgram,
    #[error(
        "it was written by a newer version (schema {0}). Install that version again; nothing was changed"
    )]
    Newer(i64),
    #[error(
        "it belongs to gateway {0}, not to the one enrolled here. Restore the data directory as one piece, or move it away and enrol as a new gateway"
    )]
    OtherGateway(String),
    #[error(
        "the check found damage ({0}). Copy the data directory away, restore a backup, or move it away and enrol as a new gateway; what the cloud acknowledged is safe there"
    )]
    Damaged(&'static str),
    #[error("SQLite cannot use it: {0}. Check disk space, permissions and the card")]
    Sqlite(rusqlite::Error),
    #[error("the file cannot be used: {0}. Check disk space, permissions and the card")]
    Io(#[from] io::Error),
}

impl JournalFault {
    pub(super) fn at(self, path: &Path) -> JournalError {
        JournalError {
            path: path.to_owned(),
            fault: self,
        }
    }
}

impl From<rusqlite::Error> for JournalFault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => Self::NotADatabase,
            Some(rusqlite::ErrorCode::DatabaseCorrupt) => Self::Damaged("SQLite pages"),
            _ => Self::Sqlite(error),
        }
    }
}
