//! What a dock says about a release: begun, pulled, or come to nothing.

use super::accept_events::Batch;
use super::{Failure, Outcome, Rejection, cancel_rental};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::grant::GrantState;
use crate::store::rental::{Place, Returned};
use crate::store::{alarm, grant, rental};
use cloud_core::rental::{CancelReason, Review, Step};
use shared::ids::{GrantId, RentalId, TagUid};

pub(super) fn started(batch: &Batch<'_, '_>, id: &GrantId, of: &RentalId) -> Outcome<&'static str> {
    if !is_ours(batch, id, of)? {
        return Ok("unknown_grant");
    }
    grant::set_state(batch.tx, id, GrantState::Used)?;
    batch.tx.touch(Topic::Rental(*of));
    Ok("applied")
}

pub(super) fn pulled(
    batch: &mut Batch<'_, '_>,
    (id, of): (&GrantId, &RentalId),
    tag: &TagUid,
    place: Place,
) -> Outcome<&'static str> {
    let (tx, now) = (batch.tx, batch.now);
    if !is_ours(batch, id, of)? {
        return Ok("unknown_grant");
    }
    grant::set_state(tx, id, GrantState::Used)?;
    let row = rental::by_id(tx, of)?.ok_or(Rejection::UnknownRental)?;
    match row.state.pull(*tag, now) {
        Ok(Step::AlreadyApplied) => Ok("already_applied"),
        Ok(Step::Executed(_)) => {
            supersede(batch, tag, place)?;
            rental::set_out(tx, of, tag, place, now)?;
            alarm::clear(tx, AlarmKind::ReleaseUnresolved, &of.to_string(), now)?;
            tx.touch(Topic::Rental(*of));
            Ok("applied")
        }
        Err(_) => {
            let detail = "a cart left under a rental that was already over";
            alarm::raise(
                tx,
                AlarmKind::CartOutWithoutDeposit,
                &of.to_string(),
                detail,
                now,
            )?;
            Ok("rental_over")
        }
    }
}

/// The bay closed again with the cart in it, or never opened: the money goes back.
pub(super) fn failed(
    batch: &Batch<'_, '_>,
    (id, of): (&GrantId, &RentalId),
    reason: CancelReason,
) -> Outcome<&'static str> {
    if !is_ours(batch, id, of)? {
        return Ok("unknown_grant");
    }
    grant::set_state(batch.tx, id, GrantState::Over)?;
    alarm::clear(
        batch.tx,
        AlarmKind::ReleaseUnresolved,
        &of.to_string(),
        batch.now,
    )?;
    match cancel_rental::end(batch.tx, batch.now, of, reason) {
        Ok(()) => Ok("applied"),
        Err(Failure::Rejected(_)) => Ok("rental_over"),
        Err(failure) => Err(failure),
    }
}

/// A gateway speaks only for grants that were issued to it.
fn is_ours(batch: &Batch<'_, '_>, id: &GrantId, of: &RentalId) -> Outcome<bool> {
    let row = grant::by_id(batch.tx, id)?;
    Ok(row.is_some_and(|g| g.gateway == batch.gateway.id && g.rental == *of))
}

/// The cart was believed to be out under another rental: that one came back unseen. Its payer is
/// kept whole by a receipt, and a person decides.
fn supersede(batch: &Batch<'_, '_>, tag: &TagUid, place: Place) -> Outcome<()> {
    let Some(earlier) = rental::by_out_tag(batch.tx, tag)? else {
        return Ok(());
    };
    let back = Returned {
        place,
        bay: None,
        at: batch.now,
        review: Some(Review::PulledAgain),
    };
    rental::set_returned(batch.tx, &earlier.id, &back)?;
    let detail = "the cart was pulled again before its return was seen";
    let subject = earlier.id.to_string();
    alarm::raise(
        batch.tx,
        AlarmKind::ReturnContradicted,
        &subject,
        detail,
        batch.now,
    )?;
    batch.tx.touch(Topic::Rental(earlier.id));
    Ok(())
}
