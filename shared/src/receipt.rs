//! A dock's signed word that a cart came back, for the customer to carry to the cloud when the dock
//! cannot tell it.

use crate::carried::{Packer, Unpacker};
use crate::chain::Hash;
use crate::ids::{BayNo, GatewayId, TagUid};
use crate::signed::{self, Domain, PublicKey};
use crate::time::UnixMs;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

/// Speaks of one `cart_docked` event of one journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub v: u8,
    pub gateway: GatewayId,
    /// Number and hash of the event's line.
    pub seq: u64,
    pub hash: Hash,
    pub bay: BayNo,
    pub tag: TagUid,
    /// The dock's claim of when.
    pub wall_ms: UnixMs,
}

/// The first byte of a carried receipt.
const CARRIED_RECEIPT: u8 = 2;

impl Receipt {
    /// The signed receipt as letters and digits for a QR code, some 240 characters.
    pub fn carried(&self, gateway: &SigningKey) -> String {
        let line = signed::sign_value(gateway, Domain::Receipt, self);
        let mut packed = Packer::new(CARRIED_RECEIPT, &line)
            .expect("a line that was just signed begins with its signature");
        packed.put(self.gateway.as_bytes());
        packed.put(&self.seq.to_be_bytes());
        packed.put(self.hash.as_bytes());
        packed.put(&self.bay.get().to_be_bytes());
        packed.put(&self.wall_ms.0.to_be_bytes());
        let tag = self.tag.as_bytes();
        packed.put(&[u8::try_from(tag.len()).unwrap_or(u8::MAX)]);
        packed.put(tag);
        packed.text()
    }

    /// The gateway that a text claims to come from, to look up its key.
    pub fn claimed_gateway(text: &str) -> Option<GatewayId> {
        Self::unpacked(text).map(|(receipt, _)| receipt.gateway)
    }

    /// The receipt in a text, when `gateway`'s key signed it.
    pub fn from_carried(text: &str, gateway: &PublicKey) -> Option<Self> {
        let (receipt, line) = Self::unpacked(text)?;
        signed::verify(gateway, Domain::Receipt, &line).ok()?;
        Some(receipt)
    }

    fn unpacked(text: &str) -> Option<(Self, String)> {
        let mut packed = Unpacker::of(CARRIED_RECEIPT, text)?;
        let gateway = GatewayId::from_bytes(packed.take()?);
        let seq = u64::from_be_bytes(packed.take()?);
        let hash = Hash::from_slice(&packed.take::<32>()?).ok()?;
        let bay = BayNo::new(u16::from_be_bytes(packed.take()?)).ok()?;
        let wall_ms = UnixMs(i64::from_be_bytes(packed.take()?));
        let tag = match packed.take::<1>()? {
            [4] => TagUid::new(&packed.take::<4>()?),
            [7] => TagUid::new(&packed.take::<7>()?),
            [10] => TagUid::new(&packed.take::<10>()?),
            _ => return None,
        };
        let receipt = Self {
            v: 1,
            gateway,
            seq,
            hash,
            bay,
            tag: tag.ok()?,
            wall_ms,
        };
        let line = packed.signed(&receipt)?;
        Some((receipt, line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_travels_and_is_its_gateways() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let other = PublicKey::of(&SigningKey::from_bytes(&[4; 32]));
        for tag in [&[1u8; 4][..], &[2; 7], &[3; 10]] {
            let receipt = Receipt {
                v: 1,
                gateway: GatewayId::new(1, [1; 10]),
                seq: 4_711,
                hash: Hash::of_line("x"),
                bay: BayNo::new(2).unwrap(),
                tag: TagUid::new(tag).unwrap(),
                wall_ms: UnixMs(1_700_000_000_000),
            };
            let text = receipt.carried(&key);
            assert!(text.len() <= 260, "{}", text.len());
            assert_eq!(Receipt::claimed_gateway(&text), Some(receipt.gateway));
            assert_eq!(
                Receipt::from_carried(&text.to_lowercase(), &PublicKey::of(&key)),
                Some(receipt)
            );
            assert_eq!(Receipt::from_carried(&text, &other), None);
            let last = if text.ends_with('A') { "E" } else { "A" };
            let changed = format!("{}{last}", &text[..text.len() - 1]);
            assert_eq!(Receipt::from_carried(&changed, &PublicKey::of(&key)), None);
        }
    }
}
