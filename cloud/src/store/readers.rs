//! A few read-only connections, each lent to one reader at a time.

use super::db::{DbError, Tx};
use super::sqlite::{failed, open_reader};
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// Pages are short reads; more connections than this only take memory from each other's cache.
const READERS: usize = 4;

pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, DbError> {
        let idle: Result<Vec<_>, _> = (0..READERS).map(|_| open_reader(path)).collect();
        Ok(Self {
            idle: Mutex::new(idle?),
            returned: Condvar::new(),
            turns: Arc::new(Semaphore::new(READERS)),
        })
    }

    /// To be had before a thread is taken for [`Self::with`]: thousands may wait for a connection,
    /// and a thread each would be all that the runtime has.
    pub(super) async fn turn(&self) -> Result<OwnedSemaphorePermit, AcquireError> {
        Arc::clone(&self.turns).acquire_owned().await
    }

    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let lent = Lent {
            connection: Some(self.take()),
            home: self,
        };
        let connection = lent.connection.as_ref().expect("lent until it is dropped");
        let snapshot = connection.unchecked_transaction().map_err(failed)?;
        work(&Tx::on(&snapshot))
    }

    fn take(&self) -> Connection {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = idle.pop() {
                return connection;
            }
            idle = self
                .returned
                .wait(idle)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Gives the connection back even when the reader panics.
struct Lent<'a> {
    connection: Option<Connection>,
    home: &'a Readers,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.home
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
            self.home.returned.notify_one();
        }
    }
}
