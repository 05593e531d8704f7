//! A manager's word about a payout that waits for one.

use super::{Outcome, Rejection, order_payout};
use crate::store::alarm::AlarmKind;
use crate::store::payout::Debt;
use crate::store::{Tx, alarm, payout, person_field, staff};
use cloud_core::payout::{Hold, PayoutState};
use cloud_core::rental::Step;
use shared::ids::{PayoutId, StaffId};
use shared::time::UnixMs;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Let it go, limits or not. An objection is decided where it was made, not here.
    Release,
    /// Call it off, of an owed Pix: it stays owed. A finder's part is called off by the objection's end.
    Void,
    /// Send what was refused or came back once more, to the same key.
    Repeat,
}

impl Verdict {
    fn audited(self) -> &'static str {
        match self {
            Self::Release => "release_payout",
            Self::Void => "void_payout",
            Self::Repeat => "repeat_payout",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Decision {
    pub payout: PayoutId,
    pub verdict: Verdict,
    pub by: StaffId,
    pub audit_id: String,
}

pub fn run(tx: &Tx<'_>, now: UnixMs, decision: &Decision) -> Outcome<Step<()>> {
    let id = &decision.payout;
    let order = payout::by_id(tx, id)?.ok_or(Rejection::UnknownPayout)?;
    match (decision.verdict, order.state) {
        (Verdict::Release, PayoutState::Held(Hold::Objection)) => {
            return Err(Rejection::PayoutObjected.into());
        }
        (Verdict::Release, PayoutState::Held(_)) => {
            payout::set_released(tx, id, now)?;
            order_payout::send_from(tx, now, &order)?;
        }
        (Verdict::Void, PayoutState::Held(Hold::Objection)) => {
            return Err(Rejection::PayoutObjected.into());
        }
        (Verdict::Void, PayoutState::Waiting | PayoutState::Held(_))
            if matches!(order.debt, Debt::Owed(_)) =>
        {
            order_payout::void(tx, now, id)?;
        }
        (Verdict::Repeat, PayoutState::Refused(_) | PayoutState::Returned) => {
            let orders = payout::of_debt(tx, &order.debt)?;
            let is_last = orders.last().is_some_and(|last| last.id == *id);
            let left = super::settle_payout::left_of(tx, &orders)?;
            if !is_last || !left.is_positive() {
                return Ok(Step::AlreadyApplied);
            }
            let key = person_field::payout_key(tx, &order.person, id)?;
            let (_, key) = key.ok_or(Rejection::UnknownPerson)?;
            let again = order_payout::anew(tx, now, &order, (left, key), (now, None))?;
            payout::set_released(tx, &again, now)?;
            let subject = order.rental.to_string();
            for kind in [AlarmKind::PayoutRefused, AlarmKind::PayoutReturned] {
                alarm::clear(tx, kind, &subject, now)?;
            }
        }
        _ => return Ok(Step::AlreadyApplied),
    }
    let (subject, by) = (id.to_string(), Some(&decision.by));
    let action = decision.verdict.audited();
    staff::audit(tx, &decision.audit_id, by, action, &subject, now)?;
    Ok(Step::Executed(()))
}
