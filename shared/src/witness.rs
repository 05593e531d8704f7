//! What cloud and gateways tell each other of a raffle's commitment: the cloud shows what it signed,
//! each gateway signs that it has seen it, and no gateway ever signs a second one for the same campaign.

use crate::commitment::Commitment;
use crate::octets::Octets;
use crate::signed::PublicKey;
use crate::time::{ClockQuality, UnixMs};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Commitments in one acknowledgement: a year of monthly raffles.
pub const COMMITMENTS_SHOWN_MAX: usize = 12;

/// Commitments that a gateway keeps: five years of monthly raffles, or a year of five at a time.
pub const COMMITMENTS_KEPT_MAX: usize = 64;

/// Characters of a campaign's name as it stands in events and on a dock's page.
pub const CAMPAIGN_NAME_CHARS_MAX: usize = 60;

/// A commitment under the operator's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    pub commitment: Commitment,
    /// By the operator over [`Commitment::message`].
    pub signature: Octets<64>,
}

/// A promise as an acknowledgement shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The campaign's name, for people only: the promise does not vouch for it.
    pub name: String,
    pub promise: Promise,
}

/// What a gateway knows of a campaign's commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witnessed {
    pub name: String,
    pub promise: Promise,
    /// By the gateway's clock, and it is under its signature.
    pub seen_ms: UnixMs,
    /// What that clock was worth.
    pub clock: ClockQuality,
    /// The first other promise for the same campaign, and when it was shown.
    #[serde(default)]
    pub contradicted: Option<(Promise, UnixMs)>,
}

/// A gateway's key, to co-sign commitments and for nothing else. Masked in `Debug`.
#[derive(Clone)]
pub struct WitnessKey(SigningKey);

impl fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WitnessKey(***)")
    }
}

impl WitnessKey {
    pub fn of(gateway: &SigningKey) -> Self {
        Self(gateway.clone())
    }

    pub fn sign(&self, commitment: &Commitment, seen_ms: UnixMs) -> Octets<64> {
        commitment.witness(&self.0, seen_ms)
    }
}

impl Promise {
    pub fn new(commitment: Commitment, operator: &SigningKey) -> Self {
        Self {
            commitment,
            signature: commitment.sign(operator),
        }
    }

    /// Whether the holder of this key signed it.
    pub fn is_by(&self, operator: &PublicKey) -> bool {
        let operator = Octets(*operator.as_bytes());
        self.commitment.is_signed(&operator, &self.signature)
    }
}

/// Names a commitment in few bytes, to spare its repetition. Nothing rests on it: whoever hides a
/// commitment could as well not show it.
pub fn short(commitment: &Commitment) -> Octets<8> {
    let digest = Sha256::digest(commitment.message());
    let mut short = [0; 8];
    short.copy_from_slice(&digest[..8]);
    Octets(short)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::CampaignId;

    #[test]
    fn a_promise_is_of_one_key_and_one_list() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let commitment = Commitment {
            campaign: CampaignId::from_bytes([3; 16]),
            rules_hash: Octets([4; 32]),
            n: 5,
            root: Octets([6; 32]),
        };
        let promise = Promise::new(commitment, &key);
        assert!(promise.is_by(&PublicKey::of(&key)));
        let other = PublicKey::of(&SigningKey::from_bytes(&[2; 32]));
        assert!(!promise.is_by(&other));
        let moved = Commitment { n: 6, ..commitment };
        let forged = Promise {
            commitment: moved,
            ..promise
        };
        assert!(!forged.is_by(&PublicKey::of(&key)));
        assert_ne!(short(&commitment), short(&moved));
        let text = serde_json::to_string(&promise).unwrap();
        assert_eq!(serde_json::from_str::<Promise>(&text).unwrap(), promise);
    }
}
