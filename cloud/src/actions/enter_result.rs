//! What the lottery extracted. Shape: every reading is kept; the moment two readers who cannot both be
//! mistaken alike have read the same, the core makes a signed record of it. Until then the result is
//! pending, and nothing is guessed.

use super::campaign_step::{By, draw_of, save};
use super::{Outcome, award_prizes, draw_campaign};
use crate::keys::Keys;
use crate::store::Tx;
use crate::store::reading::{self, ReadingRow};
use cloud_core::raffle::campaign::reading::{Reader, Reading};
use cloud_core::raffle::campaign::{Campaign, Rejection as Refused};
use cloud_core::raffle::result::{Record, effective};
use cloud_core::raffle::winners::Delivery;
use cloud_core::rental::Step;
use shared::ids::CampaignId;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct EnterResult {
    pub id: CampaignId,
    /// The record that is wrong; none for an extraction that no record tells.
    pub replaces: Option<u32>,
    pub reading: Reading,
    /// Why not the planned extraction, or what was wrong; empty where nothing needs one.
    pub reason: String,
    /// What the reader saw, kept under the reading's digest.
    pub evidence: String,
    pub by: By,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// Nobody else has read the same yet.
    Pending,
    Recorded {
        sequence: u32,
    },
}

/// A result, or with `replaces` its correction, which nothing is open to after a delivery.
pub fn run(tx: &Tx<'_>, now: UnixMs, keys: &Keys, wanted: &EnterResult) -> Outcome<Step<Entered>> {
    let (_, draw) = draw_of(tx, &wanted.id)?;
    if stands(draw.records(), wanted) {
        return Ok(Step::AlreadyApplied);
    }
    may_be_read(&draw, wanted)?;
    let sequence = u32::try_from(draw.records().len())
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    let before = reading::of(tx, &wanted.id, sequence)?;
    let same = |row: &&ReadingRow| row.replaces == wanted.replaces && row.reading == wanted.reading;
    if before.iter().any(|row| same(&row)) {
        return Ok(Step::AlreadyApplied);
    }
    let row = ReadingRow {
        sequence,
        replaces: wanted.replaces,
        reading: wanted.reading.clone(),
        reason: wanted.reason.clone(),
        evidence: wanted.evidence.clone(),
        read_ms: now,
    };
    reading::put(tx, &wanted.id, &row)?;
    let verb = if wanted.replaces.is_some() {
        "rectify_result"
    } else {
        "enter_result"
    };
    wanted.by.audit(tx, now, verb, &wanted.id)?;
    let agreeing: Vec<Reading> = reading::of(tx, &wanted.id, sequence)?
        .into_iter()
        .filter(|row| row.replaces == wanted.replaces && agrees(&row.reading, &wanted.reading))
        .map(|row| row.reading)
        .collect();
    if agreeing.len() < 2 {
        return Ok(Step::Executed(Entered::Pending));
    }
    let (reason, key) = (wanted.reason.as_str(), keys.signing());
    let draw = match wanted.replaces {
        Some(replaces) => draw.rectify(replaces, &agreeing, reason, now, key)?,
        None => draw.enter(&agreeing, reason, now, key)?,
    };
    save(tx, &wanted.id, draw)?;
    // Nobody sees numbers without what follows from them.
    if !draw_campaign::if_decided(tx, now, keys, &wanted.id)? {
        award_prizes::withdraw(tx, now, &wanted.id, |_| false)?;
    }
    Ok(Step::Executed(Entered::Recorded { sequence }))
}

/// Whether a record in force says this already.
fn stands(records: &[Record], wanted: &EnterResult) -> bool {
    let it = &wanted.reading;
    effective(records).iter().any(|record| {
        record.extraction == it.extraction
            && record.prizes == it.prizes
            && record.replaces == wanted.replaces
    })
}

/// Whether the campaign waits for such a reading; the core judges it when two agree.
fn may_be_read(draw: &Campaign, wanted: &EnterResult) -> Outcome<()> {
    let delivered = draw.drawn().is_some_and(|drawn| {
        let mut all = drawn.winners.iter();
        all.any(|winner| winner.delivery == Delivery::Delivered)
    });
    match (draw, wanted.replaces) {
        (_, Some(_)) if delivered => Err(Refused::AlreadyDelivered.into()),
        (Campaign::Committed(committed), None) if committed.beacon.is_none() => {
            Err(Refused::NotShuffled.into())
        }
        (Campaign::Committed(_), None)
        | (Campaign::Entered(_), _)
        | (Campaign::Drawn(_), Some(_)) => Ok(()),
        _ => Err(Refused::WrongStage.into()),
    }
}

/// The same numbers of the same extraction, read in the same way: a program does not vouch for a person.
fn agrees(one: &Reading, other: &Reading) -> bool {
    let is_fetch = |reading: &Reading| reading.by == Reader::Fetch;
    one.extraction == other.extraction
        && one.prizes == other.prizes
        && is_fetch(one) == is_fetch(other)
}
