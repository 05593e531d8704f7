//! Pix that no charge of ours explains: booked and given back, or held for a person.

use crate::actions::book_stray::{self, Arrived, BankReturn, ReturnWord};
use crate::actions::{Failure, Outcome, Rejection, hear_stray};
use crate::app::{Shared, crash_point, now};
use crate::pix::{ReceivedPix, RefundStatus};
use crate::store::alarm::AlarmKind;
use crate::store::{Tx, alarm, payment, stray};
use cloud_core::rental::Step;
use cloud_core::stray::{PaidKey, Verdict};
use shared::money::Centavos;

/// What these books say of a listed Pix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    No,
    Payment,
    Stray,
}

/// Lists overlap and charges are read often: most of what they show was booked long ago.
pub(super) async fn known(app: &Shared, pix: &ReceivedPix) -> Outcome<Known> {
    let e2eid = pix.end_to_end_id.clone();
    let read = app.store.read(move |tx| {
        Ok(if payment::exists(tx, &e2eid)? {
            Known::Payment
        } else if stray::by_e2eid(tx, &e2eid)?.is_some() {
            Known::Stray
        } else {
            Known::No
        })
    });
    Ok(read.await?)
}

pub(super) async fn take_in(app: &Shared, pix: &ReceivedPix) -> Outcome<()> {
    let arrived = Arrived {
        e2eid: pix.end_to_end_id.clone(),
        txid: pix.txid.clone(),
        key: match &pix.key {
            None => PaidKey::NotNamed,
            Some(_) if app.bank.is_for_other_key(pix) => PaidKey::Other,
            Some(_) => PaidKey::Ours,
        },
        amount: pix.amount,
        settled_ms: pix.settled_ms,
        returns: returns(pix),
    };
    // The till's sales on the same account are listed again and again: no write each.
    if arrived.key == PaidKey::Other {
        return forget_alarm(app, arrived.e2eid).await;
    }
    crash_point(&app.config, "before_stray_booked");
    let refund_max = Centavos::new(app.config.stray_refund_centavos_max);
    let at = now();
    let booked = app
        .store
        .write(move |tx: &Tx<'_>| book_stray::run(tx, at, refund_max, &arrived))
        .await;
    match booked {
        Ok(Step::Executed(Verdict::NotOurs(_)) | Step::AlreadyApplied) => {}
        Ok(Step::Executed(verdict)) => {
            tracing::info!(pix.verdict = ?verdict, "booked a Pix without a charge");
            crash_point(&app.config, "after_stray_booked");
        }
        Err(Failure::Rejected(Rejection::NoStore)) => {
            tracing::warn!("a Pix arrived before there is a store");
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}

/// A version that could not tell whose key was paid may have told a person of it.
async fn forget_alarm(app: &Shared, e2eid: String) -> Outcome<()> {
    let subject = e2eid.clone();
    let told = app
        .store
        .read(move |tx| alarm::is_open(tx, AlarmKind::PaymentUnmatched, &subject))
        .await?;
    if !told {
        return Ok(());
    }
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| book_stray::unwatched(tx, at, &e2eid))
        .await
}

pub(super) async fn hear(app: &Shared, pix: &ReceivedPix) -> Outcome<()> {
    let (e2eid, listed, at) = (pix.end_to_end_id.clone(), returns(pix), now());
    if listed.is_empty() {
        return Ok(());
    }
    app.store
        .write(move |tx: &Tx<'_>| hear_stray::run(tx, at, &e2eid, &listed))
        .await
}

/// What is refused never was; a word that this version does not know may become anything.
fn returns(pix: &ReceivedPix) -> Vec<BankReturn> {
    let word = |status: &RefundStatus, settled_ms| match status {
        RefundStatus::Settled => Some(ReturnWord::Settled(settled_ms)),
        RefundStatus::Processing | RefundStatus::Unknown(_) => Some(ReturnWord::Processing),
        RefundStatus::Refused { .. } => None,
    };
    pix.refunds
        .iter()
        .filter_map(|one| {
            Some(BankReturn {
                id: one.id.clone(),
                amount: one.amount,
                word: word(&one.status, one.settled_ms)?,
            })
        })
        .collect()
}
