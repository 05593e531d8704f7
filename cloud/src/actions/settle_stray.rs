use super::settle_refund::{Told, UNDER_WAY_ALARMS, reason};
use super::{Outcome, Rejection, hear_stray, order_refund, order_stray};
use crate::store::alarm::AlarmKind;
use crate::store::outbox::EffectKind;
use crate::store::refund::Word;
use crate::store::stray::StrayRow;
use crate::store::stray_refund::StrayRefundRow;
use crate::store::{Tx, alarm, ledger, outbox, stray, stray_refund};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::refund::{BankWord, Concern, Known, Next, RefundState, Refusal, decide};
use cloud_core::stray::Stray;
use shared::ids::RefundId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// The bank's word about an order that gives back a stray Pix: the same life as any refund's.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &RefundId, told: &Told) -> Outcome<Next> {
    let order = stray_refund::by_id(tx, id)?.ok_or(Rejection::UnknownRefund)?;
    let row = stray::by_e2eid(tx, &order.e2eid)?.ok_or(Rejection::UnknownStray)?;
    let left = hear_stray::left(tx, &row)?;
    let known = Known {
        state: order.state,
        amount: order.amount,
        order_no: order.order_no,
        attempts: told.attempts,
        age_ms: now.since(order.due_since_ms),
        pix_age_ms: now.since(row.settled_ms),
        left,
    };
    let next = decide(&known, told.word);
    let case = Case {
        tx,
        now,
        order: &order,
        row: &row,
        told,
        left,
    };
    match next {
        Next::AlreadyApplied => case.was_decided()?,
        Next::Book => case.settled()?,
        Next::AskAgain { after_ms, concern } => case.ask_again(after_ms, concern)?,
        Next::Reduce { after_ms } => {
            stray_refund::set_amount(tx, id, left)?;
            case.ask_again(after_ms, None)?;
        }
        Next::OrderAnew { after_ms, concern } => case.order_anew(after_ms, concern)?,
        Next::Covered => cover(tx, now, &order, &row)?,
        Next::Owe(why) => {
            stray_refund::set_amount(tx, id, order.amount.min(left))?;
            case.write(RefundState::Owed, Some(why))?;
            case.finish()?;
            clear(tx, now, &row, &UNDER_WAY_ALARMS)?;
            case.raise(AlarmKind::RefundOwed, why.as_str())?;
        }
    }
    Ok(next)
}

/// Nothing is left to send: the bank gave it back by itself.
pub(super) fn cover(
    tx: &Tx<'_>,
    now: UnixMs,
    order: &StrayRefundRow,
    row: &StrayRow,
) -> Outcome<()> {
    let word = Word {
        state: RefundState::Covered,
        settled_ms: Some(now),
        return_id: None,
        refusal: None,
        reason: None,
    };
    stray_refund::set_word(tx, &order.id, &word)?;
    outbox::finish(tx, EffectKind::RefundStray, &order.id.to_string(), now)?;
    end(tx, now, row)
}

struct Case<'a, 'tx> {
    tx: &'a Tx<'tx>,
    now: UnixMs,
    order: &'a StrayRefundRow,
    row: &'a StrayRow,
    told: &'a Told,
    /// What of the Pix was not back with its payer before this word.
    left: Centavos,
}

impl Case<'_, '_> {
    fn was_decided(&self) -> Outcome<()> {
        self.finish()?;
        if self.told.word == BankWord::Settled && self.order.state != RefundState::Settled {
            let detail = "the bank settled an order that it had refused or made needless";
            self.raise(AlarmKind::RefundExcess, detail)?;
        }
        Ok(())
    }

    fn settled(&self) -> Outcome<()> {
        self.write(RefundState::Settled, None)?;
        self.finish()?;
        let amount = self.order.amount.min(self.left);
        if let Ok(settled) = Transfer::new(TransferKind::Refund, self.row.store, amount) {
            ledger::book(self.tx, &settled, &self.order.id.to_string(), self.now)?;
        }
        if amount < self.order.amount {
            let detail = "more went back of a Pix than it brought";
            self.raise(AlarmKind::RefundExcess, detail)?;
        }
        let rest = cloud_core::refund::left(self.left, [amount]);
        if rest.is_positive() {
            order_stray::anew(self.tx, self.now, self.order, (rest, None), self.now)?;
        } else {
            end(self.tx, self.now, self.row)?;
        }
        // Where there was money for one there may be more.
        order_refund::money_came(self.tx)
    }

    fn ask_again(&self, after_ms: i64, concern: Option<Concern>) -> Outcome<()> {
        let why = reason(self.told.word);
        if self.told.word == BankWord::Processing {
            if self.order.state != RefundState::Processing || self.order.reason.is_some() {
                self.write(RefundState::Processing, None)?;
            }
            let passing = [AlarmKind::RefundNoBalance, AlarmKind::RefundBlocked];
            clear(self.tx, self.now, self.row, &passing)?;
        } else if why.is_some() {
            stray_refund::set_reason(self.tx, &self.order.id, why)?;
        }
        let detail = self.why("the bank works on it");
        let (subject, due) = (self.order.id.to_string(), self.due(after_ms, why)?);
        outbox::postpone(self.tx, EffectKind::RefundStray, &subject, due, &detail)?;
        match concern {
            Some(concern) => self.raise(AlarmKind::of_refund(concern), &detail),
            None => Ok(()),
        }
    }

    fn order_anew(&self, after_ms: i64, concern: Concern) -> Outcome<()> {
        let why = reason(self.told.word);
        self.write(RefundState::Refused, why)?;
        self.finish()?;
        let due = self.due(after_ms, why)?;
        order_stray::anew(self.tx, self.now, self.order, (self.left, why), due)?;
        let detail = self.why("the bank gave no reason");
        self.raise(AlarmKind::of_refund(concern), &detail)
    }

    fn due(&self, after_ms: i64, why: Option<Refusal>) -> Outcome<UnixMs> {
        let due = self.now.plus(after_ms);
        match why {
            Some(Refusal::NoBalance) => order_refund::turn(self.tx, self.order.due_since_ms, due),
            _ => Ok(due),
        }
    }

    fn why(&self, none: &'static str) -> String {
        self.told.detail.clone().unwrap_or_else(|| none.to_owned())
    }

    fn write(&self, state: RefundState, reason: Option<Refusal>) -> Outcome<()> {
        let told = self.told;
        let refused = matches!(state, RefundState::Refused | RefundState::Owed);
        let word = Word {
            state,
            settled_ms: state.is_paid().then(|| told.settled_ms.unwrap_or(self.now)),
            return_id: told.return_id.as_deref(),
            refusal: told.detail.as_deref().filter(|_| refused),
            reason,
        };
        Ok(stray_refund::set_word(self.tx, &self.order.id, &word)?)
    }

    fn finish(&self) -> Outcome<()> {
        let subject = self.order.id.to_string();
        let kind = EffectKind::RefundStray;
        Ok(outbox::finish(self.tx, kind, &subject, self.now)?)
    }

    fn raise(&self, kind: AlarmKind, detail: &str) -> Outcome<()> {
        let subject = &self.row.e2eid;
        Ok(alarm::raise(self.tx, kind, subject, detail, self.now)?)
    }
}

/// Nothing of it is here any more, and nobody need look.
fn end(tx: &Tx<'_>, now: UnixMs, row: &StrayRow) -> Outcome<()> {
    stray::set_state(tx, &row.e2eid, Stray::Returned, Some(now))?;
    clear(tx, now, row, &UNDER_WAY_ALARMS)?;
    let over = [AlarmKind::PaymentUnmatched, AlarmKind::RefundOwed];
    clear(tx, now, row, &over)
}

fn clear(tx: &Tx<'_>, now: UnixMs, row: &StrayRow, kinds: &[AlarmKind]) -> Outcome<()> {
    for kind in kinds {
        alarm::clear(tx, *kind, &row.e2eid, now)?;
    }
    Ok(())
}
