//! The raffle commitments that an acknowledgement shows, to the brain.

use super::Gateway;
use crate::journal::JournalError;
use edge_core::io::Input;
use shared::witness::{COMMITMENTS_SHOWN_MAX, Shown};

impl Gateway {
    /// One that the cloud did not sign binds nobody and is dropped: a witness to it would serve a liar.
    pub(super) fn witness(&mut self, shown: Vec<Shown>) -> Result<(), JournalError> {
        for shown in shown.into_iter().take(COMMITMENTS_SHOWN_MAX) {
            if shown.promise.is_by(&self.peer.cloud_key) {
                self.handle(Input::CommitmentShown(Box::new(shown)), None)?;
            } else {
                let campaign = shown.promise.commitment.campaign;
                tracing::warn!(%campaign, "a commitment without the cloud's signature was dropped");
            }
        }
        Ok(())
    }
}
