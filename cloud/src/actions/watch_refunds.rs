use super::Outcome;
use crate::store::alarm::AlarmKind;
use crate::store::{Tx, alarm, refund, stray_refund};
use cloud_core::refund::ALARM_AFTER_MS;
use shared::time::UnixMs;

/// Rentals looked at in one round; the next round finds the rest.
const ROWS: u16 = 200;

/// Tells a person of each refund under way, of a deposit or of a stray Pix, for a quarter of an hour of which no alarm speaks, even
/// if nothing ever comes of asking the bank. How many there were.
pub fn run(tx: &Tx<'_>, now: UnixMs) -> Outcome<usize> {
    let late = refund::unwatched(tx, now.plus(-ALARM_AFTER_MS), ROWS)?;
    let strays = stray_refund::unwatched(tx, now.plus(-ALARM_AFTER_MS), ROWS)?;
    let late: Vec<String> = late.iter().map(ToString::to_string).chain(strays).collect();
    for subject in &late {
        let detail = "not settled within a quarter of an hour";
        alarm::raise(tx, AlarmKind::RefundLate, subject, detail, now)?;
    }
    Ok(late.len())
}
