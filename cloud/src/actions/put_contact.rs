use super::{Outcome, Rejection};
use crate::keys::{ContactKey, Keys};
use crate::live::Topic;
use crate::store::{DbError, Tx, contact, rental};
use cloud_core::notice::Channel;
use cloud_core::rental::{InvalidTransition, Rental};
use shared::ids::RentalId;
use shared::time::UnixMs;

/// An address in clear. Without `Debug`: no log can print it.
pub struct PutContact {
    pub rental: RentalId,
    pub channel: Channel,
    pub address: Vec<u8>,
    /// The rental's contact key, if it has none yet.
    pub fresh: ContactKey,
    pub nonce: [u8; 24],
}

/// Keeps where a rental's payer wants to be told, in the place of an earlier address of the channel. A
/// deposit was paid for the rental, so nobody writes to strangers at our cost; and it is not over.
pub fn run(tx: &Tx<'_>, now: UnixMs, keys: &Keys, put: &PutContact) -> Outcome<()> {
    let row = rental::by_id(tx, &put.rental)?.ok_or(Rejection::UnknownRental)?;
    match row.state {
        Rental::AwaitingPayment => return Err(InvalidTransition::NotPaid.into()),
        Rental::Closed | Rental::Expired | Rental::Cancelled { .. } => {
            return Err(InvalidTransition::Over.into());
        }
        _ => {}
    }
    let key = match contact::key_of(tx, &put.rental)? {
        Some(key) => key,
        None => {
            contact::insert_key(tx, &put.rental, &put.fresh)?;
            put.fresh.clone()
        }
    };
    let place = (&put.rental, put.channel);
    let sealed = keys
        .seal_contact(&key, place, &put.address, put.nonce)
        .ok_or_else(|| DbError::Engine("the key file is not the one of this database".into()))?;
    contact::put(tx, &put.rental, put.channel, &sealed, now)?;
    tx.touch(Topic::Rental(put.rental));
    Ok(())
}
