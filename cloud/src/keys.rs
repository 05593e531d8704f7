//! The cloud's own secrets: what signs grants and acknowledgements, what finds a person again, and
//! what seals the persons' keys. They live in one file outside the database, never in it.
//!
//! The file: three secrets of 32 bytes, then any number of newer ones that seal persons' keys. The
//! last seals, all of them open.

mod campaign;
mod contact;
mod person;
mod pix_key;

pub use campaign::SealedCampaignKey;
pub use contact::ContactKey;
pub use person::{PersonKey, SealedCpf};
pub use pix_key::SealedPixKey;

use crate::entropy::Entropy;
use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use shared::document::Cpf;
use shared::ids::ChainId;
use shared::signed::PublicKey;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

pub struct Keys {
    signing: SigningKey,
    cpf_index: [u8; 32],
    /// What sealed each CPF directly, before persons had keys of their own.
    cpf_seal: [u8; 32],
    /// What seals the persons' keys, by number from 1.
    person_seals: Vec<[u8; 32]>,
}

const SECRET_BYTES: usize = 32;
const FILE_BYTES: usize = 3 * SECRET_BYTES;

/// A key a year for longer than anybody keeps a file.
const PERSON_SEALS_MAX: usize = 100;

#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error(
        "{path}: {why}. It holds the cloud's secrets: restore it from a backup, or name it in VOLTA_CLOUD_KEY_FILE; without it no gateway trusts this cloud"
    )]
    Unusable { path: String, why: String },
}

impl Keys {
    /// Reads the key file, or makes it where there is none and the database is new too.
    pub fn open(path: &Path, database_exists: bool) -> Result<Self, KeysError> {
        let unusable = |why: String| KeysError::Unusable {
            path: path.display().to_string(),
            why,
        };
        match std::fs::read(path) {
            Ok(bytes) => {
                let mode = std::fs::metadata(path).map(|m| m.permissions().mode());
                if mode.is_ok_and(|mode| mode & 0o077 != 0) {
                    return Err(unusable("others may read it (chmod 600)".into()));
                }
                Self::read(&bytes).ok_or_else(|| {
                    let why = "it does not have three secrets of 32 bytes, and whole ones after";
                    unusable(why.into())
                })
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !database_exists => {
                let mut entropy = Entropy::default();
                let mut bytes = [0; FILE_BYTES];
                for part in bytes.chunks_exact_mut(SECRET_BYTES) {
                    part.copy_from_slice(&entropy.bytes::<SECRET_BYTES>());
                }
                write_new(path, &bytes).map_err(|e| unusable(e.to_string()))?;
                Ok(Self::from_bytes(&bytes))
            }
            Err(e) => Err(unusable(e.to_string())),
        }
    }

    /// For tests and tools that need no file.
    pub fn from_bytes(bytes: &[u8; FILE_BYTES]) -> Self {
        Self::read(bytes).expect("three secrets are a key file")
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (secrets, []) = bytes.as_chunks::<SECRET_BYTES>() else {
            return None;
        };
        let [signing, cpf_index, cpf_seal, newer @ ..] = secrets else {
            return None;
        };
        if newer.len() >= PERSON_SEALS_MAX {
            return None;
        }
        let mut person_seals = vec![person::first_seal(cpf_seal)];
        person_seals.extend(newer);
        Some(Self {
            signing: SigningKey::from_bytes(signing),
            cpf_index: *cpf_index,
            cpf_seal: *cpf_seal,
            person_seals,
        })
    }

    /// Adds a secret to the key file that seals persons' keys from the next start on, and answers its
    /// number. That start seals anew what older ones had sealed.
    pub fn add_person_seal(path: &Path) -> Result<u32, KeysError> {
        let keys = Self::open(path, true)?;
        let unusable = |why: String| KeysError::Unusable {
            path: path.display().to_string(),
            why,
        };
        if keys.person_seals.len() >= PERSON_SEALS_MAX {
            return Err(unusable(format!(
                "it has {PERSON_SEALS_MAX} person keys already"
            )));
        }
        let mut bytes = std::fs::read(path).map_err(|e| unusable(e.to_string()))?;
        bytes.extend(Entropy::default().bytes::<SECRET_BYTES>());
        write_new(path, &bytes).map_err(|e| unusable(e.to_string()))?;
        Ok(keys.newest_seal() + 1)
    }

    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    pub fn public(&self) -> PublicKey {
        PublicKey::of(&self.signing)
    }

    /// Finds a person again without storing the CPF: a hash of a CPF alone is guessed in minutes.
    pub fn cpf_index(&self, cpf: &Cpf) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.cpf_index)
            .expect("HMAC takes a key of any length");
        mac.update(b"cpf/v1");
        mac.update(cpf.digits().as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// What a chain's card numbers are hashed with, so that a list of hashes is no list of numbers.
    pub fn card_salt(&self, chain: &ChainId) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.cpf_index)
            .expect("HMAC takes a key of any length");
        mac.update(b"card-salt/v1");
        mac.update(chain.as_bytes());
        hex::encode(&mac.finalize().into_bytes()[..16])
    }
}

/// Written whole under another name first, so that a power cut leaves either nothing or all of it.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)?;
    }
    let partial = path.with_extension("partial");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cpf_is_found_only_with_the_keys() {
        let keys = Keys::from_bytes(&[7; FILE_BYTES]);
        let other = Keys::from_bytes(&[8; FILE_BYTES]);
        let cpf: Cpf = "52998224725".parse().unwrap();
        assert_eq!(keys.cpf_index(&cpf), keys.cpf_index(&cpf));
        assert_ne!(keys.cpf_index(&cpf), other.cpf_index(&cpf));
    }

    #[test]
    fn a_key_file_is_made_once_and_never_guessed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cloud.key");
        let first = Keys::open(&path, false).unwrap().public();
        assert_eq!(Keys::open(&path, true).unwrap().public(), first);
        std::fs::write(&path, b"").unwrap();
        assert!(Keys::open(&path, true).is_err(), "half-written");
        std::fs::remove_file(&path).unwrap();
        assert!(
            Keys::open(&path, true).is_err(),
            "lost while the database is there"
        );
    }
    #[test]
    fn a_key_file_takes_another_person_seal_and_keeps_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cloud.key");
        let first = Keys::open(&path, false).unwrap();
        assert_eq!(first.newest_seal(), 1);
        assert_eq!(Keys::add_person_seal(&path).unwrap(), 2);
        let second = Keys::open(&path, true).unwrap();
        assert_eq!((second.newest_seal(), second.public()), (2, first.public()));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.pop();
        std::fs::write(&path, &bytes).unwrap();
        assert!(Keys::open(&path, true).is_err(), "a part of a secret");
    }
}
