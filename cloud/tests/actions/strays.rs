//! Pix that no charge explains: booked as what they are, given back once, or held for a person.

use crate::world::{DEPOSIT, SECOND, START, Stage, World, done, manager, refusal, shop};
use cloud::actions::book_stray::{self, Arrived, BankReturn, ReturnWord};
use cloud::actions::settle_refund::Told;
use cloud::actions::{Outcome, Rejection, hear_stray, release_stray, settle_stray, watch_refunds};
use cloud::store::alarm::{self, AlarmKind};
use cloud::store::outbox::EffectKind;
use cloud::store::stray_refund::StrayRefundRow;
use cloud::store::{outbox, staff, stray, stray_refund};
use cloud_core::refund::{ALARM_AFTER_MS, BankWord, Next, Refusal};
use cloud_core::rental::Step;
use cloud_core::stray::{FOUND_LATE_MS, HoldReason, NotOurs, PaidKey, Verdict};
use shared::ids::RefundId;
use shared::money::Centavos;
use shared::time::UnixMs;

const LIMIT: i64 = 20_000;
const E2EID: &str = "E0000000000000000000000000stray1";

fn arrived(centavos: i64) -> Arrived {
    Arrived {
        e2eid: E2EID.into(),
        txid: None,
        key: PaidKey::Ours,
        amount: Centavos::new(centavos),
        settled_ms: START,
        returns: vec![],
    }
}

fn returned(id: &str, centavos: i64, word: ReturnWord) -> BankReturn {
    BankReturn {
        id: id.into(),
        amount: Centavos::new(centavos),
        word,
    }
}

const SETTLED: ReturnWord = ReturnWord::Settled(Some(START));

impl World {
    fn stray(&self, arrived: &Arrived) -> Outcome<Step<Verdict>> {
        let (now, arrived, max) = (self.now, arrived.clone(), Centavos::new(LIMIT));
        self.act(move |tx| book_stray::run(tx, now, max, &arrived))
    }

    fn hears(&self, listed: Vec<BankReturn>) {
        let now = self.now;
        done(self.act(move |tx| hear_stray::run(tx, now, E2EID, &listed)));
    }

    /// The outbox begins to send an order: from now on the bank may know it.
    fn begins_stray(&self, id: RefundId) {
        let (subject, retry) = (id.to_string(), self.now.plus(60_000));
        done(self.act(move |tx| Ok(outbox::begin(tx, EffectKind::RefundStray, &subject, retry)?)));
    }

    fn stray_orders(&self) -> Vec<StrayRefundRow> {
        self.read(|tx| stray_refund::of_pix(tx, E2EID))
    }

    fn stray_state(&self) -> &'static str {
        let row = self.read(|tx| stray::by_e2eid(tx, E2EID));
        row.expect("a booked stray Pix").state.state()
    }

    fn stray_told(&self, id: RefundId, word: BankWord) -> Next {
        let (now, at) = (self.now, self.now);
        let told = Told {
            word,
            settled_ms: Some(at),
            return_id: Some("D1".into()),
            detail: Some("why".into()),
            attempts: 1,
        };
        done(self.act(move |tx| settle_stray::run(tx, now, &id, &told)))
    }

    fn releases(&self) -> Outcome<()> {
        let now = self.now;
        self.act(move |tx| release_stray::run(tx, now, E2EID, &manager(), "a1"))
    }

    /// Bank, held, owed and stray.
    fn all_books(&self) -> [i64; 4] {
        let balances = self.read(cloud::store::ledger::balances);
        let of = |kind: &str| -> i64 {
            let found = balances.iter().filter(|(k, _)| k == kind);
            found.map(|(_, balance)| balance.get()).sum()
        };
        let books = [of("bank"), -of("held"), -of("owed"), -of("stray")];
        assert_eq!(books[0], books[1] + books[2] + books[3], "{balances:?}");
        books
    }
}

#[test]
fn within_the_limit_it_goes_back_by_itself_and_once() {
    let w = World::new();
    let pix = arrived(LIMIT);
    let refund = Verdict::Refund(Centavos::new(LIMIT));
    assert_eq!(done(w.stray(&pix)), Step::Executed(refund));
    assert_eq!(w.all_books(), [LIMIT, 0, LIMIT, 0]);
    assert_eq!(w.booked(E2EID), ["stray 20000", "stray_due 20000"]);
    assert_eq!(w.effects(), ["refund_stray"]);
    assert!(w.alarms().is_empty());
    let before = w.everything();
    for _ in 0..5 {
        assert_eq!(done(w.stray(&pix)), Step::AlreadyApplied);
    }
    assert_eq!(w.everything(), before, "listed again and again");
    let orders = w.stray_orders();
    assert_eq!(orders.len(), 1);
    let word = ReturnWord::Settled(Some(START));
    assert_eq!(w.stray_told(orders[0].id, BankWord::Settled), Next::Book);
    assert_eq!((w.all_books(), w.stray_state()), ([0; 4], "returned"));
    assert!(w.effects().is_empty());
    let before = w.everything();
    w.hears(vec![returned(&orders[0].id.simple(), LIMIT, word)]);
    w.stray_told(orders[0].id, BankWord::Settled);
    assert_eq!(w.everything(), before, "told again");
}

#[test]
fn the_banks_list_may_tell_what_the_answer_did_not() {
    let w = World::new();
    done(w.stray(&arrived(500)));
    let id = w.stray_orders()[0].id.simple();
    w.hears(vec![returned(&id, 500, ReturnWord::Processing)]);
    assert_eq!(w.stray_state(), "due");
    w.hears(vec![returned(&id, 500, SETTLED)]);
    assert_eq!((w.all_books(), w.stray_state()), ([0; 4], "returned"));
    assert_eq!(w.stray_orders()[0].settled_ms, Some(START));
    assert!(w.effects().is_empty());
}

#[test]
fn above_the_limit_it_waits_for_a_manager_who_is_remembered() {
    let w = World::new();
    let held = Verdict::Held(HoldReason::AboveLimit);
    assert_eq!(done(w.stray(&arrived(LIMIT + 1))), Step::Executed(held));
    assert_eq!(w.all_books(), [LIMIT + 1, 0, 0, LIMIT + 1]);
    assert_eq!(w.alarms(), ["payment_unmatched"]);
    assert!(w.effects().is_empty() && w.stray_orders().is_empty());
    done(w.releases());
    assert_eq!(w.all_books(), [LIMIT + 1, 0, LIMIT + 1, 0]);
    assert_eq!(w.effects(), ["refund_stray"]);
    assert!(w.alarms().is_empty());
    let audit = w.read(|tx| staff::audit_of(tx, E2EID));
    assert_eq!(audit.len(), 1);
    assert_eq!(
        (audit[0].action.as_str(), audit[0].login.as_deref()),
        ("release_stray", Some("gerente"))
    );
    let before = w.everything();
    assert_eq!(refusal(w.releases()), Rejection::StrayNotHeld);
    assert_eq!(w.everything(), before, "a double click");
    assert_eq!(w.stray_orders().len(), 1);
}

#[test]
fn what_may_be_a_tills_sale_does_not_go_back_by_itself() {
    let w = World::new();
    let pix = Arrived {
        key: PaidKey::NotNamed,
        ..arrived(500)
    };
    let held = Verdict::Held(HoldReason::KeyNotNamed);
    assert_eq!(done(w.stray(&pix)), Step::Executed(held));
    assert!(w.effects().is_empty());
    assert_eq!(w.alarms(), ["payment_unmatched"]);
    assert_eq!(w.stray_state(), "held");
}

#[test]
fn nobody_releases_what_is_not_there() {
    let w = World::new();
    assert_eq!(refusal(w.releases()), Rejection::UnknownStray);
}

#[test]
fn what_the_bank_gave_back_by_itself_is_not_given_again() {
    for (before, later, books, state) in [
        (vec![(DEPOSIT, SETTLED)], vec![], [0; 4], "returned"),
        (vec![(400, SETTLED)], vec![], [600, 0, 600, 0], "due"),
        (
            vec![(400, ReturnWord::Processing)],
            vec![],
            [1_000, 0, 0, 1_000],
            "held",
        ),
        (
            vec![(400, ReturnWord::Processing)],
            vec![(400, SETTLED)],
            [600, 0, 0, 600],
            "held",
        ),
        (
            vec![(DEPOSIT, ReturnWord::Processing)],
            vec![(DEPOSIT, SETTLED)],
            [0; 4],
            "returned",
        ),
    ] {
        let w = World::new();
        let bank = |listed: &[(i64, ReturnWord)]| -> Vec<BankReturn> {
            let one = |(centavos, word): &(i64, ReturnWord)| returned("MED1", *centavos, *word);
            listed.iter().map(one).collect()
        };
        let pix = Arrived {
            returns: bank(&before),
            ..arrived(DEPOSIT)
        };
        done(w.stray(&pix));
        for _ in 0..2 {
            w.hears(bank(&later));
        }
        assert_eq!(w.all_books(), books, "{before:?} {later:?}");
        assert_eq!(w.stray_state(), state, "{before:?} {later:?}");
        let alarms = usize::from(state == "held");
        assert_eq!(w.alarms().len(), alarms, "{before:?} {later:?}");
        let owed: i64 = w.stray_orders().iter().map(|o| o.amount.get()).sum();
        assert_eq!(owed, books[2], "{before:?} {later:?}");
    }
}

#[test]
fn a_manager_releases_only_what_is_left() {
    let w = World::new();
    done(w.stray(&arrived(LIMIT + 1)));
    w.hears(vec![returned("MED1", 1, SETTLED)]);
    done(w.releases());
    assert_eq!(w.stray_orders()[0].amount.get(), LIMIT);
    assert_eq!(w.all_books(), [LIMIT, 0, LIMIT, 0]);
}

#[test]
fn other_keys_and_the_time_before_the_books_are_not_ours() {
    let before = UnixMs(0);
    for (pix, why) in [
        (
            Arrived {
                key: PaidKey::Other,
                ..arrived(500)
            },
            NotOurs::OtherKey,
        ),
        (
            Arrived {
                settled_ms: before,
                ..arrived(500)
            },
            NotOurs::BeforeTheBooks,
        ),
    ] {
        let w = World::new();
        let untouched = w.everything();
        let verdict = Verdict::NotOurs(why);
        assert_eq!(done(w.stray(&pix)), Step::Executed(verdict));
        assert_eq!(w.everything(), untouched);
    }
}

#[test]
fn a_pix_is_a_payment_or_a_stray_one_and_never_both() {
    let mut w = World::new();
    let visit = w.at(Stage::Awaiting);
    let late = w.pix(&visit, DEPOSIT);
    let stray = Arrived {
        e2eid: late.e2eid.clone(),
        ..arrived(DEPOSIT)
    };
    done(w.stray(&stray));
    assert_eq!(w.verdict(&late), "already_applied", "named late");
    assert_eq!(w.all_books(), [DEPOSIT, 0, DEPOSIT, 0]);
    let paid = w.pix(&visit, DEPOSIT);
    assert_eq!(w.verdict(&paid), "deposit");
    let stray = Arrived {
        e2eid: paid.e2eid,
        ..arrived(DEPOSIT)
    };
    assert_eq!(done(w.stray(&stray)), Step::AlreadyApplied);
    assert_eq!(w.all_books(), [2 * DEPOSIT, DEPOSIT, DEPOSIT, 0]);
}

#[test]
fn a_refused_order_is_placed_anew_and_never_two_at_once() {
    let mut w = World::new();
    done(w.stray(&arrived(500)));
    for number in 1..4u32 {
        w.advance(SECOND);
        let orders = w.stray_orders();
        let last = orders.last().expect("an order").clone();
        assert_eq!((orders.len(), last.order_no), (number as usize, number));
        let next = w.stray_told(last.id, BankWord::Refused(Refusal::Other));
        assert!(matches!(next, Next::OrderAnew { .. }));
        assert_eq!(w.effects(), ["refund_stray"]);
        let alive = "SELECT count(*) FROM stray_refund WHERE state <> 'refused'";
        assert_eq!(w.count(alive), 1);
    }
    assert_eq!(w.alarms(), ["refund_refused"]);
    w.advance(ALARM_AFTER_MS);
    let last = w.stray_orders().last().expect("an order").id;
    w.stray_told(last, BankWord::Unknown);
    assert_eq!(w.alarms(), ["refund_late", "refund_refused"]);
    w.stray_told(last, BankWord::Settled);
    assert!(w.alarms().is_empty());
    assert_eq!((w.all_books(), w.stray_state()), ([0; 4], "returned"));
}

#[test]
fn a_refused_order_for_what_came_back_otherwise_is_the_last() {
    let w = World::new();
    done(w.stray(&arrived(500)));
    let id = w.stray_orders()[0].id;
    w.begins_stray(id);
    w.hears(vec![returned("APP1", 500, SETTLED)]);
    assert_eq!(w.all_books(), [0; 4]);
    assert_eq!(w.alarms(), ["payment_unmatched"]);
    w.stray_told(id, BankWord::Refused(Refusal::Other));
    assert_eq!(w.stray_orders().len(), 1);
    assert_eq!((w.stray_state(), w.alarms().len()), ("returned", 0));
}

#[test]
fn an_order_the_bank_cannot_know_follows_what_the_bank_gives_back_by_itself() {
    for (owed, back, amount, state, books) in [
        (false, 500, 500, "returned", [0; 4]),
        (false, 200, 300, "due", [300, 0, 300, 0]),
        (true, 500, 500, "returned", [0; 4]),
        (true, 200, 300, "due", [300, 0, 300, 0]),
    ] {
        let w = World::new();
        done(w.stray(&arrived(500)));
        let id = w.stray_orders()[0].id;
        if owed {
            let next = w.stray_told(id, BankWord::Refused(Refusal::Fraud));
            assert_eq!(next, Next::Owe(Refusal::Fraud));
            assert_eq!(w.alarms(), ["refund_owed"]);
        }
        w.hears(vec![returned("MED1", back, SETTLED)]);
        let case = format!("owed {owed}, back {back}");
        let orders = w.stray_orders();
        assert_eq!(
            (orders.len(), orders[0].amount.get()),
            (1, amount),
            "{case}"
        );
        assert_eq!((w.stray_state(), w.all_books()), (state, books), "{case}");
        let waits = if state == "returned" || owed { 0 } else { 1 };
        assert_eq!(w.effects().len(), waits, "{case}");
        assert_eq!(
            w.alarms().is_empty(),
            state == "returned" || !owed,
            "{case}"
        );
    }
}

#[test]
fn an_order_that_settles_after_it_was_refused_is_told_to_a_person_once() {
    let w = World::new();
    done(w.stray(&arrived(500)));
    let id = w.stray_orders()[0].id;
    w.stray_told(id, BankWord::Refused(Refusal::Other));
    for _ in 0..2 {
        w.hears(vec![returned(&id.simple(), 500, SETTLED)]);
        assert_eq!(w.alarms(), ["refund_excess", "refund_refused"]);
    }
}

#[test]
fn what_is_found_days_later_waits_for_a_manager() {
    let mut w = World::new();
    w.advance(FOUND_LATE_MS + 1);
    let held = Verdict::Held(HoldReason::LongAgo);
    assert_eq!(done(w.stray(&arrived(500))), Step::Executed(held));
    assert_eq!(w.alarms(), ["payment_unmatched"]);
    assert!(w.effects().is_empty() && w.stray_orders().is_empty());
    w.restarts();
    assert_eq!(w.stray_state(), "held");
    done(w.releases());
    assert_eq!(w.effects(), ["refund_stray"]);
}

#[test]
fn an_old_alarm_ends_where_nobody_need_look() {
    let other_key = Arrived {
        key: PaidKey::Other,
        ..arrived(500)
    };
    let gone = Arrived {
        returns: vec![returned("APP1", 500, SETTLED)],
        ..arrived(500)
    };
    let before = Arrived {
        settled_ms: UnixMs(0),
        ..arrived(500)
    };
    for (pix, left) in [
        (other_key, 0),
        (gone, 0),
        (before, 0),
        (arrived(500), 0),
        (arrived(LIMIT + 1), 1),
    ] {
        let w = World::new();
        let now = w.now;
        let kind = AlarmKind::PaymentUnmatched;
        done(w.act(move |tx| Ok(alarm::raise(tx, kind, E2EID, "of an older version", now)?)));
        done(w.stray(&pix));
        assert_eq!(w.alarms().len(), left, "{pix:?}");
    }
}

#[test]
fn stray_debts_stand_in_line_with_deposits_oldest_first() {
    let mut w = World::new();
    done(w.stray(&arrived(500)));
    let stray = w.stray_orders()[0].id;
    w.begins_stray(stray);
    w.advance(SECOND);
    let visit = w.at(Stage::Returned);
    let deposit = w.last_order(&visit).id;
    let due = |w: &World, kind: EffectKind, id: RefundId| {
        let waits = w.read(move |tx| outbox::waits(tx, kind, &id.to_string()));
        waits.expect("under way").1
    };
    let short = BankWord::Rejected(Refusal::NoBalance);
    w.stray_told(stray, short);
    // A younger debt that fails is not tried before it, though it was asked about less often.
    done(w.bank_says(deposit, short, 0));
    let oldest = due(&w, EffectKind::RefundStray, stray);
    assert_eq!(due(&w, EffectKind::SendRefund, deposit), oldest);
    assert_eq!(w.alarms(), ["refund_no_balance"; 2]);
    // Money comes in: the oldest is tried at once, whatever it is.
    let (now, pix) = (
        w.now,
        Arrived {
            e2eid: "E0000000000000000000000000stray2".into(),
            ..arrived(900)
        },
    );
    done(w.act(move |tx| book_stray::run(tx, now, Centavos::new(LIMIT), &pix)));
    assert!(due(&w, EffectKind::RefundStray, stray) <= START);
    assert!(due(&w, EffectKind::SendRefund, deposit) > w.now);
    // Where there was money for one there may be more.
    w.stray_told(stray, BankWord::Settled);
    assert!(due(&w, EffectKind::SendRefund, deposit) <= w.now);
}

#[test]
fn a_stray_debt_that_nobody_speaks_of_is_told_after_a_quarter_of_an_hour() {
    let mut w = World::new();
    done(w.stray(&arrived(500)));
    let watches = |w: &World| {
        let now = w.now;
        done(w.act(move |tx| watch_refunds::run(tx, now)))
    };
    w.advance(ALARM_AFTER_MS - 1);
    assert_eq!(watches(&w), 0);
    w.advance(1);
    assert_eq!((watches(&w), watches(&w)), (1, 0));
    assert_eq!(w.alarms(), ["refund_late"]);
    w.stray_told(w.stray_orders()[0].id, BankWord::Settled);
    assert!(w.alarms().is_empty());
}

#[test]
fn a_stray_order_that_the_bank_settled_at_less_leaves_the_rest_to_another() {
    let w = World::new();
    done(w.stray(&arrived(500)));
    let first = w.stray_orders()[0].id;
    w.hears(vec![returned(&first.simple(), 501, SETTLED)]);
    assert_eq!(
        (w.alarms(), w.all_books()),
        (vec!["refund_excess".into()], [500, 0, 500, 0])
    );
    w.hears(vec![returned(&first.simple(), 300, SETTLED)]);
    assert_eq!((w.all_books(), w.stray_state()), ([200, 0, 200, 0], "due"));
    let orders = w.stray_orders();
    let amounts: Vec<i64> = orders.iter().map(|order| order.amount.get()).collect();
    assert_eq!(amounts, [300, 200]);
    w.hears(vec![
        returned(&first.simple(), 300, SETTLED),
        returned(&orders[1].id.simple(), 200, SETTLED),
    ]);
    assert_eq!((w.all_books(), w.stray_state()), ([0; 4], "returned"));
}

#[test]
fn the_house_is_the_chains_first_store_and_does_not_move() {
    let mut w = World::new();
    done(w.stray(&arrived(500)));
    w.restarts();
    let row = w.read(|tx| stray::by_e2eid(tx, E2EID)).expect("booked");
    assert_eq!(row.store, shop());
    let house = w.read(stray::house).expect("a house");
    assert_eq!(house, (shop(), UnixMs(1)));
}
