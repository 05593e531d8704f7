use super::{Outcome, cancel_rental};
use crate::store::alarm::AlarmKind;
use crate::store::grant::GrantState;
use crate::store::{Tx, alarm, grant, rental};
use cloud_core::rental::{CancelReason, Rental};
use shared::time::UnixMs;

/// A gateway that told everything this long after a grant's expiry would have told of its use. A
/// request may be half a minute on its way, and the gateway's clock half of that beside ours.
const REPORT_MARGIN_MS: i64 = 60_000;

/// A paid rental without a word from its dock is shown to a person after this.
pub(super) const UNRESOLVED_AFTER_MS: i64 = 15 * 60 * 1_000;

/// Rows one run looks at; the next run takes the rest.
const ROWS_MAX: u16 = 200;

/// Cancels what was paid and never opened: grants that expired unused, as their gateways tell, or that
/// nobody outside ever had. Any other waits for its gateway or for a person: its cart may be out.
pub fn run(tx: &Tx<'_>, now: UnixMs) -> Outcome<usize> {
    let mut lapsed = 0;
    for row in grant::lapsed(tx, now, REPORT_MARGIN_MS, ROWS_MAX)? {
        grant::set_state(tx, &row.id, GrantState::Over)?;
        let rental = rental::by_id(tx, &row.rental)?;
        if rental.is_some_and(|r| r.state == Rental::Paid) {
            cancel_rental::end(tx, now, &row.rental, CancelReason::GrantLapsed)?;
            lapsed += 1;
        }
    }
    for row in rental::unresolved(tx, now.plus(-UNRESOLVED_AFTER_MS), ROWS_MAX)? {
        let detail = "paid, and the dock has not said what became of the cart";
        alarm::raise(
            tx,
            AlarmKind::ReleaseUnresolved,
            &row.id.to_string(),
            detail,
            now,
        )?;
    }
    Ok(lapsed)
}
