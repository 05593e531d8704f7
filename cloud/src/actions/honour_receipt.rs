//! A customer brings a dock's word of a return that the dock cannot tell itself yet. Shape: one event
//! of one journal counts once, whichever way it comes first; what was brought is stored under the
//! event's number and meets the event when it is told. Invariant: a receipt never ends a rental that
//! began after it, and one that its dock's journal contradicts moves no money.

use super::accept_events::Batch;
use super::return_cart::{self, Return};
use super::{Outcome, Rejection};
use crate::entropy::Entropy;
use crate::store::alarm::AlarmKind;
use crate::store::gateway::GatewayRow;
use crate::store::receipt::{ReceiptOutcome, ReceiptRow};
use crate::store::rental::{Place, RentalRow};
use crate::store::{Tx, alarm, gateway, gateway_event, receipt, rental};
use cloud_core::offline::{Claim, Order};
use cloud_core::rental::Review;
use shared::chain::Hash;
use shared::event::{Envelope, Fact};
use shared::ids::{BayNo, RentalId, TagUid};
use shared::signed;
use shared::time::UnixMs;

/// What the dock's word says, its signature or code already checked.
#[derive(Debug, Clone, Copy)]
pub struct Brought {
    pub place: Place,
    pub tag: TagUid,
    /// What a code does not say.
    pub signed: Option<SignedPart>,
    /// The only rental it may end: the one on whose own page a code was typed.
    pub only: Option<RentalId>,
}

#[derive(Debug, Clone, Copy)]
pub struct SignedPart {
    pub hash: Hash,
    pub bay: BayNo,
    pub wall_ms: UnixMs,
}

/// What it was good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Brought before or now.
    Brought(ReceiptOutcome),
    /// The dock has told it already: the rental is as its journal made it.
    Told,
}

pub fn run(tx: &Tx<'_>, now: UnixMs, brought: &Brought) -> Outcome<Verdict> {
    let gateway = gateway::by_id(tx, &brought.place.gateway)?.ok_or(Rejection::UnknownGateway)?;
    let mut entropy = Entropy::default();
    let mut batch = Batch::new(tx, now, &gateway, &mut entropy);
    if let Some(before) = receipt::at(tx, &brought.place)? {
        if before.tag != brought.tag || differ(before.hash, brought.signed.map(|s| s.hash)) {
            alarm_of(&batch, brought.place)?;
            return Ok(Verdict::Brought(ReceiptOutcome::Contradicted));
        }
        if before.outcome != ReceiptOutcome::Waiting {
            return Ok(Verdict::Brought(before.outcome));
        }
    }
    let event = gateway_event::at(tx, &gateway.id, brought.place.seq)?;
    if let Some(event) = event {
        let hash = brought.signed.map(|s| s.hash);
        if says_the_same(event.hash, &event.line, hash, &brought.tag) {
            return Ok(Verdict::Told);
        }
        return contradict(&mut batch, brought);
    }
    let (ended, outcome) = weigh(&mut batch, brought, &gateway)?;
    keep(&batch, brought, ended, outcome)?;
    Ok(Verdict::Brought(outcome))
}

/// A pull was told: what was brought of its cart before is weighed again, each by its own dock. A code
/// is not: it is good for the rental on whose page it is typed.
pub(super) fn weigh_waiting(tx: &Tx<'_>, now: UnixMs, tag: &TagUid) -> Outcome<()> {
    for before in receipt::waiting_of(tx, tag)? {
        let (Some(hash), Some(bay), Some(wall_ms)) = (before.hash, before.bay, before.wall_ms)
        else {
            continue;
        };
        let again = Brought {
            place: before.place,
            tag: before.tag,
            signed: Some(SignedPart { hash, bay, wall_ms }),
            only: None,
        };
        run(tx, now, &again)?;
    }
    Ok(())
}

/// The dock's journal has come to an event about which something was brought. True: its effect has
/// happened already.
pub(super) fn told(
    batch: &Batch<'_, '_>,
    before: &ReceiptRow,
    (hash, line): (Hash, &str),
) -> Outcome<bool> {
    if !says_the_same(hash, line, before.hash, &before.tag) {
        alarm_of(batch, before.place)?;
        let outcome = ReceiptOutcome::Contradicted;
        receipt::set_told(batch.tx, &before.place, outcome, batch.now)?;
        return Ok(false);
    }
    receipt::set_told(batch.tx, &before.place, before.outcome, batch.now)?;
    Ok(before.outcome == ReceiptOutcome::Honoured)
}

/// Finds the rental and what the word does to it.
fn weigh(
    batch: &mut Batch<'_, '_>,
    brought: &Brought,
    gateway: &GatewayRow,
) -> Outcome<(Option<RentalId>, ReceiptOutcome)> {
    let (place, claim) = (brought.place, claim(brought));
    let Some(row) = concerned(batch.tx, brought)? else {
        return Ok((None, ReceiptOutcome::Waiting));
    };
    let bay = brought.signed.map(|s| s.bay);
    // The journal is past this number and has no such event: it was lost, or never was.
    let done = if place.seq <= gateway.head.seq {
        match return_cart::order_of(batch, &row, place, claim)? {
            Order::Before => Return::Stale,
            Order::After | Order::Unknown => {
                return_cart::hold(batch, &row, bay, place, Review::Unproven)?
            }
        }
    } else {
        return_cart::docked(batch, &brought.tag, bay, (place, claim))?
    };
    Ok(match done {
        Return::Applied | Return::Found => (Some(row.id), ReceiptOutcome::Honoured),
        Return::Held | Return::AlreadyApplied => (Some(row.id), ReceiptOutcome::Held),
        Return::Stale => (None, ReceiptOutcome::Older),
        Return::NotRented | Return::NotOut => (None, ReceiptOutcome::Waiting),
    })
}

fn concerned(tx: &Tx<'_>, brought: &Brought) -> Outcome<Option<RentalRow>> {
    let row = rental::by_out_tag(tx, &brought.tag)?;
    Ok(row.filter(|row| brought.only.is_none_or(|only| only == row.id)))
}

fn claim(brought: &Brought) -> Claim {
    match brought.signed {
        Some(signed) => Claim::Bare(signed.wall_ms),
        None => Claim::None,
    }
}

/// The journal says something else under this number: evidence, an alarm, a person; no money.
fn contradict(batch: &mut Batch<'_, '_>, brought: &Brought) -> Outcome<Verdict> {
    let mut held = None;
    if let Some(row) = concerned(batch.tx, brought)? {
        let order = return_cart::order_of(batch, &row, brought.place, claim(brought))?;
        let bay = brought.signed.map(|s| s.bay);
        if order != Order::Before {
            return_cart::hold(batch, &row, bay, brought.place, Review::Unproven)?;
            held = Some(row.id);
        }
    }
    let outcome = ReceiptOutcome::Contradicted;
    keep(batch, brought, held, outcome)?;
    alarm_of(batch, brought.place)?;
    Ok(Verdict::Brought(outcome))
}

fn keep(
    batch: &Batch<'_, '_>,
    brought: &Brought,
    rental: Option<RentalId>,
    outcome: ReceiptOutcome,
) -> Outcome<()> {
    let row = ReceiptRow {
        place: brought.place,
        hash: brought.signed.map(|s| s.hash),
        tag: brought.tag,
        bay: brought.signed.map(|s| s.bay),
        wall_ms: brought.signed.map(|s| s.wall_ms),
        rental,
        outcome,
        told: false,
    };
    Ok(receipt::put(batch.tx, &row, batch.now)?)
}

fn alarm_of(batch: &Batch<'_, '_>, place: Place) -> Outcome<()> {
    let subject = format!("{}:{}", place.gateway, place.seq);
    let detail = "a receipt and the journal of its dock say different things under one number";
    Ok(alarm::raise(
        batch.tx,
        AlarmKind::ReceiptContradicted,
        &subject,
        detail,
        batch.now,
    )?)
}

/// Two hashes of what should be one event; a code has none to compare.
fn differ(one: Option<Hash>, other: Option<Hash>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one != other)
}

/// A signed receipt names the line's hash; a code only proves a docking of this tag.
fn says_the_same(hash: Hash, line: &str, receipt: Option<Hash>, tag: &TagUid) -> bool {
    if receipt.is_some() {
        return !differ(receipt, Some(hash));
    }
    let fact = signed::text_of(line)
        .ok()
        .and_then(|text| serde_json::from_str::<Envelope>(text).ok())
        .map(|envelope| envelope.fact);
    matches!(fact, Some(Fact::CartDocked { tag: docked, .. }) if docked == *tag)
}
