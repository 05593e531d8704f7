//! A cart is back. Shape: one transaction turns the return into money and entry: rental, transfer
//! held → owed, refund order, outbox, raffle entry. Where the sensors disagree the rental waits
//! under review; the customer has the receipt, the refund has not been ordered.

use super::accept_events::Batch;
use super::rescue_cart::{self, Found};
use super::{Outcome, custody, give_certain, order_refund};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::bay::Since;
use crate::store::campaign::NewEntry;
use crate::store::gateway::GatewayState;
use crate::store::rental::{Place, RentalRow, Returned, review_code};
use crate::store::{alarm, bay, campaign, grant, rental};
use cloud_core::offline::{self, Claim, Docking, Order};
use cloud_core::rental::{Rental, Review, Step};
use cloud_core::rescue::Insertion;
use shared::event::Contradiction;
use shared::ids::{BayNo, EntryId, PersonId, TagUid};
use shared::time::UnixMs;

/// What the cloud made of a docking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Return {
    Applied,
    AlreadyApplied,
    /// The customer has a receipt; a person decides about the money.
    Held,
    NotRented,
    NotOut,
    /// It was the end of an earlier rental of the same cart.
    Stale,
    /// The cart was abandoned: whoever brought it may say who they are.
    Found,
}

impl Return {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::AlreadyApplied => "already_applied",
            Self::Held => "held_for_review",
            Self::NotRented => "not_rented",
            Self::NotOut => "not_out",
            Self::Stale => "stale_return",
            Self::Found => "found",
        }
    }
}

/// The sensors agreed. `bay` is absent where only a receipt's code says so.
pub(super) fn docked(
    batch: &mut Batch<'_, '_>,
    tag: &TagUid,
    bay: Option<BayNo>,
    (place, claim): (Place, Claim),
) -> Outcome<Return> {
    let Some(row) = rental::by_out_tag(batch.tx, tag)? else {
        return Ok(Return::NotRented);
    };
    let order = order_of(batch, &row, place, claim)?;
    if order == Order::Before {
        return Ok(Return::Stale);
    }
    let doubt = doubt(batch, (&row, tag), (order, claim))?;
    if matches!(row.state, Rental::Abandoned { .. }) {
        let found = Found {
            place,
            bay,
            claim,
            insertion: Insertion::Customer,
            doubt,
        };
        return rescue_cart::found(batch, &row, &found);
    }
    if let Some(review) = doubt {
        return hold(batch, &row, bay, place, review);
    }
    match row.state.dock() {
        Ok(Step::Executed((_, effects))) => {
            let back = Returned {
                place,
                bay,
                at: batch.now,
                review: None,
            };
            rental::set_returned(batch.tx, &row.id, &back)?;
            // Who came back late has no entry, however a dock tells it.
            honour(batch, &row, effects.entry && row.abandoned_ms.is_none())?;
            Ok(Return::Applied)
        }
        Ok(Step::AlreadyApplied) => Ok(Return::AlreadyApplied),
        Err(_) => Ok(Return::NotOut),
    }
}

/// Why only a person can say that it is the rental's cart, and came back after its pull.
fn doubt(
    batch: &Batch<'_, '_>,
    (row, tag): (&RentalRow, &TagUid),
    (order, claim): (Order, Claim),
) -> Outcome<Option<Review>> {
    if batch.gateway.state != GatewayState::Active {
        return Ok(Some(Review::ToldLate));
    }
    if order == Order::Unknown && !custody::docking_proves(batch, row, claim)? {
        return Ok(Some(Review::Unproven));
    }
    let since = row.out_ms.unwrap_or(UnixMs(0));
    let twice = bay::shows_elsewhere(batch.tx, tag, &batch.gateway.dock, Since::Heard(since))?;
    Ok(twice.then_some(Review::Contradicted(Contradiction::TagInTwoBays)))
}

/// Whether what a dock says happened after the pull of the rental that has the cart now.
pub(super) fn order_of(
    batch: &Batch<'_, '_>,
    row: &RentalRow,
    place: Place,
    claim: Claim,
) -> Outcome<Order> {
    let granted = grant::by_rental(batch.tx, &row.id)?;
    let pulled_here = row.out.filter(|out| out.gateway == place.gateway);
    Ok(offline::order(Docking {
        one_journal: pulled_here.map(|out| (place.seq, out.seq)),
        drained_ms: batch.gateway.drained_ms,
        out_ms: row.out_ms.unwrap_or(UnixMs(0)),
        issued_ms: granted.map_or(row.created_ms, |grant| grant.issued_ms),
        claim,
    }))
}

/// The sensors disagree.
pub(super) fn contradicted(
    batch: &mut Batch<'_, '_>,
    (tag, contradiction): (Option<&TagUid>, Contradiction),
    bay: BayNo,
    (place, claim): (Place, Claim),
) -> Outcome<Return> {
    let row = match tag {
        Some(tag) => rental::by_out_tag(batch.tx, tag)?,
        None => None,
    };
    let review = Review::Contradicted(contradiction);
    let Some(row) = row else {
        let subject = format!("{}:{bay}", batch.gateway.dock);
        let detail = review_code(review);
        alarm::raise(
            batch.tx,
            AlarmKind::ReturnContradicted,
            &subject,
            detail,
            batch.now,
        )?;
        return Ok(Return::NotRented);
    };
    if order_of(batch, &row, place, claim)? == Order::Before {
        return Ok(Return::Stale);
    }
    if matches!(row.state, Rental::Abandoned { .. }) {
        // A tag without its cart ends nothing and gives nobody a code to claim by.
        let (subject, detail) = (row.id.to_string(), review_code(review));
        let kind = AlarmKind::ReturnContradicted;
        alarm::raise(batch.tx, kind, &subject, detail, batch.now)?;
        return Ok(Return::Held);
    }
    hold(batch, &row, Some(bay), place, review)
}

/// What an honoured return is worth, whoever honoured it.
pub(super) fn honour(batch: &mut Batch<'_, '_>, row: &RentalRow, entry: bool) -> Outcome<()> {
    let (tx, now) = (batch.tx, batch.now);
    if row.backing.owes_nothing() {
        rental::set_ended(tx, &row.id, &Rental::Closed, now)?;
    } else if let Some(e2eid) = row.e2eid.as_deref()
        && !order_refund::give_back(tx, now, row, e2eid)?
    {
        // The bank gave the whole deposit back by itself.
        rental::set_ended(tx, &row.id, &Rental::Closed, now)?;
    }
    // An entry that nobody owns is claimed at the rental's address; a card's rental has none.
    let entry = entry && (row.person.is_some() || !row.backing.owes_nothing());
    if entry {
        enter(batch, row, row.person)?;
    }
    alarm_off(batch, row)?;
    tx.touch(Topic::Rental(row.id));
    Ok(())
}

/// The one entry of a return, or the voucher that everybody gets.
pub(super) fn enter(
    batch: &mut Batch<'_, '_>,
    row: &RentalRow,
    person: Option<PersonId>,
) -> Outcome<()> {
    let Some(intake) = batch.campaign(row)? else {
        return Ok(());
    };
    let (tx, now) = (batch.tx, batch.now);
    let new = NewEntry {
        id: batch.entropy.id(EntryId::new, now),
        rental: row.id,
        intake: &intake,
        person,
        salt: batch.entropy.bytes(),
    };
    campaign::insert_entry(tx, &new, now)?;
    if let Some(person) = person.filter(|_| intake.is_certain) {
        give_certain::run(tx, now, &intake.campaign, (&row.id, &person))?;
    }
    Ok(())
}

fn alarm_off(batch: &Batch<'_, '_>, row: &RentalRow) -> Outcome<()> {
    let subject = row.id.to_string();
    alarm::clear(batch.tx, AlarmKind::RentedCartPlaced, &subject, batch.now)?;
    if matches!(
        row.state,
        Rental::Returned { .. } | Rental::Abandoned { .. }
    ) {
        alarm::clear(batch.tx, AlarmKind::ReturnContradicted, &subject, batch.now)?;
    }
    Ok(())
}

pub(super) fn hold(
    batch: &Batch<'_, '_>,
    row: &RentalRow,
    bay: Option<BayNo>,
    place: Place,
    review: Review,
) -> Outcome<Return> {
    match row.state.hold(review) {
        Ok(Step::Executed(_)) => {
            let back = Returned {
                place,
                bay,
                at: batch.now,
                review: Some(review),
            };
            rental::set_returned(batch.tx, &row.id, &back)?;
            let subject = row.id.to_string();
            let detail = review_code(review);
            alarm::raise(
                batch.tx,
                AlarmKind::ReturnContradicted,
                &subject,
                detail,
                batch.now,
            )?;
            batch.tx.touch(Topic::Rental(row.id));
            Ok(Return::Held)
        }
        Ok(Step::AlreadyApplied) => Ok(Return::AlreadyApplied),
        Err(_) => Ok(Return::NotOut),
    }
}
