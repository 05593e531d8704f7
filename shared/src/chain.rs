//! The hash chain of a gateway's journal.
//!
//! A line is a signed event; its hash covers the whole line, signature included; the next event
//! names that hash in `prev`. So one trusted hash of the last line vouches for every byte before it.

use crate::event::{ENVELOPE_VERSION, Envelope, Fact};
use crate::ids::{GatewayId, InvalidId};
use crate::signed::{self, Domain};
use crate::time::Stamp;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// SHA-256, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Where the journal of `gateway` begins: two gateways never share a chain.
    pub fn genesis(gateway: &GatewayId) -> Self {
        Self::tagged(b"volta/genesis/v1\0", gateway.as_bytes())
    }

    /// The hash of one line, without its line break.
    pub fn of_line(line: &str) -> Self {
        Self::tagged(b"volta/line/v1\0", line.as_bytes())
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub fn from_slice(bytes: &[u8]) -> Result<Self, InvalidId> {
        bytes.try_into().map(Self).map_err(|_| Self::ERROR)
    }

    const ERROR: InvalidId = InvalidId {
        kind: "hash",
        expected: "64 lower-case hexadecimal digits",
    };

    fn tagged(tag: &[u8], bytes: &[u8]) -> Self {
        Self(
            Sha256::new()
                .chain_update(tag)
                .chain_update(bytes)
                .finalize()
                .into(),
        )
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut bytes = [0u8; 32];
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(Self::ERROR);
        }
        hex::decode_to_slice(text, &mut bytes).map_err(|_| Self::ERROR)?;
        Ok(Self(bytes))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = [0u8; 64];
        hex::encode_to_slice(self.0, &mut text).expect("32 bytes are 64 digits");
        serializer.serialize_str(std::str::from_utf8(&text).expect("digits are ASCII"))
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::ids::text_visitor::<D, Hash>(deserializer)
    }
}

/// The end of a journal: the number and hash of its last line; `seq` 0 when it is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub seq: u64,
    pub hash: Hash,
}

impl Head {
    pub fn empty(gateway: &GatewayId) -> Self {
        Self {
            seq: 0,
            hash: Hash::genesis(gateway),
        }
    }
}

/// A line ready to be stored and sent, and the head it makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    pub head: Head,
    pub line: String,
}

/// Builds the event after `head`: its text once, its signature, its place in the chain.
pub fn append(key: &SigningKey, gateway: GatewayId, head: Head, at: Stamp, fact: Fact) -> Appended {
    let envelope = Envelope {
        v: ENVELOPE_VERSION,
        gateway,
        seq: head.seq + 1,
        prev: head.hash,
        at,
        fact,
    };
    let line = signed::sign_value(key, Domain::Event, &envelope);
    Appended {
        head: Head {
            seq: envelope.seq,
            hash: Hash::of_line(&line),
        },
        line,
    }
}
