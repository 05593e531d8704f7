//! Returns that no clock can prove, proved by where the cart is: in its bay after the pull was made.
//! Shape: each word about a cart is kept with the moment before which it cannot have been said; a
//! return that waits is weighed again at each new word. Invariant: what is proved is that the cart
//! was in a bay after its pull; whose hands brought it back does not matter to the deposit.

use super::accept_events::Batch;
use super::{Outcome, return_cart};
use crate::store::bay::{self, Since};
use crate::store::gateway_event::{self, EventRow};
use crate::store::grant;
use crate::store::rental::{self, Place, RentalRow};
use cloud_core::custody::{self, Pull, Sighting};
use cloud_core::offline::Claim;
use cloud_core::rental::Step;
use shared::event::{Envelope, Fact};
use shared::ids::TagUid;
use shared::signed;
use shared::sync::SyncHeader;
use shared::time::{ClockQuality, Stamp, UnixMs};

/// The cart an event is about.
pub(super) fn tag_of(fact: &Fact) -> Option<TagUid> {
    match fact {
        Fact::CartPulled { tag, .. }
        | Fact::CartDocked { tag, .. }
        | Fact::CartLeft { tag, .. }
        | Fact::CartPlaced { tag, .. }
        | Fact::CartTaken { tag, .. } => Some(*tag),
        Fact::DockingContradicted { tag, .. } => *tag,
        _ => None,
    }
}

/// The latest moment, by the cloud's clock, of which it is known that the event did not happen
/// before it: its gateway had nothing to tell then, its clock was good, or its grant was only made.
pub(super) fn not_before(batch: &Batch<'_, '_>, of: &Envelope) -> Outcome<Option<UnixMs>> {
    let granted = match &of.fact {
        Fact::CartPulled { grant, .. } => grant::by_id(batch.tx, grant)?
            .filter(|grant| grant.serial > 0)
            .map(|grant| grant.issued_ms),
        _ => None,
    };
    let claim = Claim::of(&of.at, batch.sent.as_ref(), batch.now);
    Ok(granted.max(news_since(batch, claim)))
}

fn news_since(batch: &Batch<'_, '_>, claim: Claim) -> Option<UnixMs> {
    let drained = Some(batch.gateway.drained_ms).filter(|at| *at > UnixMs(0));
    let claimed = match claim {
        Claim::Stamped(at, ClockQuality::Server | ClockQuality::Floor) => Some(at.min(batch.now)),
        Claim::Stamped(_, ClockQuality::Unset) | Claim::Bare(_) | Claim::None => None,
    };
    drained.max(claimed)
}

/// Whether a docking that is being told, or any word before it, shows the rental's cart in a bay
/// after the pull.
pub(super) fn docking_proves(
    batch: &Batch<'_, '_>,
    row: &RentalRow,
    claim: Claim,
) -> Outcome<bool> {
    let seen = news_since(batch, claim).map(|not_before_ms| Sighting::Elsewhere { not_before_ms });
    let Some(pull) = pull_of(batch, row, None)? else {
        return Ok(false);
    };
    Ok(custody::is_back(pull, seen.as_slice()) || seen_after(batch, row, pull)?.is_some())
}

/// Where the cart was seen after a pull that is only being told, stamped `at`.
pub(super) fn back_already(
    batch: &Batch<'_, '_>,
    (tag, place): (&TagUid, Place),
    row: &RentalRow,
    at: &Stamp,
) -> Outcome<Option<Place>> {
    let row = RentalRow {
        tag: Some(*tag),
        out: Some(place),
        out_ms: Some(batch.now),
        ..row.clone()
    };
    match pull_of(batch, &row, custody::exactly(at))? {
        Some(pull) => seen_after(batch, &row, pull),
        None => Ok(None),
    }
}

/// Weighs the cart's waiting returns by all its events, after one more was stored. True: one was
/// honoured.
pub(super) fn weigh_again(batch: &mut Batch<'_, '_>, tag: &TagUid) -> Outcome<bool> {
    let mut honoured = false;
    for row in rental::held_of(batch.tx, tag)? {
        let Some(pull) = pull_of(batch, &row, None)? else {
            continue;
        };
        if seen_after(batch, &row, pull)?.is_some() {
            honoured |= honour(batch, &row)?;
        }
    }
    Ok(honoured)
}

/// Weighs the returns whose carts stand in this dock's bays now. The request was made after its
/// gateway knew that the event before `first_seq` was taken, and at the time its good clock says.
pub(super) fn weigh_shown(batch: &mut Batch<'_, '_>, header: &SyncHeader) -> Outcome<()> {
    let waiting = rental::held_and_shown(batch.tx, &batch.gateway.dock)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let acked = gateway_event::at(
        batch.tx,
        &header.gateway,
        header.first_seq.saturating_sub(1),
    )?;
    let said = custody::exactly(&header.at).max(acked.map(|event| event.received_ms));
    let Some(said) = said.map(|at| at.min(batch.now)) else {
        return Ok(());
    };
    let seen = Sighting::Elsewhere {
        not_before_ms: said,
    };
    for row in waiting {
        let Some(pull) = pull_of(batch, &row, None)? else {
            continue;
        };
        let elsewhere = row.out.is_some_and(|out| out.gateway != header.gateway);
        if elsewhere && custody::is_back(pull, &[seen]) && !stands_twice(batch, &row)? {
            honour(batch, &row)?;
        }
    }
    Ok(())
}

fn stands_twice(batch: &Batch<'_, '_>, row: &RentalRow) -> Outcome<bool> {
    let (Some(tag), Some(since)) = (&row.tag, row.out_ms) else {
        return Ok(true);
    };
    let here = &batch.gateway.dock;
    Ok(bay::shows_elsewhere(
        batch.tx,
        tag,
        here,
        Since::Heard(since),
    )?)
}

fn pull_of(
    batch: &Batch<'_, '_>,
    row: &RentalRow,
    pulled_at: Option<UnixMs>,
) -> Outcome<Option<Pull>> {
    let (Some(tag), Some(out), Some(told_ms)) = (&row.tag, row.out, row.out_ms) else {
        return Ok(None);
    };
    let stored = gateway_event::at(batch.tx, &out.gateway, out.seq)?;
    let arrival = gateway_event::last_before(batch.tx, tag, &out.gateway, out.seq)?;
    Ok(Some(Pull {
        seq: out.seq,
        told_ms,
        at_ms: pulled_at.or(stored.as_ref().and_then(exact_time)),
        arrived_by_ms: arrival.filter(arrives).map(|event| {
            let exact = exact_time(&event).unwrap_or(event.received_ms);
            exact.min(event.received_ms)
        }),
    }))
}

/// Where the events stored so far show the cart in a bay after its pull.
fn seen_after(batch: &Batch<'_, '_>, row: &RentalRow, pull: Pull) -> Outcome<Option<Place>> {
    let (Some(tag), Some(out)) = (&row.tag, row.out) else {
        return Ok(None);
    };
    let gateway = out.gateway;
    if let Some(seq) = gateway_event::newest_here(batch.tx, tag, &gateway)?
        && custody::is_back(pull, &[Sighting::SameJournal { seq }])
    {
        return Ok(Some(Place { gateway, seq }));
    }
    let there = gateway_event::newest_elsewhere(batch.tx, tag, &gateway)?;
    let after = |at: UnixMs| custody::is_back(pull, &[Sighting::Elsewhere { not_before_ms: at }]);
    Ok(there.filter(|(_, at)| after(*at)).map(|(place, _)| place))
}

/// A cart that contradicted itself, or that staff put in, is there too.
fn arrives(event: &EventRow) -> bool {
    ["cart_docked", "cart_placed", "docking_contradicted"].contains(&event.kind.as_str())
}

fn exact_time(event: &EventRow) -> Option<UnixMs> {
    let text = signed::text_of(&event.line).ok()?;
    let envelope: Envelope = serde_json::from_str(text).ok()?;
    custody::exactly(&envelope.at)
}

fn honour(batch: &mut Batch<'_, '_>, row: &RentalRow) -> Outcome<bool> {
    let Ok(Step::Executed((_, effects))) = row.state.dock() else {
        return Ok(false);
    };
    rental::set_approved(batch.tx, &row.id)?;
    return_cart::honour(batch, row, effects.entry)?;
    Ok(true)
}
