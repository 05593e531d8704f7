//! The allowance list on this gateway's disk: loaded once, fetched when the cloud has a newer one.
//!
//! Everything slow happens here, off the loop's thread. Invariant: the file is always one whole list
//! that the cloud signed for this gateway; a newer one replaces it in one step, an older one never.
//! What is in the file and what the brain goes by may differ for a moment: the brain alone decides,
//! and it goes only up.

use crate::clock::{full_jitter, random};
use crate::cloud::{Answer, Cloud};
use crate::files;
use crate::gateway::{Inbox, Message};
use crate::uplink::Peer;
use ed25519_dalek::SigningKey;
use shared::allowance::{ALLOWANCE_BYTES_MAX, Allowance, AllowanceError, AllowanceRequest};
use shared::signed::{self, Domain, SIGNATURE_CHARS};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const PATH: &str = "/gateway/v1/allowance";
const CONTENT_TYPE: &str = "application/vnd.volta.allowance";

/// One changed card changes the list of every gateway of a chain in the same second: each waits a
/// random part of this before it asks.
const SPREAD: Duration = Duration::from_secs(20);

/// Between two lists, however often the cloud changes its mind.
const SPACING: Duration = Duration::from_secs(5);
const RETRY_BASE: Duration = Duration::from_secs(5);
/// A list is large and a metered line pays for each try.
const RETRY_CAP: Duration = Duration::from_secs(600);

/// The longest list over 128 kbit/s takes four minutes.
const PATIENCE: Duration = Duration::from_secs(300);

/// The signed line comes on top of what a list may hold.
const FILE_BYTES_MAX: usize = ALLOWANCE_BYTES_MAX + SIGNATURE_CHARS;

/// The file, and whose lists count in it.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub(crate) path: PathBuf,
    pub(crate) peer: Peer,
    /// The list that the brain went by last; an older file is a restored one.
    pub(crate) floor: u64,
}

#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("the file cannot be read or written: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    List(#[from] AllowanceError),
    #[error("its version {version} is not above {than}")]
    Older { version: u64, than: u64 },
    #[error("the cloud does not give one")]
    NoAnswer,
}

impl Shelf {
    /// The list in the file; none where there is none, or none to go by.
    fn load(&self) -> Option<Arc<Allowance>> {
        match self.read() {
            Ok(list) => list,
            Err(reason) => {
                tracing::warn!(
                    file.path = %self.path.display(), %reason,
                    "the allowance list is not used; a new one is fetched when the cloud answers"
                );
                None
            }
        }
    }

    fn read(&self) -> Result<Option<Arc<Allowance>>, Unusable> {
        let bytes_max = FILE_BYTES_MAX as u64;
        let Some(text) = files::read_private(&self.path, bytes_max)? else {
            return Ok(None);
        };
        let list = self.decode(&text)?;
        if list.header.version < self.floor {
            return Err(Unusable::Older {
                version: list.header.version,
                than: self.floor,
            });
        }
        Ok(Some(list))
    }

    /// Checks a text from the cloud wholly, and only then puts it in the file's place.
    fn take(&self, text: &str, above: u64) -> Result<Arc<Allowance>, Unusable> {
        let list = self.decode(text)?;
        let version = list.header.version;
        if version <= above || version < self.floor {
            let than = above.max(self.floor.saturating_sub(1));
            return Err(Unusable::Older { version, than });
        }
        files::write_private(&self.path, text.as_bytes())?;
        Ok(list)
    }

    fn decode(&self, text: &str) -> Result<Arc<Allowance>, AllowanceError> {
        Allowance::decode(text, &self.peer.cloud_key, &self.peer.gateway).map(Arc::new)
    }
}

/// What an acknowledgement told of lists.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The newest; 0 for none.
    pub(crate) version: u64,
    /// Somebody waits for it: it is fetched at once, not in its turn.
    pub(crate) now: bool,
}

/// What [`keep`] works with.
pub(crate) struct Keeper {
    pub(crate) shelf: Shelf,
    pub(crate) cloud: Cloud,
    pub(crate) key: SigningKey,
    pub(crate) inbox: Inbox,
    pub(crate) wanted: watch::Receiver<Wanted>,
    pub(crate) list: watch::Sender<Option<Arc<Allowance>>>,
}

/// Loads the list and keeps it up to date for as long as the process lives.
pub(crate) async fn keep(mut keeper: Keeper) {
    let shelf = keeper.shelf.clone();
    let loaded = tokio::task::spawn_blocking(move || shelf.load()).await;
    if let Ok(Some(list)) = loaded
        && !keeper.tell(list)
    {
        return;
    }
    let mut attempt = 0;
    loop {
        let have = keeper.have();
        let newer = |wanted: &Wanted| wanted.version > have;
        if keeper.wanted.wait_for(newer).await.is_err() {
            return;
        }
        its_turn(&mut keeper.wanted, pause_before(have, attempt)).await;
        match keeper.fetch(have).await {
            Ok(list) => {
                attempt = 0;
                if !keeper.tell(list) {
                    return;
                }
            }
            Err(reason) => {
                tracing::warn!(attempt, %reason, "the newer allowance list cannot be had; the one before stays");
                tokio::time::sleep(full_jitter(attempt, RETRY_BASE, RETRY_CAP)).await;
                attempt = attempt.saturating_add(1);
            }
        }
        tokio::time::sleep(SPACING).await;
    }
}

/// Waits until the list's turn has come, or somebody waits for it.
async fn its_turn(wanted: &mut watch::Receiver<Wanted>, pause: Duration) {
    let _ = tokio::time::timeout(pause, wanted.wait_for(|it| it.now)).await;
}

/// The first list is one gateway's alone, and a retry has waited already.
fn pause_before(have: u64, attempt: u32) -> Duration {
    match (have, attempt) {
        (0, _) | (_, 1..) => Duration::ZERO,
        (_, 0) => full_jitter(0, SPREAD, SPREAD),
    }
}

impl Keeper {
    fn have(&self) -> u64 {
        self.list
            .borrow()
            .as_ref()
            .map_or(0, |list| list.header.version)
    }

    /// False when the loop has ended.
    fn tell(&self, list: Arc<Allowance>) -> bool {
        tracing::info!(
            allowance.version = list.header.version,
            allowance.allowed = list.header.allow,
            allowance.denied = list.header.deny,
            "allowance list in use"
        );
        let going_on = self.inbox.send(Message::Allowance(Arc::clone(&list)));
        self.list.send_replace(Some(list));
        going_on
    }

    async fn fetch(&self, have: u64) -> Result<Arc<Allowance>, Unusable> {
        let request = AllowanceRequest {
            v: 1,
            gateway: self.shelf.peer.gateway,
            nonce: format!("{:016x}{:016x}", random(), random()),
        };
        let body = signed::sign_value(&self.key, Domain::AllowanceRequest, &request);
        let answer = self
            .cloud
            .post_patiently(PATH, CONTENT_TYPE, body, (FILE_BYTES_MAX, PATIENCE))
            .await;
        let Answer::Line(text) = answer else {
            return Err(Unusable::NoAnswer);
        };
        let shelf = self.shelf.clone();
        let taken = tokio::task::spawn_blocking(move || shelf.take(&text, have)).await;
        taken.unwrap_or(Err(Unusable::NoAnswer))
    }
}

#[cfg(test)]
mod tests;
