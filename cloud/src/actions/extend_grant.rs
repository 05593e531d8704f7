use super::{Outcome, Rejection, issue_grant};
use crate::keys::Keys;
use crate::live::Topic;
use crate::store::{Tx, grant, policy, rental};
use cloud_core::offline::carried_until;
use cloud_core::placement::DARK_AFTER_MS;
use shared::grant::Grant;
use shared::offline::{CODE_PERIOD_MS, CODE_PERIODS_VALID};
use shared::time::UnixMs;

/// Rows one run looks at; the next run takes the rest.
const ROWS_MAX: u16 = 200;

/// A dock fell silent with a grant on its way: the customer's phone will carry it there, and that
/// takes longer. The same grant is signed again with the life of a code; one use is all it has.
pub fn run(tx: &Tx<'_>, now: UnixMs, keys: &Keys) -> Outcome<usize> {
    let heard = now.plus(-DARK_AFTER_MS);
    let life_ms = CODE_PERIODS_VALID * CODE_PERIOD_MS;
    let short = grant::short_and_dark(tx, now, heard, life_ms, ROWS_MAX)?;
    let extended = short.len();
    for mut row in short {
        let of = rental::by_id(tx, &row.rental)?.ok_or(Rejection::UnknownRental)?;
        let decided = policy::by_id(tx, &of.policy)?.ok_or(Rejection::UnknownDock)?;
        row.expires_ms = carried_until(row.issued_ms);
        row.lapse_ms = issue_grant::patience(row.expires_ms, &decided.policy);
        let again = Grant {
            v: 1,
            id: row.id,
            gateway: row.gateway,
            bay: row.bay,
            rental: row.rental,
            serial: row.serial,
            issued_ms: row.issued_ms,
            expires_ms: row.expires_ms,
        };
        row.token = again.to_token(keys.signing());
        grant::set_life(tx, &row)?;
        tx.touch(Topic::Rental(row.rental));
    }
    Ok(extended)
}
