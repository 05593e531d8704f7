use super::{Outcome, Rejection, order_refund};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::outbox::EffectKind;
use crate::store::refund::{RefundRow, Word};
use crate::store::{Tx, alarm, ledger, outbox, refund, rental};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::refund::{BankWord, Next, RefundState, decide};
use cloud_core::rental::Step;
use shared::ids::RefundId;
use shared::time::UnixMs;

/// What the bank said about a refund order, or that it said nothing to rely on.
#[derive(Debug, Clone)]
pub struct Told {
    pub word: BankWord,
    pub settled_ms: Option<UnixMs>,
    pub return_id: Option<String>,
    /// Why not, or why unknown, without personal data.
    pub detail: Option<String>,
    /// How often the bank was asked so far.
    pub attempts: u32,
}

pub fn run(tx: &Tx<'_>, now: UnixMs, id: &RefundId, told: &Told) -> Outcome<Next> {
    let order = refund::by_id(tx, id)?.ok_or(Rejection::UnknownRefund)?;
    let age_ms = now.since(order.due_since_ms);
    let next = decide(
        order.state,
        told.word,
        told.attempts,
        order.order_no,
        age_ms,
    );
    let subject = id.to_string();
    match next {
        Next::AlreadyApplied => {
            outbox::finish(tx, EffectKind::SendRefund, &subject, now)?;
            if told.word == BankWord::Settled && order.state == RefundState::Refused {
                let detail = "the bank settled an order it had refused: stop the next one there";
                let subject = order.rental.to_string();
                alarm::raise(tx, AlarmKind::RefundRefused, &subject, detail, now)?;
            }
        }
        Next::Book => {
            write_word(tx, &order, RefundState::Settled, told, now)?;
            outbox::finish(tx, EffectKind::SendRefund, &subject, now)?;
            book(tx, now, &order)?;
        }
        Next::AskAgain { after_ms, alarm } => {
            if told.word == BankWord::Processing && order.state != RefundState::Processing {
                write_word(tx, &order, RefundState::Processing, told, now)?;
            }
            let detail = told.detail.as_deref().unwrap_or("the bank works on it");
            let due = now.plus(after_ms);
            outbox::postpone(tx, EffectKind::SendRefund, &subject, due, detail)?;
            if alarm {
                let subject = order.rental.to_string();
                alarm::raise(tx, AlarmKind::RefundLate, &subject, detail, now)?;
            }
        }
        Next::OrderAnew { after_ms } => {
            write_word(tx, &order, RefundState::Refused, told, now)?;
            outbox::finish(tx, EffectKind::SendRefund, &subject, now)?;
            order_refund::anew(tx, now, &order, after_ms)?;
            let detail = told.detail.as_deref().unwrap_or("the bank gave no reason");
            let subject = order.rental.to_string();
            alarm::raise(tx, AlarmKind::RefundRefused, &subject, detail, now)?;
        }
    }
    tx.touch(Topic::Rental(order.rental));
    Ok(next)
}

fn write_word(
    tx: &Tx<'_>,
    order: &RefundRow,
    state: RefundState,
    told: &Told,
    now: UnixMs,
) -> Outcome<()> {
    let settled = state == RefundState::Settled;
    let word = Word {
        state,
        settled_ms: settled.then(|| told.settled_ms.unwrap_or(now)),
        return_id: told.return_id.as_deref(),
        refusal: (state == RefundState::Refused)
            .then_some(told.detail.as_deref())
            .flatten(),
    };
    Ok(refund::set_word(tx, &order.id, &word)?)
}

fn book(tx: &Tx<'_>, now: UnixMs, order: &RefundRow) -> Outcome<()> {
    let row = rental::by_id(tx, &order.rental)?.ok_or(Rejection::UnknownRental)?;
    if let Ok(settled) = Transfer::new(TransferKind::Refund, row.store, order.amount) {
        ledger::book(tx, &settled, &order.id.to_string(), now)?;
    }
    // A surplus payment's refund settles too; only the deposit's closes the rental.
    if row.e2eid.as_deref() == Some(order.e2eid.as_str())
        && let Ok(Step::Executed(next)) = row.state.settle()
    {
        rental::set_ended(tx, &row.id, &next, now)?;
    }
    let orders = refund::of_rental(tx, &order.rental)?;
    if orders.iter().all(|o| o.state.is_final()) {
        let subject = order.rental.to_string();
        alarm::clear(tx, AlarmKind::RefundLate, &subject, now)?;
        alarm::clear(tx, AlarmKind::RefundRefused, &subject, now)?;
    }
    Ok(())
}
