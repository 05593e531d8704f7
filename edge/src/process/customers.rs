//! Starts what serves customers without the cloud's help: the allowance list's keeper, the door, the
//! scanner.

use super::{Failure, House};
use crate::allowance::{self, Keeper, Shelf, Wanted};
use crate::gateway::Inbox;
use crate::scanner;
use crate::uplink::Peer;
use tokio::sync::watch;

impl House {
    /// `floor`: the version of the list that the brain went by last. What comes back tells the
    /// keeper which version the cloud has.
    pub(super) fn serve_customers(
        &self,
        peer: Peer,
        floor: u64,
        inbox: &Inbox,
    ) -> Result<watch::Sender<Wanted>, Failure> {
        let (wanted, asked) = watch::channel(Wanted::default());
        let (list, listed) = watch::channel(None);
        self.door.open(peer, inbox.clone(), listed);
        tokio::spawn(allowance::keep(Keeper {
            shelf: Shelf {
                path: self.paths.allowance.clone(),
                peer,
                floor,
            },
            cloud: self.cloud.clone(),
            key: self.key.clone(),
            inbox: inbox.clone(),
            wanted: asked,
            list,
        }));
        if let Some(path) = self.config.scanner.given() {
            let door = self.door.clone();
            scanner::start(path.to_owned(), move |line| door.scanned(line))
                .map_err(Failure::Thread)?;
        }
        Ok(wanted)
    }
}
