//! Bytes of a fixed length that documents write as lower-case hexadecimal.

use crate::ids::InvalidId;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// `N` bytes; as text `2 * N` digits `0-9a-f` and nothing else, so that one value has one spelling.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Octets<const N: usize>(pub [u8; N]);

impl<const N: usize> Octets<N> {
    const ERROR: InvalidId = InvalidId {
        kind: "hexadecimal value",
        expected: "lower-case hexadecimal digits, exactly as many as the field takes",
    };

    pub fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }
}

/// A public key or a hash.
impl Octets<32> {
    /// The public half of `key`.
    pub fn public_key(key: &SigningKey) -> Self {
        Self(key.verifying_key().to_bytes())
    }

    /// Whether these bytes are an ed25519 public key under which not everything verifies.
    pub fn is_key(&self) -> bool {
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| !key.is_weak())
    }

    /// Whether the holder of this public key signed `message` (RFC 8032, strictly).
    pub fn signed(&self, message: &[u8], signature: &Octets<64>) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(&self.0) else {
            return false;
        };
        let signature = Signature::from_bytes(&signature.0);
        !key.is_weak() && key.verify_strict(message, &signature).is_ok()
    }
}

/// A signature.
impl Octets<64> {
    pub fn sign(key: &SigningKey, message: &[u8]) -> Self {
        Self(key.sign(message).to_bytes())
    }
}

impl<const N: usize> fmt::Display for Octets<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl<const N: usize> fmt::Debug for Octets<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl<const N: usize> FromStr for Octets<N> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut bytes = [0u8; N];
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(Self::ERROR);
        }
        hex::decode_to_slice(text, &mut bytes).map_err(|_| Self::ERROR)?;
        Ok(Self(bytes))
    }
}

impl<const N: usize> Serialize for Octets<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Octets<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::ids::text_visitor::<D, Self>(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_spelling() {
        let value: Octets<2> = "0aff".parse().unwrap();
        assert_eq!(value, Octets([0x0a, 0xff]));
        assert_eq!(value.to_string(), "0aff");
        for bad in ["", "0af", "0AFF", "0aff0", "0affff", "0xff", "0ag0"] {
            assert!(bad.parse::<Octets<2>>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_signature_serves_one_key_and_one_message() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let public = Octets::public_key(&key);
        let signature = Octets::sign(&key, b"a");
        assert!(public.is_key() && public.signed(b"a", &signature));
        assert!(!public.signed(b"b", &signature));
        let other = Octets::public_key(&SigningKey::from_bytes(&[2; 32]));
        assert!(!other.signed(b"a", &signature));
        // The neutral point: everything verifies under it, so it is no key.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert!(!Octets(neutral).is_key());
    }
}
