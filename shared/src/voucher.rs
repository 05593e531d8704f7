//! Vouchers of a raffle that a gateway may redeem while the cloud is not there.
//!
//! A voucher is redeemed in one place at a time: in the cloud, or at the one gateway it is lent to.
//! A gateway's allowance list names those that are lent to it. To take one back the cloud leaves it
//! out of the next list, and waits for that gateway's signed word that it goes by that list and has
//! nothing more to tell.

use crate::ids::InvalidId;
use crate::money::Centavos;
use crate::octets::Octets;
use crate::time::UnixMs;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// Vouchers lent to one gateway at a time: each is some hundred bytes of every list that it fetches,
/// and of what it remembers with every commit once it is redeemed.
pub const VOUCHERS_LENT_MAX: usize = 200;

/// A voucher as lists and events name it: 16 bytes of a salted hash of its code. Whoever steals a
/// gateway learns no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VoucherKey(Octets<16>);

impl VoucherKey {
    /// The key of the voucher whose code was `typed`: only letters and digits count, in either case,
    /// and look-alikes are taken as meant.
    pub fn of(salt: &str, typed: &str) -> Self {
        let plain: String = typed
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let digest = Sha256::new()
            .chain_update(b"volta/voucher/v1\0")
            .chain_update(salt.as_bytes())
            .chain_update([0])
            .chain_update(plain.as_bytes())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(Octets(bytes))
    }

    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for VoucherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for VoucherKey {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.parse().map(Self)
    }
}

impl Serialize for VoucherKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for VoucherKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Octets::deserialize(deserializer).map(Self)
    }
}

/// One voucher that a gateway may redeem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LentVoucher {
    pub key: VoucherKey,
    pub amount_centavos: Centavos,
    /// From this moment on it is worth nothing.
    pub lapses_ms: UnixMs,
}

/// The vouchers of one gateway's list.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lent {
    /// The last line of the gateway's journal that the cloud had when it wrote this: what had been
    /// redeemed by then is not in it.
    pub known_seq: u64,
    /// At most [`VOUCHERS_LENT_MAX`].
    pub vouchers: Vec<LentVoucher>,
}

impl Lent {
    pub fn find(&self, key: VoucherKey) -> Option<&LentVoucher> {
        self.vouchers.iter().find(|lent| lent.key == key)
    }

    pub fn is_empty(&self) -> bool {
        self.known_seq == 0 && self.vouchers.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it_and_says_nothing_without_its_salt() {
        let key = VoucherKey::of("salt", "AB1C-0DEF-GHJK-MNPQ");
        for typed in [
            "ab1c0defghjkmnpq",
            " abIc odef ghjk mnpq ",
            "ABLC-ODEF-GHJK-MNPQ",
        ] {
            assert_eq!(VoucherKey::of("salt", typed), key, "{typed}");
        }
        assert_ne!(VoucherKey::of("salt", "AB1C-0DEF-GHJK-MNPR"), key);
        assert_ne!(VoucherKey::of("other", "AB1C-0DEF-GHJK-MNPQ"), key);
        assert_eq!(key.to_string().parse(), Ok(key));
        assert!("0f".parse::<VoucherKey>().is_err());
    }
}
