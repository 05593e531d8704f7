//! Nobody is known for longer than something depends on it. The deposit is over when the refund is;
//! what keeps a CPF is the raffle: a winner is told, and has time to claim. The ledger is kept for
//! taxes, and needs no CPF for it.

use super::{Erased, PersonsError};
use crate::actions::erase_person::{self, ErasePerson};
use crate::actions::{Failure, Rejection, forget_contacts};
use crate::entropy::Entropy;
use crate::store::{Store, Tx, campaign_key, person};
use cloud_core::rental::Step;
use shared::time::UnixMs;

pub const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// A prize may be claimed for 180 days after its draw, and 90 more leave room
/// for the draw itself and for a dispute.
pub const KEPT_AFTER_CAMPAIGN_MS: i64 = 270 * DAY_MS;

/// Who took part in nothing is known as long as a campaign lasts and its claims may: a receipt may
/// still be turned into an entry.
pub const KEPT_AFTER_RENTAL_MS: i64 = 31 * DAY_MS + KEPT_AFTER_CAMPAIGN_MS;

/// An address is for notices alone: it is kept for as long as a reward may be held back and objected
/// to, and for as long as money is owed.
pub const CONTACTS_KEPT_DAYS: u64 = 30;

/// A rental that nothing ends keeps no address for longer: no devolução has been possible for as long
/// again.
const CONTACTS_DAYS_MAX: u64 = 180;

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

/// Destroys what makes pseudonyms, of campaigns whose prizes nobody can claim or dispute any more: from
/// then on nobody can tell whose entry was whose. Answers of how many campaigns.
pub async fn forget_pseudonyms(store: &Store, now: UnixMs) -> Result<usize, Failure> {
    let closed = now.plus(-KEPT_AFTER_CAMPAIGN_MS);
    store
        .write(move |tx: &Tx<'_>| -> Result<usize, Failure> {
            Ok(campaign_key::destroy(tx, closed)?)
        })
        .await
}

/// Destroys the contacts of rentals that are over. Answers of how many.
pub async fn forget_contacts(store: &Store, now: UnixMs) -> Result<usize, Failure> {
    let before = |days: u64| now.plus(-DAY_MS * i64::try_from(days).unwrap_or(i64::MAX));
    let (ended, begun) = (before(CONTACTS_KEPT_DAYS), before(CONTACTS_DAYS_MAX));
    store
        .write(move |tx: &Tx<'_>| forget_contacts::stale(tx, now, ended, begun))
        .await
}
