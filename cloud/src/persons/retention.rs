//! Nobody is known for longer than something depends on it. The deposit is over when the refund is;
//! what keeps a CPF is the raffle: a winner is told, and has time to claim. The ledger is kept for
//! taxes, and needs no CPF for it.

use super::{Erased, PersonsError};
use crate::actions::erase_person::{self, ErasePerson};
use crate::actions::{Failure, Rejection};
use crate::entropy::Entropy;
use crate::store::{Store, Tx, person};
use cloud_core::rental::Step;
use shared::time::UnixMs;

const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// A prize may be claimed for 180 days after its draw, and 90 more leave room
/// for the draw itself and for a dispute.
pub const KEPT_AFTER_CAMPAIGN_MS: i64 = 270 * DAY_MS;

/// Who took part in nothing is known as long as a campaign lasts and its claims may: a receipt may
/// still be turned into an entry.
pub const KEPT_AFTER_RENTAL_MS: i64 = 31 * DAY_MS + KEPT_AFTER_CAMPAIGN_MS;

/// Persons forgotten in one run of the clock; the rest is an hour late.
const ROWS_AT_ONCE: u16 = 500;

/// Erases whom nothing depends on any more: no rental lately, no entry in a campaign whose prizes may
/// be claimed, no member card that opens a bay. Answers how many.
pub async fn forget(store: &Store, erased: &Erased, now: UnixMs) -> Result<u64, PersonsError> {
    let (rental, campaign) = (
        now.plus(-KEPT_AFTER_RENTAL_MS),
        now.plus(-KEPT_AFTER_CAMPAIGN_MS),
    );
    let idle = store
        .read(move |tx| person::idle(tx, rental, campaign, ROWS_AT_ONCE))
        .await?;
    let mut forgotten = Vec::new();
    for id in idle {
        let wanted = ErasePerson {
            person: id,
            by: None,
            audit_id: hex::encode(Entropy::default().bytes::<16>()),
        };
        let done = store
            .write(move |tx: &Tx<'_>| erase_person::run(tx, now, &wanted))
            .await;
        match done {
            Ok(Step::Executed(())) => forgotten.push(id),
            // A refund that a bank has kept open for a year is owed all the same.
            Ok(Step::AlreadyApplied)
            | Err(Failure::Rejected(Rejection::CartOut | Rejection::MoneyOwed)) => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    if !forgotten.is_empty() {
        erased.note(store, &forgotten).await?;
    }
    Ok(forgotten.len() as u64)
}
