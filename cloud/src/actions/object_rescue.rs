use super::{Outcome, Rejection, rescue_cart, watch_rescues};
use crate::live::Topic;
use crate::store::{Tx, rescue};
use cloud_core::rental::Step;
use cloud_core::rescue::Objection;
use shared::ids::RentalId;
use shared::time::UnixMs;

/// The payer says that the cart was theirs to bring back, or was brought by them: a person will decide.
/// What its finder waits for is held until then. Refused once the finder's part may have left.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &RentalId) -> Outcome<Step<()>> {
    let found = rescue::of_rental(tx, id)?.ok_or(Rejection::UnknownRescue)?;
    if found.objection != Objection::None {
        return Ok(Step::AlreadyApplied);
    }
    if !rescue::may_object(tx, &found)? {
        return Err(Rejection::ContestClosed.into());
    }
    rescue::object(tx, id, now)?;
    if let Some(finder) = found.finder {
        rescue_cart::release_all_of(tx, now, &finder)?;
    }
    watch_rescues::look(tx, now, id)?;
    tx.touch(Topic::Rental(*id));
    Ok(Step::Executed(()))
}
