//! Who is served first when gateways come back together: live state before history.
//!
//! A batch tells what happens now when it is small and nothing waits behind it; anything else is
//! history. Beyond what the writer does without a queue, history is answered with the cloud's own
//! head, the open grants and a polite pause, after the bays' live state was taken. Nothing is lost:
//! a gateway keeps what is not acknowledged. However busy the writer is, one batch of history is in
//! work: live state that never ends must not keep a customer's release behind it out for ever.

use crate::entropy::Entropy;
use crate::store::Store;
use shared::sync::SyncHeader;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Batches of history in work at one time: one is applied while the next ones are being checked.
const HISTORY_IN_WORK_MAX: usize = 4;

/// Closures before the writer from which on history waits: some commits' worth, below a second.
const WRITER_QUEUE_MAX: usize = 512;

/// What can have happened at a dock since its last exchange while customers stand there.
const LIVE_EVENTS_MAX: usize = 32;

/// The shortest pause: time for some dozens of full batches.
const PAUSE_MS_MIN: u64 = 2_000;

/// Pauses are spread over this much more, so that those sent away do not come back together.
const PAUSE_MS_SPREAD: u64 = 8_000;

/// Room for history. One per cloud.
pub struct Admission {
    history: Arc<Semaphore>,
}

impl Default for Admission {
    fn default() -> Self {
        Self {
            history: Arc::new(Semaphore::new(HISTORY_IN_WORK_MAX)),
        }
    }
}

/// What becomes of a batch.
pub(super) enum Admitted {
    /// Its events are taken; history holds its place until it is dropped.
    Whole(Option<OwnedSemaphorePermit>),
    /// Only what its header says of now; the gateway is asked for no events for `pause_ms`.
    LiveOnly { pause_ms: u64 },
}

impl Admission {
    /// `header` is vouched for by its gateway's key.
    pub(super) fn of(&self, header: &SyncHeader, store: &Store) -> Admitted {
        let empty = header.count == 0;
        if empty || (header.count <= LIVE_EVENTS_MAX && header.remaining == 0) {
            return Admitted::Whole(None);
        }
        let alone = self.history.available_permits() == HISTORY_IN_WORK_MAX;
        let free = alone || store.waiting() <= WRITER_QUEUE_MAX;
        match Arc::clone(&self.history).try_acquire_owned() {
            Ok(permit) if free => Admitted::Whole(Some(permit)),
            _ => Admitted::LiveOnly {
                pause_ms: pause_ms(),
            },
        }
    }
}

fn pause_ms() -> u64 {
    let chance = u64::from_le_bytes(Entropy::default().bytes());
    PAUSE_MS_MIN + chance % PAUSE_MS_SPREAD
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Hub;
    use crate::store::{StoreError, Tx};
    use shared::chain::Hash;
    use shared::ids::GatewayId;
    use shared::time::{ClockQuality, MonoMs, Stamp, UnixMs};

    fn header(count: usize, remaining: u64) -> SyncHeader {
        let gateway = GatewayId::new(1, [1; 10]);
        SyncHeader {
            v: 1,
            gateway,
            nonce: String::new(),
            at: Stamp {
                boot: 1,
                mono_ms: MonoMs(1),
                wall_ms: UnixMs(1),
                clock: ClockQuality::Unset,
            },
            first_seq: 1,
            count,
            head: Hash::genesis(&gateway),
            remaining,
            kept_after: None,
            kept_proof: None,
            bays: Vec::new(),
            offline: Default::default(),
        }
    }

    #[test]
    fn history_has_so_much_room_and_what_happens_now_always_has() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("cloud.db"), Hub::default()).unwrap();
        let admission = Admission::default();
        let taken = |count, remaining| match admission.of(&header(count, remaining), &store) {
            Admitted::Whole(permit) => Ok(permit),
            Admitted::LiveOnly { pause_ms } => Err(pause_ms),
        };
        let mut held = Vec::new();
        for number in 0..HISTORY_IN_WORK_MAX {
            let (count, remaining) = [(33, 0), (1, 1), (2_000, 0)][number % 3];
            held.push(taken(count, remaining).unwrap().unwrap());
        }
        for (count, remaining) in [(33, 0), (1, 1), (2_000, 0)] {
            let pause_ms = taken(count, remaining).unwrap_err();
            assert!((PAUSE_MS_MIN..PAUSE_MS_MIN + PAUSE_MS_SPREAD).contains(&pause_ms));
            assert!(taken(LIVE_EVENTS_MAX, 0).unwrap().is_none());
            assert!(taken(0, 9).unwrap().is_none());
        }
        held.pop();
        assert!(taken(33, 0).is_ok());
    }

    #[tokio::test]
    async fn a_busy_writer_takes_one_batch_of_history_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("cloud.db"), Hub::default()).unwrap();
        let (release, held) = std::sync::mpsc::channel::<()>();
        let work = move |_: &Tx<'_>| -> Result<(), StoreError> {
            let _ = held.recv();
            Ok(())
        };
        let slow = store.clone();
        tokio::spawn(async move { slow.write(work).await });
        // The writer may take a whole group beside the one that holds it up.
        while store.waiting() <= WRITER_QUEUE_MAX {
            let live = store.clone();
            let work = |_: &Tx<'_>| -> Result<(), StoreError> { Ok(()) };
            tokio::spawn(async move { live.write(work).await });
            tokio::task::yield_now().await;
        }
        let admission = Admission::default();
        let whole = || match admission.of(&header(33, 0), &store) {
            Admitted::Whole(permit) => permit,
            Admitted::LiveOnly { .. } => None,
        };
        let first = whole();
        assert!(first.is_some());
        assert!(whole().is_none());
        drop(first);
        assert!(whole().is_some());
        drop(release);
    }
}
