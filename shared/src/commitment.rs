//! What the operator of a raffle binds itself to before the draw, and what a gateway signs when it has
//! seen it. The bytes are those of the method SA-1; both sides of the wire speak them.

use crate::ids::CampaignId;
use crate::octets::Octets;
use crate::time::UnixMs;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

/// One list of entries under one set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    pub campaign: CampaignId,
    pub rules_hash: Octets<32>,
    /// How many entries.
    pub n: u64,
    /// The RFC 6962 root over the sorted leaves.
    pub root: Octets<32>,
}

impl Commitment {
    /// C = "SA1/commit" ‖ campaign ‖ rules_hash ‖ be64(n) ‖ root: 98 bytes.
    pub fn message(&self) -> Vec<u8> {
        let mut message = Vec::with_capacity(98);
        message.extend_from_slice(b"SA1/commit");
        message.extend_from_slice(self.campaign.as_bytes());
        message.extend_from_slice(self.rules_hash.as_bytes());
        message.extend_from_slice(&self.n.to_be_bytes());
        message.extend_from_slice(self.root.as_bytes());
        message
    }

    /// By the operator.
    pub fn sign(&self, operator: &SigningKey) -> Octets<64> {
        Octets::sign(operator, &self.message())
    }

    pub fn is_signed(&self, operator: &Octets<32>, signature: &Octets<64>) -> bool {
        operator.signed(&self.message(), signature)
    }

    /// By a gateway that saw it. `seen_ms` is the gateway's claim.
    pub fn witness(&self, gateway: &SigningKey, seen_ms: UnixMs) -> Octets<64> {
        Octets::sign(gateway, &self.witness_message(seen_ms))
    }

    pub fn is_witnessed(
        &self,
        gateway: &Octets<32>,
        seen_ms: UnixMs,
        signature: &Octets<64>,
    ) -> bool {
        gateway.signed(&self.witness_message(seen_ms), signature)
    }

    /// "SA1/witness" ‖ C ‖ be64(seen_ms).
    fn witness_message(&self, seen_ms: UnixMs) -> Vec<u8> {
        let mut message = b"SA1/witness".to_vec();
        message.extend_from_slice(&self.message());
        message.extend_from_slice(&seen_ms.0.to_be_bytes());
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_under_both_signatures() {
        let operator = SigningKey::from_bytes(&[1; 32]);
        let gateway = SigningKey::from_bytes(&[2; 32]);
        let seen_ms = UnixMs(7);
        let it = Commitment {
            campaign: CampaignId::from_bytes([3; 16]),
            rules_hash: Octets([4; 32]),
            n: 5,
            root: Octets([6; 32]),
        };
        let (by, seen) = (it.sign(&operator), it.witness(&gateway, seen_ms));
        let (operator, gateway) = (Octets::public_key(&operator), Octets::public_key(&gateway));
        assert_eq!(it.message().len(), 98);
        assert!(it.is_signed(&operator, &by) && it.is_witnessed(&gateway, seen_ms, &seen));
        assert!(!it.is_witnessed(&gateway, UnixMs(8), &seen));
        // One purpose does not serve the other.
        assert!(!it.is_signed(&gateway, &seen) && !it.is_witnessed(&operator, seen_ms, &by));
        for other in [
            Commitment {
                campaign: CampaignId::from_bytes([0; 16]),
                ..it
            },
            Commitment {
                rules_hash: Octets([0; 32]),
                ..it
            },
            Commitment { n: 6, ..it },
            Commitment {
                root: Octets([0; 32]),
                ..it
            },
        ] {
            assert!(!other.is_signed(&operator, &by));
            assert!(!other.is_witnessed(&gateway, seen_ms, &seen));
        }
    }
}
