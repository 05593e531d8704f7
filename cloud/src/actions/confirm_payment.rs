//! A Pix has arrived. Shape: book it once, whatever it is for; then either the rental is paid and
//! the grant goes out in the same transaction, or the money is owed back in the same transaction.

use super::{Outcome, Rejection, issue_grant, order_refund};
use crate::keys::Keys;
use crate::live::Topic;
use crate::store::charge::ChargeState;
use crate::store::payment::PaymentRow;
use crate::store::{Tx, charge, ledger, payment, rental, stray};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::payment::{SurplusReason, Verdict, judge};
use cloud_core::rental::{CancelReason, Step};
use shared::money::Centavos;
use shared::time::UnixMs;

/// A Pix as the bank itself reports it when asked; a callback alone never leads here.
#[derive(Debug, Clone)]
pub struct Received {
    pub e2eid: String,
    pub txid: String,
    pub amount: Centavos,
    pub settled_ms: UnixMs,
}

pub fn run(tx: &Tx<'_>, now: UnixMs, keys: &Keys, received: &Received) -> Outcome<Step<Verdict>> {
    let charge = charge::by_txid(tx, &received.txid)?.ok_or(Rejection::UnknownCharge)?;
    // A bank may name the charge late: what was booked as a stray Pix stays one.
    if payment::exists(tx, &received.e2eid)? || stray::by_e2eid(tx, &received.e2eid)?.is_some() {
        return Ok(Step::AlreadyApplied);
    }
    let row = rental::by_id(tx, &charge.rental)?.ok_or(Rejection::UnknownRental)?;
    let verdict = judge(row.state, row.deposit, received.amount);
    let booked = PaymentRow {
        e2eid: received.e2eid.clone(),
        txid: received.txid.clone(),
        rental: row.id,
        amount: received.amount,
        verdict: match verdict {
            Verdict::Deposit => "deposit",
            Verdict::Surplus(reason) => reason.as_str(),
        }
        .to_owned(),
        settled_ms: received.settled_ms,
        seen_ms: now,
    };
    payment::insert(tx, &booked)?;
    charge::set_state(tx, &received.txid, ChargeState::Paid)?;
    match verdict {
        Verdict::Deposit => {
            row.state.pay()?;
            book(tx, TransferKind::Deposit, &row, received, now)?;
            issue_grant::run(tx, now, keys, &row, &received.e2eid)?;
        }
        Verdict::Surplus(reason) => {
            book(tx, TransferKind::Surplus, &row, received, now)?;
            order_refund::first(tx, now, &row.id, &booked)?;
            if reason == SurplusReason::WrongAmount {
                let reason = CancelReason::NoCharge;
                super::cancel_rental::end(tx, now, &row.id, reason)?;
            }
        }
    }
    order_refund::money_came(tx)?;
    tx.touch(Topic::Rental(row.id));
    Ok(Step::Executed(verdict))
}

fn book(
    tx: &Tx<'_>,
    kind: TransferKind,
    row: &rental::RentalRow,
    received: &Received,
    now: UnixMs,
) -> Outcome<()> {
    // A Pix of nothing cannot exist (API Pix refuses it); it would be a defect to book one.
    if let Ok(transfer) = Transfer::new(kind, row.store, received.amount) {
        ledger::book(tx, &transfer, &received.e2eid, now)?;
    }
    Ok(())
}
