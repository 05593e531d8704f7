//! The cloud's own secrets: what signs grants and acknowledgements, and what seals personal data.
//! They live in one file beside the database, never in it.

use crate::entropy::Entropy;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use ed25519_dalek::SigningKey;
use hmac::{Hmac, Mac as _};
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
    cpf_seal: [u8; 32],
}

const SECRET_BYTES: usize = 32;
const FILE_BYTES: usize = 3 * SECRET_BYTES;

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
                let bytes: [u8; FILE_BYTES] = bytes
                    .try_into()
                    .map_err(|_| unusable(format!("it does not have {FILE_BYTES} bytes")))?;
                Ok(Self::from_bytes(&bytes))
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
        let part = |at: usize| {
            let mut secret = [0; SECRET_BYTES];
            secret.copy_from_slice(&bytes[at * SECRET_BYTES..(at + 1) * SECRET_BYTES]);
            secret
        };
        Self {
            signing: SigningKey::from_bytes(&part(0)),
            cpf_index: part(1),
            cpf_seal: part(2),
        }
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

    /// Nonce and ciphertext; `owner` binds it to one row.
    pub fn seal_cpf(&self, cpf: &Cpf, owner: &str, entropy: &mut Entropy) -> Vec<u8> {
        let nonce: [u8; 24] = entropy.bytes();
        let payload = Payload {
            msg: cpf.digits().as_bytes(),
            aad: owner.as_bytes(),
        };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("eleven bytes are below the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    pub fn open_cpf(&self, sealed: &[u8], owner: &str) -> Option<Cpf> {
        let (nonce, message) = sealed.split_at_checked(24)?;
        let nonce: [u8; 24] = nonce.try_into().ok()?;
        let payload = Payload {
            msg: message,
            aad: owner.as_bytes(),
        };
        let digits = self.cipher().decrypt(&XNonce::from(nonce), payload).ok()?;
        std::str::from_utf8(&digits).ok()?.parse().ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.cpf_seal))
    }
}

/// Written whole under another name first, so that a power cut leaves either nothing or all of it.
fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
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
    fn a_cpf_is_found_and_opened_only_with_the_keys() {
        let keys = Keys::from_bytes(&[7; FILE_BYTES]);
        let other = Keys::from_bytes(&[8; FILE_BYTES]);
        let cpf: Cpf = "52998224725".parse().unwrap();
        let sealed = keys.seal_cpf(&cpf, "person:1", &mut Entropy::default());
        assert_eq!(keys.open_cpf(&sealed, "person:1"), Some(cpf));
        assert_eq!(keys.open_cpf(&sealed, "person:2"), None);
        assert_eq!(other.open_cpf(&sealed, "person:1"), None);
        assert!(
            !sealed
                .windows(4)
                .any(|w| w == &cpf.digits().as_bytes()[..4])
        );
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
}
