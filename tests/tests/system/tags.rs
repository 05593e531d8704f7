//! One tag on two carts, or on none: at most one refund, and where nobody can tell, a person looks.

use crate::docks::await_event;
use crate::journey::return_at;
use serde_json::json;
use system_tests::{Fate, NORTE, Options, SUL, System};

#[test]
fn a_copy_of_a_returned_carts_tag_earns_nothing_at_another_dock() {
    let system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    return_at(&system, &rental, &tag, NORTE, (SUL, 1));
    system.dock(NORTE).bring_clone(&tag);
    system.dock(NORTE).push(3, &tag);
    await_event_at(&system, NORTE, &tag);
    system.audit(&[(&rental, Fate::Closed)]);
    assert_eq!(system.bank().succeeded("devolucao.put"), 1);
}

#[test]
fn a_copy_that_comes_first_is_the_only_one_that_is_paid() {
    let system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    system.dock(SUL).bring_clone(&tag);
    system.dock(SUL).push(1, &tag);
    rental.until(&["closed"]);
    system.dock(NORTE).push(3, &tag);
    await_event_at(&system, NORTE, &tag);
    system.audit(&[(&rental, Fate::Closed)]);
    assert_eq!(system.bank().succeeded("devolucao.put"), 1);
}

#[test]
fn a_copy_in_the_next_bay_of_the_same_dock_is_contradicted() {
    let system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    system.dock(NORTE).push(1, &tag);
    rental.until(&["closed"]);
    system.dock(NORTE).bring_clone(&tag);
    system.dock(NORTE).push(3, &tag);
    await_event(&system, "docking_contradicted", "not_rented", &tag);
    system.audit(&[(&rental, Fate::Closed)]);
    assert_eq!(system.bank().succeeded("devolucao.put"), 1);
}

#[test]
fn two_equal_tags_at_the_same_moment_pay_at_most_once() {
    let system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    system.dock(NORTE).bring_clone(&tag);
    system.dock(NORTE).push(1, &tag);
    system.dock(NORTE).push(3, &tag);
    // Whether the first settles before the second is seen is the dock's to say.
    let seen = rental.until(&["returned", "closed"]);
    await_event_of(&system, "docking_contradicted", &tag);
    let fate = match seen["receipt"]["under_review"].as_bool() {
        Some(true) => Fate::Review,
        _ => Fate::Closed,
    };
    system.audit(&[(&rental, fate)]);
    assert!(system.bank().succeeded("devolucao.put") <= 1);
}

#[test]
fn a_tag_held_to_the_reader_waits_for_the_cart_itself() {
    let system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    let bare = json!({ "bay": 3, "fault": "tag_without_cart", "tag": tag });
    system.dock(NORTE).act("inject", &bare).ok();
    let seen = rental.until(&["returned"]);
    assert_eq!(seen["receipt"]["under_review"], true, "{seen}");
    assert_eq!(seen["refund"]["state"], "held_for_review");
    system.audit(&[(&rental, Fate::Review)]);
    assert_eq!(system.bank().succeeded("devolucao.put"), 0);
    system.dock(NORTE).clear(3);
    system.dock(NORTE).push(1, &tag);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn a_tag_flashed_at_the_reader_is_nothing() {
    let system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    let flash = json!({ "bay": 3, "fault": "tag_flash", "tag": tag });
    system.dock(NORTE).act("inject", &flash).ok();
    return_at(&system, &rental, &tag, NORTE, (SUL, 1));
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn a_cart_that_is_rented_again_earns_again() {
    let system = System::start(&Options::new().carts(NORTE, "1=04a10000000001"));
    let (first, tag) = system.cart_out(NORTE);
    system.dock(NORTE).push(1, &tag);
    first.until(&["closed"]);
    system.await_carts(NORTE, 1);
    let (second, again) = system.cart_out(NORTE);
    assert_eq!(tag, again);
    return_at(&system, &second, &again, NORTE, (SUL, 1));
    system.audit(&[(&first, Fate::Closed), (&second, Fate::Closed)]);
}

/// Waits until a dock's gateway told that this cart is in one of its bays.
fn await_event_at(system: &System, dock: &str, tag: &str) {
    let sql = "SELECT e.outcome FROM gateway_event e JOIN gateway g ON g.id = e.gateway_id \
               JOIN dock d ON d.id = g.dock_id \
               WHERE d.code = ?1 AND e.kind = 'cart_docked' AND e.line LIKE ?2";
    let line = format!("%\"{tag}\"%");
    let made: String = system_tests::eventually("the second cart is docked", || {
        system.cloud_db().first(sql, &[&dock, &line])
    });
    assert_eq!(made, "not_rented");
}

fn await_event_of(system: &System, kind: &str, tag: &str) {
    let sql = "SELECT seq FROM gateway_event WHERE kind = ?1 AND line LIKE ?2";
    let line = format!("%\"{tag}\"%");
    system_tests::eventually(&format!("{kind} of {tag}"), || {
        system.cloud_db().first::<i64>(sql, &[&kind, &line])
    });
}
