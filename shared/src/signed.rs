//! A signed line: `<ed25519 signature, base64url> <JSON text>`. The text that was signed is the text
//! that is stored and sent; nobody re-serialises it. A domain tag keeps a signature made for one
//! purpose from serving another.

use crate::ids::InvalidId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// What a signature is for. It is part of the signed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    Event,
    SyncRequest,
    SyncAck,
    Grant,
    EnrolRequest,
    Enrolled,
    Receipt,
    AllowanceRequest,
    Allowance,
    TechnicianAnswer,
    Held,
}

impl Domain {
    fn tag(self) -> &'static [u8] {
        match self {
            Self::Event => b"volta/event/v1\0",
            Self::SyncRequest => b"volta/sync-request/v1\0",
            Self::SyncAck => b"volta/sync-ack/v1\0",
            Self::Grant => b"volta/grant/v1\0",
            Self::EnrolRequest => b"volta/enrol-request/v1\0",
            Self::Enrolled => b"volta/enrolled/v1\0",
            Self::Receipt => b"volta/receipt/v1\0",
            Self::AllowanceRequest => b"volta/allowance-request/v1\0",
            Self::Allowance => b"volta/allowance/v1\0",
            Self::TechnicianAnswer => b"volta/technician-answer/v1\0",
            Self::Held => b"volta/held/v1\0",
        }
    }
}

/// Base64url of 64 bytes without padding.
pub const SIGNATURE_CHARS: usize = 86;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignedError {
    #[error("not a signed line: expected 86 characters of base64url, a space and JSON text")]
    Malformed,
    #[error("the signature does not match this text, key and purpose")]
    BadSignature,
}

/// An ed25519 public key as 43 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    const ERROR: InvalidId = InvalidId {
        kind: "public key",
        expected: "an ed25519 public key, 32 bytes as base64url without padding",
    };

    pub fn of(key: &SigningKey) -> Self {
        Self(key.verifying_key())
    }

    /// The 32 bytes of its encoding, as documents that write keys in hexadecimal need them.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// What the holder of `own` and the holder of this key both get, and nobody else: X25519 on the
    /// two ed25519 keys.
    pub(crate) fn agree(&self, own: &SigningKey) -> [u8; 32] {
        let point = self.0.to_montgomery();
        point.mul_clamped(own.to_scalar_bytes()).to_bytes()
    }
}

impl FromStr for PublicKey {
    type Err = InvalidId;

    /// Refuses keys of small order, under which anything verifies.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut bytes = [0u8; 32];
        let written = URL_SAFE_NO_PAD
            .decode_slice(text, &mut bytes)
            .map_err(|_| Self::ERROR)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| Self::ERROR)?;
        if written != 32 || key.is_weak() {
            return Err(Self::ERROR);
        }
        Ok(Self(key))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::ids::text_visitor::<D, PublicKey>(deserializer)
    }
}

/// Signs `json` for `domain` and returns the whole line, without a line break.
pub fn sign(key: &SigningKey, domain: Domain, json: &str) -> String {
    let signature = key.sign(&message(domain, json));
    let mut line = String::with_capacity(SIGNATURE_CHARS + 1 + json.len());
    URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut line);
    line.push(' ');
    line.push_str(json);
    line
}

/// Serialises `value` once and signs that text.
pub fn sign_value<T: Serialize>(key: &SigningKey, domain: Domain, value: &T) -> String {
    let json = serde_json::to_string(value).expect("the types of this crate have string keys");
    sign(key, domain, &json)
}

/// The JSON text of a line, its signature not yet checked.
pub fn text_of(line: &str) -> Result<&str, SignedError> {
    match line.as_bytes().get(SIGNATURE_CHARS) {
        Some(b' ') if line.is_char_boundary(SIGNATURE_CHARS) => Ok(&line[SIGNATURE_CHARS + 1..]),
        _ => Err(SignedError::Malformed),
    }
}

/// Checks the signature strictly (RFC 8032, no malleable encodings) and returns the JSON text.
pub fn verify<'a>(key: &PublicKey, domain: Domain, line: &'a str) -> Result<&'a str, SignedError> {
    let json = text_of(line)?;
    let mut bytes = [0u8; 64];
    let written = URL_SAFE_NO_PAD
        .decode_slice(&line.as_bytes()[..SIGNATURE_CHARS], &mut bytes)
        .map_err(|_| SignedError::Malformed)?;
    if written != bytes.len() {
        return Err(SignedError::Malformed);
    }
    key.0
        .verify_strict(&message(domain, json), &Signature::from_bytes(&bytes))
        .map_err(|_| SignedError::BadSignature)?;
    Ok(json)
}

fn message(domain: Domain, json: &str) -> Vec<u8> {
    let mut message = Vec::with_capacity(domain.tag().len() + json.len());
    message.extend_from_slice(domain.tag());
    message.extend_from_slice(json.as_bytes());
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_serves_one_key_one_text_and_one_purpose() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let line = sign(&key, Domain::Grant, "{\"a\":1}");
        let public = PublicKey::of(&key);
        assert_eq!(verify(&public, Domain::Grant, &line), Ok("{\"a\":1}"));
        let other = PublicKey::of(&SigningKey::from_bytes(&[2; 32]));
        for (key, domain, line) in [
            (&public, Domain::SyncAck, line.clone()),
            (&other, Domain::Grant, line.clone()),
            (&public, Domain::Grant, line.replace('1', "2")),
            (&public, Domain::Grant, format!("{line} ")),
        ] {
            assert_eq!(verify(key, domain, &line), Err(SignedError::BadSignature));
        }
        for malformed in ["", " {}", &line[..40], &line[1..], &"é".repeat(80)] {
            assert_eq!(
                verify(&public, Domain::Grant, malformed),
                Err(SignedError::Malformed)
            );
        }
    }

    #[test]
    fn a_weak_key_is_no_key() {
        assert!(
            URL_SAFE_NO_PAD
                .encode([0u8; 32])
                .parse::<PublicKey>()
                .is_err()
        );
        let key = PublicKey::of(&SigningKey::from_bytes(&[1; 32]));
        assert_eq!(key.to_string().parse::<PublicKey>(), Ok(key));
    }
}
