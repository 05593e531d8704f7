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
        "the file is missing, though this gateway is enrolled; starting empty would repeat event numbers, and the cloud would close this gateway. Move the data directory away and enrol this device again with a new code from `volta-cloud enrolment-code`"
    )]
    Missing,
    #[error(
        "this is not an SQLite database. Set VOLTA_GATEWAY_DATA_DIR to the gateway's own directory; if this is it, move the data directory away and enrol this device again with a new code from `volta-cloud enrolment-code`"
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
        "it belongs to gateway {0}, not to the one enrolled here. If the enrolment file is new, remove it and give a code for the dock this device stood at; else move the data directory away and enrol this device again with a new code from `volta-cloud enrolment-code`"
    )]
    OtherGateway(String),
    #[error(
        "the check found damage ({0}). Move the data directory away and enrol this device again with a new code from `volta-cloud enrolment-code`; what the cloud acknowledged is safe there, and the old directory holds the rest. An older copy must not take its place: the cloud would take it for a second journal"
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
