use super::take_cart::{NewPerson, recognise};
use super::{Outcome, Rejection, give_certain};
use crate::live::Topic;
use crate::store::{Tx, campaign, rental};
use shared::ids::RentalId;
use shared::time::UnixMs;

/// The holder of the receipt puts a CPF on an entry that has none, until the list of its campaign is frozen.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &RentalId, person: &NewPerson) -> Outcome<()> {
    rental::by_id(tx, id)?.ok_or(Rejection::UnknownRental)?;
    let entry = campaign::entry_of(tx, id)?
        .filter(|e| e.person.is_none() && e.is_open(now))
        .ok_or(Rejection::NoEntry)?;
    let person = recognise(tx, person, now)?;
    campaign::claim(tx, id, &person)?;
    rental::set_person(tx, id, &person)?;
    give_certain::run(tx, now, &entry.campaign.id, (id, &person))?;
    tracing::debug!(entry.id = %entry.id, "entry claimed");
    tx.touch(Topic::Rental(*id));
    Ok(())
}
