//! Persons' own keys. What is known of a person is sealed under a key of that person alone, and that
//! key under one of the cloud's: with the person's key destroyed, every copy of the sealed data is
//! noise, also in the files that nobody can reach any more.

use super::Keys;
use crate::entropy::Entropy;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use shared::document::Cpf;
use shared::ids::PersonId;
use std::fmt;

/// A person's key, sealed under the cloud's secret number `seal`.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonKey {
    pub seal: u32,
    pub sealed: Vec<u8>,
}

/// A CPF as the database keeps it: unreadable without the key file.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedCpf {
    pub person: PersonId,
    pub key: PersonKey,
    pub sealed: Vec<u8>,
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonKey(seal {})", self.seal)
    }
}

impl fmt::Debug for SealedCpf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedCpf({})", self.person)
    }
}

const NONCE_BYTES: usize = 24;

/// Before there were others, the secret that had sealed CPFs directly; never the same key for both.
pub(super) fn first_seal(cpf_seal: &[u8; 32]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(cpf_seal).expect("HMAC takes a key of any length");
    mac.update(b"person-seal/v1");
    mac.finalize().into_bytes().into()
}

impl Keys {
    /// The number of the secret that seals persons' keys now.
    pub fn newest_seal(&self) -> u32 {
        u32::try_from(self.person_seals.len()).unwrap_or(u32::MAX)
    }

    /// A CPF sealed under a fresh key of `person`.
    pub fn seal_cpf(&self, cpf: &Cpf, person: PersonId, entropy: &mut Entropy) -> SealedCpf {
        let own: [u8; 32] = entropy.bytes();
        SealedCpf {
            person,
            key: self.seal_key(&own, &person, entropy),
            sealed: seal(&own, cpf.digits().as_bytes(), &cpf_of(&person), entropy),
        }
    }

    /// None where the key file is another one, or where a row was put in another's place.
    pub fn open_cpf(&self, sealed: &SealedCpf) -> Option<Cpf> {
        let own = self.open_key(&sealed.key, &sealed.person)?;
        let digits = open(&own, &sealed.sealed, &cpf_of(&sealed.person))?;
        std::str::from_utf8(&digits).ok()?.parse().ok()
    }

    /// The same person's key under the newest secret.
    pub fn seal_anew(
        &self,
        key: &PersonKey,
        person: &PersonId,
        entropy: &mut Entropy,
    ) -> Option<PersonKey> {
        let own = self.open_key(key, person)?;
        Some(self.seal_key(&own, person, entropy))
    }

    /// A CPF as versions before persons' keys stored it, sealed under one secret for all.
    pub fn open_shared_cpf(&self, sealed: &[u8], person: &PersonId) -> Option<Cpf> {
        let digits = open(&self.cpf_seal, sealed, person.to_string().as_bytes())?;
        std::str::from_utf8(&digits).ok()?.parse().ok()
    }

    fn seal_key(&self, own: &[u8; 32], person: &PersonId, entropy: &mut Entropy) -> PersonKey {
        let number = self.newest_seal();
        let newest = self.person_seals.last().expect("the first is always there");
        PersonKey {
            seal: number,
            sealed: seal(newest, own, &key_of(person, number), entropy),
        }
    }

    pub(super) fn open_key(&self, key: &PersonKey, person: &PersonId) -> Option<[u8; 32]> {
        let index = usize::try_from(key.seal).ok()?.checked_sub(1)?;
        let secret = self.person_seals.get(index)?;
        open(secret, &key.sealed, &key_of(person, key.seal))?
            .try_into()
            .ok()
    }
}

/// What a ciphertext is bound to, so that none can be put in the place of another.
fn key_of(person: &PersonId, seal: u32) -> Vec<u8> {
    format!("person_key/v1/{seal}/{person}").into_bytes()
}

fn cpf_of(person: &PersonId) -> Vec<u8> {
    format!("person_field/v1/cpf/{person}").into_bytes()
}

/// Nonce and ciphertext.
pub(super) fn seal(
    secret: &[u8; 32],
    message: &[u8],
    place: &[u8],
    entropy: &mut Entropy,
) -> Vec<u8> {
    let nonce: [u8; NONCE_BYTES] = entropy.bytes();
    let payload = Payload {
        msg: message,
        aad: place,
    };
    let sealed = XChaCha20Poly1305::new(&Key::from(*secret))
        .encrypt(&XNonce::from(nonce), payload)
        .expect("a few bytes are below the cipher's limit");
    [nonce.as_slice(), &sealed].concat()
}

pub(super) fn open(secret: &[u8; 32], sealed: &[u8], place: &[u8]) -> Option<Vec<u8>> {
    let (nonce, message) = sealed.split_at_checked(NONCE_BYTES)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
    let payload = Payload {
        msg: message,
        aad: place,
    };
    XChaCha20Poly1305::new(&Key::from(*secret))
        .decrypt(&XNonce::from(nonce), payload)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u8) -> PersonId {
        PersonId::new(1, [n; 10])
    }

    fn keys(secrets: &[u8]) -> Keys {
        let bytes: Vec<u8> = secrets.iter().flat_map(|n| [*n; 32]).collect();
        Keys::read(&bytes).unwrap()
    }

    fn cpf() -> Cpf {
        "52998224725".parse().unwrap()
    }

    #[test]
    fn a_cpf_opens_only_with_the_keys_in_its_own_place() {
        let (ours, others) = (keys(&[1, 2, 3]), keys(&[4, 5, 6]));
        let sealed = ours.seal_cpf(&cpf(), person(1), &mut Entropy::default());
        let neighbour = ours.seal_cpf(&cpf(), person(2), &mut Entropy::default());
        assert_eq!(ours.open_cpf(&sealed), Some(cpf()));
        assert_eq!(others.open_cpf(&sealed), None);
        let moved = |change: fn(&mut SealedCpf, &SealedCpf)| {
            let mut moved = sealed.clone();
            change(&mut moved, &neighbour);
            ours.open_cpf(&moved)
        };
        assert_eq!(moved(|own, _| own.person = person(2)), None, "another row");
        assert_eq!(
            moved(|own, by| own.key = by.key.clone()),
            None,
            "another key"
        );
        assert_eq!(
            moved(|own, by| own.sealed = by.sealed.clone()),
            None,
            "another datum"
        );
        assert_eq!(moved(|own, _| own.key.seal = 2), None, "no such secret");
        assert_eq!(moved(|own, _| own.key.seal = 0), None, "no secret");
        assert_eq!(moved(|own, _| own.sealed.truncate(20)), None, "cut off");
        assert_ne!(sealed.sealed, neighbour.sealed);
    }

    #[test]
    fn a_newer_secret_opens_the_old_and_seals_anew() {
        let (old, new) = (keys(&[1, 2, 3]), keys(&[1, 2, 3, 4]));
        let mut entropy = Entropy::default();
        let mut sealed = old.seal_cpf(&cpf(), person(1), &mut entropy);
        assert_eq!((sealed.key.seal, new.open_cpf(&sealed)), (1, Some(cpf())));
        sealed.key = new
            .seal_anew(&sealed.key, &person(1), &mut entropy)
            .unwrap();
        assert_eq!((sealed.key.seal, new.open_cpf(&sealed)), (2, Some(cpf())));
        assert_eq!(old.open_cpf(&sealed), None);
    }

    #[test]
    fn what_one_secret_sealed_for_all_still_opens() {
        let ours = keys(&[1, 2, 3]);
        let mut entropy = Entropy::default();
        let place = person(1).to_string();
        let sealed = seal(
            &[3; 32],
            cpf().digits().as_bytes(),
            place.as_bytes(),
            &mut entropy,
        );
        assert_eq!(ours.open_shared_cpf(&sealed, &person(1)), Some(cpf()));
        assert_eq!(ours.open_shared_cpf(&sealed, &person(2)), None);
    }

    #[test]
    fn a_log_line_shows_nothing_of_a_person() {
        let sealed = keys(&[1, 2, 3]).seal_cpf(&cpf(), person(1), &mut Entropy::default());
        let shown = format!("{sealed:?} {:?}", sealed.key);
        assert_eq!(shown, format!("SealedCpf({}) PersonKey(seal 1)", person(1)));
    }
}
