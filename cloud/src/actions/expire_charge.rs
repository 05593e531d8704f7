use super::{Outcome, Rejection};
use crate::live::Topic;
use crate::store::charge::ChargeState;
use crate::store::outbox::EffectKind;
use crate::store::{Tx, charge, outbox, rental};
use cloud_core::rental::Step;
use shared::time::UnixMs;

/// A charge ran out and the bank, asked after that, knows of no payment. The charge is withdrawn at
/// the bank too, so that a copied code cannot be paid tomorrow.
pub fn run(tx: &Tx<'_>, now: UnixMs, txid: &str) -> Outcome<()> {
    let row = charge::by_txid(tx, txid)?.ok_or(Rejection::UnknownCharge)?;
    let rental = rental::by_id(tx, &row.rental)?.ok_or(Rejection::UnknownRental)?;
    let Step::Executed(next) = rental.state.expire()? else {
        return Ok(());
    };
    rental::set_ended(tx, &rental.id, &next, now)?;
    if row.state == ChargeState::Active {
        outbox::add(tx, EffectKind::CancelCharge, txid, now, now)?;
    }
    charge::set_state(tx, txid, ChargeState::Over)?;
    tx.touch(Topic::Rental(rental.id));
    tx.touch(Topic::Dock(rental.dock));
    Ok(())
}
