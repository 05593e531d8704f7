//! A cart is back. Shape: one transaction turns the return into money and entry: rental, transfer
//! held → owed, refund order, outbox, raffle entry. Where the sensors disagree the rental waits
//! under review; the customer has the receipt, the refund has not been ordered.

use super::accept_events::Batch;
use super::{Outcome, order_refund};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::bay::Since;
use crate::store::gateway::GatewayState;
use crate::store::rental::{Place, RentalRow, Returned, review_code};
use crate::store::{alarm, bay, campaign, ledger, rental};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::rental::{Review, Step};
use shared::event::Contradiction;
use shared::ids::{BayNo, EntryId, TagUid};
use shared::time::UnixMs;

/// The sensors agreed.
pub(super) fn docked(
    batch: &mut Batch<'_, '_>,
    tag: &TagUid,
    bay: BayNo,
    place: Place,
) -> Outcome<&'static str> {
    let Some(row) = rental::by_out_tag(batch.tx, tag)? else {
        return Ok("not_rented");
    };
    if batch.gateway.state != GatewayState::Active {
        return hold(batch, &row, Some(bay), place, Review::ToldLate);
    }
    let since = row.out_ms.unwrap_or(UnixMs(0));
    if bay::shows_elsewhere(batch.tx, tag, &batch.gateway.dock, Since::Heard(since))? {
        let review = Review::Contradicted(Contradiction::TagInTwoBays);
        return hold(batch, &row, Some(bay), place, review);
    }
    match row.state.dock() {
        Ok(Step::Executed((_, effects))) => {
            let back = Returned {
                place,
                bay: Some(bay),
                at: batch.now,
                review: None,
            };
            rental::set_returned(batch.tx, &row.id, &back)?;
            honour(batch, &row, effects.entry)?;
            Ok("applied")
        }
        Ok(Step::AlreadyApplied) => Ok("already_applied"),
        Err(_) => Ok("not_out"),
    }
}

/// The sensors disagree.
pub(super) fn contradicted(
    batch: &mut Batch<'_, '_>,
    tag: Option<&TagUid>,
    bay: BayNo,
    place: Place,
    contradiction: Contradiction,
) -> Outcome<&'static str> {
    let row = match tag {
        Some(tag) => rental::by_out_tag(batch.tx, tag)?,
        None => None,
    };
    match row {
        Some(row) => hold(
            batch,
            &row,
            Some(bay),
            place,
            Review::Contradicted(contradiction),
        ),
        None => {
            let subject = format!("{}:{bay}", batch.gateway.dock);
            let detail = review_code(Review::Contradicted(contradiction));
            alarm::raise(
                batch.tx,
                AlarmKind::ReturnContradicted,
                &subject,
                detail,
                batch.now,
            )?;
            Ok("not_rented")
        }
    }
}

/// What an honoured return is worth, whoever honoured it.
pub(super) fn honour(batch: &mut Batch<'_, '_>, row: &RentalRow, entry: bool) -> Outcome<()> {
    let (tx, now) = (batch.tx, batch.now);
    if let Some(e2eid) = row.e2eid.as_deref() {
        if let Ok(due) = Transfer::new(TransferKind::Due, row.store, row.deposit) {
            ledger::book(tx, &due, e2eid, now)?;
        }
        order_refund::first(tx, now, &row.id, e2eid, row.deposit, batch.entropy)?;
    }
    if entry && let Some(campaign) = batch.campaign()? {
        let id = batch.entropy.id(EntryId::new, now);
        let salt = batch.entropy.bytes();
        campaign::insert_entry(tx, &id, &row.id, &campaign, row.person.as_ref(), &salt, now)?;
    }
    alarm_off(batch, row)?;
    tx.touch(Topic::Rental(row.id));
    Ok(())
}

fn alarm_off(batch: &Batch<'_, '_>, row: &RentalRow) -> Outcome<()> {
    if matches!(row.state, cloud_core::rental::Rental::Returned { .. }) {
        let subject = row.id.to_string();
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
) -> Outcome<&'static str> {
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
            Ok("held_for_review")
        }
        Ok(Step::AlreadyApplied) => Ok("already_applied"),
        Err(_) => Ok("not_out"),
    }
}
