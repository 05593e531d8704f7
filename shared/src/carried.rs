//! Signed values packed for a QR code: letters A–Z and digits 2–7 only.
//!
//! The packed form holds the signature and the fields; who reads it builds the JSON text anew from
//! the fields, and the signature tells whether it is the text that was signed.

use crate::signed::{self, SIGNATURE_CHARS};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use data_encoding::BASE32_NOPAD;
use serde::Serialize;

/// Characters of a packed text; ours have some 250.
const CHARS_MAX: usize = 512;

pub(crate) struct Packer(Vec<u8>);

impl Packer {
    /// Begins with the kind and the signature of `line`.
    pub(crate) fn new(kind: u8, line: &str) -> Option<Self> {
        let signature = line.get(..SIGNATURE_CHARS)?;
        let mut bytes = vec![kind];
        bytes.extend(URL_SAFE_NO_PAD.decode(signature).ok()?);
        Some(Self(bytes))
    }

    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn text(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }
}

pub(crate) struct Unpacker {
    signature: [u8; 64],
    rest: Vec<u8>,
}

impl Unpacker {
    pub(crate) fn of(kind: u8, text: &str) -> Option<Self> {
        if text.len() > CHARS_MAX {
            return None;
        }
        let plain = text.split_whitespace().collect::<String>();
        let bytes = BASE32_NOPAD
            .decode(plain.to_ascii_uppercase().as_bytes())
            .ok()?;
        let (first, rest) = bytes.split_first()?;
        let (signature, rest) = rest.split_at_checked(64)?;
        (*first == kind).then_some(Self {
            signature: signature.try_into().ok()?,
            rest: rest.to_vec(),
        })
    }

    pub(crate) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_at_checked(N)?;
        let bytes = bytes.try_into().ok()?;
        self.rest = rest.to_vec();
        Some(bytes)
    }

    /// The signed line of `value`; its signature is not yet checked. None while bytes remain.
    pub(crate) fn signed<T: Serialize>(&self, value: &T) -> Option<String> {
        let json = serde_json::to_string(value).ok()?;
        let signature = URL_SAFE_NO_PAD.encode(self.signature);
        let line = format!("{signature} {json}");
        (self.rest.is_empty() && signed::text_of(&line).is_ok()).then_some(line)
    }
}
