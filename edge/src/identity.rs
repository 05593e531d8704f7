//! Who this device is: a key made at its first start, kept for as long as its journal lives.
//!
//! Invariant: a device with history is never given a new key. Its journal is signed with the old
//! one, and the cloud would take the new one for a thief's.

use crate::files::{self, Kept};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use std::io;
use std::path::{Path, PathBuf};

/// 43 characters of base64url and a line break, with room for an editor's habits.
const KEY_FILE_BYTES_MAX: u64 = 128;

#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("cannot read or write the device key {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(
        "the device key {} and its second copy are missing, but this gateway has a journal or an enrolment: put the same file back, or move the data directory away and enrol this device again with a new code from `volta-cloud enrolment-code`",
        path.display()
    )]
    Missing { path: PathBuf },
    #[error(
        "neither {} nor its second copy is a device key (43 characters of base64url): put the right file back, or move the data directory away and enrol this device again with a new code from `volta-cloud enrolment-code`",
        path.display()
    )]
    Malformed { path: PathBuf },
    #[error("the system gives no random numbers for a device key: {0}")]
    Random(getrandom::Error),
}

/// Reads the device key. Makes one if there is none and `history` says that nothing depends on an
/// older one; a file that is no key (a write that a power cut ended) counts as none then.
pub(crate) fn load_or_create(path: &Path, history: bool) -> Result<SigningKey, IdentityError> {
    let io = |source| IdentityError::Io {
        path: path.to_owned(),
        source,
    };
    match files::read_kept(path, KEY_FILE_BYTES_MAX, parse).map_err(io)? {
        Kept::Whole(key) => return Ok(key),
        Kept::Broken if history => {
            return Err(IdentityError::Malformed {
                path: path.to_owned(),
            });
        }
        Kept::Nothing if history => {
            return Err(IdentityError::Missing {
                path: path.to_owned(),
            });
        }
        Kept::Broken => {
            tracing::warn!(file.path = %path.display(), "unfinished device key replaced");
        }
        Kept::Nothing => {}
    }
    let mut seed = [0u8; 32];
    getrandom::fill(&mut seed).map_err(IdentityError::Random)?;
    let key = SigningKey::from_bytes(&seed);
    let text = format!("{}\n", URL_SAFE_NO_PAD.encode(seed));
    files::keep_private(path, text.as_bytes()).map_err(io)?;
    Ok(key)
}

/// The key as its file holds it.
pub(crate) fn text_of(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(key.to_bytes())
}

fn parse(text: &str) -> Option<SigningKey> {
    let mut seed = [0u8; 32];
    let written = URL_SAFE_NO_PAD.decode_slice(text.trim(), &mut seed).ok()?;
    (written == seed.len()).then(|| SigningKey::from_bytes(&seed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_key_of_the_first_start_is_the_key_of_every_start() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("device.key");
        let first = load_or_create(&path, false).unwrap();
        assert_eq!(load_or_create(&path, true).unwrap(), first);
        assert_eq!(load_or_create(&path, false).unwrap(), first);
    }

    #[test]
    fn a_device_with_history_is_never_re_keyed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("device.key");
        assert!(matches!(
            load_or_create(&path, true),
            Err(IdentityError::Missing { .. })
        ));
        for broken in ["", "\n", "AAAA", "not base64url at all!"] {
            fs::write(&path, broken).unwrap();
            fs::write(dir.path().join("device.key.kept"), broken).unwrap();
            let refused = load_or_create(&path, true);
            assert!(
                matches!(refused, Err(IdentityError::Malformed { .. })),
                "{broken}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), broken, "left as it was");
        }
        let made = load_or_create(&path, false).unwrap();
        assert_eq!(load_or_create(&path, true).unwrap(), made);
    }
}
