//! What seals a payer's contacts: a key for each rental that gives any, sealed like a person's key. With
//! it destroyed, no copy of an address can be read again.

use super::Keys;
use super::person::{open, seal_under};
use crate::entropy::Entropy;
use cloud_core::notice::Channel;
use shared::ids::RentalId;
use std::fmt;

/// The key of a rental's contacts, sealed under the cloud's secret number `seal`.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactKey {
    pub seal: u32,
    pub sealed: Vec<u8>,
}

impl fmt::Debug for ContactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContactKey(seal {})", self.seal)
    }
}

impl Keys {
    /// A fresh key for the contacts of `rental`.
    pub fn new_contact_key(&self, rental: &RentalId, entropy: &mut Entropy) -> ContactKey {
        let own: [u8; 32] = entropy.bytes();
        self.seal_contact_key(&own, rental, entropy)
    }

    /// Seals an address under the rental's own key. None where the key file is another one. The
    /// `nonce` is drawn once for each address.
    pub fn seal_contact(
        &self,
        key: &ContactKey,
        (rental, channel): (&RentalId, Channel),
        address: &[u8],
        nonce: [u8; 24],
    ) -> Option<Vec<u8>> {
        let own = self.open_contact_key(key, rental)?;
        let place = contact_of(rental, channel);
        Some(seal_under(&own, address, &place, nonce))
    }

    /// None where the key file is another one, or where a row was put in another's place.
    pub fn open_contact(
        &self,
        key: &ContactKey,
        (rental, channel): (&RentalId, Channel),
        sealed: &[u8],
    ) -> Option<Vec<u8>> {
        let own = self.open_contact_key(key, rental)?;
        open(&own, sealed, &contact_of(rental, channel))
    }

    /// The same key under the newest secret.
    pub fn seal_contact_key_anew(
        &self,
        key: &ContactKey,
        rental: &RentalId,
        entropy: &mut Entropy,
    ) -> Option<ContactKey> {
        let own = self.open_contact_key(key, rental)?;
        Some(self.seal_contact_key(&own, rental, entropy))
    }

    fn seal_contact_key(
        &self,
        own: &[u8; 32],
        rental: &RentalId,
        entropy: &mut Entropy,
    ) -> ContactKey {
        let number = self.newest_seal();
        let newest = self.person_seals.last().expect("the first is always there");
        ContactKey {
            seal: number,
            sealed: seal_under(newest, own, &key_of(rental, number), entropy.bytes()),
        }
    }

    fn open_contact_key(&self, key: &ContactKey, rental: &RentalId) -> Option<[u8; 32]> {
        let index = usize::try_from(key.seal).ok()?.checked_sub(1)?;
        let secret = self.person_seals.get(index)?;
        open(secret, &key.sealed, &key_of(rental, key.seal))?
            .try_into()
            .ok()
    }
}

/// What a ciphertext is bound to, so that none can be put in the place of another.
fn key_of(rental: &RentalId, seal: u32) -> Vec<u8> {
    format!("contact_key/v1/{seal}/{rental}").into_bytes()
}

fn contact_of(rental: &RentalId, channel: Channel) -> Vec<u8> {
    format!("contact/v1/{}/{rental}", channel.as_str()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rental(n: u8) -> RentalId {
        RentalId::new(1, [n; 10])
    }

    #[test]
    fn an_address_opens_only_with_the_keys_in_its_own_place() {
        let ours = Keys::from_bytes(&[7; 96]);
        let others = Keys::from_bytes(&[8; 96]);
        let mut entropy = Entropy::default();
        let key = ours.new_contact_key(&rental(1), &mut entropy);
        let place = rental(1);
        let here = (&place, Channel::Mail);
        let sealed = ours
            .seal_contact(&key, here, b"ana@example.org", entropy.bytes())
            .unwrap();
        let opened = |keys: &Keys, key: &ContactKey, place| keys.open_contact(key, place, &sealed);
        assert_eq!(opened(&ours, &key, here).unwrap(), b"ana@example.org");
        assert_eq!(opened(&others, &key, here), None);
        assert_eq!(opened(&ours, &key, (&place, Channel::Push)), None);
        let elsewhere = rental(2);
        assert_eq!(opened(&ours, &key, (&elsewhere, Channel::Mail)), None);
        let neighbour = ours.new_contact_key(&rental(2), &mut entropy);
        assert_eq!(opened(&ours, &neighbour, here), None);
        let numbered = ContactKey { seal: 2, ..key };
        assert_eq!(opened(&ours, &numbered, here), None, "no such secret");
        assert_eq!(format!("{numbered:?}"), "ContactKey(seal 2)");
    }
}
