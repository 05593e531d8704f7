use super::Outcome;
use crate::store::alarm::AlarmKind;
use crate::store::{Tx, alarm, payout};
use cloud_core::refund::ALARM_AFTER_MS;
use shared::time::UnixMs;

/// Payouts looked at in one round; the next round finds the rest.
const ROWS: u16 = 200;

/// Tells a person of each payout that could have left a quarter of an hour ago and is not settled, if
/// no alarm speaks of it. How many there were.
pub fn run(tx: &Tx<'_>, now: UnixMs) -> Outcome<usize> {
    let late = payout::unwatched(tx, now.plus(-ALARM_AFTER_MS), ROWS)?;
    for rental in &late {
        let detail = "not settled within a quarter of an hour";
        alarm::raise(tx, AlarmKind::PayoutLate, &rental.to_string(), detail, now)?;
    }
    Ok(late.len())
}
