use super::Outcome;
use crate::live::Topic;
use crate::store::outbox::EffectKind;
use crate::store::refund::RefundRow;
use crate::store::{Tx, outbox, refund};
use cloud_core::refund::RefundState;
use sha2::{Digest as _, Sha256};
use shared::ids::{RefundId, RentalId};
use shared::money::Centavos;
use shared::time::UnixMs;

/// The id of a Pix's order by its number. It follows from the debt alone: books that were set back
/// order the same devolução under the same id, and the bank, asked again, does not pay twice.
fn id_of(e2eid: &str, order_no: u32) -> RefundId {
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

/// Orders the first devolução of a Pix: the id is stored before anything is sent.
pub(super) fn first(
    tx: &Tx<'_>,
    now: UnixMs,
    rental: &RentalId,
    e2eid: &str,
    amount: Centavos,
) -> Outcome<()> {
    let order = RefundRow {
        id: id_of(e2eid, 1),
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
pub(super) fn anew(tx: &Tx<'_>, now: UnixMs, refused: &RefundRow, after_ms: i64) -> Outcome<()> {
    let order = RefundRow {
        id: id_of(&refused.e2eid, refused.order_no + 1),
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
