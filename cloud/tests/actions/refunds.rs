//! The bank's words about refund orders.

use crate::world::{DEPOSIT, SECOND, Stage, Visit, World, done, refusal};
use cloud::actions::Rejection;
use cloud::store::outbox;
use cloud_core::refund::BankWord::{self, Processing, Settled, Unknown};
use cloud_core::refund::{ALARM_AFTER_MS, Concern, Next, Refusal};
use shared::ids::RefundId;

/// `NAO_REALIZADO` for a reason that says nothing.
const REFUSED: BankWord = BankWord::Refused(Refusal::Other);

fn due() -> (World, Visit) {
    let mut w = World::new();
    let visit = w.at(Stage::Returned);
    w.delivers_grant(&visit);
    (w, visit)
}

#[track_caller]
fn says(w: &World, visit: &Visit, word: BankWord) -> Next {
    done(w.bank_says(w.last_order(visit).id, word, 0))
}

/// Milliseconds until the next effect is due.
fn wait(w: &World) -> Option<i64> {
    w.read(outbox::next_due).map(|due| due.since(w.now))
}

#[test]
fn the_banks_words_in_a_row() {
    type Row<'a> = (&'a [BankWord], &'a [&'a str], &'a str, [i64; 3]);
    let rows: Vec<Row<'_>> = vec![
        (&[], &["1 requested 1000"], "returned", [1_000, 0, 1_000]),
        (
            &[Unknown],
            &["1 requested 1000"],
            "returned",
            [1_000, 0, 1_000],
        ),
        (
            &[Processing, Unknown],
            &["1 processing 1000"],
            "returned",
            [1_000, 0, 1_000],
        ),
        (&[Settled], &["1 settled 1000"], "closed", [0, 0, 0]),
        (
            &[Processing, Settled],
            &["1 settled 1000"],
            "closed",
            [0, 0, 0],
        ),
        (
            &[Unknown, Unknown, Settled, Settled, REFUSED],
            &["1 settled 1000"],
            "closed",
            [0, 0, 0],
        ),
        (
            &[REFUSED],
            &["1 refused 1000", "2 requested 1000"],
            "returned",
            [1_000, 0, 1_000],
        ),
        (
            &[Processing, REFUSED, Unknown, REFUSED, Settled],
            &["1 refused 1000", "2 refused 1000", "3 settled 1000"],
            "closed",
            [0, 0, 0],
        ),
    ];
    for (words, orders, state, books) in rows {
        let (mut w, visit) = due();
        for word in words {
            w.advance(SECOND);
            says(&w, &visit, *word);
        }
        assert_eq!(w.refunds(&visit), orders, "{words:?}");
        assert_eq!(w.state(&visit), state, "{words:?}");
        assert_eq!(w.books(), books, "{words:?}");
        let waits = if state == "closed" { 0 } else { 1 };
        assert_eq!(w.effects(), vec!["send_refund"; waits], "{words:?}");
    }
}

#[test]
fn the_same_order_is_asked_about_ever_more_rarely() {
    let (w, visit) = due();
    let order = w.last_order(&visit).id;
    assert_eq!(wait(&w), Some(0));
    for (attempts, after_ms) in [
        (0, 500),
        (1, 1_000),
        (5, 16_000),
        (10, 300_000),
        (99, 300_000),
    ] {
        for word in [Processing, Unknown] {
            let next = done(w.bank_says(order, word, attempts));
            let concern = None;
            assert_eq!(next, Next::AskAgain { after_ms, concern });
            assert_eq!(wait(&w), Some(after_ms));
        }
    }
}

#[test]
fn a_refused_refund_is_ordered_anew_under_a_new_id_and_never_twice_at_once() {
    let (mut w, visit) = due();
    let first = w.last_order(&visit);
    let mut ids = vec![first.id];
    for (number, after_ms) in [(1, 60_000), (2, 120_000), (3, 240_000), (4, 480_000)] {
        w.advance(SECOND);
        let concern = Concern::Refused;
        let anew = Next::OrderAnew { after_ms, concern };
        assert_eq!(says(&w, &visit, REFUSED), anew);
        let order = w.last_order(&visit);
        assert_eq!(order.order_no, number + 1);
        assert_eq!(
            order.due_since_ms, first.due_since_ms,
            "owed since the return"
        );
        assert_eq!(
            (order.e2eid, order.amount),
            (first.e2eid.clone(), first.amount)
        );
        assert!(!ids.contains(&order.id));
        ids.push(order.id);
        assert_eq!(w.effects(), ["send_refund"]);
        assert_eq!(wait(&w), Some(after_ms));
        assert_eq!(
            w.count("SELECT count(*) FROM refund WHERE state <> 'refused'"),
            1
        );
    }
    for _ in 0..20 {
        says(&w, &visit, REFUSED);
    }
    assert_eq!(wait(&w), Some(3_600_000), "at least once an hour, for ever");
    assert_eq!(w.books(), [1_000, 0, 1_000]);
    assert_eq!(w.alarms(), ["refund_refused"]);
    says(&w, &visit, Settled);
    assert_eq!(w.state(&visit), "closed");
    assert_eq!(w.books(), [0, 0, 0]);
    assert!(w.alarms().is_empty());
}

#[test]
fn late_words_about_a_decided_order_change_nothing() {
    let (w, visit) = due();
    let refused = w.last_order(&visit).id;
    says(&w, &visit, REFUSED);
    let before = w.everything();
    for word in [REFUSED, Processing, Unknown] {
        assert_eq!(done(w.bank_says(refused, word, 3)), Next::AlreadyApplied);
    }
    assert_eq!(w.everything(), before);
    // A bank that settles what it had refused: the money may go twice, a person must know.
    assert_eq!(done(w.bank_says(refused, Settled, 3)), Next::AlreadyApplied);
    assert_ne!(w.everything(), before);
    assert_eq!(w.alarms(), ["refund_excess", "refund_refused"]);
    let settled = w.last_order(&visit).id;
    says(&w, &visit, Settled);
    // What went twice stays gone.
    assert_eq!(w.alarms(), ["refund_excess"]);
    let before = w.everything();
    for order in [refused, settled] {
        for word in [REFUSED, Processing, Unknown] {
            assert_eq!(done(w.bank_says(order, word, 3)), Next::AlreadyApplied);
        }
    }
    assert_eq!(w.everything(), before);
}

#[test]
fn a_person_is_told_of_a_late_refund_and_no_longer_once_it_is_there() {
    let (mut w, visit) = due();
    w.advance(ALARM_AFTER_MS - 1);
    says(&w, &visit, Unknown);
    assert!(w.alarms().is_empty());
    w.advance(1);
    says(&w, &visit, Processing);
    assert_eq!(w.alarms(), ["refund_late"]);
    says(&w, &visit, REFUSED);
    assert_eq!(w.alarms(), ["refund_late", "refund_refused"]);
    w.advance(SECOND);
    says(&w, &visit, Processing);
    assert_eq!(w.alarms(), ["refund_late", "refund_refused"]);
    says(&w, &visit, Settled);
    assert!(w.alarms().is_empty());
}

#[test]
fn a_refund_that_arrives_does_not_silence_another_that_is_late() {
    let (mut w, visit) = due();
    let deposit = w.last_order(&visit).id;
    assert_eq!(w.pays(&visit, DEPOSIT), "second_payment");
    w.advance(ALARM_AFTER_MS);
    done(w.bank_says(deposit, Unknown, 0));
    let surplus = w.orders(&visit).into_iter().find(|o| o.id != deposit);
    let surplus = surplus.unwrap().id;
    done(w.bank_says(surplus, Settled, 0));
    assert_eq!(w.state(&visit), "returned");
    assert_eq!(w.alarms(), ["refund_late"]);
    done(w.bank_says(deposit, Settled, 0));
    assert_eq!(w.state(&visit), "closed");
    assert!(w.alarms().is_empty());
    assert_eq!(w.books(), [0, 0, 0]);
}

#[test]
fn a_word_about_no_order_of_ours_is_refused() {
    let (w, _) = due();
    let before = w.everything();
    let stranger = RefundId::new(1, [0; 10]);
    let answer = w.bank_says(stranger, Settled, 0);
    assert_eq!(refusal(answer), Rejection::UnknownRefund);
    assert_eq!(w.everything(), before);
}
