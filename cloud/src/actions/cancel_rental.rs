use super::{Outcome, Rejection, order_refund};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::charge::ChargeState;
use crate::store::outbox::EffectKind;
use crate::store::{Tx, alarm, charge, outbox, rental};
use cloud_core::rental::{CancelReason, InvalidTransition, Rental, Step};
use shared::ids::RentalId;
use shared::time::UnixMs;

/// The customer gives up before paying. Once paid, the dock decides.
pub fn by_customer(tx: &Tx<'_>, now: UnixMs, id: &RentalId) -> Outcome<()> {
    let row = rental::by_id(tx, id)?.ok_or(Rejection::UnknownRental)?;
    match row.state {
        Rental::AwaitingPayment | Rental::Cancelled { .. } => {
            end(tx, now, id, CancelReason::ByCustomer)
        }
        Rental::Closed | Rental::Rescued | Rental::Expired => Err(InvalidTransition::Over.into()),
        Rental::Paid | Rental::Out { .. } | Rental::Abandoned { .. } | Rental::Returned { .. } => {
            Err(InvalidTransition::AlreadyPaid.into())
        }
    }
}

/// Ends a rental whose cart never left: the charge is withdrawn, a paid deposit goes back.
pub(super) fn end(tx: &Tx<'_>, now: UnixMs, id: &RentalId, reason: CancelReason) -> Outcome<()> {
    let row = rental::by_id(tx, id)?.ok_or(Rejection::UnknownRental)?;
    let Step::Executed((next, paid)) = row.state.cancel(reason)? else {
        return Ok(());
    };
    rental::set_ended(tx, id, &next, now)?;
    if let Some(charge) = charge::by_rental(tx, id)?
        && matches!(charge.state, ChargeState::Requested | ChargeState::Active)
    {
        if charge.state == ChargeState::Active {
            outbox::add(tx, EffectKind::CancelCharge, &charge.txid, now, now)?;
        }
        charge::set_state(tx, &charge.txid, ChargeState::Over)?;
    }
    if paid {
        alarm::clear(tx, AlarmKind::ReleaseUnresolved, &id.to_string(), now)?;
    }
    // A member card's rental has no Pix to give back.
    if let (true, Some(e2eid)) = (paid, row.e2eid.as_deref()) {
        order_refund::give_back(tx, now, &row, e2eid)?;
    }
    tx.touch(Topic::Rental(*id));
    tx.touch(Topic::Dock(row.dock));
    Ok(())
}
