//! Short codes that a gateway without internet can check, and make.
//!
//! Gateway and cloud agree on a secret from their two signing keys (X25519 on the ed25519 keys), so
//! it never travels and is stored nowhere. A code is a truncated HMAC of what it says; how often one
//! may guess is for the gateway to limit.

use crate::ids::{BayNo, GrantId, TagUid};
use crate::signed::PublicKey;
use crate::time::UnixMs;
use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// A release code names the five minutes it was made in.
pub const CODE_PERIOD_MS: i64 = 300_000;

/// A code is taken this many periods after its own; grants carried by a phone last as long.
pub const CODE_PERIODS_VALID: i64 = 3;

/// Serials below the highest known one that are still taken: customers do not arrive in order.
pub const SERIALS_BEHIND: u32 = 30;

/// Serials above it: paid here while this gateway was dark, and never used.
pub const SERIALS_AHEAD: u32 = 69;

/// Digits of a release code: two of the serial, eight of the HMAC.
pub const RELEASE_CODE_DIGITS: usize = 10;

/// Characters of a receipt code: six of the event's number, six of the HMAC.
pub const RECEIPT_CODE_CHARS: usize = 12;

/// What this gateway and its cloud know, and nobody else. Masked in `Debug`.
#[derive(Clone)]
pub struct SharedSecret([u8; 32]);

/// What a genuine release code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleaseCode {
    pub serial: u32,
    pub bay: BayNo,
    pub grant: GrantId,
}

impl std::fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedSecret(***)")
    }
}

impl SharedSecret {
    /// The same for (gateway's key, cloud's public key) and (cloud's key, gateway's public key).
    pub fn between(own: &SigningKey, other: &PublicKey) -> Self {
        let digest = Sha256::new()
            .chain_update(b"volta/offline-secret/v1\0")
            .chain_update(other.agree(own));
        Self(digest.finalize().into())
    }

    /// The id of the gateway's grant number `serial`: who has the code has the id.
    pub fn grant_id(&self, serial: u32) -> GrantId {
        let mac = self.mac(b"grant", &[&serial.to_be_bytes()]);
        let mut entropy = [0; 10];
        entropy.copy_from_slice(&mac[..10]);
        GrantId::new(u64::from(serial), entropy)
    }

    /// Ten digits to type at the dock, good from `issued` for [`CODE_PERIODS_VALID`] periods.
    pub fn release_code(&self, serial: u32, bay: BayNo, issued: UnixMs) -> String {
        let digits = self.release_digits(serial, bay, period_of(issued));
        format!("{:02}{digits:08}", serial % 100)
    }

    /// What a typed code says, when it is one of ours for one of `bays`, made within the periods
    /// that count at `now`, near the highest serial known. Other characters than digits are skipped.
    pub fn read_release_code(
        &self,
        typed: &str,
        highest_serial: u32,
        bays: &[BayNo],
        now: UnixMs,
    ) -> Option<ReleaseCode> {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        if digits.len() != RELEASE_CODE_DIGITS {
            return None;
        }
        let (serial, mac) = digits.split_at(2);
        let serial = serial_near(highest_serial, serial.parse().ok()?)?;
        let mac: u32 = mac.parse().ok()?;
        let newest = period_of(now) + 1;
        for period in newest - 1 - CODE_PERIODS_VALID..=newest {
            for bay in bays.iter().copied() {
                if self.release_digits(serial, bay, period) == mac {
                    let grant = self.grant_id(serial);
                    return Some(ReleaseCode { serial, bay, grant });
                }
            }
        }
        None
    }

    /// Twelve characters that prove a recorded return to who knows the cart's tag.
    pub fn receipt_code(&self, seq: u64, tag: &TagUid) -> String {
        let mac = self.mac(b"receipt", &[&seq.to_be_bytes(), tag.as_bytes()]);
        let proof = u32::from_be_bytes([mac[0], mac[1], mac[2], mac[3]]) & PART_MASK;
        let seq = u32::try_from(seq & u64::from(PART_MASK)).unwrap_or(0);
        format!("{}{}", spelled(seq), spelled(proof))
    }

    /// The number of the event that a receipt code proves for `tag`, as far as 30 bits tell.
    pub fn read_receipt_code(&self, typed: &str, tag: &TagUid) -> Option<u64> {
        let plain: String = typed.chars().filter_map(read_as).collect();
        if plain.len() != RECEIPT_CODE_CHARS {
            return None;
        }
        let seq = plain[..6].bytes().try_fold(0u64, |number, byte| {
            let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
            Some(number << 5 | u64::try_from(digit).ok()?)
        })?;
        (self.receipt_code(seq, tag) == plain).then_some(seq)
    }

    /// The eight digits that answer a challenge of the gateway's own page.
    pub fn technician_answer(&self, challenge: &str) -> String {
        let mac = self.mac(b"technician", &[challenge.as_bytes()]);
        format!("{:08}", digits_of(&mac))
    }

    fn release_digits(&self, serial: u32, bay: BayNo, period: i64) -> u32 {
        let parts: [&[u8]; 3] = [
            &serial.to_be_bytes(),
            &bay.get().to_be_bytes(),
            &period.to_be_bytes(),
        ];
        digits_of(&self.mac(b"release", &parts))
    }

    fn mac(&self, purpose: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("an HMAC takes any key");
        mac.update(purpose);
        for part in parts {
            mac.update(&[0]);
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// Letters and digits that nobody confuses (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Six characters of five bits.
const PART_MASK: u32 = (1 << 30) - 1;

fn spelled(number: u32) -> String {
    let letter = |place: u32| char::from(ALPHABET[(number >> (5 * place) & 31) as usize]);
    (0..6).rev().map(letter).collect()
}

/// What a typed character stands for; none for one that separates.
fn read_as(typed: char) -> Option<char> {
    match typed.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        other if other.is_ascii_alphanumeric() => Some(other),
        _ => None,
    }
}

fn digits_of(mac: &[u8; 32]) -> u32 {
    let number = u64::from_be_bytes([
        mac[0], mac[1], mac[2], mac[3], mac[4], mac[5], mac[6], mac[7],
    ]);
    u32::try_from(number % 100_000_000).unwrap_or(0)
}

fn period_of(at: UnixMs) -> i64 {
    at.0.div_euclid(CODE_PERIOD_MS)
}

/// The one serial with these last two digits in the hundred around the highest known.
fn serial_near(highest: u32, last_two: u32) -> Option<u32> {
    let from = highest.saturating_sub(SERIALS_BEHIND);
    let to = highest.checked_add(SERIALS_AHEAD)?;
    (from..=to).find(|serial| *serial > 0 && serial % 100 == last_two)
}

#[cfg(test)]
mod tests;
