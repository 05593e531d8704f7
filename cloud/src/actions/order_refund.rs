use super::{Outcome, Rejection};
use crate::entropy::Entropy;
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::outbox::EffectKind;
use crate::store::payment::PaymentRow;
use crate::store::refund::RefundRow;
use crate::store::rental::RentalRow;
use crate::store::{Tx, alarm, bank_return, ledger, outbox, payment, refund};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::refund::{RefundState, Refusal, is_past_window};
use shared::ids::{RefundId, RentalId};
use shared::money::Centavos;
use shared::time::UnixMs;

/// A deposit becomes due to its payer: what of it is not back already. False: all of it is.
pub(super) fn give_back(
    tx: &Tx<'_>,
    now: UnixMs,
    row: &RentalRow,
    e2eid: &str,
    entropy: &mut Entropy,
) -> Outcome<bool> {
    let paid = payment::by_e2eid(tx, e2eid)?.ok_or(Rejection::UnknownRental)?;
    let left = bank_return::remaining(tx, e2eid, paid.amount)?.left;
    if let Ok(due) = Transfer::new(TransferKind::Due, row.store, left) {
        ledger::book(tx, &due, e2eid, now)?;
    }
    let subject = row.id.to_string();
    alarm::clear(tx, AlarmKind::DepositTakenBack, &subject, now)?;
    first(tx, now, &row.id, &paid, entropy)
}

/// Orders the first devolução of a Pix, of what is left of it: the id is stored before anything is
/// sent. False: nothing is left. After the window nothing is sent; the money is owed.
pub(super) fn first(
    tx: &Tx<'_>,
    now: UnixMs,
    rental: &RentalId,
    paid: &PaymentRow,
    entropy: &mut Entropy,
) -> Outcome<bool> {
    let left = bank_return::remaining(tx, &paid.e2eid, paid.amount)?.left;
    if !left.is_positive() {
        return Ok(false);
    }
    let over = is_past_window(now.since(paid.settled_ms));
    let order = RefundRow {
        id: entropy.id(RefundId::new, now),
        e2eid: paid.e2eid.clone(),
        rental: *rental,
        amount: left,
        order_no: 1,
        state: if over {
            RefundState::Owed
        } else {
            RefundState::Requested
        },
        due_since_ms: now,
        ordered_ms: now,
        settled_ms: None,
        return_id: None,
        refusal: None,
        reason: over.then_some(Refusal::WindowOver),
    };
    if over {
        refund::insert(tx, &order)?;
        let (subject, why) = (rental.to_string(), Refusal::WindowOver.as_str());
        alarm::raise(tx, AlarmKind::RefundOwed, &subject, why, now)?;
        tx.touch(Topic::Rental(*rental));
        return Ok(true);
    }
    place(tx, now, &order, now)?;
    Ok(true)
}

/// Orders another devolução, of what is left, in the place of `refused`, which the bank said will
/// not happen.
pub(super) fn anew(
    tx: &Tx<'_>,
    now: UnixMs,
    refused: &RefundRow,
    (left, why): (Centavos, Option<Refusal>),
    due: UnixMs,
) -> Outcome<()> {
    let order = RefundRow {
        id: Entropy::default().id(RefundId::new, now),
        amount: left,
        order_no: refused.order_no + 1,
        state: RefundState::Requested,
        ordered_ms: now,
        settled_ms: None,
        return_id: None,
        refusal: None,
        reason: why,
        ..refused.clone()
    };
    place(tx, now, &order, due)
}

/// When a debt that waits for money may be tried: not before the oldest that waits for the same.
pub(super) fn turn(tx: &Tx<'_>, order: &RefundRow, due: UnixMs) -> Outcome<UnixMs> {
    let oldest = refund::oldest_short(tx)?;
    let Some(oldest) = oldest.filter(|o| o.due_since_ms < order.due_since_ms) else {
        return Ok(due);
    };
    let waits = outbox::waits(tx, EffectKind::SendRefund, &oldest.id.to_string())?;
    Ok(waits.map_or(due, |(_, theirs)| due.max(theirs)))
}

/// Money came into the account, or was found there: the oldest debt that waits for it is tried now,
/// before anything younger. If it is paid, that wakes the next.
pub(super) fn money_came(tx: &Tx<'_>) -> Outcome<()> {
    if let Some(oldest) = refund::oldest_short(tx)? {
        let subject = oldest.id.to_string();
        outbox::hasten(tx, EffectKind::SendRefund, &subject, oldest.due_since_ms)?;
    }
    Ok(())
}

fn place(tx: &Tx<'_>, now: UnixMs, order: &RefundRow, due: UnixMs) -> Outcome<()> {
    refund::insert(tx, order)?;
    outbox::add(tx, EffectKind::SendRefund, &order.id.to_string(), due, now)?;
    tx.touch(Topic::Rental(order.rental));
    Ok(())
}
