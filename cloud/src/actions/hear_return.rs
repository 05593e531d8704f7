//! A devolução that the bank or its app made by itself. Shape: stored under the bank's id, booked
//! once when it is settled, from the deposit that is held or from what is owed; an order of ours that
//! it makes smaller or needless follows. Invariant: an order that the bank may know keeps its amount;
//! the bank is asked about it instead.

use super::settle_refund::money_is_back;
use super::{Outcome, Rejection, order_refund, rescue_cart};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::bank_return::{self, ReturnRow, ReturnState};
use crate::store::outbox::EffectKind;
use crate::store::refund::{RefundRow, Word};
use crate::store::rental::RentalRow;
use crate::store::{Tx, alarm, ledger, outbox, payment, refund, rental};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::refund::RefundState;
use cloud_core::rental::{Rental, Step};
use shared::money::Centavos;
use shared::time::UnixMs;

/// What the bank shows of a devolução whose id is not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardReturn {
    pub e2eid: String,
    pub id: String,
    pub amount: Centavos,
    pub nature: String,
    pub state: ReturnState,
    pub return_id: Option<String>,
    pub settled_ms: Option<UnixMs>,
}

/// Whether `heard` says more than what is stored. A final state never goes back to an earlier one;
/// a bank that settles what it had refused is believed.
pub fn is_news(before: Option<&ReturnRow>, heard: &HeardReturn) -> bool {
    if !heard.amount.is_positive() {
        return false;
    }
    match before.map(|row| row.state) {
        None => true,
        Some(ReturnState::Processing) => heard.state != ReturnState::Processing,
        Some(ReturnState::Refused) => heard.state == ReturnState::Settled,
        Some(ReturnState::Settled) => false,
    }
}

pub fn run(tx: &Tx<'_>, now: UnixMs, heard: &HeardReturn) -> Outcome<Step<()>> {
    // Of a Pix that is not booked nothing is owed.
    let Some(paid) = payment::by_e2eid(tx, &heard.e2eid)? else {
        return Ok(Step::AlreadyApplied);
    };
    let before = bank_return::by_id(tx, &heard.e2eid, &heard.id)?;
    if !is_news(before.as_ref(), heard) {
        return Ok(Step::AlreadyApplied);
    }
    let left = bank_return::remaining(tx, &heard.e2eid, paid.amount)?.left;
    let is_settled = heard.state == ReturnState::Settled;
    let row = ReturnRow {
        e2eid: heard.e2eid.clone(),
        id: heard.id.clone(),
        rental: paid.rental,
        amount: heard.amount,
        nature: heard.nature.clone(),
        state: heard.state,
        return_id: heard.return_id.clone(),
        heard_ms: now,
        settled_ms: is_settled.then(|| heard.settled_ms.unwrap_or(now)),
    };
    bank_return::put(tx, &row)?;
    let rental = rental::by_id(tx, &paid.rental)?.ok_or(Rejection::UnknownRental)?;
    if is_settled {
        settle(tx, now, &row, &rental, left)?;
    } else if let Some(order) = refund::alive(tx, &row.e2eid)? {
        // It takes a part of the Pix, or frees it again.
        let subject = order.id.to_string();
        outbox::hasten(tx, EffectKind::SendRefund, &subject, now)?;
    }
    tx.touch(Topic::Rental(rental.id));
    Ok(Step::Executed(()))
}

fn settle(
    tx: &Tx<'_>,
    now: UnixMs,
    row: &ReturnRow,
    rental: &RentalRow,
    left: Centavos,
) -> Outcome<()> {
    let is_deposit = rental.e2eid.as_deref() == Some(row.e2eid.as_str());
    let held = is_deposit && rental.state.holds_deposit();
    // The bank asks for a deposit that was divided: nobody is paid from it while that can be stopped.
    let divided = is_deposit && rental.state == Rental::Rescued;
    let undone = divided && rescue_cart::undo(tx, now, rental).is_ok();
    let kind = if held {
        TransferKind::BankReturnHeld
    } else {
        TransferKind::BankReturn
    };
    if let Ok(back) = Transfer::new(kind, rental.store, row.amount.min(left)) {
        ledger::book(tx, &back, &row.reference(), now)?;
    }
    let subject = rental.id.to_string();
    if row.amount > left {
        let detail = "more went back of a Pix than it brought";
        alarm::raise(tx, AlarmKind::RefundExcess, &subject, detail, now)?;
    }
    if held {
        let detail = &row.nature;
        alarm::raise(tx, AlarmKind::DepositTakenBack, &subject, detail, now)?;
    }
    if undone {
        give_rest(tx, now, rental, &row.e2eid)?;
    } else if divided {
        let detail = "the bank took back a deposit of which a finder was paid";
        alarm::raise(tx, AlarmKind::RefundExcess, &subject, detail, now)?;
    }
    let rest = cloud_core::refund::left(left, [row.amount]);
    match refund::alive(tx, &row.e2eid)? {
        Some(order) => follow(tx, now, &order, row, rest),
        None => Ok(()),
    }
}

/// What the bank left of a deposit that is its payer's again.
fn give_rest(tx: &Tx<'_>, now: UnixMs, rental: &RentalRow, e2eid: &str) -> Outcome<()> {
    let paid = payment::by_e2eid(tx, e2eid)?.ok_or(Rejection::UnknownRental)?;
    if !order_refund::first(tx, now, &rental.id, &paid)? {
        rental::set_ended(tx, &rental.id, &Rental::Closed, now)?;
    }
    Ok(())
}

fn follow(
    tx: &Tx<'_>,
    now: UnixMs,
    order: &RefundRow,
    row: &ReturnRow,
    rest: Centavos,
) -> Outcome<()> {
    let subject = order.id.to_string();
    let attempts = outbox::waits(tx, EffectKind::SendRefund, &subject)?;
    let unsent = match order.state {
        RefundState::Requested => attempts.is_some_and(|(attempts, _)| attempts == 0),
        RefundState::Owed => true,
        _ => false,
    };
    if !unsent {
        outbox::hasten(tx, EffectKind::SendRefund, &subject, now)?;
        return Ok(());
    }
    if rest.is_positive() {
        refund::set_amount(tx, &order.id, rest)?;
        return Ok(());
    }
    let word = Word {
        state: RefundState::Covered,
        settled_ms: row.settled_ms,
        return_id: row.return_id.as_deref(),
        refusal: None,
        reason: None,
    };
    refund::set_word(tx, &order.id, &word)?;
    outbox::finish(tx, EffectKind::SendRefund, &subject, now)?;
    let rental = rental::by_id(tx, &order.rental)?.ok_or(Rejection::UnknownRental)?;
    money_is_back(tx, now, &rental, &order.e2eid)
}
