use super::Outcome;
use crate::live::Topic;
use crate::store::outbox::EffectKind;
use crate::store::{Tx, contact, notification, outbox};
use cloud_core::notice::{Ended, State};
use shared::ids::{PersonId, RentalId};
use shared::time::UnixMs;

/// Rentals looked at in one run of the clock; the rest is an hour late.
const ROWS_AT_ONCE: u16 = 500;

/// Destroys what a rental's payer gave to be told by. What still waits to be told ends with it.
pub fn run(tx: &Tx<'_>, now: UnixMs, rental: &RentalId) -> Outcome<()> {
    contact::erase(tx, rental)?;
    for row in notification::of_rental(tx, rental)? {
        if row.state == State::Waiting {
            notification::set_ended(tx, &row.id, Ended::ContactGone)?;
            outbox::finish(tx, EffectKind::SendNotice, &row.id.to_string(), now)?;
        }
    }
    tx.touch(Topic::Rental(*rental));
    Ok(())
}

/// The same for all rentals of a person who is erased.
pub(super) fn of_person(tx: &Tx<'_>, now: UnixMs, person: &PersonId) -> Outcome<()> {
    for rental in contact::rentals_of(tx, person)? {
        run(tx, now, &rental)?;
    }
    Ok(())
}

/// The same for rentals that are over since before `ended`, or begun before `begun`, and owe nothing.
/// Answers how many.
pub fn stale(tx: &Tx<'_>, now: UnixMs, ended: UnixMs, begun: UnixMs) -> Outcome<usize> {
    let rentals = contact::stale(tx, ended, begun, ROWS_AT_ONCE)?;
    for rental in &rentals {
        run(tx, now, rental)?;
    }
    Ok(rentals.len())
}
