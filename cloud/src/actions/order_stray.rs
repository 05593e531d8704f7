use super::Outcome;
use super::order_refund::id_of;
use crate::store::outbox::EffectKind;
use crate::store::stray::StrayRow;
use crate::store::stray_refund::StrayRefundRow;
use crate::store::{Tx, ledger, outbox, stray, stray_refund};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::refund::{RefundState, Refusal};
use cloud_core::stray::Stray;
use shared::money::Centavos;
use shared::time::UnixMs;

/// What is left of a stray Pix becomes due, and its first order is stored before anything is sent.
pub(super) fn first(tx: &Tx<'_>, now: UnixMs, row: &StrayRow, left: Centavos) -> Outcome<()> {
    if let Ok(due) = Transfer::new(TransferKind::StrayDue, row.store, left) {
        ledger::book(tx, &due, &row.e2eid, now)?;
    }
    stray::set_state(tx, &row.e2eid, Stray::Due, None)?;
    let order = StrayRefundRow {
        id: id_of(&row.e2eid, 1),
        e2eid: row.e2eid.clone(),
        amount: left,
        order_no: 1,
        state: RefundState::Requested,
        due_since_ms: now,
        ordered_ms: now,
        settled_ms: None,
        refusal: None,
        reason: None,
    };
    place(tx, now, &order, now)
}

/// Orders another devolução after `refused`, which the bank said will not happen, or settled at less.
pub(super) fn anew(
    tx: &Tx<'_>,
    now: UnixMs,
    refused: &StrayRefundRow,
    (left, why): (Centavos, Option<Refusal>),
    due: UnixMs,
) -> Outcome<()> {
    let order = StrayRefundRow {
        id: id_of(&refused.e2eid, refused.order_no + 1),
        amount: left,
        order_no: refused.order_no + 1,
        state: RefundState::Requested,
        ordered_ms: now,
        settled_ms: None,
        refusal: None,
        reason: why,
        ..refused.clone()
    };
    place(tx, now, &order, due)
}

fn place(tx: &Tx<'_>, now: UnixMs, order: &StrayRefundRow, due: UnixMs) -> Outcome<()> {
    stray_refund::insert(tx, order)?;
    let subject = order.id.to_string();
    Ok(outbox::add(
        tx,
        EffectKind::RefundStray,
        &subject,
        due,
        now,
    )?)
}
