//! The bank's word about an order of ours. Shape: one decision of the core, then rows; what a person
//! must see is raised in the same transaction.

use super::{Outcome, Rejection, order_refund};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::outbox::EffectKind;
use crate::store::refund::{RefundRow, Word};
use crate::store::rental::RentalRow;
use crate::store::{Tx, alarm, bank_return, ledger, outbox, payment, refund, rental};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::refund::{BankWord, Concern, Known, Next, RefundState, Refusal, decide};
use cloud_core::rental::Step;
use shared::ids::RefundId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// What the bank said about a refund order, or that it said nothing to rely on.
#[derive(Debug, Clone)]
pub struct Told {
    pub word: BankWord,
    pub settled_ms: Option<UnixMs>,
    pub return_id: Option<String>,
    /// Why not, or why unknown, without personal data.
    pub detail: Option<String>,
    /// How often the bank was asked so far.
    pub attempts: u32,
}

pub fn run(tx: &Tx<'_>, now: UnixMs, id: &RefundId, told: &Told) -> Outcome<Next> {
    let order = refund::by_id(tx, id)?.ok_or(Rejection::UnknownRefund)?;
    let paid = payment::by_e2eid(tx, &order.e2eid)?.ok_or(Rejection::UnknownRefund)?;
    let left = bank_return::remaining(tx, &order.e2eid, paid.amount)?.left;
    let known = Known {
        state: order.state,
        amount: order.amount,
        order_no: order.order_no,
        attempts: told.attempts,
        age_ms: now.since(order.due_since_ms),
        pix_age_ms: now.since(paid.settled_ms),
        left,
    };
    let next = decide(&known, told.word);
    let case = Case {
        tx,
        now,
        order: &order,
        told,
        left,
    };
    match next {
        Next::AlreadyApplied => case.was_decided()?,
        Next::Book => case.settled()?,
        Next::AskAgain { after_ms, concern } => case.ask_again(after_ms, concern)?,
        Next::Reduce { after_ms } => {
            refund::set_amount(tx, id, left)?;
            case.ask_again(after_ms, None)?;
        }
        Next::OrderAnew { after_ms, concern } => case.order_anew(after_ms, concern)?,
        Next::Covered => case.covered()?,
        Next::Owe(why) => case.owed(why)?,
    }
    tx.touch(Topic::Rental(order.rental));
    Ok(next)
}

struct Case<'a, 'tx> {
    tx: &'a Tx<'tx>,
    now: UnixMs,
    order: &'a RefundRow,
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
        let row = rental::by_id(self.tx, &self.order.rental)?.ok_or(Rejection::UnknownRental)?;
        let amount = self.order.amount.min(self.left);
        if let Ok(settled) = Transfer::new(TransferKind::Refund, row.store, amount) {
            ledger::book(self.tx, &settled, &self.order.id.to_string(), self.now)?;
        }
        if amount < self.order.amount {
            let detail = "more went back of a Pix than it brought";
            self.raise(AlarmKind::RefundExcess, detail)?;
        }
        let rest = cloud_core::refund::left(self.left, [amount]);
        if rest.is_positive() {
            // The bank settled less than is owed: the rest is an order of its own.
            order_refund::anew(self.tx, self.now, self.order, (rest, None), self.now)?;
        } else {
            money_is_back(self.tx, self.now, &row, &self.order.e2eid)?;
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
            self.clear(&[AlarmKind::RefundNoBalance, AlarmKind::RefundBlocked])?;
        } else if why.is_some() {
            refund::set_reason(self.tx, &self.order.id, why)?;
        }
        let detail = self.told.detail.as_deref();
        let detail = detail.unwrap_or("the bank works on it");
        let due = self.due(after_ms, why)?;
        let subject = self.order.id.to_string();
        outbox::postpone(self.tx, EffectKind::SendRefund, &subject, due, detail)?;
        match concern {
            Some(concern) => self.concern(concern, detail),
            None => Ok(()),
        }
    }

    fn order_anew(&self, after_ms: i64, concern: Concern) -> Outcome<()> {
        let why = reason(self.told.word);
        self.write(RefundState::Refused, why)?;
        self.finish()?;
        let due = self.due(after_ms, why)?;
        order_refund::anew(self.tx, self.now, self.order, (self.left, why), due)?;
        let detail = self.told.detail.as_deref();
        self.concern(concern, detail.unwrap_or("the bank gave no reason"))
    }

    fn covered(&self) -> Outcome<()> {
        self.write(RefundState::Covered, None)?;
        self.finish()?;
        let row = rental::by_id(self.tx, &self.order.rental)?.ok_or(Rejection::UnknownRental)?;
        money_is_back(self.tx, self.now, &row, &self.order.e2eid)
    }

    /// Owed is what is left now: the bank may have given a part back while it had the order.
    fn owed(&self, why: Refusal) -> Outcome<()> {
        let rest = self.order.amount.min(self.left);
        refund::set_amount(self.tx, &self.order.id, rest)?;
        self.write(RefundState::Owed, Some(why))?;
        self.finish()?;
        self.clear(&UNDER_WAY_ALARMS)?;
        self.raise(AlarmKind::RefundOwed, why.as_str())
    }

    fn due(&self, after_ms: i64, why: Option<Refusal>) -> Outcome<UnixMs> {
        let due = self.now.plus(after_ms);
        match why {
            Some(Refusal::NoBalance) => order_refund::turn(self.tx, self.order.due_since_ms, due),
            _ => Ok(due),
        }
    }

    fn write(&self, state: RefundState, reason: Option<Refusal>) -> Outcome<()> {
        let told = self.told;
        let words = matches!(state, RefundState::Refused | RefundState::Owed);
        let word = Word {
            state,
            settled_ms: state.is_paid().then(|| told.settled_ms.unwrap_or(self.now)),
            return_id: told.return_id.as_deref(),
            refusal: words.then_some(told.detail.as_deref()).flatten(),
            reason,
        };
        Ok(refund::set_word(self.tx, &self.order.id, &word)?)
    }

    fn finish(&self) -> Outcome<()> {
        let subject = self.order.id.to_string();
        Ok(outbox::finish(
            self.tx,
            EffectKind::SendRefund,
            &subject,
            self.now,
        )?)
    }

    /// Of balance and infraction only what the bank spoke of last is true.
    fn concern(&self, concern: Concern, detail: &str) -> Outcome<()> {
        let kind = AlarmKind::of_refund(concern);
        if reason(self.told.word).is_some() {
            let passing = [AlarmKind::RefundNoBalance, AlarmKind::RefundBlocked];
            let others: Vec<_> = passing.into_iter().filter(|k| *k != kind).collect();
            self.clear(&others)?;
        }
        self.raise(kind, detail)
    }

    fn raise(&self, kind: AlarmKind, detail: &str) -> Outcome<()> {
        let subject = self.order.rental.to_string();
        Ok(alarm::raise(self.tx, kind, &subject, detail, self.now)?)
    }

    fn clear(&self, kinds: &[AlarmKind]) -> Outcome<()> {
        clear(self.tx, self.now, &self.order.rental.to_string(), kinds)
    }
}

/// What is said of orders under way. `RefundExcess` is not among them: money that is gone does not
/// come back because another order settles.
pub(super) const UNDER_WAY_ALARMS: [AlarmKind; 4] = [
    AlarmKind::RefundLate,
    AlarmKind::RefundRefused,
    AlarmKind::RefundNoBalance,
    AlarmKind::RefundBlocked,
];

/// Nothing of the Pix is left with us: its rental closes if the Pix was its deposit, and alarms end
/// with the last order that waits. A surplus payment closes no rental.
pub(super) fn money_is_back(tx: &Tx<'_>, now: UnixMs, row: &RentalRow, e2eid: &str) -> Outcome<()> {
    if row.e2eid.as_deref() == Some(e2eid)
        && let Ok(Step::Executed(next)) = row.state.settle()
    {
        rental::set_ended(tx, &row.id, &next, now)?;
    }
    let orders = refund::of_rental(tx, &row.id)?;
    if orders.iter().all(|o| o.state.is_final()) {
        let subject = row.id.to_string();
        clear(tx, now, &subject, &UNDER_WAY_ALARMS)?;
        clear(tx, now, &subject, &[AlarmKind::RefundOwed])?;
    }
    Ok(())
}

fn clear(tx: &Tx<'_>, now: UnixMs, subject: &str, kinds: &[AlarmKind]) -> Outcome<()> {
    for kind in kinds {
        alarm::clear(tx, *kind, subject, now)?;
    }
    Ok(())
}

pub(super) fn reason(word: BankWord) -> Option<Refusal> {
    match word {
        BankWord::Refused(why) | BankWord::Rejected(why) | BankWord::Doubtful(why) => Some(why),
        BankWord::Processing | BankWord::Settled | BankWord::Unknown => None,
    }
}
