use super::accept_events::Batch;
use super::lapse_grant::UNRESOLVED_AFTER_MS;
use super::{Outcome, Rejection, cancel_rental, return_cart};
use crate::entropy::Entropy;
use crate::store::grant::{GrantRow, GrantState};
use crate::store::rental::RentalRow;
use crate::store::{Tx, gateway, grant, rental, staff};
use cloud_core::rental::{CancelReason, Rental, Step};
use shared::ids::{RentalId, StaffId};
use shared::time::UnixMs;

/// A manager decides what the docks cannot: honours a return under review, gives up a cart that no
/// dock will report, or ends a paid release that never was resolved. The payer gets the money back.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &RentalId, by: &StaffId) -> Outcome<()> {
    let row = rental::by_id(tx, id)?.ok_or(Rejection::UnknownRental)?;
    let mut entropy = Entropy::default();
    let audit_id = hex::encode(entropy.bytes::<16>());
    if row.state == Rental::Paid {
        let granted = grant::by_rental(tx, id)?;
        let usable = |of: GrantRow| of.state == GrantState::Open && of.expires_ms > now;
        if granted.is_some_and(usable) || !is_stuck(&row, now) {
            return Err(Rejection::ReleaseUnderWay.into());
        }
        cancel_rental::end(tx, now, id, CancelReason::ByStaff)?;
        return Ok(staff::audit(
            tx,
            &audit_id,
            Some(by),
            "end_release",
            &id.to_string(),
            now,
        )?);
    }
    let Step::Executed((_, effects)) = row.state.give_up_cart()? else {
        return Ok(());
    };
    let (seen_by, verb) = match row.returned {
        Some(place) => {
            rental::set_approved(tx, id)?;
            (place.gateway, "approve_return")
        }
        None => {
            rental::set_given_up(tx, id, now)?;
            (
                row.out.ok_or(Rejection::UnknownRental)?.gateway,
                "give_up_cart",
            )
        }
    };
    let gateway = gateway::by_id(tx, &seen_by)?.ok_or(Rejection::UnknownGateway)?;
    let mut batch = Batch::new(tx, now, &gateway, &mut entropy);
    // Who came back late has no entry.
    let entry = effects.entry && row.abandoned_ms.is_none();
    return_cart::honour(&mut batch, &row, entry)?;
    Ok(staff::audit(
        tx,
        &audit_id,
        Some(by),
        verb,
        &id.to_string(),
        now,
    )?)
}

/// Whether only a person is left to end the rental: the cart is out, or the payment is long past
/// and the dock has not said what became of it.
pub fn is_stuck(row: &RentalRow, now: UnixMs) -> bool {
    let paid_long_ago = row
        .paid_ms
        .is_some_and(|at| now.since(at) >= UNRESOLVED_AFTER_MS);
    let away = match row.state {
        Rental::Out { .. } => true,
        Rental::Abandoned { is_back, .. } => !is_back,
        _ => false,
    };
    away || (row.state == Rental::Paid && paid_long_ago)
}
