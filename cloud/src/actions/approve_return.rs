use super::accept_events::Batch;
use super::{Outcome, Rejection, return_cart};
use crate::entropy::Entropy;
use crate::store::{Tx, gateway, rental, staff};
use cloud_core::rental::Step;
use shared::ids::{RentalId, StaffId};
use shared::time::UnixMs;

/// A manager looked at a contradicted return and honours it: refund and entry follow.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &RentalId, by: &StaffId) -> Outcome<()> {
    let row = rental::by_id(tx, id)?.ok_or(Rejection::UnknownRental)?;
    let Step::Executed(_) = row.state.approve()? else {
        return Ok(());
    };
    let seen_by = row.returned.ok_or(Rejection::UnknownRental)?.gateway;
    let gateway = gateway::by_id(tx, &seen_by)?.ok_or(Rejection::UnknownGateway)?;
    rental::set_approved(tx, id)?;
    let mut entropy = Entropy::default();
    let audit_id = hex::encode(entropy.bytes::<16>());
    return_cart::honour(&mut Batch::new(tx, now, &gateway, &mut entropy), &row)?;
    staff::audit(
        tx,
        &audit_id,
        Some(by),
        "approve_return",
        &id.to_string(),
        now,
    )?;
    Ok(())
}
