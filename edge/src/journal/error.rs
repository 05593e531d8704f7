//! What can be wrong with a journal, in words that name the file and the way out.

use rusqlite::ffi;
use rustix::io::Errno;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
#[error("journal {}: {fault}", path.display())]
pub struct JournalError {
    pub path: PathBuf,
    #[source]
    pub fault: JournalFault,
}

impl JournalError {
    /// Nothing was stored because the disk has no room; the same commit may be tried again.
    pub fn is_full(&self) -> bool {
        matches!(self.fault, JournalFault::Full)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum JournalFault {
    #[error(
        "the file and its copy are missing, though this gateway is enrolled; starting empty would repeat event numbers, and the cloud would close this gateway. Move the data directory away and enrol this device again with a new code from `volta-cloud enrolment-code`"
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
        "it belongs to gateway {0}, not to the one enrolled here. If the enrolment file is new, remove it and its second copy (enrolment.signed.kept) and give a code for the dock this device stood at; else move the data directory away and enrol this device again with a new code from `volta-cloud enrolment-code`"
    )]
    OtherGateway(String),
    #[error(
        "the check found damage ({0}), and neither the file nor its copy holds enough to go on. Move the data directory away and enrol this device again with a new code from `volta-cloud enrolment-code`; what the cloud acknowledged is safe there, and the old directory holds the rest. An older copy must not take its place: the cloud would take it for a second journal"
    )]
    Damaged(&'static str),
    #[error(
        "events up to number {0} are no longer kept here; the cloud acknowledged them long ago"
    )]
    Pruned(u64),
    #[error("damage was found while it was in use; the next start puts it together again")]
    Suspect,
    #[error("the disk is full. Free some room on it; what is recorded stays")]
    Full,
    #[error("SQLite cannot use it: {0}. Check disk space, permissions and the card")]
    Sqlite(rusqlite::Error),
    #[error("the file cannot be used: {0}. Check disk space, permissions and the card")]
    Io(io::Error),
}

impl JournalFault {
    pub(super) fn at(self, path: &Path) -> JournalError {
        JournalError {
            path: path.to_owned(),
            fault: self,
        }
    }

    /// The card does not give what is written there. A write that failed is not meant: nothing says
    /// then that what is stored is damaged.
    pub(super) fn is_unreadable(&self) -> bool {
        match self {
            Self::Io(error) => is_unreadable(error),
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => matches!(
                error.extended_code,
                ffi::SQLITE_IOERR_READ
                    | ffi::SQLITE_IOERR_SHORT_READ
                    | ffi::SQLITE_IOERR_DATA
                    | ffi::SQLITE_IOERR_CORRUPTFS
            ),
            _ => false,
        }
    }

    /// Damage of what is stored, found while it was in use.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged(_) | Self::NotADatabase) || self.is_unreadable()
    }

    /// What another try cannot mend, and a salvage may.
    pub(super) fn may_be_salvaged(&self) -> bool {
        match self {
            Self::Missing | Self::NotADatabase | Self::OtherProgram | Self::Damaged(_) => true,
            Self::Newer(_)
            | Self::OtherGateway(_)
            | Self::Pruned(_)
            | Self::Suspect
            | Self::Full => false,
            _ if self.is_unreadable() => true,
            Self::Io(_) => false,
            // A flipped byte in the schema is a statement that does not compile, or a value of
            // another type.
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(code) => matches!(
                    code,
                    rusqlite::ErrorCode::Unknown
                        | rusqlite::ErrorCode::TypeMismatch
                        | rusqlite::ErrorCode::ConstraintViolation
                ),
                None => true,
            },
        }
    }
}

/// What a file answers where its sectors cannot be read: the error of the device, or of the file
/// system that found its own check sums wrong. A missing permission or a full disk is none of these.
pub(super) fn is_unreadable(error: &io::Error) -> bool {
    const DAMAGE: [Errno; 4] = [Errno::IO, Errno::NODATA, Errno::BADMSG, Errno::UCLEAN];
    let code = error.raw_os_error().map(Errno::from_raw_os_error);
    code.is_some_and(|code| DAMAGE.contains(&code))
}

impl From<io::Error> for JournalFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(error),
        }
    }
}

impl From<rusqlite::Error> for JournalFault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => Self::NotADatabase,
            Some(rusqlite::ErrorCode::DatabaseCorrupt) => Self::Damaged("SQLite pages"),
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            _ => Self::Sqlite(error),
        }
    }
}
