//! An SPI device that stops answering when its time is up.
//!
//! The driver of the chip polls registers without end when the chip no longer raises an
//! interrupt; an error out of the bus is what breaks such a loop.

use super::pace::Pace;
use embedded_hal::spi::{Error, ErrorKind, ErrorType, Operation, SpiDevice};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A thread that the machine keeps waiting does little in its time, and its chip is well: only a
/// driver that goes round and round gets this far. A look at two tags takes a third of it.
const TRANSACTIONS_MIN: u32 = 1_000;

/// Past its time a poll with fewer transactions ends after this all the same: the bus is stuck.
const GRACE: Duration = Duration::from_millis(1_250);

/// Shared by the chip's driver and by those who read registers that the driver keeps to itself.
pub(super) struct Bounded<S, P> {
    inner: Arc<Mutex<Inner<S>>>,
    pace: P,
}

struct Inner<S> {
    spi: S,
    until: Duration,
    transactions: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BusError {
    #[error("the chip kept the driver waiting beyond its time")]
    TimeUp,
    #[error("SPI: {0}")]
    Device(String),
}

impl Error for BusError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl<S: SpiDevice, P: Pace> Bounded<S, P> {
    pub(super) fn new(spi: S, pace: P) -> Self {
        let inner = Inner {
            spi,
            until: Duration::ZERO,
            transactions: 0,
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
            pace,
        }
    }

    /// Transactions begun later than `budget` from now fail, once there were many or long after.
    pub(super) fn allow(&self, budget: Duration) {
        let mut inner = self.lock();
        inner.until = self.pace.now() + budget;
        inner.transactions = 0;
    }

    /// Reads one register of an MFRC522; `address` as in its data sheet.
    pub(super) fn register(&mut self, address: u8) -> Result<u8, BusError> {
        let mut frame = [address << 1 | 0x80, 0];
        self.transfer_in_place(&mut frame)?;
        Ok(frame[1])
    }

    fn lock(&self) -> MutexGuard<'_, Inner<S>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S, P: Clone> Clone for Bounded<S, P> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            pace: self.pace.clone(),
        }
    }
}

impl<S: SpiDevice, P: Pace> ErrorType for Bounded<S, P> {
    type Error = BusError;
}

impl<S: SpiDevice, P: Pace> SpiDevice for Bounded<S, P> {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), BusError> {
        let now = self.pace.now();
        let mut inner = self.lock();
        inner.transactions += 1;
        let beyond = now.checked_sub(inner.until);
        if beyond.is_some_and(|by| inner.transactions > TRANSACTIONS_MIN || by >= GRACE) {
            return Err(BusError::TimeUp);
        }
        let done = inner.spi.transaction(operations);
        done.map_err(|error| BusError::Device(format!("{error:?}")))
    }
}
