//! What reaches the loop, and how.

use crate::door::{Asked, Knock};
use crate::uplink::Failed;
use edge_core::io::Input;
use shared::allowance::Allowance;
use shared::dock::Observation;
use shared::sync::Ack;
use shared::time::MonoMs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use tokio::sync::OwnedSemaphorePermit;

pub(crate) enum Message {
    Observed(Observation),
    /// From the downlink; the permit bounds how many wait here.
    Hint(Input, OwnedSemaphorePermit),
    /// From a page.
    Asked(Input),
    /// From somebody who wants a cart without the cloud's help.
    Door(Knock),
    /// From somebody signed in who has a voucher before them.
    Voucher(Asked),
    /// Something was scanned that is nothing of this dock's.
    Unread,
    /// A newer list, checked and stored.
    Allowance(Arc<Allowance>),
    Answered {
        /// When the request left.
        sent: MonoMs,
        result: Result<Ack, Failed>,
    },
    Downlink {
        connected: bool,
    },
    /// From the watchdog, which wants to see the loop alive.
    GoRound,
    Stop,
}

/// Where everybody leaves messages for the loop. Unbounded, because the hardware must never be
/// held up; what comes from outside the house is bounded where it enters.
#[derive(Clone)]
pub(crate) struct Inbox(mpsc::Sender<Message>, Arc<AtomicBool>);

impl Inbox {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Message>) {
        let (sender, receiver) = mpsc::channel();
        (Self(sender, Arc::default()), receiver)
    }

    /// False when the loop has ended.
    pub(crate) fn send(&self, message: Message) -> bool {
        if matches!(message, Message::Stop) {
            self.1.store(true, Ordering::Relaxed);
        }
        self.0.send(message).is_ok()
    }

    /// Set as soon as somebody asks to stop, for a loop that cannot look into its inbox.
    pub(crate) fn stopping(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.1)
    }
}
