//! The moment before an order is given to the bank: everything that may keep it here is looked at in
//! the transaction that notes that it may be there. What is decided later comes too late, and says so.

use super::order_payout::{self, void};
use super::{Outcome, Rejection};
use crate::store::outbox::EffectKind;
use crate::store::payout::{Debt, PayoutRow};
use crate::store::{Tx, bank_return, outbox, payment, payout, refund};
use cloud_core::payout::{Limits, PayoutState, held_by_limits};
use cloud_core::refund::RefundState;
use shared::ids::PayoutId;
use shared::time::UnixMs;

/// Banks refuse sends that meet. One at a time, but one that hangs does not stop all others for ever:
/// by then a person was told of it.
const LANE_MS: i64 = 15 * 60 * 1_000;

/// The next in the lane looks again after this; the one before it mostly ends sooner.
const LANE_PAUSE_MS: i64 = 1_000;

const DAY_MS: i64 = 24 * 3_600 * 1_000;

#[derive(Debug, Clone)]
pub enum Begun {
    /// Give it to the bank. `asked`: the bank may know it already.
    Send { order: Box<PayoutRow>, asked: bool },
    /// Not yet; the effect is due again.
    Wait,
    /// Nothing is to be sent under this id now.
    Stop,
}

pub fn run(tx: &Tx<'_>, now: UnixMs, id: &PayoutId, limits: &Limits) -> Outcome<Begun> {
    let order = payout::by_id(tx, id)?.ok_or(Rejection::UnknownPayout)?;
    if order.state.is_under_way() {
        let order = Box::new(order);
        return Ok(Begun::Send { order, asked: true });
    }
    if order.state != PayoutState::Waiting {
        outbox::finish(tx, EffectKind::SendPayout, &id.to_string(), now)?;
        return Ok(Begun::Stop);
    }
    if now < order.pay_from_ms {
        return wait(tx, &order, order.pay_from_ms);
    }
    if !is_still_owed(tx, &order)? {
        void(tx, now, id)?;
        return Ok(Begun::Stop);
    }
    if payout::is_lane_taken(tx, now.plus(-LANE_MS))? {
        return wait(tx, &order, now.plus(LANE_PAUSE_MS));
    }
    let sent = payout::sent_since(tx, now.plus(-DAY_MS))?;
    let held = held_by_limits(order.amount, sent, limits);
    if let (Some(why), None) = (held, order.released_ms) {
        order_payout::hold(tx, now, id, why)?;
        return Ok(Begun::Stop);
    }
    payout::set_sent(tx, id, now)?;
    let order = Box::new(payout::by_id(tx, id)?.ok_or(Rejection::UnknownPayout)?);
    Ok(Begun::Send {
        order,
        asked: false,
    })
}

/// Nothing was given to the bank, so this attempt is none.
fn wait(tx: &Tx<'_>, order: &PayoutRow, due: UnixMs) -> Outcome<Begun> {
    outbox::put_back(tx, EffectKind::SendPayout, &order.id.to_string(), due)?;
    Ok(Begun::Wait)
}

/// A bank may have given an owed Pix back by itself since its payout was ordered.
fn is_still_owed(tx: &Tx<'_>, order: &PayoutRow) -> Outcome<bool> {
    let Debt::Owed(e2eid) = &order.debt else {
        return Ok(true);
    };
    let is_owed = refund::alive(tx, e2eid)?.is_some_and(|r| r.state == RefundState::Owed);
    let Some(paid) = payment::by_e2eid(tx, e2eid)? else {
        return Ok(false);
    };
    let left = bank_return::remaining(tx, e2eid, paid.amount)?.left;
    Ok(is_owed && order.amount <= left)
}
