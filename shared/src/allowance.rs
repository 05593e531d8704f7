//! What a gateway may allow by itself: member cards within limits, technicians, and lent vouchers.
//!
//! A list is one text: a line signed by the cloud ([`Domain::Allowance`]), then one card key a line:
//! first the allowed, then the denied, each part sorted. The signed line names the hash of the rest.
//! Deny wins. A gateway goes only from a lower version to a higher one.

use crate::ids::{GatewayId, InvalidId};
use crate::json::check_bounds;
use crate::money::Centavos;
use crate::signed::{self, Domain, PublicKey, SIGNATURE_CHARS};
use crate::time::UnixMs;
use crate::voucher::{Lent, VOUCHERS_LENT_MAX};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// Cards in one list, allowed and denied together.
pub const CARDS_MAX: usize = 200_000;

/// Technicians one list names.
pub const TECHNICIANS_MAX: usize = 50;

/// Characters of a technician's name: it stands in every event of theirs.
pub const TECHNICIAN_NAME_CHARS_MAX: usize = 60;

/// Bytes of a whole list: 17 a card, and the signed line.
pub const ALLOWANCE_BYTES_MAX: usize = CARDS_MAX * 17 + HEADER_BYTES_MAX;

/// Fifty technicians, and 100 bytes a voucher.
const HEADER_BYTES_MAX: usize = 16 * 1024 + VOUCHERS_LENT_MAX * 112;

/// Header, what is lent, vouchers, voucher.
const HEADER_DEPTH_MAX: usize = 4;

/// A member card as events and lists name it: 8 bytes of a salted hash of its number, 16 digits of
/// hexadecimal. Whoever steals a gateway learns no card number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardKey(u64);

impl CardKey {
    const ERROR: InvalidId = InvalidId {
        kind: "card key",
        expected: "16 lower-case hexadecimal digits",
    };

    /// The key of the card whose reader types `number`; blanks and case do not count.
    pub fn of(salt: &str, number: &str) -> Self {
        let plain: String = number
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let digest = Sha256::new()
            .chain_update(b"volta/card/v1\0")
            .chain_update(salt.as_bytes())
            .chain_update([0])
            .chain_update(plain.as_bytes())
            .finalize();
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest[..8]);
        Self(u64::from_be_bytes(bytes))
    }
}

impl fmt::Display for CardKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for CardKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardKey({self})")
    }
}

impl FromStr for CardKey {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 16 || !text.bytes().all(digit) {
            return Err(Self::ERROR);
        }
        u64::from_str_radix(text, 16)
            .map(Self)
            .map_err(|_| Self::ERROR)
    }
}

impl Serialize for CardKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CardKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::ids::text_visitor::<D, CardKey>(deserializer)
    }
}

/// How much a gateway may risk without the cloud's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardLimits {
    /// What one cart is worth here: each release without the cloud's word counts this much.
    pub deposit_centavos: Centavos,
    /// Releases of one card in a day. Besides, a card has one cart out at a time.
    pub card_releases_per_day: u16,
    /// All releases of this gateway in a day that no payment in the cloud's books vouches for.
    pub gateway_centavos_per_day: Centavos,
}

/// Somebody whose key opens the gateway's own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TechnicianKey {
    pub name: String,
    pub key: PublicKey,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowanceHeader {
    pub v: u8,
    pub gateway: GatewayId,
    /// Grows with every change; 0 is no list.
    pub version: u64,
    pub issued_ms: UnixMs,
    /// What [`CardKey::of`] was given.
    pub salt: String,
    pub limits: CardLimits,
    pub technicians: Vec<TechnicianKey>,
    /// What this gateway alone may redeem. Lists of older clouds lend nothing.
    #[serde(default, skip_serializing_if = "Lent::is_empty")]
    pub lent: Lent,
    pub allow: usize,
    pub deny: usize,
    /// SHA-256 of everything after this line's break, as hexadecimal.
    pub body: String,
}

/// Asks for the newest list. Signed by the gateway (`Domain::AllowanceRequest`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowanceRequest {
    pub v: u8,
    pub gateway: GatewayId,
    pub nonce: String,
}

/// The cards of a list as its text has them: the same for every gateway of a chain.
#[derive(Debug)]
pub struct AllowanceBody {
    allow: usize,
    deny: usize,
    digest: String,
    text: String,
}

impl AllowanceBody {
    /// Sorts and hashes the cards.
    pub fn new(mut allow: Vec<CardKey>, mut deny: Vec<CardKey>) -> Self {
        let mut text = String::with_capacity((allow.len() + deny.len()) * 17);
        for cards in [&mut allow, &mut deny] {
            cards.sort_unstable();
            cards.dedup();
            for card in cards.iter() {
                text.push_str(&card.to_string());
                text.push('\n');
            }
        }
        Self {
            allow: allow.len(),
            deny: deny.len(),
            digest: hex::encode(Sha256::digest(&text)),
            text,
        }
    }

    /// How many cards may open a bay, before any is denied.
    pub fn allowed(&self) -> usize {
        self.allow
    }

    /// The text of one gateway's list. `allow`, `deny` and `body` of `header` are set here.
    pub fn under(&self, cloud: &SigningKey, mut header: AllowanceHeader) -> String {
        header.allow = self.allow;
        header.deny = self.deny;
        header.body.clone_from(&self.digest);
        let mut text = signed::sign_value(cloud, Domain::Allowance, &header);
        text.push('\n');
        text.push_str(&self.text);
        text
    }
}

/// A whole list, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    pub header: AllowanceHeader,
    allow: Vec<CardKey>,
    deny: Vec<CardKey>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    Unknown,
    Denied,
    Allowed,
}

/// Why a text is no list, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AllowanceError {
    #[error("the allowance list is longer or nested deeper than one may be")]
    Unbounded,
    #[error("the allowance list is not signed by this gateway's cloud")]
    BadSignature,
    #[error("the first line is not an allowance header of version 1")]
    Malformed,
    #[error("the allowance list is for another gateway")]
    OtherGateway,
    #[error("the cards are not those that the signed line vouches for")]
    Altered,
    #[error("line {0} is not a card key above the one before it")]
    Card(usize),
}

impl Allowance {
    /// Builds the text of a list. `allow`, `deny` and `body` of `header` are set here.
    pub fn encode(
        cloud: &SigningKey,
        header: AllowanceHeader,
        allow: Vec<CardKey>,
        deny: Vec<CardKey>,
    ) -> String {
        AllowanceBody::new(allow, deny).under(cloud, header)
    }

    pub fn decode(
        text: &str,
        cloud: &PublicKey,
        gateway: &GatewayId,
    ) -> Result<Self, AllowanceError> {
        let (first, body) = text.split_once('\n').ok_or(AllowanceError::Malformed)?;
        let length_max = HEADER_BYTES_MAX + SIGNATURE_CHARS;
        if text.len() > ALLOWANCE_BYTES_MAX
            || check_bounds(first.as_bytes(), length_max, HEADER_DEPTH_MAX).is_err()
        {
            return Err(AllowanceError::Unbounded);
        }
        let json = signed::verify(cloud, Domain::Allowance, first)
            .map_err(|_| AllowanceError::BadSignature)?;
        let header: AllowanceHeader =
            serde_json::from_str(json).map_err(|_| AllowanceError::Malformed)?;
        let mut technicians = header.technicians.iter();
        if header.v != 1
            || header.technicians.len() > TECHNICIANS_MAX
            || header.lent.vouchers.len() > VOUCHERS_LENT_MAX
            || technicians.any(|it| it.name.chars().count() > TECHNICIAN_NAME_CHARS_MAX)
        {
            return Err(AllowanceError::Malformed);
        }
        if header.gateway != *gateway {
            return Err(AllowanceError::OtherGateway);
        }
        if header.body != hex::encode(Sha256::digest(body)) {
            return Err(AllowanceError::Altered);
        }
        let mut cards = Vec::new();
        for (index, line) in body.lines().enumerate() {
            let card = line.parse().map_err(|_| AllowanceError::Card(index + 2))?;
            let first_of_part = index == 0 || index == header.allow;
            if !first_of_part && cards.last().is_some_and(|last| *last >= card) {
                return Err(AllowanceError::Card(index + 2));
            }
            cards.push(card);
        }
        if header.allow.checked_add(header.deny) != Some(cards.len()) {
            return Err(AllowanceError::Altered);
        }
        let deny = cards.split_off(header.allow);
        Ok(Self {
            header,
            allow: cards,
            deny,
        })
    }

    /// Two binary searches.
    pub fn listed(&self, card: CardKey) -> Listed {
        if self.deny.binary_search(&card).is_ok() {
            return Listed::Denied;
        }
        match self.allow.binary_search(&card) {
            Ok(_) => Listed::Allowed,
            Err(_) => Listed::Unknown,
        }
    }

    pub fn card_of(&self, number: &str) -> CardKey {
        CardKey::of(&self.header.salt, number)
    }
}

#[cfg(test)]
mod tests;
