use super::{Outcome, Rejection, forget_contacts};
use crate::store::{Tx, member_card, person, staff};
use cloud_core::rental::Step;
use shared::ids::{PersonId, StaffId};
use shared::time::UnixMs;

/// Whom, and the id of the line in the audit.
#[derive(Clone)]
pub struct ErasePerson {
    pub person: PersonId,
    /// None where the person asked, or the clock.
    pub by: Option<StaffId>,
    pub audit_id: String,
}

/// Destroys what is known of a person: key, sealed data, index, what they gave to be told by, the name on member cards, which are
/// denied from now on. Ledger, rentals and raffle entries stay, and name an id that nobody can tell
/// from any other. Refused while a cart is out or money is on its way: both need somebody to turn to.
pub fn run(tx: &Tx<'_>, now: UnixMs, erase: &ErasePerson) -> Outcome<Step<()>> {
    let id = &erase.person;
    let row = person::by_id(tx, id)?.ok_or(Rejection::UnknownPerson)?;
    if row.erased_ms.is_some() {
        return Ok(Step::AlreadyApplied);
    }
    let unfinished = person::unfinished(tx, id)?;
    if unfinished.carts > 0 {
        return Err(Rejection::CartOut.into());
    }
    if unfinished.money > 0 {
        return Err(Rejection::MoneyOwed.into());
    }
    person::erase(tx, id, now)?;
    member_card::forget_holder(tx, id, now)?;
    forget_contacts::of_person(tx, now, id)?;
    let subject = id.to_string();
    let by = erase.by.as_ref();
    staff::audit(tx, &erase.audit_id, by, "erase_person", &subject, now)?;
    Ok(Step::Executed(()))
}
