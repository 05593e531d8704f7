use super::Outcome;
use crate::entropy::Entropy;
use crate::live::Topic;
use crate::store::outbox::EffectKind;
use crate::store::refund::RefundRow;
use crate::store::{Tx, outbox, refund};
use cloud_core::refund::RefundState;
use shared::ids::{RefundId, RentalId};
use shared::money::Centavos;
use shared::time::UnixMs;

/// Orders the first devolução of a Pix: the id is stored before anything is sent.
pub(super) fn first(
    tx: &Tx<'_>,
    now: UnixMs,
    rental: &RentalId,
    e2eid: &str,
    amount: Centavos,
    entropy: &mut Entropy,
) -> Outcome<()> {
    let order = RefundRow {
        id: entropy.id(RefundId::new, now),
        e2eid: e2eid.to_owned(),
        rental: *rental,
        amount,
        order_no: 1,
        state: RefundState::Requested,
        due_since_ms: now,
        ordered_ms: now,
        settled_ms: None,
        return_id: None,
        refusal: None,
    };
    place(tx, now, &order, now)
}

/// Orders another devolução in the place of `refused`, which the bank said will not happen.
pub(super) fn anew(
    tx: &Tx<'_>,
    now: UnixMs,
    refused: &RefundRow,
    after_ms: i64,
    entropy: &mut Entropy,
) -> Outcome<()> {
    let order = RefundRow {
        id: entropy.id(RefundId::new, now),
        order_no: refused.order_no + 1,
        state: RefundState::Requested,
        ordered_ms: now,
        settled_ms: None,
        return_id: None,
        refusal: None,
        ..refused.clone()
    };
    place(tx, now, &order, now.plus(after_ms))
}

fn place(tx: &Tx<'_>, now: UnixMs, order: &RefundRow, due: UnixMs) -> Outcome<()> {
    refund::insert(tx, order)?;
    outbox::add(tx, EffectKind::SendRefund, &order.id.to_string(), due, now)?;
    tx.touch(Topic::Rental(order.rental));
    Ok(())
}
