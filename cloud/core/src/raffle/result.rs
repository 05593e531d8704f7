//! What was extracted, as signed records that are only ever added to. A wrong one is put right by a
//! later one; the list of entries and their order never change.

use super::canonical::{self, hash};
use super::extraction::{Extraction, Prizes};
use super::rules::{Rules, lottery_date};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use shared::ids::CampaignId;
use shared::octets::Octets;
use shared::time::UnixMs;

/// Two who cannot both be mistaken in the same way.
pub const SOURCES_MIN: usize = 2;
/// More say nothing more.
pub const SOURCES_MAX: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Result,
    /// The extractions before gave no number that an entry holds.
    Next,
    /// Takes the place of a record that was wrong.
    Rectification,
}

/// Who said so, and the SHA-256 of what they showed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub name: String,
    pub digest: Octets<32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// From 1.
    pub sequence: u32,
    pub kind: Kind,
    /// Only of a rectification: the record, in force until then, whose place it takes.
    pub replaces: Option<u32>,
    pub extraction: Extraction,
    pub prizes: Prizes,
    /// At least two.
    pub sources: Vec<Source>,
    /// Empty for the planned extraction.
    pub reason: String,
    pub entered_ms: UnixMs,
    pub signature: Octets<64>,
}

/// A record before it is numbered and signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub kind: Kind,
    pub replaces: Option<u32>,
    pub extraction: Extraction,
    pub prizes: Prizes,
    pub sources: Vec<Source>,
    pub reason: String,
    pub entered_ms: UnixMs,
}

/// Why a record may not follow the ones before it. In order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum RecordRefused {
    #[error("the first record is a result, and no other is")]
    Kind,
    #[error("fewer than two sources, or the same one twice")]
    Sources,
    #[error("entered before its extraction or before the record before it")]
    TooEarly,
    #[error("no record in force has this number")]
    Replaces,
    #[error("the extractions so far already decide")]
    AlreadyDecided,
    #[error("an extraction that may not decide: too early, or not after those before it")]
    Extraction,
    #[error("a reason is missing, or given where nothing needs one")]
    Reason,
}

impl Record {
    /// `draft` as the next record after `records`, signed. It is not judged here: see [`follows`].
    pub fn signed(
        draft: Draft,
        campaign: &CampaignId,
        records: &[Self],
        operator: &SigningKey,
    ) -> Self {
        let mut record = Self {
            sequence: u32::try_from(records.len())
                .unwrap_or(u32::MAX)
                .saturating_add(1),
            kind: draft.kind,
            replaces: draft.replaces,
            extraction: draft.extraction,
            prizes: draft.prizes,
            sources: draft.sources,
            reason: draft.reason,
            entered_ms: draft.entered_ms,
            signature: Octets([0; 64]),
        };
        record.signature = Octets::sign(operator, &record.message(campaign));
        record
    }

    pub fn is_signed(&self, rules: &Rules) -> bool {
        let message = self.message(&rules.campaign_id);
        rules.operator_key.signed(&message, &self.signature)
    }

    /// "SA1/result" ‖ campaign ‖ H(canonical text without `signature`).
    fn message(&self, campaign: &CampaignId) -> Vec<u8> {
        // A moment beyond 2^53 has no canonical text; nothing verifies under the hash of nothing.
        let digest = canonical::unsigned_digest(self).unwrap_or_else(|_| hash(&[]));
        let mut message = b"SA1/result".to_vec();
        message.extend_from_slice(campaign.as_bytes());
        message.extend_from_slice(digest.as_bytes());
        message
    }
}

/// The records in force, in the order in which they decide.
pub fn effective(records: &[Record]) -> Vec<&Record> {
    let mut standing: Vec<&Record> = Vec::new();
    for record in records {
        let place = standing
            .iter()
            .position(|earlier| Some(earlier.sequence) == record.replaces);
        match place {
            Some(place) => standing[place] = record,
            None => standing.push(record),
        }
    }
    standing
}

/// What decides among `n` entries: the record and the position. None: not yet.
pub fn decision(records: &[Record], n: u32) -> Option<(&Record, u32)> {
    let standing = effective(records);
    let mut decided = standing
        .into_iter()
        .filter_map(|record| Some((record, record.prizes.position(n)?)));
    decided.next()
}

/// Whether `draft` may follow `records`. `due_ms`: the earliest moment at which an extraction may
/// decide; `n`: how many entries.
pub fn follows(
    draft: &Draft,
    records: &[Record],
    rules: &Rules,
    due_ms: UnixMs,
    n: u32,
) -> Result<(), RecordRefused> {
    if (draft.kind == Kind::Result) != records.is_empty() {
        return Err(RecordRefused::Kind);
    }
    if !has_two_sources(&draft.sources) {
        return Err(RecordRefused::Sources);
    }
    let last_ms = records.last().map_or(draft.entered_ms, |r| r.entered_ms);
    if draft.entered_ms < draft.extraction.at_ms || draft.entered_ms < last_ms {
        return Err(RecordRefused::TooEarly);
    }
    let standing = effective(records);
    let place = standing
        .iter()
        .position(|record| Some(record.sequence) == draft.replaces);
    if (draft.kind == Kind::Rectification) != place.is_some()
        || place.is_none() && draft.replaces.is_some()
    {
        return Err(RecordRefused::Replaces);
    }
    if draft.kind == Kind::Next && decision(records, n).is_some() {
        return Err(RecordRefused::AlreadyDecided);
    }
    if !is_in_turn(draft, &standing, place, rules, due_ms) {
        return Err(RecordRefused::Extraction);
    }
    let needs_reason = draft.kind != Kind::Result || draft.extraction != rules.extraction;
    if needs_reason == draft.reason.trim().is_empty() {
        return Err(RecordRefused::Reason);
    }
    Ok(())
}

/// Not before the extraction that is due, and between its neighbours.
fn is_in_turn(
    draft: &Draft,
    standing: &[&Record],
    place: Option<usize>,
    rules: &Rules,
    due_ms: UnixMs,
) -> bool {
    let (it, planned) = (&draft.extraction, &rules.extraction);
    let place = place.unwrap_or(standing.len());
    let after = standing[..place].last();
    let before = standing.get(place + 1);
    // Put off by the lottery, the planned extraction keeps its number.
    let is_planned_or_later =
        it.count().is_some() && (it.count() == planned.count() || it.follows(planned));
    is_planned_or_later
        && it.date == lottery_date(it.at_ms)
        && it.at_ms >= due_ms
        && after.is_none_or(|record| it.follows(&record.extraction))
        && before.is_none_or(|record| record.extraction.follows(it))
}

fn has_two_sources(sources: &[Source]) -> bool {
    let mut names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.len() == sources.len()
        && (SOURCES_MIN..=SOURCES_MAX).contains(&names.len())
        && names.iter().all(|name| !name.trim().is_empty())
}
