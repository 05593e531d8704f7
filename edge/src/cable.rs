//! The network cable of a simulated dock: pulled out, nothing leaves for the cloud and nothing comes.
//!
//! Nobody pulls it at a dock of real hardware.

use tokio::sync::watch;

#[derive(Debug, Clone)]
pub struct Cable(watch::Sender<bool>);

impl Default for Cable {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

impl Cable {
    pub(crate) fn plug(&self, plugged: bool) {
        self.0.send_replace(plugged);
    }

    pub(crate) fn is_plugged(&self) -> bool {
        *self.0.borrow()
    }

    /// Tells of every change from now on.
    pub(crate) fn subscribe(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }

    /// Returns at once when it is plugged as asked.
    pub(crate) async fn until(&self, plugged: bool) {
        // The sender lives in `self`.
        let _ = self.0.subscribe().wait_for(|it| *it == plugged).await;
    }

    /// What comes of `talk`, unless the cable is out before it ends.
    pub(crate) async fn carry<T>(&self, talk: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.until(false) => None,
            done = talk => Some(done),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    #[tokio::test]
    async fn a_pulled_cable_ends_what_is_under_way_and_lets_nothing_begin() {
        let cable = Cable::default();
        assert_eq!(cable.carry(ready(1)).await, Some(1));
        let (talk, ()) = tokio::join!(cable.carry(pending::<()>()), async {
            cable.plug(false);
        });
        assert_eq!(talk, None);
        assert_eq!(cable.carry(ready(2)).await, None);
        cable.plug(true);
        assert_eq!(cable.carry(ready(3)).await, Some(3));
    }
}
