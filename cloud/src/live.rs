//! Tells open pages and workers, after a commit, that something they show has changed.

use shared::ids::{DockId, RentalId};
use tokio::sync::broadcast;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    Rental(RentalId),
    Dock(DockId),
    /// An effect waits in the outbox.
    Outbox,
}

/// Announcements a slow page may lag behind before it is told to read everything again.
const LAG_MAX: usize = 1_024;

#[derive(Debug, Clone)]
pub struct Hub(broadcast::Sender<Topic>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::channel(LAG_MAX).0)
    }
}

impl Hub {
    pub fn subscribe(&self) -> broadcast::Receiver<Topic> {
        self.0.subscribe()
    }

    pub(crate) fn announce(&self, topics: Vec<Topic>) {
        let mut last = None;
        for topic in topics {
            if last.replace(topic) != Some(topic) {
                // Nobody listening is the usual case.
                let _ = self.0.send(topic);
            }
        }
    }
}
