//! The bank's word about a payout of ours. Shape: one decision of the core, then rows; what a person
//! must see is raised in the same transaction.

use super::settle_refund::money_is_back;
use super::{Outcome, Rejection, order_payout};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::outbox::EffectKind;
use crate::store::payout::{Debt, PayoutRow, Word};
use crate::store::{
    Tx, alarm, bank_return, ledger, outbox, payment, payout, person_field, refund, rental,
};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::payout::{BankWord, Concern, Known, Next, PayoutState, Refusal, decide};
use shared::ids::PayoutId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// What the bank said about a payout, or that it said nothing to rely on.
#[derive(Debug, Clone)]
pub struct Told {
    pub word: BankWord,
    pub settled_ms: Option<UnixMs>,
    pub e2eid: Option<String>,
    /// Why not, or why unknown, without personal data.
    pub detail: Option<String>,
    /// How often the bank was asked so far.
    pub attempts: u32,
}

pub fn run(tx: &Tx<'_>, now: UnixMs, id: &PayoutId, told: &Told) -> Outcome<Next> {
    let order = payout::by_id(tx, id)?.ok_or(Rejection::UnknownPayout)?;
    let known = Known {
        state: order.state,
        order_no: order.order_no,
        attempts: told.attempts,
        age_ms: order.sent_ms.map_or(0, |sent| now.since(sent)),
    };
    let next = decide(&known, told.word);
    let case = Case {
        tx,
        now,
        order: &order,
        told,
    };
    match next {
        Next::AlreadyApplied => {}
        Next::Excess => {
            let detail = "the bank settled a payout that was given up";
            case.raise(AlarmKind::PayoutExcess, detail)?;
        }
        Next::Book => case.settled()?,
        Next::AskAgain { after_ms, concern } => case.ask_again(after_ms, concern)?,
        Next::OrderAnew { after_ms, concern } => case.order_anew(after_ms, concern)?,
        Next::AskKey(why) | Next::AskPerson(why) => case.give_up(why)?,
    }
    tx.touch(Topic::Rental(order.rental));
    Ok(next)
}

/// A part of a settled payout that the receiving bank sent back.
#[derive(Debug, Clone)]
pub struct Returned {
    pub id: String,
    pub amount: Centavos,
    pub settled_ms: Option<UnixMs>,
}

/// Books what came back, once, and puts it before a person. False: it was known.
pub fn returned(tx: &Tx<'_>, now: UnixMs, id: &PayoutId, back: &Returned) -> Outcome<bool> {
    let order = payout::by_id(tx, id)?.ok_or(Rejection::UnknownPayout)?;
    if !matches!(order.state, PayoutState::Settled | PayoutState::Returned) {
        return Ok(false);
    }
    let before = payout::returned_of(tx, id)?;
    let at = back.settled_ms.unwrap_or(now);
    if !back.amount.is_positive() || !payout::insert_return(tx, id, &back.id, back.amount, at)? {
        return Ok(false);
    }
    let kind = match order.debt {
        Debt::Finder(_) => TransferKind::PayoutBack,
        Debt::Owed(_) => TransferKind::OwedPayoutBack,
    };
    let room = cloud_core::refund::left(order.amount, [before]);
    if let Ok(transfer) = Transfer::new(kind, order.store, back.amount.min(room)) {
        ledger::book(tx, &transfer, &format!("{id}/{}", back.id), now)?;
    }
    payout::set_state(tx, id, PayoutState::Returned)?;
    let subject = order.rental.to_string();
    if back.amount > room {
        let detail = "more came back than was sent";
        alarm::raise(tx, AlarmKind::PayoutExcess, &subject, detail, now)?;
    }
    let detail = format!("{} came back", back.amount);
    alarm::raise(tx, AlarmKind::PayoutReturned, &subject, &detail, now)?;
    if let Debt::Owed(e2eid) = &order.debt {
        refund::set_paid_out(tx, e2eid, false)?;
        alarm::raise(tx, AlarmKind::RefundOwed, &subject, "payout_returned", now)?;
    }
    tx.touch(Topic::Rental(order.rental));
    Ok(true)
}

struct Case<'a, 'tx> {
    tx: &'a Tx<'tx>,
    now: UnixMs,
    order: &'a PayoutRow,
    told: &'a Told,
}

/// What is said of an order while it is not settled.
const PENDING_ALARMS: [AlarmKind; 5] = [
    AlarmKind::PayoutLate,
    AlarmKind::PayoutRefused,
    AlarmKind::PayoutNoBalance,
    AlarmKind::PayoutHeld,
    AlarmKind::PayoutReturned,
];

impl Case<'_, '_> {
    fn settled(&self) -> Outcome<()> {
        // What was owed may have gone back by another way while it was at the bank.
        let (kind, amount) = match &self.order.debt {
            Debt::Finder(_) => (TransferKind::Payout, self.order.amount),
            Debt::Owed(e2eid) => {
                let left = self.left_of(e2eid)?;
                (TransferKind::OwedPayout, self.order.amount.min(left))
            }
        };
        self.write(PayoutState::Settled)?;
        self.finish()?;
        if let Ok(paid) = Transfer::new(kind, self.order.store, amount) {
            ledger::book(self.tx, &paid, &self.order.id.to_string(), self.now)?;
        }
        for kind in PENDING_ALARMS {
            self.clear(kind)?;
        }
        if amount < self.order.amount {
            let detail = "a payout and a devolução brought more than was owed";
            self.raise(AlarmKind::PayoutExcess, detail)?;
        }
        if let Debt::Owed(e2eid) = &self.order.debt {
            self.owed_is_paid(e2eid)?;
        }
        Ok(())
    }

    fn left_of(&self, e2eid: &str) -> Outcome<Centavos> {
        let paid = payment::by_e2eid(self.tx, e2eid)?.ok_or(Rejection::UnknownRefund)?;
        Ok(bank_return::remaining(self.tx, e2eid, paid.amount)?.left)
    }

    fn owed_is_paid(&self, e2eid: &str) -> Outcome<()> {
        if self.left_of(e2eid)?.is_positive() {
            return Ok(());
        }
        refund::set_paid_out(self.tx, e2eid, true)?;
        let row = rental::by_id(self.tx, &self.order.rental)?;
        let row = row.ok_or(Rejection::UnknownRental)?;
        money_is_back(self.tx, self.now, &row, e2eid)
    }

    fn ask_again(&self, after_ms: i64, concern: Option<Concern>) -> Outcome<()> {
        if self.told.word == BankWord::Processing {
            self.write(PayoutState::Processing)?;
            self.clear(AlarmKind::PayoutNoBalance)?;
        }
        let detail = self.told.detail.as_deref();
        let detail = detail.unwrap_or("the bank works on it");
        let (subject, due) = (self.order.id.to_string(), self.now.plus(after_ms));
        outbox::postpone(self.tx, EffectKind::SendPayout, &subject, due, detail)?;
        match concern {
            Some(concern) => self.concern(concern, detail),
            None => Ok(()),
        }
    }

    fn order_anew(&self, after_ms: i64, concern: Concern) -> Outcome<()> {
        let why = self.refusal();
        self.write(PayoutState::Refused(why))?;
        self.finish()?;
        let order = self.order;
        let key = person_field::payout_key(self.tx, &order.person, &order.id)?;
        let (_, key) = key.ok_or(Rejection::UnknownPerson)?;
        let due = self.now.plus(after_ms);
        order_payout::anew(self.tx, self.now, order, (order.amount, key), (due, None))?;
        self.concern(concern, self.told.detail.as_deref().unwrap_or(why.as_str()))
    }

    /// By itself nothing more happens: the receiver names another key, or a person decides.
    fn give_up(&self, why: Refusal) -> Outcome<()> {
        self.write(PayoutState::Refused(why))?;
        self.finish()?;
        self.clear(AlarmKind::PayoutLate)?;
        self.clear(AlarmKind::PayoutNoBalance)?;
        self.raise(AlarmKind::PayoutRefused, why.as_str())
    }

    fn refusal(&self) -> Refusal {
        match self.told.word {
            BankWord::Refused(why) | BankWord::Rejected(why) | BankWord::Doubtful(why) => why,
            BankWord::Processing | BankWord::Settled | BankWord::Unknown => Refusal::Other,
        }
    }

    fn settled_ms(&self) -> UnixMs {
        self.told.settled_ms.unwrap_or(self.now)
    }

    fn write(&self, state: PayoutState) -> Outcome<()> {
        let refused = matches!(state, PayoutState::Refused(_));
        let word = Word {
            state,
            settled_ms: (state == PayoutState::Settled).then(|| self.settled_ms()),
            e2eid: self.told.e2eid.as_deref(),
            refusal: refused.then_some(self.told.detail.as_deref()).flatten(),
        };
        Ok(payout::set_word(self.tx, &self.order.id, &word)?)
    }

    fn finish(&self) -> Outcome<()> {
        let subject = self.order.id.to_string();
        let kind = EffectKind::SendPayout;
        Ok(outbox::finish(self.tx, kind, &subject, self.now)?)
    }

    fn concern(&self, concern: Concern, detail: &str) -> Outcome<()> {
        self.raise(AlarmKind::of_payout(concern), detail)
    }

    fn raise(&self, kind: AlarmKind, detail: &str) -> Outcome<()> {
        let subject = self.order.rental.to_string();
        Ok(alarm::raise(self.tx, kind, &subject, detail, self.now)?)
    }

    fn clear(&self, kind: AlarmKind) -> Outcome<()> {
        let subject = self.order.rental.to_string();
        Ok(alarm::clear(self.tx, kind, &subject, self.now)?)
    }
}

/// What of a debt is not with its receiver: of an owed Pix what nothing brought back, else the first
/// order's amount less what its orders brought.
pub(super) fn left_of(tx: &Tx<'_>, orders: &[PayoutRow]) -> Outcome<Centavos> {
    let Some(first) = orders.first() else {
        return Ok(Centavos::ZERO);
    };
    if let Debt::Owed(e2eid) = &first.debt {
        let paid = payment::by_e2eid(tx, e2eid)?.ok_or(Rejection::UnknownRefund)?;
        return Ok(bank_return::remaining(tx, e2eid, paid.amount)?.left);
    }
    let mut brought = Centavos::ZERO;
    for order in orders {
        if matches!(order.state, PayoutState::Settled | PayoutState::Returned) {
            let back = payout::returned_of(tx, &order.id)?;
            let kept = cloud_core::refund::left(order.amount, [back]);
            brought = brought.checked_add(kept).unwrap_or(first.amount);
        }
    }
    Ok(cloud_core::refund::left(first.amount, [brought]))
}
