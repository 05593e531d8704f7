use super::{Outcome, Rejection};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::outbox::EffectKind;
use crate::store::payment::PaymentRow;
use crate::store::refund::RefundRow;
use crate::store::rental::RentalRow;
use crate::store::{Tx, alarm, bank_return, ledger, outbox, payment, refund, stray_refund};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::refund::{RefundState, Refusal, is_past_window};
use sha2::{Digest as _, Sha256};
use shared::ids::{RefundId, RentalId};
use shared::money::Centavos;
use shared::time::UnixMs;

/// The id of a Pix's order by its number. It follows from the debt alone: books that were set back
/// order the same devolução under the same id, and the bank, asked again, does not pay twice.
pub(super) fn id_of(e2eid: &str, order_no: u32) -> RefundId {
    let mut hash = Sha256::new();
    hash.update(b"volta/refund/v1\0");
    hash.update(order_no.to_be_bytes());
    hash.update(e2eid.as_bytes());
    let mut bytes: [u8; 16] = hash.finalize()[..16].try_into().expect("half of 32 bytes");
    // UUID version 8: made by a rule of ours.
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    RefundId::from_bytes(bytes)
}

/// A deposit becomes due to its payer: what of it is not back already. False: all of it is.
pub(super) fn give_back(tx: &Tx<'_>, now: UnixMs, row: &RentalRow, e2eid: &str) -> Outcome<bool> {
    let paid = payment::by_e2eid(tx, e2eid)?.ok_or(Rejection::UnknownRental)?;
    let left = bank_return::remaining(tx, e2eid, paid.amount)?.left;
    if let Ok(due) = Transfer::new(TransferKind::Due, row.store, left) {
        ledger::book(tx, &due, e2eid, now)?;
    }
    let subject = row.id.to_string();
    alarm::clear(tx, AlarmKind::DepositTakenBack, &subject, now)?;
    first(tx, now, &row.id, &paid)
}

/// Orders the first devolução of a Pix, of what is left of it: the id is stored before anything is
/// sent. False: nothing is left. After the window nothing is sent; the money is owed.
pub(super) fn first(
    tx: &Tx<'_>,
    now: UnixMs,
    rental: &RentalId,
    paid: &PaymentRow,
) -> Outcome<bool> {
    let left = bank_return::remaining(tx, &paid.e2eid, paid.amount)?.left;
    if !left.is_positive() {
        return Ok(false);
    }
    let over = is_past_window(now.since(paid.settled_ms));
    let order = RefundRow {
        id: id_of(&paid.e2eid, 1),
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

/// Orders another devolução, of what is left, after `refused`, which the bank said will not happen, or
/// which it settled at less.
pub(super) fn anew(
    tx: &Tx<'_>,
    now: UnixMs,
    refused: &RefundRow,
    (left, why): (Centavos, Option<Refusal>),
    due: UnixMs,
) -> Outcome<()> {
    let order = RefundRow {
        id: id_of(&refused.e2eid, refused.order_no + 1),
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
pub(super) fn turn(tx: &Tx<'_>, due_since: UnixMs, due: UnixMs) -> Outcome<UnixMs> {
    let oldest = oldest_short(tx)?;
    let Some((_, kind, subject)) = oldest.filter(|(theirs, ..)| *theirs < due_since) else {
        return Ok(due);
    };
    let waits = outbox::waits(tx, kind, &subject)?;
    Ok(waits.map_or(due, |(_, theirs)| due.max(theirs)))
}

/// Money came into the account, or was found there: the oldest debt that waits for it is tried now,
/// before anything younger. If it is paid, that wakes the next.
pub(super) fn money_came(tx: &Tx<'_>) -> Outcome<()> {
    if let Some((due_since, kind, subject)) = oldest_short(tx)? {
        outbox::hasten(tx, kind, &subject, due_since)?;
    }
    Ok(())
}

/// Deposits and stray Pix go back out of one account, and stand in one line: since when it is owed,
/// and the effect that brings it.
fn oldest_short(tx: &Tx<'_>) -> Outcome<Option<(UnixMs, EffectKind, String)>> {
    let deposit = refund::oldest_short(tx)?
        .map(|order| (order.due_since_ms, EffectKind::SendRefund, order.id));
    let stray = stray_refund::oldest_short(tx)?
        .map(|order| (order.due_since_ms, EffectKind::RefundStray, order.id));
    let oldest = deposit
        .into_iter()
        .chain(stray)
        .min_by_key(|(due_since, _, id)| (*due_since, *id));
    Ok(oldest.map(|(due_since, kind, id)| (due_since, kind, id.to_string())))
}

fn place(tx: &Tx<'_>, now: UnixMs, order: &RefundRow, due: UnixMs) -> Outcome<()> {
    refund::insert(tx, order)?;
    outbox::add(tx, EffectKind::SendRefund, &order.id.to_string(), due, now)?;
    tx.touch(Topic::Rental(order.rental));
    Ok(())
}
