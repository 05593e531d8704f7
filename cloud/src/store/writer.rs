//! Group commit (decision D4): one thread drains a queue of closures into one transaction, commits
//! once, then answers them all. Each closure stands or falls alone, by a savepoint around it.

use super::StoreError;
use super::db::{DbError, Tx};
use super::sqlite::failed;
use crate::live::{Hub, Topic};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::{mpsc, oneshot};

/// Closures that may wait. Beyond this a caller is told to come back rather than kept.
const QUEUE_MAX: usize = 4_096;

/// Closures in one commit: enough to share an fsync, few enough to bound the longest wait.
const GROUP_MAX: usize = 256;

#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, hub: Hub) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE_MAX);
        std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || run(&connection, jobs, &hub))
            .expect("the operating system gives a starting program one thread");
        Self { queue }
    }

    pub(super) fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    pub(super) async fn submit<T, E, F>(&self, work: F) -> Result<Result<T, E>, StoreError>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Work {
            work,
            done: None,
            answer,
        };
        self.queue.try_send(Box::new(job)).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

fn run(connection: &Connection, mut jobs: mpsc::Receiver<Box<dyn Job>>, hub: &Hub) {
    while let Some(first) = jobs.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP_MAX
            && let Ok(next) = jobs.try_recv()
        {
            group.push(next);
        }
        match commit(connection, &mut group) {
            Ok(touched) => {
                group.into_iter().for_each(|job| job.answer(Ok(())));
                hub.announce(touched);
            }
            Err(error) => {
                tracing::error!(db.error = %error, db.jobs = group.len(), "commit failed");
                if !connection.is_autocommit() {
                    let _ = connection.execute_batch("ROLLBACK");
                }
                for job in group {
                    job.answer(Err(error.clone()));
                }
            }
        }
    }
}

fn commit(connection: &Connection, group: &mut [Box<dyn Job>]) -> Result<Vec<Topic>, DbError> {
    let step = |sql: &str| connection.execute_batch(sql).map_err(failed);
    step("BEGIN IMMEDIATE")?;
    let mut touched = Vec::new();
    for job in group {
        step("SAVEPOINT job")?;
        let tx = Tx::on(connection);
        if job.run(&tx) {
            step("RELEASE job")?;
            touched.extend(tx.take_touched());
        } else {
            step("ROLLBACK TO job; RELEASE job")?;
        }
    }
    step("COMMIT")?;
    Ok(touched)
}

trait Job: Send {
    /// True: keep what it did.
    fn run(&mut self, tx: &Tx<'_>) -> bool;
    fn answer(self: Box<Self>, committed: Result<(), DbError>);
}

struct Work<T, E, F> {
    work: F,
    done: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<Result<T, E>, StoreError>>,
}

impl<T, E, F> Job for Work<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnMut(&Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, tx: &Tx<'_>) -> bool {
        // One request's defect must not take down everybody's writer.
        let done = catch_unwind(AssertUnwindSafe(|| (self.work)(tx))).unwrap_or_else(|_| {
            let defect = DbError::Engine("the work ended in a panic".into());
            Err(E::from(StoreError::Db(defect)))
        });
        self.done.insert(done).is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<(), DbError>) {
        let answer = match (committed, self.done) {
            (Ok(()), Some(done)) => Ok(done),
            (Ok(()), None) => Err(StoreError::Closed),
            (Err(error), _) => Err(StoreError::Db(error)),
        };
        // The asker may have gone; its work is committed all the same.
        let _ = self.answer.send(answer);
    }
}
