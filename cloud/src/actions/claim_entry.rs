use super::take_cart::{NewPerson, recognise};
use super::{Outcome, Rejection};
use crate::live::Topic;
use crate::store::{Tx, campaign, rental};
use shared::ids::RentalId;
use shared::time::UnixMs;

/// The holder of the receipt puts a CPF on an entry that has none, while its campaign runs.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &RentalId, person: &NewPerson) -> Outcome<()> {
    rental::by_id(tx, id)?.ok_or(Rejection::UnknownRental)?;
    let entry = campaign::entry_of(tx, id)?
        .filter(|e| e.person.is_none() && now < e.campaign.closes_ms)
        .ok_or(Rejection::NoEntry)?;
    let person = recognise(tx, person, now)?;
    campaign::claim(tx, id, &person)?;
    rental::set_person(tx, id, &person)?;
    tracing::debug!(entry.id = %entry.id, "entry claimed");
    tx.touch(Topic::Rental(*id));
    Ok(())
}
