//! A payer who objects, and a find that the rules leave to a person, hold money of two people: until
//! somebody has decided, an alarm says so.

use super::{Outcome, judge_rescue};
use crate::store::alarm::AlarmKind;
use crate::store::{Tx, alarm, rescue};
use cloud_core::rescue::Objection;
use shared::ids::RentalId;
use shared::time::UnixMs;

/// Rescues looked at in one round; the next round finds the rest.
const ROWS: u16 = 200;

/// Raises what no alarm speaks of and clears what was decided, however it came to be. Answers how many
/// began to wait.
pub fn run(tx: &Tx<'_>, now: UnixMs) -> Outcome<usize> {
    let mut raised = 0;
    for id in rescue::misjudged(tx, ROWS)? {
        raised += usize::from(look(tx, now, &id)?);
    }
    Ok(raised)
}

/// Looks at one. True: it waits for a person.
pub(super) fn look(tx: &Tx<'_>, now: UnixMs, id: &RentalId) -> Outcome<bool> {
    let Some(found) = rescue::of_rental(tx, id)? else {
        return Ok(false);
    };
    let subject = id.to_string();
    if !judge_rescue::is_for_a_person(tx, &found)? {
        alarm::clear(tx, AlarmKind::RescueWaiting, &subject, now)?;
        return Ok(false);
    }
    // The alarm is as old as what it speaks of, whenever it was noticed.
    let (detail, since) = match found.objection {
        Objection::Open => ("the payer objects", found.objected_ms),
        _ => ("a person must decide", found.decided_ms),
    };
    let since = since.unwrap_or(now);
    alarm::raise(tx, AlarmKind::RescueWaiting, &subject, detail, since)?;
    Ok(true)
}
