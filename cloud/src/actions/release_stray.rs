use super::{Outcome, Rejection, hear_stray, order_stray};
use crate::store::alarm::AlarmKind;
use crate::store::{Tx, alarm, staff, stray};
use cloud_core::stray::Stray;
use shared::ids::StaffId;
use shared::time::UnixMs;

/// A manager has looked at a stray Pix that was held: what is left of it goes back.
pub fn run(tx: &Tx<'_>, now: UnixMs, e2eid: &str, by: &StaffId, audit_id: &str) -> Outcome<()> {
    let row = stray::by_e2eid(tx, e2eid)?.ok_or(Rejection::UnknownStray)?;
    let Stray::Held(_) = row.state else {
        return Err(Rejection::StrayNotHeld.into());
    };
    let left = hear_stray::left(tx, &row)?;
    order_stray::first(tx, now, &row, left)?;
    alarm::clear(tx, AlarmKind::PaymentUnmatched, e2eid, now)?;
    Ok(staff::audit(
        tx,
        audit_id,
        Some(by),
        "release_stray",
        e2eid,
        now,
    )?)
}
