//! The Pix key of a person whom we owe: sealed under that person's own key, found by a keyed hash.

use super::Keys;
use super::person::{PersonKey, open, seal};
use crate::entropy::Entropy;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use shared::ids::PersonId;
use shared::pix_key::PixKey;
use std::fmt;

/// A Pix key as the database keeps it: noise without the key file, and for ever once its person was
/// erased.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedPixKey {
    pub person: PersonId,
    pub sealed: Vec<u8>,
}

impl fmt::Debug for SealedPixKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedPixKey({})", self.person)
    }
}

impl Keys {
    /// Seals `key` under `own`, the key of `person`. None where the key file is another one.
    pub fn seal_pix_key(
        &self,
        key: &PixKey,
        person: PersonId,
        own: &PersonKey,
        entropy: &mut Entropy,
    ) -> Option<SealedPixKey> {
        let own = self.open_key(own, &person)?;
        Some(SealedPixKey {
            person,
            sealed: seal(&own, key.as_str().as_bytes(), &place(&person), entropy),
        })
    }

    /// None where the key file is another one, or where a row was put in another's place.
    pub fn open_pix_key(&self, own: &PersonKey, sealed: &SealedPixKey) -> Option<PixKey> {
        let own = self.open_key(own, &sealed.person)?;
        let text = open(&own, &sealed.sealed, &place(&sealed.person))?;
        std::str::from_utf8(&text).ok()?.parse().ok()
    }

    /// Tells equal Pix keys without storing one.
    pub fn pix_key_index(&self, key: &PixKey) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.cpf_index)
            .expect("HMAC takes a key of any length");
        mac.update(b"pix-key/v1");
        mac.update(key.as_str().as_bytes());
        mac.finalize().into_bytes().into()
    }
}

fn place(person: &PersonId) -> Vec<u8> {
    format!("person_field/v1/pix_key/{person}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pix_key_opens_only_with_its_persons_key() {
        let keys = Keys::from_bytes(&[7; 96]);
        let mut entropy = Entropy::default();
        let cpf = "52998224725".parse().unwrap();
        let [one, two] = [1, 2].map(|n| PersonId::new(1, [n; 10]));
        let [own, other] = [one, two].map(|id| keys.seal_cpf(&cpf, id, &mut entropy).key);
        let key: PixKey = "ana@exemplo.com".parse().unwrap();
        let sealed = keys.seal_pix_key(&key, one, &own, &mut entropy).unwrap();
        assert_eq!(keys.open_pix_key(&own, &sealed), Some(key.clone()));
        assert_eq!(keys.open_pix_key(&other, &sealed), None);
        let moved = SealedPixKey {
            person: two,
            ..sealed.clone()
        };
        assert_eq!(keys.open_pix_key(&other, &moved), None, "another row");
        assert_eq!(Keys::from_bytes(&[8; 96]).open_pix_key(&own, &sealed), None);
        assert!(!sealed.sealed.windows(3).any(|part| part == b"ana"));
        assert_eq!(format!("{sealed:?}"), format!("SealedPixKey({one})"));
        let again: PixKey = " ANA@exemplo.com".parse().unwrap();
        assert_eq!(keys.pix_key_index(&key), keys.pix_key_index(&again));
        assert_ne!(keys.pix_key_index(&key), keys.cpf_index(&cpf));
    }
}
