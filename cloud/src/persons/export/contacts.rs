//! What was given at a rental's address to be told by, masked: whoever is passed the address does not
//! learn it.

use crate::keys::Keys;
use crate::notices::{Address, Contact};
use crate::store::contact::SealedContact;
use crate::store::{DbError, Tx, contact};
use cloud_core::notice::Channel;
use serde::Serialize;
use shared::ids::RentalId;

#[derive(Serialize)]
pub struct ContactPart {
    #[serde(skip)]
    pub kind: Channel,
    /// `mail`, `push` or `messenger`.
    pub channel: &'static str,
    /// None for a browser, which has no address that anybody would recognise.
    pub address_masked: Option<String>,
}

pub(super) type Sealed = Vec<(Channel, Option<SealedContact>)>;

pub(super) fn sealed(tx: &Tx<'_>, rental: &RentalId) -> Result<Sealed, DbError> {
    let given = contact::channels(tx, rental)?.into_iter();
    given
        .map(|channel| Ok((channel, contact::sealed(tx, rental, channel)?)))
        .collect()
}

pub(super) fn opened(keys: &Keys, rental: &RentalId, given: Sealed) -> Vec<ContactPart> {
    let part = |(channel, sealed): (Channel, Option<SealedContact>)| {
        let opened = sealed
            .and_then(|sealed| keys.open_contact(&sealed.key, (rental, channel), &sealed.sealed));
        let contact = opened.and_then(|bytes| Contact::read(&bytes));
        let named = contact.filter(|contact| !matches!(contact.address, Address::Push(_)));
        ContactPart {
            kind: channel,
            channel: channel.as_str(),
            address_masked: named.map(|contact| contact.masked()),
        }
    };
    given.into_iter().map(part).collect()
}
