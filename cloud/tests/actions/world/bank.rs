//! What the bank does and says: charges, received Pix, words about refunds.

use super::{Visit, World, done};
use cloud::actions::charge_made::{self, Made};
use cloud::actions::confirm_payment::{self, Received};
use cloud::actions::hear_return::{self, HeardReturn};
use cloud::actions::settle_refund::{self, Told};
use cloud::actions::{Outcome, grant_delivered, watch_refunds};
use cloud::store::bank_return::ReturnState;
use cloud::store::outbox::{self, EffectKind};
use cloud::store::refund::{self, RefundRow};
use cloud_core::payment::Verdict;
use cloud_core::refund::{BankWord, Next};
use cloud_core::rental::Step;
use shared::ids::RefundId;
use shared::money::Centavos;
use std::sync::Arc;

impl World {
    pub(crate) fn bank_answers_charge(&self, visit: &Visit, made: Made) -> Outcome<()> {
        let (now, txid) = (self.now, visit.txid.clone());
        self.act(move |tx| charge_made::run(tx, now, &txid, &made))
    }

    pub(crate) fn standing(&self) -> Made {
        Made::Standing {
            copy_paste: "000201".into(),
            expires_ms: self.now.plus(300_000),
        }
    }

    #[track_caller]
    pub(crate) fn bank_makes_charge(&self, visit: &Visit) {
        done(self.bank_answers_charge(visit, self.standing()));
    }

    /// A Pix under a fresh end-to-end id; the cloud has not heard of it yet.
    pub(crate) fn pix(&mut self, visit: &Visit, centavos: i64) -> Received {
        self.serial();
        Received {
            e2eid: format!("E{:031}", self.serial),
            txid: visit.txid.clone(),
            amount: Centavos::new(centavos),
            settled_ms: self.now,
        }
    }

    pub(crate) fn bank_tells(&self, received: &Received) -> Outcome<Step<Verdict>> {
        let (now, keys, received) = (self.now, Arc::clone(&self.keys), received.clone());
        self.act(move |tx| confirm_payment::run(tx, now, &keys, &received))
    }

    /// What the cloud makes of a Pix it is told of, in one word.
    #[track_caller]
    pub(crate) fn verdict(&self, received: &Received) -> &'static str {
        match done(self.bank_tells(received)) {
            Step::AlreadyApplied => "already_applied",
            Step::Executed(Verdict::Deposit) => "deposit",
            Step::Executed(Verdict::Surplus(reason)) => reason.as_str(),
        }
    }

    #[track_caller]
    pub(crate) fn pays(&mut self, visit: &Visit, centavos: i64) -> &'static str {
        let received = self.pix(visit, centavos);
        self.verdict(&received)
    }

    pub(crate) fn delivers_grant(&self, visit: &Visit) {
        let (now, grant) = (self.now, self.grant(visit).expect("a granted visit").id);
        done(self.act(move |tx| grant_delivered::run(tx, now, &grant)));
    }

    pub(crate) fn orders(&self, visit: &Visit) -> Vec<RefundRow> {
        let rental = visit.rental;
        self.read(move |tx| refund::of_rental(tx, &rental))
    }

    #[track_caller]
    pub(crate) fn last_order(&self, visit: &Visit) -> RefundRow {
        self.orders(visit)
            .into_iter()
            .max_by_key(|order| (order.order_no, order.id))
            .expect("a refund was ordered")
    }

    pub(crate) fn bank_says(&self, id: RefundId, word: BankWord, attempts: u32) -> Outcome<Next> {
        let told = Told {
            word,
            settled_ms: Some(self.now),
            return_id: Some("D1".into()),
            detail: Some("why".into()),
            attempts,
        };
        let now = self.now;
        self.act(move |tx| settle_refund::run(tx, now, &id, &told))
    }

    /// The bank shows a devolução of the visit's deposit under an id of its own. True: it was news.
    #[track_caller]
    pub(crate) fn bank_returns(
        &self,
        visit: &Visit,
        (id, centavos): (&str, i64),
        state: ReturnState,
    ) -> bool {
        let e2eid = self.row(visit).e2eid.expect("a visit that was paid");
        self.returned_of(&e2eid, (id, centavos), state)
    }

    #[track_caller]
    pub(crate) fn returned_of(
        &self,
        e2eid: &str,
        (id, centavos): (&str, i64),
        state: ReturnState,
    ) -> bool {
        let heard = HeardReturn {
            e2eid: e2eid.to_owned(),
            id: id.to_owned(),
            amount: Centavos::new(centavos),
            nature: "MED_FRAUDE".into(),
            state,
            return_id: Some("D2".into()),
            settled_ms: Some(self.now),
        };
        let now = self.now;
        let step = done(self.act(move |tx| hear_return::run(tx, now, &heard)));
        step == Step::Executed(())
    }

    /// The outbox begins to send an order: from now on the bank may know it.
    pub(crate) fn begins_to_send(&self, id: RefundId) {
        let retry = self.now.plus(60_000);
        done(self.act(move |tx| {
            Ok(outbox::begin(
                tx,
                EffectKind::SendRefund,
                &id.to_string(),
                retry,
            )?)
        }));
    }

    /// Milliseconds until an order is sent or asked about; `None`: it is not any more.
    pub(crate) fn due_in(&self, id: RefundId) -> Option<i64> {
        let waits = self.read(move |tx| outbox::waits(tx, EffectKind::SendRefund, &id.to_string()));
        waits.map(|(_, due)| due.since(self.now))
    }

    /// The clock's look at refunds that nobody speaks of.
    pub(crate) fn watches_refunds(&self) -> usize {
        let now = self.now;
        done(self.act(move |tx| watch_refunds::run(tx, now)))
    }

    #[track_caller]
    pub(crate) fn bank_settles(&self, visit: &Visit) {
        let order = self.last_order(visit);
        let next = done(self.bank_says(order.id, BankWord::Settled, 1));
        assert_eq!(next, Next::Book);
    }
}
