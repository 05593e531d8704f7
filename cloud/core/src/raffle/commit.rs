//! What binds the operator to the list before anybody can know the draw, and who saw it.

use super::canonical::Digest;
use super::entry::Entries;
use super::rules::Rules;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use shared::commitment::Commitment;
use shared::ids::GatewayId;
use shared::octets::Octets;
use shared::time::UnixMs;

/// Between the commitment and the extraction that decides.
pub const BEFORE_EXTRACTION_MS: i64 = 24 * 60 * 60 * 1_000;

/// The commitment as the bundle tells it. The signature covers all but `committed_ms`, which the
/// bundle's own signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    pub n: u64,
    pub root: Digest,
    pub rules_hash: Digest,
    pub committed_ms: UnixMs,
    pub signature: Octets<64>,
}

impl Commit {
    pub fn new(
        rules: &Rules,
        entries: &Entries,
        committed_ms: UnixMs,
        operator: &SigningKey,
    ) -> Self {
        let commitment = Commitment {
            campaign: rules.campaign_id,
            rules_hash: rules.hash(),
            n: u64::from(entries.n()),
            root: entries.tree().root(),
        };
        Self {
            n: commitment.n,
            root: commitment.root,
            rules_hash: commitment.rules_hash,
            committed_ms,
            signature: commitment.sign(operator),
        }
    }

    /// What was signed.
    pub fn commitment(&self, rules: &Rules) -> Commitment {
        Commitment {
            campaign: rules.campaign_id,
            rules_hash: self.rules_hash,
            n: self.n,
            root: self.root,
        }
    }

    /// Whether it speaks of these rules and their operator signed it.
    pub fn is_for(&self, rules: &Rules) -> bool {
        self.rules_hash == rules.hash()
            && self
                .commitment(rules)
                .is_signed(&rules.operator_key, &self.signature)
    }

    /// Whether it speaks of exactly these entries.
    pub fn holds(&self, entries: &Entries) -> bool {
        self.n == u64::from(entries.n()) && self.root == entries.tree().root()
    }
}

/// The earliest moment at which an extraction may decide: the planned one, or 24 hours after a
/// commitment that came too late for it.
pub fn due_ms(rules: &Rules, committed_ms: UnixMs) -> UnixMs {
    rules
        .extraction
        .at_ms
        .max(committed_ms.plus(BEFORE_EXTRACTION_MS))
}

/// A gateway that saw the commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    pub gateway: GatewayId,
    /// As customers know the dock.
    pub name: String,
    pub public_key: Octets<32>,
    pub seen_ms: UnixMs,
    pub signature: Octets<64>,
}

impl Witness {
    pub fn saw(&self, commitment: &Commitment) -> bool {
        commitment.is_witnessed(&self.public_key, self.seen_ms, &self.signature)
    }
}
