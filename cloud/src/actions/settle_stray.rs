use super::settle_refund::Told;
use super::{Outcome, Rejection, hear_stray, order_stray};
use crate::store::alarm::AlarmKind;
use crate::store::outbox::EffectKind;
use crate::store::refund::Word;
use crate::store::stray::StrayRow;
use crate::store::stray_refund::StrayRefundRow;
use crate::store::{Tx, alarm, ledger, outbox, stray, stray_refund};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::refund::{BankWord, Next, RefundState, decide};
use cloud_core::stray::Stray;
use shared::ids::RefundId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// The bank's word about an order that gives back a stray Pix: the same life as any refund's.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &RefundId, told: &Told) -> Outcome<Next> {
    let order = stray_refund::by_id(tx, id)?.ok_or(Rejection::UnknownRefund)?;
    let row = stray::by_e2eid(tx, &order.e2eid)?.ok_or(Rejection::UnknownStray)?;
    let age_ms = now.since(order.due_since_ms);
    let next = decide(
        order.state,
        told.word,
        told.attempts,
        order.order_no,
        age_ms,
    );
    let subject = id.to_string();
    let why = |none: &'static str| told.detail.clone().unwrap_or_else(|| none.to_owned());
    match next {
        Next::AlreadyApplied => {
            outbox::finish(tx, EffectKind::RefundStray, &subject, now)?;
            if told.word == BankWord::Settled && order.state == RefundState::Refused {
                let detail = "the bank settled an order it had refused: stop the next one there";
                alarm::raise(tx, AlarmKind::RefundRefused, &row.e2eid, detail, now)?;
            }
        }
        Next::Book => {
            write_word(tx, &order, RefundState::Settled, told, now)?;
            outbox::finish(tx, EffectKind::RefundStray, &subject, now)?;
            if let Ok(settled) = Transfer::new(TransferKind::Refund, row.store, order.amount) {
                ledger::book(tx, &settled, &subject, now)?;
            }
            end(tx, now, &row)?;
        }
        Next::AskAgain { after_ms, alarm } => {
            if told.word == BankWord::Processing && order.state != RefundState::Processing {
                write_word(tx, &order, RefundState::Processing, told, now)?;
            }
            let (detail, due) = (why("the bank works on it"), now.plus(after_ms));
            outbox::postpone(tx, EffectKind::RefundStray, &subject, due, &detail)?;
            if alarm {
                alarm::raise(tx, AlarmKind::RefundLate, &row.e2eid, &detail, now)?;
            }
        }
        Next::OrderAnew { after_ms } => {
            write_word(tx, &order, RefundState::Refused, told, now)?;
            outbox::finish(tx, EffectKind::RefundStray, &subject, now)?;
            let left = hear_stray::left(tx, &row)?.min(order.amount);
            // What the bank gave back by itself meanwhile is not given again.
            if left == Centavos::ZERO {
                end(tx, now, &row)?;
            } else {
                order_stray::anew(tx, now, &order, left, after_ms)?;
                let detail = why("the bank gave no reason");
                alarm::raise(tx, AlarmKind::RefundRefused, &row.e2eid, &detail, now)?;
            }
        }
    }
    Ok(next)
}

fn write_word(
    tx: &Tx<'_>,
    order: &StrayRefundRow,
    state: RefundState,
    told: &Told,
    now: UnixMs,
) -> Outcome<()> {
    let settled = state == RefundState::Settled;
    let refused = state == RefundState::Refused;
    let word = Word {
        state,
        settled_ms: settled.then(|| told.settled_ms.unwrap_or(now)),
        return_id: told.return_id.as_deref(),
        refusal: told.detail.as_deref().filter(|_| refused),
    };
    Ok(stray_refund::set_word(tx, &order.id, &word)?)
}

/// Nothing of it is here any more, and nobody need look.
fn end(tx: &Tx<'_>, now: UnixMs, row: &StrayRow) -> Outcome<()> {
    stray::set_state(tx, &row.e2eid, Stray::Returned, Some(now))?;
    for kind in [
        AlarmKind::PaymentUnmatched,
        AlarmKind::RefundLate,
        AlarmKind::RefundRefused,
    ] {
        alarm::clear(tx, kind, &row.e2eid, now)?;
    }
    Ok(())
}
