//! What stands at the bank under an id of ours is what we once ordered there. Books that were set back
//! may have ordered it anew for another amount: less stands there where the order had been reduced
//! before it was sent, and that is adopted. More cannot have come from us as these books know us: a
//! person must look, and the bank is asked on.

use super::{Outcome, Rejection};
use crate::store::alarm::AlarmKind;
use crate::store::{Tx, alarm, refund, stray_refund};
use cloud_core::refund::RefundState;
use shared::ids::RefundId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// Of a deposit's order. False: more stands there than was ordered, and a person was told.
pub fn of_refund(tx: &Tx<'_>, now: UnixMs, id: &RefundId, standing: Centavos) -> Outcome<bool> {
    let order = refund::by_id(tx, id)?.ok_or(Rejection::UnknownRefund)?;
    match weigh(order.state, order.amount, standing) {
        Weighed::AsOrdered => {}
        Weighed::Less => refund::set_amount(tx, id, standing)?,
        Weighed::More => {
            tell(tx, now, &order.rental.to_string(), order.amount, standing)?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// Of a stray Pix's order, in the same way.
pub fn of_stray(tx: &Tx<'_>, now: UnixMs, id: &RefundId, standing: Centavos) -> Outcome<bool> {
    let order = stray_refund::by_id(tx, id)?.ok_or(Rejection::UnknownRefund)?;
    match weigh(order.state, order.amount, standing) {
        Weighed::AsOrdered => {}
        Weighed::Less => stray_refund::set_amount(tx, id, standing)?,
        Weighed::More => {
            tell(tx, now, &order.e2eid, order.amount, standing)?;
            return Ok(false);
        }
    }
    Ok(true)
}

enum Weighed {
    /// Or decided already, when it is too late for another amount.
    AsOrdered,
    Less,
    More,
}

fn weigh(state: RefundState, ordered: Centavos, standing: Centavos) -> Weighed {
    let open = state.is_under_way() || state == RefundState::Owed;
    if !open || standing == ordered || !standing.is_positive() {
        Weighed::AsOrdered
    } else if standing < ordered {
        Weighed::Less
    } else {
        Weighed::More
    }
}

fn tell(
    tx: &Tx<'_>,
    now: UnixMs,
    subject: &str,
    ordered: Centavos,
    standing: Centavos,
) -> Outcome<()> {
    let detail = format!("the bank holds {standing} under an id of ours, {ordered} was ordered");
    Ok(alarm::raise(
        tx,
        AlarmKind::RefundExcess,
        subject,
        &detail,
        now,
    )?)
}
