//! Why a gateway does not start, or ended.

use crate::cloud::ClientError;
use crate::enrolment::EnrolmentError;
use crate::identity::IdentityError;
use crate::journal::JournalError;
use hardware::raspberry_pi::SetupError;
use std::io;
use std::path::PathBuf;
use web::edge::stranded::Trouble;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(
        "cannot use the data directory {}: {source}. Another gateway may be running on it; give each its own VOLTA_GATEWAY_DATA_DIR, writable by this user",
        path.display()
    )]
    DataDir { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Enrolment(#[from] EnrolmentError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("the simulated dock cannot start: {0}")]
    Simulated(io::Error),
    #[error("the dock's hardware cannot be used: {0}")]
    Hardware(#[from] SetupError),
    #[error("the event loop cannot start: {0}")]
    Thread(io::Error),
    #[error("the event loop ended by a defect; the journal is as it was committed last")]
    Defect,
}

impl Failure {
    /// For the page.
    pub(super) fn trouble(&self) -> Trouble {
        match self {
            Self::DataDir { source, .. } | Self::Simulated(source) => of_io(source),
            Self::Identity(IdentityError::Io { source, .. })
            | Self::Enrolment(EnrolmentError::Io { source, .. }) => of_io(source),
            Self::Identity(IdentityError::Missing { .. } | IdentityError::Malformed { .. }) => {
                Trouble::Key
            }
            Self::Enrolment(EnrolmentError::Malformed { .. }) => Trouble::Enrolment,
            Self::Journal(error) if error.is_full() => Trouble::DiskFull,
            Self::Journal(_) => Trouble::Journal,
            Self::Client(ClientError::Tls(_)) => Trouble::Authorities,
            Self::Hardware(_) => Trouble::Hardware,
            Self::Identity(IdentityError::Random(_))
            | Self::Client(ClientError::Http(_))
            | Self::Thread(_)
            | Self::Defect => Trouble::Program,
        }
    }
}

fn of_io(error: &io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Trouble::DiskFull,
        _ => Trouble::Folder,
    }
}
