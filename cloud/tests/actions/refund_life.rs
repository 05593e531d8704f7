//! What stands in a refund's way, and what the bank gives back by itself.

use crate::world::{DAY, DEPOSIT, SECOND, Stage, Visit, World, done};
use cloud::actions::adopt_amount;
use cloud::store::bank_return::ReturnState::{self, Processing, Settled};
use cloud_core::refund::BankWord::{self, Doubtful, Refused, Rejected, Unknown};
use cloud_core::refund::{ALARM_AFTER_MS, Next, Refusal};
use shared::money::Centavos;

const MINUTE: i64 = 60 * SECOND;

fn due() -> (World, Visit) {
    let mut w = World::new();
    let visit = w.at(Stage::Returned);
    w.delivers_grant(&visit);
    (w, visit)
}

/// One more cart at `norte` that is back at `sul`, with its refund ordered.
fn another(w: &mut World, bay: u16) -> Visit {
    w.reports("norte");
    let (visit, tag) = w.goes_out("norte");
    w.docks("sul", bay, tag);
    w.reports("sul");
    visit
}

#[track_caller]
fn says(w: &World, visit: &Visit, word: BankWord) -> Next {
    done(w.bank_says(w.last_order(visit).id, word, 0))
}

#[test]
fn every_refusal_has_its_state_its_wait_and_its_alarm() {
    let anew = |why| (Refused(why), "2 requested 1000");
    let owed = |why| (Refused(why), "1 owed 1000");
    for ((word, last), minutes, alarm) in [
        (anew(Refusal::NoBalance), Some(1), "refund_no_balance"),
        (anew(Refusal::InfractionOpen), Some(30), "refund_blocked"),
        (anew(Refusal::TimedOut), Some(1), "refund_refused"),
        (anew(Refusal::AccountBlocked), Some(360), "refund_refused"),
        (anew(Refusal::WindowOver), Some(1), "refund_refused"),
        (anew(Refusal::AboveAmount), Some(1), "refund_refused"),
        (anew(Refusal::Other), Some(1), "refund_refused"),
        (owed(Refusal::AccountGone), None, "refund_owed"),
        (owed(Refusal::NotReturnable), None, "refund_owed"),
        (owed(Refusal::Duplicate), None, "refund_owed"),
        (owed(Refusal::Fraud), None, "refund_owed"),
        (
            (Rejected(Refusal::InfractionOpen), "1 requested 1000"),
            Some(30),
            "refund_blocked",
        ),
        (
            (Doubtful(Refusal::NoBalance), "1 requested 1000"),
            Some(1),
            "refund_no_balance",
        ),
    ] {
        let (mut w, visit) = due();
        w.advance(SECOND);
        let first = w.last_order(&visit).id;
        says(&w, &visit, word);
        assert_eq!(w.refunds(&visit).last().unwrap(), last, "{word:?}");
        assert_eq!(w.alarms(), [alarm], "{word:?}");
        assert_eq!(w.state(&visit), "returned", "{word:?}");
        assert_eq!(w.books(), [1_000, 0, 1_000], "{word:?}");
        let order = w.last_order(&visit);
        let wait = w.due_in(order.id);
        assert_eq!(wait, minutes.map(|m: i64| m * MINUTE), "{word:?}");
        // A new id only where the bank said that the old one is dead.
        let replaced = order.id != first;
        assert_eq!(replaced, last.starts_with('2'), "{word:?}");
    }
}

#[test]
fn what_the_bank_gave_back_meanwhile_is_not_owed() {
    let (mut w, visit) = due();
    says(&w, &visit, BankWord::Processing);
    w.advance(MINUTE);
    w.bank_returns(&visit, ("bank0", 400), ReturnState::Settled);
    says(&w, &visit, Refused(Refusal::AccountGone));
    assert_eq!(w.refunds(&visit).last().unwrap(), "1 owed 600");
    assert_eq!(w.books(), [600, 0, 600]);
}

#[test]
fn no_word_but_nao_realizado_ever_makes_a_second_id() {
    let (mut w, visit) = due();
    let first = w.last_order(&visit).id;
    for _ in 0..3 {
        for why in Refusal::ALL {
            for word in [Rejected(why), Doubtful(why), Unknown, BankWord::Processing] {
                w.advance(MINUTE);
                says(&w, &visit, word);
                assert_eq!(w.orders(&visit).len(), 1, "{word:?}");
                assert_eq!(w.last_order(&visit).id, first);
            }
        }
    }
    says(&w, &visit, BankWord::Settled);
    assert_eq!((w.books(), w.state(&visit)), ([0, 0, 0], "closed".into()));
    assert!(w.alarms().is_empty());
}

#[test]
fn money_that_comes_pays_the_oldest_debt_first() {
    let (mut w, first) = due();
    w.advance(MINUTE);
    let second = another(&mut w, 2);
    let balance = Refused(Refusal::NoBalance);
    says(&w, &second, balance);
    for _ in 0..4 {
        says(&w, &first, balance);
    }
    let due_in = |w: &World, visit: &Visit| w.due_in(w.last_order(visit).id).unwrap();
    // The younger debt was to be tried in a minute; now it is refused again, and lets the older go.
    assert_eq!(due_in(&w, &first), 8 * MINUTE);
    says(&w, &second, balance);
    assert_eq!(due_in(&w, &second), 8 * MINUTE);
    w.advance(MINUTE);
    let third = w.take("norte");
    w.bank_makes_charge(&third);
    w.pays(&third, DEPOSIT);
    assert!(due_in(&w, &first) < 0, "the oldest debt is tried at once");
    assert_eq!(due_in(&w, &second), 7 * MINUTE);
    says(&w, &first, BankWord::Settled);
    assert!(due_in(&w, &second) < 0, "what is paid wakes the next");
    says(&w, &second, BankWord::Settled);
    assert!(w.alarms().is_empty());
    assert_eq!(w.books(), [1_000, 1_000, 0]);
}

#[test]
fn an_infraction_holds_the_refund_and_its_end_lets_it_go() {
    let (mut w, visit) = due();
    let order = w.last_order(&visit).id;
    for _ in 0..50 {
        says(&w, &visit, Rejected(Refusal::InfractionOpen));
        assert_eq!(w.alarms(), ["refund_blocked"]);
        assert_eq!(w.due_in(order), Some(30 * MINUTE));
        w.advance(30 * MINUTE);
        assert_eq!(w.watches_refunds(), 0, "a person is told already");
    }
    says(&w, &visit, BankWord::Processing);
    assert_eq!(w.alarms(), ["refund_late"], "a day late, but on its way");
    says(&w, &visit, BankWord::Settled);
    assert_eq!(w.refunds(&visit), ["1 settled 1000"]);
    assert!(w.alarms().is_empty());
}

#[test]
fn a_refund_that_nobody_sends_is_seen_after_a_quarter_of_an_hour() {
    let (mut w, visit) = due();
    w.advance(ALARM_AFTER_MS - 1);
    assert_eq!((w.watches_refunds(), w.alarms().len()), (0, 0));
    w.advance(1);
    assert_eq!(w.watches_refunds(), 1);
    assert_eq!(w.alarms(), ["refund_late"]);
    assert_eq!(w.watches_refunds(), 0);
    says(&w, &visit, BankWord::Settled);
    assert!(w.alarms().is_empty());
    assert_eq!(w.watches_refunds(), 0);
}

#[test]
fn after_the_window_nothing_is_sent_and_the_money_is_owed() {
    for (days, expected) in [(90, "1 requested 1000"), (92, "1 owed 1000")] {
        let mut w = World::new();
        let (visit, tag) = w.goes_out("norte");
        w.delivers_grant(&visit);
        w.waits(days * DAY);
        w.docks("sul", 1, tag);
        w.reports("sul");
        assert_eq!(w.refunds(&visit), [expected]);
        assert_eq!(w.books(), [1_000, 0, 1_000], "owed all the same");
        let owed = expected.contains("owed");
        assert_eq!(w.effects().is_empty(), owed);
        assert_eq!(w.alarms().contains(&"refund_owed".to_owned()), owed);
        assert_eq!(w.state(&visit), "returned");
    }
}

#[test]
fn the_window_may_end_while_a_refund_waits() {
    let (mut w, visit) = due();
    says(&w, &visit, Refused(Refusal::NoBalance));
    w.advance(89 * DAY + 2 * MINUTE);
    let order = w.last_order(&visit).id;
    let next = says(&w, &visit, Rejected(Refusal::WindowOver));
    assert_eq!(next, Next::Owe(Refusal::WindowOver));
    assert_eq!(w.refunds(&visit).last().unwrap(), "2 owed 1000");
    assert_eq!(
        (w.alarms(), w.due_in(order)),
        (vec!["refund_owed".into()], None)
    );
    // It had gone through after all.
    done(w.bank_says(order, BankWord::Settled, 0));
    assert_eq!((w.state(&visit), w.books()), ("closed".into(), [0, 0, 0]));
    assert!(w.alarms().is_empty());
}

#[test]
fn what_the_bank_gives_back_by_itself() {
    type Row<'a> = (
        Stage,
        &'a [(&'a str, i64, ReturnState)],
        &'a [&'a str],
        &'a str,
        [i64; 3],
    );
    let rows: [Row<'_>; 9] = [
        (
            Stage::Returned,
            &[("m", 1_000, Settled)],
            &["1 covered 1000"],
            "closed",
            [0, 0, 0],
        ),
        (
            Stage::Returned,
            &[("m", 400, Settled)],
            &["1 requested 600"],
            "returned",
            [600, 0, 600],
        ),
        (
            Stage::Returned,
            &[
                ("m", 400, Settled),
                ("m", 400, Settled),
                ("m", 400, ReturnState::Refused),
            ],
            &["1 requested 600"],
            "returned",
            [600, 0, 600],
        ),
        (
            Stage::Returned,
            &[("m", 400, Settled), ("n", 600, Settled)],
            &["1 covered 600"],
            "closed",
            [0, 0, 0],
        ),
        (
            Stage::Returned,
            &[("m", 1_000, Processing)],
            &["1 requested 1000"],
            "returned",
            [1_000, 0, 1_000],
        ),
        (
            Stage::Returned,
            &[("m", 1_000, Processing), ("m", 1_000, ReturnState::Refused)],
            &["1 requested 1000"],
            "returned",
            [1_000, 0, 1_000],
        ),
        (
            Stage::Returned,
            &[
                ("m", 1_000, Processing),
                ("m", 1_000, Settled),
                ("m", 1_000, Processing),
            ],
            &["1 covered 1000"],
            "closed",
            [0, 0, 0],
        ),
        (
            Stage::Out,
            &[("m", 400, Settled)],
            &[],
            "out",
            [600, 600, 0],
        ),
        (
            Stage::Review,
            &[("m", 1_000, Settled)],
            &[],
            "returned:bolt_not_engaged",
            [0, 0, 0],
        ),
    ];
    for (stage, returns, orders, state, books) in rows {
        let mut w = World::new();
        let visit = w.at(stage);
        for (id, centavos, word) in returns {
            w.bank_returns(&visit, (id, *centavos), *word);
        }
        assert_eq!(w.refunds(&visit), orders, "{stage:?} {returns:?}");
        assert_eq!(w.state(&visit), state, "{stage:?} {returns:?}");
        assert_eq!(w.books(), books, "{stage:?} {returns:?}");
    }
}

#[test]
fn a_deposit_taken_back_while_the_cart_is_out_closes_the_rental_at_its_return() {
    for (centavos, orders, state) in [
        (1_000, vec![], "closed"),
        (400, vec!["1 requested 600".to_owned()], "returned"),
    ] {
        let mut w = World::new();
        let (visit, tag) = w.goes_out("norte");
        w.delivers_grant(&visit);
        assert!(w.bank_returns(&visit, ("m", centavos), Settled));
        assert_eq!(w.alarms(), ["deposit_taken_back"]);
        let e2eid = w.row(&visit).e2eid.unwrap();
        let booked = w.booked(&format!("{e2eid}/m"));
        assert_eq!(booked, [format!("bank_return_held {centavos}")]);
        w.docks("sul", 1, tag);
        w.reports("sul");
        assert_eq!(w.refunds(&visit), orders);
        assert_eq!(w.state(&visit), state);
        assert!(w.alarms().is_empty());
        let left = 1_000 - centavos;
        assert_eq!(w.books(), [left, 0, left]);
        assert!(w.entry(&visit).is_some());
    }
}

#[test]
fn an_order_the_bank_may_know_keeps_its_amount_until_the_bank_speaks() {
    let above = Refusal::AboveAmount;
    for (centavos, word, orders, state, books) in [
        (
            1_000,
            Rejected(above),
            "1 covered 1000",
            "closed",
            [0, 0, 0],
        ),
        (
            400,
            Rejected(above),
            "1 requested 600",
            "returned",
            [600, 0, 600],
        ),
        (400, Unknown, "1 requested 1000", "returned", [600, 0, 600]),
        (
            400,
            Refused(above),
            "2 requested 600",
            "returned",
            [600, 0, 600],
        ),
    ] {
        let (mut w, visit) = due();
        w.advance(SECOND);
        let order = w.last_order(&visit).id;
        w.begins_to_send(order);
        assert_eq!(w.due_in(order), Some(MINUTE));
        w.bank_returns(&visit, ("m", centavos), Settled);
        assert_eq!(w.refunds(&visit), ["1 requested 1000"]);
        assert_eq!(w.due_in(order), Some(0), "the bank is asked at once");
        done(w.bank_says(order, word, 1));
        assert_eq!(w.refunds(&visit).last().unwrap(), orders, "{word:?}");
        assert_eq!(
            (w.state(&visit).as_str(), w.books()),
            (state, books),
            "{word:?}"
        );
    }
}

#[test]
fn money_that_goes_back_twice_is_told_and_never_booked_below_nothing() {
    let (w, visit) = due();
    let order = w.last_order(&visit).id;
    w.begins_to_send(order);
    w.bank_returns(&visit, ("m", 1_000), Settled);
    done(w.bank_says(order, BankWord::Settled, 1));
    assert_eq!((w.state(&visit), w.books()), ("closed".into(), [0, 0, 0]));
    assert_eq!(w.alarms(), ["refund_excess"]);
    // The other way round.
    let (w, visit) = due();
    says(&w, &visit, BankWord::Settled);
    w.bank_returns(&visit, ("m", 1_000), Settled);
    assert_eq!(
        (w.alarms(), w.books()),
        (vec!["refund_excess".into()], [0, 0, 0])
    );
}

/// Books that were set back order the whole where less had been ordered, and settled, before.
#[test]
fn what_the_bank_settled_under_our_id_for_less_is_adopted_and_the_rest_ordered() {
    let (mut w, visit) = due();
    let first = w.last_order(&visit).id;
    let adopts = |w: &World, id, centavos| {
        let (now, standing) = (w.now, Centavos::new(centavos));
        done(w.act(move |tx| adopt_amount::of_refund(tx, now, &id, standing)))
    };
    assert!(adopts(&w, first, 600));
    says(&w, &visit, BankWord::Settled);
    assert_eq!(w.refunds(&visit), ["1 settled 600", "2 requested 400"]);
    assert_eq!(
        (w.books(), w.state(&visit)),
        ([400, 0, 400], "returned".into())
    );
    assert_eq!(w.alarms(), [""; 0]);
    // Told again, of an order that is decided: nothing changes.
    let before = w.everything();
    assert!(adopts(&w, first, 600));
    done(w.bank_says(first, BankWord::Settled, 1));
    assert_eq!(w.everything(), before);
    w.advance(SECOND);
    says(&w, &visit, BankWord::Settled);
    assert_eq!((w.books(), w.state(&visit)), ([0; 3], "closed".into()));
    assert_eq!(w.refunds(&visit), ["1 settled 600", "2 settled 400"]);
}

#[test]
fn what_stands_under_our_id_for_more_is_a_persons_business() {
    let (w, visit) = due();
    let id = w.last_order(&visit).id;
    let now = w.now;
    let more = Centavos::new(DEPOSIT + 1);
    assert!(!done(
        w.act(move |tx| adopt_amount::of_refund(tx, now, &id, more))
    ));
    assert_eq!(w.alarms(), ["refund_excess"]);
    assert_eq!(w.refunds(&visit), ["1 requested 1000"]);
    assert_eq!(w.books(), [DEPOSIT, 0, DEPOSIT]);
}
