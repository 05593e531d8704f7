//! Which campaign a return takes part in, by what the cloud knows of its time.

use super::Outcome;
use crate::store::campaign::Intake;
use crate::store::{Tx, campaign};
use cloud_core::raffle::intake::{Known, Window, joins};
use shared::ids::ChainId;

/// Twice the longest grace: what ended before takes nothing any more.
pub(super) const INTAKE_MS: i64 = 62 * 24 * 3_600 * 1_000;

pub(super) fn find(tx: &Tx<'_>, chain: &ChainId, known: Known) -> Outcome<Option<Intake>> {
    let all = campaign::intake(tx, chain, known.arrived_ms.plus(-INTAKE_MS))?;
    let windows: Vec<Window> = all
        .iter()
        .map(|one| {
            // A list that is frozen takes nothing more.
            let until = one.frozen_ms.map(|at| at.plus(-1).min(one.t_close_ms));
            Window {
                opens_ms: one.opens_ms,
                closes_ms: one.closes_ms.plus(-1),
                t_close_ms: until.unwrap_or(one.t_close_ms),
            }
        })
        .collect();
    let Some(joined) = joins(&windows, known) else {
        return Ok(None);
    };
    let late_for = joined
        .is_late
        .then(|| joined.window.checked_sub(1))
        .flatten();
    let found = &all[joined.window];
    Ok(Some(Intake {
        campaign: found.id,
        after_ms: known.after_ms,
        late_for: late_for.map(|index| all[index].id),
        is_certain: found.is_certain,
    }))
}
