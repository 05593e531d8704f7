//! What a dock says about a release: begun, pulled, or come to nothing.

use super::accept_events::Batch;
use super::{Failure, Outcome, Rejection, cancel_rental, custody, return_cart};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::bay::Since;
use crate::store::grant::{GrantRow, GrantState};
use crate::store::rental::{Place, Returned};
use crate::store::{alarm, bay, grant, rental};
use cloud_core::rental::{CancelReason, Review, Step};
use shared::event::Fact;
use shared::ids::{GrantId, RentalId, TagUid};
use shared::time::Stamp;

pub(super) fn started(batch: &Batch<'_, '_>, id: &GrantId, of: &RentalId) -> Outcome<&'static str> {
    let Some(granted) = ours(batch, id, of)? else {
        return Ok("unknown_grant");
    };
    grant::set_state(batch.tx, id, GrantState::Used)?;
    batch.tx.touch(Topic::Rental(granted.rental));
    Ok("applied")
}

pub(super) fn pulled(
    batch: &mut Batch<'_, '_>,
    (id, of): (&GrantId, &RentalId),
    tag: &TagUid,
    (place, at): (Place, &Stamp),
) -> Outcome<&'static str> {
    let (tx, now) = (batch.tx, batch.now);
    let Some(granted) = ours(batch, id, of)? else {
        return Ok("unknown_grant");
    };
    let of = &granted.rental;
    grant::set_state(tx, id, GrantState::Used)?;
    let row = rental::by_id(tx, of)?.ok_or(Rejection::UnknownRental)?;
    match row.state.pull(*tag, now) {
        Ok(Step::AlreadyApplied) => Ok("already_applied"),
        Ok(Step::Executed(_)) => {
            alarm::clear(tx, AlarmKind::ReleaseUnresolved, &of.to_string(), now)?;
            if let Some(seen) = custody::back_already(batch, (tag, place), &row, at)? {
                rental::set_pulled(tx, of, tag, place, now)?;
                return return_told_before(batch, of, seen);
            }
            if taken_since(batch, &granted, tag)? {
                return overtaken(batch, of, tag, place);
            }
            supersede(batch, tag, place)?;
            rental::set_out(tx, of, tag, place, now)?;
            tx.touch(Topic::Rental(*of));
            if bay::shows_elsewhere(
                tx,
                tag,
                &batch.gateway.dock,
                Since::Changed(granted.issued_ms),
            )? {
                return back_already(batch, of, place);
            }
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
    let Some(granted) = ours(batch, id, of)? else {
        return Ok("unknown_grant");
    };
    grant::set_state(batch.tx, id, GrantState::Over)?;
    match cancel_rental::end(batch.tx, batch.now, &granted.rental, reason) {
        Ok(()) => Ok("applied"),
        Err(Failure::Rejected(_)) => Ok("rental_over"),
        Err(failure) => Err(failure),
    }
}

/// The bay's parts failed while it stood open: nobody can say whether the cart left. The deposit
/// stays, and a person decides.
pub(super) fn unclear(batch: &Batch<'_, '_>, id: &GrantId, of: &RentalId) -> Outcome<&'static str> {
    let Some(granted) = ours(batch, id, of)? else {
        return Ok("unknown_grant");
    };
    let of = &granted.rental;
    let detail = "the bay failed while it was open: look whether the cart left";
    let subject = of.to_string();
    alarm::raise(
        batch.tx,
        AlarmKind::ReleaseUnresolved,
        &subject,
        detail,
        batch.now,
    )?;
    batch.tx.touch(Topic::Rental(*of));
    Ok("held_for_review")
}

/// Whether the cart is out under a younger grant of another gateway: this pull is the older one,
/// told late, and its return was nobody's at the time.
fn taken_since(batch: &Batch<'_, '_>, granted: &GrantRow, tag: &TagUid) -> Outcome<bool> {
    let Some(other) = rental::by_out_tag(batch.tx, tag)? else {
        return Ok(false);
    };
    let younger = grant::by_rental(batch.tx, &other.id)?
        .is_some_and(|g| g.gateway != granted.gateway && g.issued_ms > granted.issued_ms);
    Ok(younger)
}

fn overtaken(
    batch: &Batch<'_, '_>,
    of: &RentalId,
    tag: &TagUid,
    place: Place,
) -> Outcome<&'static str> {
    let back = Returned {
        place,
        bay: None,
        at: batch.now,
        review: Some(Review::PulledAgain),
    };
    rental::set_pulled(batch.tx, of, tag, place, batch.now)?;
    rental::set_returned(batch.tx, of, &back)?;
    let detail = "pulled, and out again under another rental before its return was told";
    let subject = of.to_string();
    alarm::raise(
        batch.tx,
        AlarmKind::ReturnContradicted,
        &subject,
        detail,
        batch.now,
    )?;
    batch.tx.touch(Topic::Rental(*of));
    Ok("held_for_review")
}

/// A gateway speaks only for grants that were issued to it. One that was opened by a typed code names
/// no rental: the code holds the grant's id, and the grant has its rental.
fn ours(batch: &Batch<'_, '_>, id: &GrantId, of: &RentalId) -> Outcome<Option<GrantRow>> {
    let row = grant::by_id(batch.tx, id)?;
    let named = |g: &GrantRow| g.rental == *of || *of == unnamed();
    Ok(row.filter(|g| g.gateway == batch.gateway.id && named(g)))
}

/// What a gateway writes for the rental of a release that was opened by a code.
fn unnamed() -> RentalId {
    RentalId::from_bytes([0; 16])
}

/// The rental that a release event is about, also where it does not name it.
pub(super) fn rental_of(batch: &Batch<'_, '_>, fact: &Fact) -> Outcome<Option<RentalId>> {
    let named = fact.rental();
    if named != Some(unnamed()) {
        return Ok(named);
    }
    let Some(id) = grant_of(fact) else {
        return Ok(None);
    };
    Ok(ours(batch, &id, &unnamed())?.map(|granted| granted.rental))
}

fn grant_of(fact: &Fact) -> Option<GrantId> {
    match fact {
        Fact::ReleaseStarted { grant, .. }
        | Fact::CartPulled { grant, .. }
        | Fact::ReleaseExpired { grant, .. }
        | Fact::ReleaseFailed { grant, .. }
        | Fact::ReleaseUnclear { grant, .. }
        | Fact::GrantRefused { grant, .. } => Some(*grant),
        _ => None,
    }
}

/// The return was told before its pull, and is proved to have come after it: it counts now.
fn return_told_before(
    batch: &mut Batch<'_, '_>,
    of: &RentalId,
    seen: Place,
) -> Outcome<&'static str> {
    let back = Returned {
        place: seen,
        bay: None,
        at: batch.now,
        review: None,
    };
    rental::set_returned(batch.tx, of, &back)?;
    let row = rental::by_id(batch.tx, of)?.ok_or(Rejection::UnknownRental)?;
    return_cart::honour(batch, &row, true)?;
    Ok("applied")
}

/// Another dock shows this tag since the grant, before its gateway told of the pull: the return may
/// have been seen first. Receipt now; the money when that dock shows it again.
fn back_already(batch: &Batch<'_, '_>, of: &RentalId, place: Place) -> Outcome<&'static str> {
    let row = rental::by_id(batch.tx, of)?.ok_or(Rejection::UnknownRental)?;
    Ok(return_cart::hold(batch, &row, None, place, Review::Unproven)?.as_str())
}

/// The cart was believed to be out under another rental: that one came back unseen. Its payer is
/// kept whole by a receipt, and a person decides.
fn supersede(batch: &Batch<'_, '_>, tag: &TagUid, place: Place) -> Outcome<()> {
    let Some(earlier) = rental::by_out_tag(batch.tx, tag)? else {
        return Ok(());
    };
    let review = Review::PulledAgain;
    match earlier.state.hold(review) {
        Ok(Step::Executed(_)) => {
            let back = Returned {
                place,
                bay: None,
                at: batch.now,
                review: Some(review),
            };
            rental::set_returned(batch.tx, &earlier.id, &back)?;
        }
        // Back and under review already: its receipt stands, the cart is the next rental's.
        Ok(Step::AlreadyApplied) | Err(_) => rental::release_tag(batch.tx, &earlier.id)?,
    }
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
