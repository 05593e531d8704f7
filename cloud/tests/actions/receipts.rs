//! A dock's word of a return that its customer brings before the dock can tell it.

use crate::world::{DEPOSIT, SECOND, Visit, World, cart, done, refusal};
use cloud::actions::Rejection;
use cloud::actions::honour_receipt::{Brought, Verdict};
use cloud::store::gateway::{GatewayState, set_state};
use cloud::store::receipt::ReceiptOutcome::{Contradicted, Held, Honoured, Older, Waiting};
use shared::chain::Hash;
use shared::ids::{GatewayId, TagUid};
use shared::time::ClockQuality;

const HOUR: i64 = 3_600 * SECOND;

/// A cart is out, both docks were heard since, and then both fall silent.
fn out() -> (World, Visit, TagUid) {
    let mut w = World::new();
    let (visit, tag) = w.goes_out("norte");
    w.waits(SECOND);
    w.advance(HOUR);
    (w, visit, tag)
}

/// A silent dock takes the cart in and gives a receipt.
fn silently_back(w: &mut World, dock: &'static str, tag: TagUid) -> Brought {
    w.docks(dock, 1, tag);
    w.receipt(dock)
}

/// The cart found its way back to `norte` unseen and the next customer takes it there.
fn leaves_again(w: &mut World, tag: TagUid) -> Visit {
    w.advance(HOUR);
    w.bay("norte", 1).carts.push(tag);
    w.reports("norte");
    let (visit, again) = w.goes_out("norte");
    assert_eq!(again, tag);
    visit
}

fn settled_once(w: &World, visit: &Visit) {
    assert_eq!(w.state(visit), "returned");
    assert_eq!(w.refunds(visit), ["1 requested 1000"]);
    assert_eq!(w.books(), [DEPOSIT, 0, DEPOSIT]);
    assert!(w.entry(visit).is_some());
}

#[test]
fn a_return_counts_once_whichever_way_it_comes_first() {
    for dock in ["norte", "sul"] {
        let (mut w, visit, tag) = out();
        let receipt = silently_back(&mut w, dock, tag);
        assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Honoured));
        settled_once(&w, &visit);
        assert_eq!(w.row(&visit).returned, Some(receipt.place));
        let after = w.everything();
        assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Honoured));
        assert_eq!(w.everything(), after, "{dock}: once");
        w.advance(HOUR);
        assert_eq!(w.reports(dock), ["already_applied"]);
        assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Honoured));
        settled_once(&w, &visit);

        let (mut w, visit, tag) = out();
        let receipt = silently_back(&mut w, dock, tag);
        assert_eq!(w.reports(dock), ["applied"]);
        let after = w.everything();
        assert_eq!(done(w.brings(&receipt)), Verdict::Told);
        assert_eq!(w.everything(), after);
        settled_once(&w, &visit);
    }
}

/// Without the note that the receipt was honoured, the late event, or the same receipt again, would
/// end the next customer's rental: the dock's clock is an hour ahead and so no help.
#[test]
fn an_honoured_receipt_and_its_late_event_leave_the_next_rental_alone() {
    let (mut w, first, tag) = out();
    w.gateway("sul").clock = (ClockQuality::Server, 24 * HOUR);
    let receipt = silently_back(&mut w, "sul", tag);
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Honoured));
    w.bay("sul", 1).carts.clear();
    let second = leaves_again(&mut w, tag);
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Honoured));
    assert_eq!(w.state(&second), "out");
    assert_eq!(w.reports("sul"), ["already_applied"]);
    assert_eq!(w.state(&second), "out");
    assert_eq!(w.state(&first), "returned");
    assert_eq!(w.books(), [2 * DEPOSIT, DEPOSIT, DEPOSIT]);
}

/// Nothing but a clock speaks for it: the customer has a receipt, the money waits.
#[test]
fn what_only_a_clock_says_waits_for_a_person_or_for_the_journal() {
    let mut w = World::new();
    w.advance(HOUR);
    w.reports("norte");
    let (visit, tag) = w.goes_out("norte");
    w.advance(HOUR);
    let receipt = silently_back(&mut w, "sul", tag);
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Held));
    assert_eq!(w.state(&visit), "returned:unproven");
    assert_eq!(w.books(), [DEPOSIT, DEPOSIT, 0]);
    assert_eq!(w.alarms(), ["return_contradicted"]);
    let after = w.everything();
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Held));
    assert_eq!(w.everything(), after);
    assert_eq!(
        w.reports("sul"),
        ["applied"],
        "the journal has a clock of known worth"
    );
    settled_once(&w, &visit);
    assert_eq!(w.alarms(), [""; 0]);
}

#[test]
fn an_old_receipt_does_not_end_a_younger_rental() {
    let old = |clock| {
        let (mut w, first, tag) = out();
        w.gateway("sul").clock = clock;
        let receipt = silently_back(&mut w, "sul", tag);
        w.bay("sul", 1).carts.clear();
        let second = leaves_again(&mut w, tag);
        assert_eq!(w.state(&first), "returned", "it was there to leave again");
        (w, receipt, second)
    };
    let (mut w, receipt, second) = old((ClockQuality::Server, 0));
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Older));
    assert_eq!(w.state(&second), "out");
    assert_eq!(w.reports("sul"), ["stale_return"]);
    assert_eq!(w.state(&second), "out");

    let (mut w, receipt, second) = old((ClockQuality::Unset, 24 * HOUR));
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Held));
    assert_eq!(w.state(&second), "returned:unproven");
    assert_eq!(w.reports("sul"), ["already_applied"]);
    let books = [2 * DEPOSIT, DEPOSIT, DEPOSIT];
    assert_eq!(w.books(), books, "the second's money stays");
}

#[test]
fn a_receipt_that_its_journal_contradicts_moves_no_money() {
    let (mut w, visit, tag) = out();
    w.docks("norte", 1, cart(99));
    let told = w.receipt("norte");
    w.reports("norte");
    let mut other = told;
    other.tag = tag;
    if let Some(signed) = &mut other.signed {
        signed.hash = Hash::of_line("another line");
    }
    assert_eq!(done(w.brings(&other)), Verdict::Brought(Contradicted));
    assert_eq!(w.state(&visit), "returned:unproven");
    assert_eq!(w.orders(&visit).len(), 0);
    assert_eq!(w.books(), [DEPOSIT, DEPOSIT, 0]);
    assert_eq!(w.alarms(), ["receipt_contradicted", "return_contradicted"]);
}

#[test]
fn a_journal_that_contradicts_an_honoured_receipt_is_shown_and_pays_nothing_more() {
    let (mut w, visit, tag) = out();
    let before = w.gateway("norte").events();
    let receipt = silently_back(&mut w, "norte", tag);
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Honoured));
    let restored = w.gateway("norte").set_back(before);
    *w.gateway("norte") = restored;
    w.docks("norte", 1, cart(99));
    let other = w.receipt("norte");
    assert_eq!(done(w.brings(&other)), Verdict::Brought(Contradicted));
    assert_eq!(w.reports("norte"), ["not_rented"]);
    assert_eq!(w.alarms(), ["receipt_contradicted"]);
    settled_once(&w, &visit);
}

#[test]
fn a_gateway_that_serves_no_more_is_believed_only_by_a_person() {
    for (state, review) in [
        (GatewayState::Retired, "returned:told_late"),
        (GatewayState::Quarantined, "returned:told_late"),
    ] {
        let (mut w, visit, tag) = out();
        let receipt = silently_back(&mut w, "sul", tag);
        let id = w.gateway("sul").id;
        done(w.act(move |tx| Ok(set_state(tx, &id, state)?)));
        assert_eq!(
            done(w.brings(&receipt)),
            Verdict::Brought(Held),
            "{state:?}"
        );
        assert_eq!(w.state(&visit), review, "{state:?}");
        assert_eq!(w.orders(&visit).len(), 0);
    }
    let (mut w, _, tag) = out();
    let mut receipt = silently_back(&mut w, "sul", tag);
    receipt.place.gateway = GatewayId::new(1, [0; 10]);
    let before = w.everything();
    assert_eq!(refusal(w.brings(&receipt)), Rejection::UnknownGateway);
    assert_eq!(w.everything(), before);
}

#[test]
fn a_tag_that_stands_in_another_dock_waits_for_a_person() {
    let (mut w, visit, tag) = out();
    w.bay("norte", 1).carts.push(tag);
    w.reports("norte");
    let receipt = silently_back(&mut w, "sul", tag);
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Held));
    assert_eq!(w.state(&visit), "returned:tag_in_two_bays");
    assert_eq!(w.orders(&visit).len(), 0);
}

#[test]
fn a_receipt_that_comes_before_its_pull_waits_for_it() {
    let mut w = World::new();
    w.advance(HOUR);
    let visit = w.take("norte");
    w.pays(&visit, DEPOSIT);
    let tag = w.pulls(&visit);
    w.advance(60 * SECOND);
    let receipt = silently_back(&mut w, "norte", tag);
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Waiting));
    assert_eq!(w.state(&visit), "paid");
    assert_eq!(
        w.reports("norte"),
        ["applied", "applied", "already_applied"]
    );
    settled_once(&w, &visit);
    let after = w.everything();
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Honoured));
    assert_eq!(w.everything(), after);
}

#[test]
fn a_return_that_a_damaged_journal_lost_waits_for_a_person() {
    let (mut w, visit, tag) = out();
    w.docks("sul", 1, cart(99));
    let mut lost = w.receipt("sul");
    w.reports("sul");
    let gone = rusqlite::Connection::open(w.file()).unwrap();
    gone.execute("DELETE FROM gateway_event WHERE kind = 'cart_docked'", [])
        .unwrap();
    lost.tag = tag;
    assert_eq!(done(w.brings(&lost)), Verdict::Brought(Held));
    assert_eq!(w.state(&visit), "returned:unproven");
    assert_eq!(w.orders(&visit).len(), 0);
}

#[test]
fn a_code_typed_on_the_rentals_own_page_is_as_good_and_serves_no_other() {
    let (mut w, visit, tag) = out();
    let (other, _) = w.goes_out("norte");
    w.waits(SECOND);
    w.docks("norte", 1, tag);
    let code = w.code("norte", &tag, &other);
    assert_eq!(done(w.brings(&code)), Verdict::Brought(Waiting));
    assert_eq!(
        (w.state(&visit).as_str(), w.state(&other).as_str()),
        ("out", "out")
    );
    let code = w.code("norte", &tag, &visit);
    assert_eq!(done(w.brings(&code)), Verdict::Brought(Honoured));
    assert_eq!(w.state(&visit), "returned");
    assert_eq!(w.row(&visit).returned_bay, None);
    let receipt = w.receipt("norte");
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Honoured));
    assert_eq!(w.reports("norte"), ["already_applied"]);
    assert_eq!(w.refunds(&visit), ["1 requested 1000"]);
    assert_eq!(w.state(&other), "out");
}

#[test]
fn a_code_for_what_was_no_return_of_this_cart_calls_a_person() {
    let (mut w, visit, tag) = out();
    w.docks("norte", 1, cart(99));
    let code = w.code("norte", &tag, &visit);
    w.reports("norte");
    assert_eq!(done(w.brings(&code)), Verdict::Brought(Contradicted));
    assert_eq!(w.orders(&visit).len(), 0);
    assert_eq!(w.alarms(), ["receipt_contradicted", "return_contradicted"]);
}
