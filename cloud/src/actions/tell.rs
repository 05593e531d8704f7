use super::Outcome;
use crate::live::Topic;
use crate::store::outbox::EffectKind;
use crate::store::{Tx, contact, notification, outbox};
pub use cloud_core::notice::Notice;
use cloud_core::notice::{Channel, Kind};
use sha2::{Digest as _, Sha256};
use shared::ids::{NotificationId, RentalId};
use shared::time::UnixMs;

/// Whether a rental's payer can be told of anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The payer gave no contact: the rental's page tells, and nothing is sent.
    NoChannel,
    /// A notice is recorded for each of so many channels, by now or since before.
    Channels(usize),
}

/// Tells the payer of a rental, once a kind and channel however often it is called: one notification
/// and one effect for each contact there is. A contact that was given since the last call is told too.
/// When a channel has accepted it, `store::notification::told` says so.
pub fn run(tx: &Tx<'_>, now: UnixMs, rental: &RentalId, notice: Notice) -> Outcome<Reach> {
    let given = contact::channels(tx, rental)?;
    let kind = notice.kind();
    for channel in &given {
        let id = id_of(rental, kind, *channel);
        let what = (kind, *channel);
        if notification::insert(tx, &id, rental, what, notice.about_ms(), now)? {
            outbox::add(tx, EffectKind::SendNotice, &id.to_string(), now, now)?;
            tx.touch(Topic::Rental(*rental));
        }
    }
    Ok(match given.len() {
        0 => Reach::NoChannel,
        channels => Reach::Channels(channels),
    })
}

/// It follows from what is told alone: books that were set back tell it under the same id, and who is
/// told twice sees that it is the same.
fn id_of(rental: &RentalId, kind: Kind, channel: Channel) -> NotificationId {
    let mut hash = Sha256::new();
    hash.update(b"volta/notice/v1\0");
    hash.update(rental.as_bytes());
    hash.update(kind.as_str());
    hash.update(b"\0");
    hash.update(channel.as_str());
    let mut bytes: [u8; 16] = hash.finalize()[..16].try_into().expect("half of 32 bytes");
    // UUID version 8: made by a rule of ours.
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    NotificationId::from_bytes(bytes)
}
