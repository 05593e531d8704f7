//! The only room that knows SQL: a driver seam, a writer that groups commits, readers, and one file
//! per table.
//!
//! SQL is written once, in the subset both engines share (decision D2): `$1` placeholders in
//! ascending order, 64-bit integers, text and bytes. A write closure may run twice on an engine that
//! retries (D3), so it touches the database and nothing else.

pub mod db;
mod migrations;
mod readers;
mod sqlite;
mod writer;

pub mod backup;

pub mod alarm;
pub mod allowance;
pub mod approval;
pub mod bank_return;
pub mod bay;
pub mod campaign;
pub mod campaign_key;
pub mod charge;
pub mod commitment;
pub mod contact;
pub mod day;
pub mod dock;
pub mod erasure_list;
pub mod frozen_entry;
pub mod gateway;
pub mod gateway_event;
pub mod grant;
pub mod ledger;
pub mod listing;
pub mod member_card;
pub mod notification;
pub mod outbox;
pub mod paper;
pub mod payment;
pub mod payout;
pub mod person;
pub mod person_field;
pub mod policy;
pub mod prize_voucher;
pub mod reading;
pub mod receipt;
pub mod refund;
pub mod rental;
pub mod report;
pub mod rescue;
pub mod silence;
pub mod staff;
pub mod statement;
pub mod story;
pub mod stray;
pub mod stray_refund;
pub mod technician_key;
pub mod voucher;
pub mod voucher_loan;
pub mod witness;
pub mod worker;

pub use db::{DbError, Row, Tx, Value};

use crate::live::Hub;
use std::path::Path;
use std::sync::Arc;

/// The database of one cloud. Clones share it.
#[derive(Clone)]
pub struct Store {
    writer: writer::Writer,
    readers: Arc<readers::Readers>,
    path: Arc<Path>,
}

/// Why a store did not take a piece of work.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    #[error("the database has more work queued than it can promise to do: try again in a moment")]
    Busy,
    #[error("the database did not commit: {0}")]
    Db(#[from] DbError),
    #[error("the database is closed")]
    Closed,
}

impl Store {
    /// Opens or creates the database, brings its schema up to date and starts its writer.
    pub fn open(path: &Path, hub: Hub) -> Result<Self, DbError> {
        let mut connection = sqlite::open_writer(path)?;
        migrations::apply(&mut connection)?;
        let readers = readers::Readers::open(path)?;
        Ok(Self {
            writer: writer::Writer::start(connection, hub),
            readers: Arc::new(readers),
            path: path.into(),
        })
    }

    /// Runs `work` in the next group commit and answers after that commit. An `Err` of `work` rolls
    /// back what it did and nothing else.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        self.writer.submit(work).await?
    }

    /// Pieces of work before the writer.
    pub fn waiting(&self) -> usize {
        self.writer.waiting()
    }

    /// Empties the write-ahead log into the database, so that no page of it tells what was deleted
    /// since; `secure_delete` has overwritten it in the database itself. False: a reader was in the
    /// way for longer than anybody waits; the next scrub does it.
    pub async fn scrub(&self) -> Result<bool, StoreError> {
        let path = Arc::clone(&self.path);
        tokio::task::spawn_blocking(move || sqlite::scrub(&path))
            .await
            .map_err(|_| StoreError::Closed)?
            .map_err(StoreError::Db)
    }

    /// Reads one consistent snapshot.
    pub async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T, DbError> + Send + 'static,
    {
        let readers = Arc::clone(&self.readers);
        let turn = readers.turn().await.map_err(|_| StoreError::Closed)?;
        let read = move || {
            let _turn = turn;
            readers.with(work)
        };
        tokio::task::spawn_blocking(read)
            .await
            .map_err(|_| StoreError::Closed)?
            .map_err(StoreError::Db)
    }
}
