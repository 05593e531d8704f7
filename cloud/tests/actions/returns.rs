//! Carts that come back: seen well, seen badly, seen twice.

use crate::world::{DEPOSIT, SECOND, Stage, Visit, World, cart, done};
use shared::event::Contradiction::{
    self, BoltNotEngaged, CartWithoutTag, TagInTwoBays, TagWithoutCart,
};
use shared::event::Fact;
use shared::ids::TagUid;

fn out() -> (World, Visit, TagUid) {
    let mut w = World::new();
    let (visit, tag) = w.goes_out("norte");
    (w, visit, tag)
}

#[test]
fn what_the_sensors_say_of_a_return() {
    type Seen = Option<Contradiction>;
    const WELL: Seen = None;
    const BOLT: Seen = Some(BoltNotEngaged);
    const NO_TAG: Seen = Some(CartWithoutTag);
    const NO_CART: Seen = Some(TagWithoutCart);
    const TWO: Seen = Some(TagInTwoBays);
    let rows: Vec<(&[Seen], &[&str], &str, usize)> = vec![
        (&[WELL], &["applied"], "returned", 1),
        (&[WELL, WELL], &["applied", "not_rented"], "returned", 1),
        (&[WELL, BOLT], &["applied", "not_rented"], "returned", 1),
        (
            &[BOLT],
            &["held_for_review"],
            "returned:bolt_not_engaged",
            0,
        ),
        (
            &[BOLT, WELL],
            &["held_for_review", "applied"],
            "returned",
            1,
        ),
        (
            &[BOLT, WELL, WELL],
            &["held_for_review", "applied", "not_rented"],
            "returned",
            1,
        ),
        (
            &[BOLT, NO_CART],
            &["held_for_review", "already_applied"],
            "returned:bolt_not_engaged",
            0,
        ),
        (
            &[NO_TAG, WELL],
            &["held_for_review", "applied"],
            "returned",
            1,
        ),
        (
            &[TWO, WELL],
            &["held_for_review", "already_applied"],
            "returned:tag_in_two_bays",
            0,
        ),
    ];
    for (seen, outcomes, state, refunds) in rows {
        let (mut w, visit, tag) = out();
        for contradiction in seen {
            match contradiction {
                None => w.docks("norte", 1, tag),
                Some(c) => w.contradicts("norte", 1, Some(tag), *c),
            }
        }
        assert_eq!(w.reports("norte"), outcomes, "{seen:?}");
        assert_eq!(w.state(&visit), state, "{seen:?}");
        assert_eq!(w.orders(&visit).len(), refunds, "{seen:?}");
        let entries = usize::from(w.entry(&visit).is_some());
        assert_eq!(entries, refunds, "refund and entry come together: {seen:?}");
        let held = if refunds == 0 { DEPOSIT } else { 0 };
        assert_eq!(w.books(), [DEPOSIT, held, DEPOSIT - held], "{seen:?}");
        let receipt = w.row(&visit);
        assert_eq!(receipt.returned_ms, Some(w.now), "a receipt at once");
    }
}

#[test]
fn the_alarm_of_a_contradicted_return_ends_with_the_agreement() {
    let (mut w, visit, tag) = out();
    w.contradicts("norte", 1, Some(tag), BoltNotEngaged);
    w.reports("norte");
    assert_eq!(w.alarms(), ["return_contradicted"]);
    w.waits(3 * SECOND);
    w.docks("norte", 1, tag);
    w.reports("norte");
    assert!(w.alarms().is_empty());
    assert_eq!(w.row(&visit).returned_ms, Some(w.now));
    assert_eq!(w.refunds(&visit), ["1 requested 1000"]);
}

#[test]
fn a_cart_that_nobody_rented_is_taken_in() {
    let mut w = World::new();
    let stranger = cart(99);
    w.docks("sul", 1, stranger);
    w.contradicts("sul", 2, Some(stranger), BoltNotEngaged);
    w.contradicts("sul", 2, None, CartWithoutTag);
    assert_eq!(w.reports("sul"), ["not_rented"; 3]);
    assert_eq!(w.alarms(), ["return_contradicted"]);
    assert_eq!(w.books(), [0, 0, 0]);
    assert_eq!(w.effects(), [""; 0]);
    let visit = w.take("sul");
    w.pays(&visit, DEPOSIT);
    assert_eq!(visit.bay.get(), 1, "and serves the next customer");
    assert_eq!(w.pulls(&visit), stranger);
    assert_eq!(w.reports("sul"), ["applied", "applied"]);
    assert_eq!(w.state(&visit), "out");
}

#[test]
fn a_cart_that_left_without_a_release_is_shown_and_changes_no_money() {
    let (mut w, visit, tag) = out();
    let bay = crate::world::bay(1);
    w.docks("norte", 1, tag);
    w.tells("norte", Fact::CartLeft { bay, tag });
    w.bay("norte", 1).carts.clear();
    w.tells(
        "norte",
        Fact::BayFaulted {
            bay,
            fault: shared::event::BayFault::LockFailed,
        },
    );
    w.tells("norte", Fact::BayRecovered { bay });
    assert_eq!(w.reports("norte"), ["applied"; 4]);
    assert_eq!(w.alarms(), ["cart_left_unreleased"]);
    assert_eq!(w.state(&visit), "returned");
    assert_eq!(w.refunds(&visit), ["1 requested 1000"]);
}

#[test]
fn one_tag_at_two_docks_waits_for_a_person() {
    let (mut w, visit, tag) = out();
    w.bay("sul", 1).carts.push(tag);
    w.reports("sul");
    w.docks("norte", 1, tag);
    assert_eq!(w.reports("norte"), ["held_for_review"]);
    assert_eq!(w.state(&visit), "returned:tag_in_two_bays");
    w.docks("norte", 1, tag);
    w.docks("sul", 1, tag);
    assert_eq!(w.reports("norte"), ["already_applied"]);
    assert_eq!(w.reports("sul"), ["already_applied"]);
    w.bay("sul", 1).carts.clear();
    w.reports("sul");
    w.docks("norte", 1, tag);
    assert_eq!(
        w.reports("norte"),
        ["already_applied"],
        "a clone may be about"
    );
    assert_eq!(w.orders(&visit).len(), 0);
    assert_eq!(w.alarms(), ["return_contradicted"]);
    done(w.approves(&visit));
    assert_eq!(w.refunds(&visit), ["1 requested 1000"]);
    w.docks("norte", 1, tag);
    assert_eq!(w.reports("norte"), ["not_rented"]);
    assert_eq!(w.orders(&visit).len(), 1);
}

#[test]
fn a_manager_honours_a_return_once_and_is_remembered() {
    for contradiction in [BoltNotEngaged, CartWithoutTag, TagWithoutCart, TagInTwoBays] {
        let (mut w, visit, tag) = out();
        w.contradicts("sul", 1, Some(tag), contradiction);
        w.reports("sul");
        w.waits(600 * SECOND);
        done(w.approves(&visit));
        let after = w.everything();
        done(w.approves(&visit));
        assert_eq!(w.everything(), after, "{contradiction:?}");
        assert_eq!(w.state(&visit), "returned");
        assert_eq!(w.books(), [1_000, 0, 1_000]);
        assert!(w.entry(&visit).is_some());
        assert!(w.alarms().is_empty());
        assert_eq!(w.count("SELECT count(*) FROM audit"), 1);
        w.docks("sul", 1, tag);
        assert_eq!(w.reports("sul"), ["not_rented"]);
        w.bank_settles(&visit);
        assert_eq!(w.state(&visit), "closed");
        done(w.approves(&visit));
        assert_eq!(w.books(), [0, 0, 0]);
    }
}

#[test]
fn a_return_that_is_told_before_its_pull_is_not_forgotten() {
    let mut w = World::new();
    let visit = w.at(Stage::Paid);
    let tag = w.pulls(&visit);
    w.advance(60 * SECOND);
    w.docks("sul", 1, tag);
    w.reports("sul");
    assert_eq!(w.state(&visit), "paid", "norte has not told yet");
    w.advance(30 * SECOND);
    w.reports("norte");
    assert_eq!(w.state(&visit), "returned");
    assert!(w.alarms().is_empty());
    assert!(w.entry(&visit).is_some());
    w.bank_settles(&visit);
    assert_eq!(w.books(), [0, 0, 0]);
}

#[test]
fn an_old_picture_of_another_dock_does_not_bring_a_cart_back() {
    let mut w = World::new();
    w.bay("sul", 1).carts.push(cart(1));
    w.reports("sul");
    w.advance(1);
    w.reports("norte");
    let (visit, tag) = w.goes_out("norte");
    assert_eq!(tag, cart(1));
    assert_eq!(w.state(&visit), "out");
}

#[test]
fn a_person_ends_what_no_dock_will_and_the_payer_is_made_whole() {
    let mut w = World::new();
    let out = w.at(Stage::Out);
    done(w.approves(&out));
    assert_eq!(w.state(&out), "returned");
    assert_eq!(w.refunds(&out), ["1 requested 1000"]);
    assert!(
        w.entry(&out).is_none(),
        "work that staff did earns no entry"
    );
    done(w.approves(&out));
    assert_eq!(w.refunds(&out).len(), 1);

    let mut w = World::new();
    let paid = w.at(Stage::Paid);
    w.advance(15 * 60 * SECOND);
    done(w.approves(&paid));
    assert_eq!(w.state(&paid), "cancelled:by_staff");
    assert_eq!(w.refunds(&paid), ["1 requested 1000"]);
    assert_eq!(w.books(), [DEPOSIT, 0, DEPOSIT]);
}
