//! Pix that arrive late, twice, wrong, or for a cart that is gone.

use crate::world::{DEPOSIT, STAGES, Stage, Visit, World, cart, done, refusal};
use cloud::actions::Rejection;
use cloud::actions::charge_made::Made;
use cloud::store::charge::ChargeState;
use shared::event::{BayFault, Fact};

#[test]
fn what_a_pix_buys_depends_on_how_far_the_visit_has_come() {
    for (stage, right, wrong) in [
        (Stage::Awaiting, "deposit", "wrong_amount"),
        (Stage::Paid, "second_payment", "second_payment"),
        (Stage::Out, "second_payment", "second_payment"),
        (Stage::Review, "second_payment", "second_payment"),
        (Stage::Returned, "second_payment", "second_payment"),
        (Stage::Closed, "second_payment", "second_payment"),
        (Stage::Expired, "too_late", "too_late"),
        (Stage::Cancelled, "too_late", "too_late"),
    ] {
        for (amount, verdict) in [(DEPOSIT, right), (DEPOSIT - 1, wrong)] {
            let mut w = World::new();
            let visit = w.at(stage);
            let [bank, held, owed] = w.books();
            let state = w.state(&visit);
            let pix = w.pix(&visit, amount);
            assert_eq!(w.verdict(&pix), verdict, "{stage:?} {amount}");
            if verdict == "deposit" {
                continue;
            }
            let after = [bank + amount, held, owed + amount];
            assert_eq!(w.books(), after, "{stage:?} {amount}");
            assert_eq!(w.booked(&pix.e2eid), [format!("surplus {amount}")]);
            let order = w.orders(&visit).into_iter().find(|o| o.e2eid == pix.e2eid);
            assert_eq!(order.unwrap().amount.get(), amount);
            if stage != Stage::Awaiting {
                assert_eq!(w.state(&visit), state, "a surplus moves no rental");
            }
        }
    }
}

#[test]
fn trap_06_repeated_callbacks_one_pix_told_five_times_counts_once() {
    for stage in STAGES {
        let mut w = World::new();
        let visit = w.at(stage);
        let pix = w.pix(&visit, DEPOSIT);
        assert_ne!(w.verdict(&pix), "already_applied");
        let before = w.everything();
        for _ in 0..4 {
            assert_eq!(w.verdict(&pix), "already_applied");
        }
        assert_eq!(w.everything(), before, "{stage:?}");
    }
}

#[test]
fn a_pix_after_the_end_goes_back_by_itself() {
    for stage in [Stage::Expired, Stage::Cancelled] {
        let mut w = World::new();
        let visit = w.at(stage);
        assert_eq!(w.effects(), ["cancel_charge"]);
        let state = w.state(&visit);
        assert_eq!(w.pays(&visit, DEPOSIT), "too_late");
        assert_eq!(w.effects(), ["cancel_charge", "send_refund"]);
        assert!(w.grant(&visit).is_none(), "no bay opens");
        w.bank_settles(&visit);
        assert_eq!(w.books(), [0, 0, 0]);
        assert_eq!(w.state(&visit), state);
        assert_eq!(w.refunds(&visit), ["1 settled 1000"]);
    }
}

#[test]
fn a_second_pix_is_refunded_apart_and_the_rental_goes_on() {
    let mut w = World::new();
    let visit = w.at(Stage::Paid);
    assert_eq!(w.pays(&visit, DEPOSIT), "second_payment");
    assert_eq!(w.books(), [2_000, 1_000, 1_000]);
    w.bank_settles(&visit);
    assert_eq!(w.state(&visit), "paid", "only its own Pix closes a rental");
    assert_eq!(w.books(), [1_000, 1_000, 0]);
    let tag = w.pulls(&visit);
    w.reports("norte");
    w.docks("norte", 1, tag);
    w.reports("norte");
    assert_eq!(w.refunds(&visit).len(), 2);
    let own = w.row(&visit).e2eid.unwrap();
    let order = w.orders(&visit).into_iter().find(|o| o.e2eid == own);
    let settled = cloud_core::refund::BankWord::Settled;
    done(w.bank_says(order.unwrap().id, settled, 1));
    assert_eq!(w.state(&visit), "closed");
    assert_eq!(w.books(), [0, 0, 0]);
}

#[test]
fn a_wrong_amount_ends_the_visit_and_even_the_right_one_then_goes_back() {
    for amount in [1, DEPOSIT - 1, DEPOSIT + 1] {
        let mut w = World::new();
        let visit = w.at(Stage::Awaiting);
        assert_eq!(w.pays(&visit, amount), "wrong_amount");
        assert!(w.state(&visit).starts_with("cancelled:"));
        assert_eq!(w.pays(&visit, DEPOSIT), "too_late");
        assert_eq!(w.books(), [amount + DEPOSIT, 0, amount + DEPOSIT]);
        assert!(w.grant(&visit).is_none());
    }
}

#[test]
fn a_pix_for_no_charge_of_ours_is_refused() {
    let mut w = World::new();
    let visit = w.at(Stage::Awaiting);
    let mut pix = w.pix(&visit, DEPOSIT);
    pix.txid = "0".repeat(32);
    let before = w.everything();
    assert_eq!(refusal(w.bank_tells(&pix)), Rejection::UnknownCharge);
    assert_eq!(w.everything(), before);
}

#[test]
fn the_bank_may_be_quicker_with_the_money_than_with_its_answer() {
    let mut w = World::new();
    let visit = w.take("norte");
    assert_eq!(w.pays(&visit, DEPOSIT), "deposit");
    w.bank_makes_charge(&visit);
    assert_eq!(w.effects(), ["deliver_grant"]);
    assert_eq!(w.charge(&visit).state, ChargeState::Paid);
}

#[test]
fn a_charge_the_bank_will_not_make_ends_only_what_still_waits_for_it() {
    let waiting = |w: &World, visit: &Visit, end: Stage| match end {
        Stage::Expired => done(w.expires(visit)),
        Stage::Cancelled => done(w.gives_up(visit)),
        _ => {}
    };
    for (end, state) in [
        (Stage::Awaiting, "cancelled:no_charge"),
        (Stage::Expired, "expired"),
        (Stage::Cancelled, "cancelled:by_customer"),
    ] {
        let mut w = World::new();
        let visit = w.take("norte");
        waiting(&w, &visit, end);
        for _ in 0..2 {
            done(w.bank_answers_charge(&visit, Made::Refused));
            assert_eq!(w.state(&visit), state, "{end:?}");
            assert_eq!(w.effects(), [""; 0], "{end:?}");
        }
    }
}

#[test]
fn an_answer_about_a_charge_that_was_paid_takes_nothing_back() {
    for stage in [Stage::Paid, Stage::Out, Stage::Returned, Stage::Closed] {
        for refused in [true, false] {
            let mut w = World::new();
            let visit = w.at(stage);
            let (state, books) = (w.state(&visit), w.books());
            let made = if refused { Made::Refused } else { w.standing() };
            done(w.bank_answers_charge(&visit, made));
            assert_eq!((w.state(&visit), w.books()), (state, books), "{stage:?}");
        }
    }
}

#[test]
fn a_charge_made_after_the_end_is_withdrawn() {
    for expire in [true, false] {
        let mut w = World::new();
        let visit = w.take("norte");
        done(if expire {
            w.expires(&visit)
        } else {
            w.gives_up(&visit)
        });
        assert_eq!(w.effects(), ["create_charge"]);
        w.bank_makes_charge(&visit);
        assert_eq!(w.effects(), ["cancel_charge"]);
        assert_eq!(w.charge(&visit).state, ChargeState::Over);
    }
}

#[test]
fn one_cart_is_promised_to_one_customer() {
    let mut w = World::new();
    let first = w.take("sul");
    assert_eq!(w.refused("sul"), Rejection::NoCart);
    done(w.gives_up(&first));
    let second = w.take("sul");
    w.pays(&second, DEPOSIT);
    assert_eq!(w.refused("sul"), Rejection::NoCart, "paid is promised too");
    assert_eq!(w.pulls(&second), cart(5));
    w.reports("sul");
    assert_eq!(w.refused("sul"), Rejection::NoCart, "and now it is gone");
}

#[test]
fn a_lane_serves_as_many_as_it_holds_from_its_mouth() {
    let mut w = World::new();
    let visits: Vec<_> = (0..4).map(|_| w.take("norte")).collect();
    let bays: Vec<_> = visits.iter().map(|v| v.bay.get()).collect();
    assert_eq!(bays, [1, 2, 2, 2]);
    assert_eq!(w.refused("norte"), Rejection::NoCart);
    for visit in &visits {
        assert_eq!(w.pays(visit, DEPOSIT), "deposit");
        assert_eq!(w.state(visit), "paid");
    }
    assert_eq!(w.accepted("norte").grants.len(), 4);
    let carts: Vec<_> = visits.iter().rev().map(|v| w.pulls(v)).collect();
    assert_eq!(carts, [cart(4), cart(3), cart(2), cart(1)]);
    w.reports("norte");
    assert!(w.accepted("norte").grants.is_empty());
    for visit in &visits {
        assert_eq!(w.state(visit), "out");
    }
    assert_eq!(w.books(), [4_000, 4_000, 0]);
}

#[test]
fn a_wished_bay_is_given_where_it_can_serve() {
    for (wish, given) in [(1, 1), (2, 2), (7, 1)] {
        let mut w = World::new();
        let mut take = w.wish("norte");
        take.wished = Some(crate::world::bay(wish));
        assert_eq!(done(w.tries("norte", &take)).bay.get(), given);
    }
}

#[test]
fn a_paid_customer_gets_another_bay_when_the_promised_one_fails() {
    let mut w = World::new();
    let visit = w.at(Stage::Awaiting);
    assert_eq!(visit.bay.get(), 1);
    w.bay("norte", 1).fault = Some(BayFault::ReaderDeaf);
    w.reports("norte");
    w.pays(&visit, DEPOSIT);
    assert_eq!(w.grant(&visit).unwrap().bay.get(), 2);
    assert_eq!(w.row(&visit).bay.get(), 2);
    assert_eq!(w.pulls(&visit), cart(4));
}

#[test]
fn who_pays_for_a_cart_that_is_gone_is_refunded() {
    let mut w = World::new();
    let visit = w.take("sul");
    let bay = crate::world::bay(3);
    w.bay("sul", 3).carts.clear();
    w.tells("sul", Fact::CartLeft { bay, tag: cart(5) });
    assert_eq!(w.reports("sul"), ["applied"]);
    assert_eq!(w.alarms(), ["cart_left_unreleased"]);
    assert_eq!(w.pays(&visit, DEPOSIT), "deposit");
    assert_eq!(w.state(&visit), "cancelled:no_bay");
    assert!(w.grant(&visit).is_none());
    assert_eq!(w.books(), [1_000, 0, 1_000]);
    w.bank_settles(&visit);
    assert_eq!(w.books(), [0, 0, 0]);
    assert_eq!(w.state(&visit), "cancelled:no_bay");
}

#[test]
fn nobody_is_given_the_cart_that_was_promised_to_somebody_else() {
    let mut w = World::new();
    let slot = w.take("norte");
    let lane: Vec<_> = (0..3).map(|_| w.take("norte")).collect();
    w.bay("norte", 1).carts.clear();
    w.reports("norte");
    w.pays(&slot, DEPOSIT);
    assert_eq!(w.state(&slot), "cancelled:no_bay");
    for visit in &lane {
        w.pays(visit, DEPOSIT);
        assert_eq!(w.state(visit), "paid");
    }
}

#[test]
fn a_dock_that_went_dark_after_the_tap_still_gets_its_grant() {
    let mut w = World::new();
    let visit = w.at(Stage::Awaiting);
    w.advance(60_000);
    w.pays(&visit, DEPOSIT);
    assert_eq!(w.state(&visit), "paid", "the phone can carry it there");
    assert_eq!(w.accepted("norte").grants.len(), 1);
}
