//! Everything that a stranger needs to check a campaign, in one file. It is made anew at every step;
//! what it said before stays in it.

use super::beacon::Beacon;
use super::canonical::{self, Digest, NotCanonical};
use super::commit::{Commit, Witness};
use super::entry::{Entries, EntriesRefused, Entry};
use super::order::Order;
use super::result::Record;
use super::rules::Rules;
use super::winners::{Disqualification, Winner};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use shared::octets::Octets;
use shared::time::UnixMs;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    #[serde(rename = "SA1/bundle/1")]
    Bundle1,
}

/// `sorteio-<campaign_id>.json`: the canonical text, no line break at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    pub format: Format,
    pub rules: Rules,
    /// In leaf order.
    pub entries: Vec<Entry>,
    pub commit: Commit,
    /// Ascending by gateway, each once.
    pub witnesses: Vec<Witness>,
    /// Null: not yet.
    pub beacon: Option<Beacon>,
    pub results: Vec<Record>,
    pub disqualified: Vec<Disqualification>,
    /// By rank; empty until an extraction decided.
    pub winners: Vec<Winner>,
    pub made_ms: UnixMs,
    pub signature: Octets<64>,
}

/// What a bundle is made of, but for what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    pub rules: Rules,
    pub commit: Commit,
    /// In any order; the last one of a gateway counts.
    pub witnesses: Vec<Witness>,
    pub beacon: Option<Beacon>,
    pub results: Vec<Record>,
    pub disqualified: Vec<Disqualification>,
    pub winners: Vec<Winner>,
    pub made_ms: UnixMs,
}

impl Bundle {
    /// Signed. Nothing is checked here: [`super::campaign`] judges every part when it comes.
    pub fn signed(
        parts: Parts,
        entries: &Entries,
        operator: &SigningKey,
    ) -> Result<Self, NotCanonical> {
        let mut bundle = Self {
            format: Format::Bundle1,
            rules: parts.rules,
            entries: entries.as_slice().to_vec(),
            commit: parts.commit,
            witnesses: unique(parts.witnesses),
            beacon: parts.beacon,
            results: parts.results,
            disqualified: parts.disqualified,
            winners: parts.winners,
            made_ms: parts.made_ms,
            signature: Octets([0; 64]),
        };
        bundle.signature = Octets::sign(operator, &bundle.message()?);
        Ok(bundle)
    }

    /// The file's bytes.
    pub fn to_text(&self) -> Result<String, NotCanonical> {
        canonical::text(self)
    }

    /// From exactly the file's bytes. Its signatures and its reckoning are not checked yet.
    pub fn from_text(text: &str) -> Result<Self, NotCanonical> {
        canonical::read(text)
    }

    pub fn file_name(&self) -> String {
        format!("sorteio-{}.json", self.rules.campaign_id.simple())
    }

    pub fn is_signed(&self) -> bool {
        let key = &self.rules.operator_key;
        self.message()
            .is_ok_and(|message| key.signed(&message, &self.signature))
    }

    /// The entries as a list that holds what a list must.
    pub fn list(&self) -> Result<Entries, EntriesRefused> {
        let (campaign, max) = (&self.rules.campaign_id, self.rules.entries_per_person_max);
        Entries::new(campaign, max, self.entries.iter().copied())
    }

    /// "SA1/bundle" ‖ H(canonical text without `signature`).
    fn message(&self) -> Result<Vec<u8>, NotCanonical> {
        let digest: Digest = canonical::unsigned_digest(self)?;
        let mut message = b"SA1/bundle".to_vec();
        message.extend_from_slice(digest.as_bytes());
        Ok(message)
    }
}

/// The shuffled list of a commitment.
pub fn shuffled(commit: &Commit, randomness: &Digest, entries: &Entries) -> Order {
    Order::new(&commit.root, randomness, entries.leaves())
}

fn unique(mut witnesses: Vec<Witness>) -> Vec<Witness> {
    // Stable: of two by one gateway the later in the list stands later, and stays.
    witnesses.sort_by_key(|witness| witness.gateway);
    witnesses.reverse();
    witnesses.dedup_by_key(|witness| witness.gateway);
    witnesses.reverse();
    witnesses
}

/// What a customer keeps of one return, and the verifier's second file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryReceipt {
    pub format: ReceiptFormat,
    /// 32 hexadecimal digits.
    pub campaign_id: Octets<16>,
    /// The gateway's signed line, without its line break.
    pub event: String,
    pub salt: Octets<16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReceiptFormat {
    #[serde(rename = "SA1/receipt/1")]
    Receipt1,
}

impl EntryReceipt {
    pub fn new(rules: &Rules, event: &str, salt: Octets<16>) -> Self {
        Self {
            format: ReceiptFormat::Receipt1,
            campaign_id: Octets(*rules.campaign_id.as_bytes()),
            event: event.to_owned(),
            salt,
        }
    }

    /// The mark to look for among the entries.
    pub fn mark(&self) -> Digest {
        super::entry::event_mark(&self.event, &self.salt)
    }
}
