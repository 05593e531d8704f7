//! A cart out and back when nothing goes wrong.

use system_tests::{Fate, NORTE, Options, Rental, SUL, System, eventually};

/// Brings a cart from one dock's lot into a bay of another, and waits for the money.
pub(crate) fn return_at(system: &System, rental: &Rental, tag: &str, from: &str, to: (&str, u16)) {
    system.dock(from).hand_over(tag, &system.dock(to.0));
    system.dock(to.0).push(to.1, tag);
    rental.until(&["closed"]);
}

#[test]
fn a_cart_goes_out_in_the_north_and_comes_back_in_the_south() {
    let system = System::start(&Options::new());
    let rental = system.take(NORTE);
    let e2eid = system.pay(&rental);
    let tag = system.pull(&rental, NORTE);
    return_at(&system, &rental, &tag, NORTE, (SUL, 1));
    let seen = rental.status();
    assert_eq!(seen["deposit_centavos"], 1_000);
    assert_eq!(seen["is_final"], true);
    assert_eq!(seen["refund"]["state"], "settled");
    assert_eq!(seen["refund"]["amount_centavos"], 1_000);
    assert!(seen["refund"]["return_id"].is_string(), "{seen}");
    let receipt = &seen["receipt"];
    assert_eq!(receipt["returned_dock"], "Ponto Sul");
    assert_eq!(receipt["end_to_end_id"], e2eid.as_str());
    assert!(receipt["entry"]["code"].is_string(), "{seen}");
    system.await_carts(NORTE, 4);
    system.await_carts(SUL, 4);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn an_audit_that_expects_something_else_says_so() {
    let system = System::start(&Options::new());
    let (rental, _) = system.cart_out(NORTE);
    system.audit(&[(&rental, Fate::Out)]);
    for (fates, named) in [
        (vec![], vec!["rentals"]),
        (
            vec![(&rental, Fate::Closed)],
            vec!["state", "entries", "refunds at the bank", "refunds settled"],
        ),
        (vec![(&rental, Fate::Review)], vec!["state", "reviews"]),
        (
            vec![(&rental, Fate::CancelledUnpaid)],
            vec!["state", "payments"],
        ),
    ] {
        let found = system.disagreements(&fates, 0);
        assert_eq!(found.len(), named.len(), "{found:?}");
        for (finding, name) in found.iter().zip(named) {
            assert!(finding.contains(name), "{finding}, not {name}");
        }
    }
}

#[test]
fn a_cart_comes_back_into_the_lane_of_its_own_dock() {
    let system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    system.dock(NORTE).push(4, &tag);
    rental.until(&["closed"]);
    system.await_carts(NORTE, 5);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn two_customers_take_and_return_at_the_same_time() {
    let system = System::start(&Options::new());
    let journey = |home: u16| {
        let (rental, tag) = system.cart_out(NORTE);
        return_at(&system, &rental, &tag, NORTE, (SUL, home));
        rental
    };
    let (one, two) = both(|| journey(1), || journey(3));
    system.audit(&[(&one, Fate::Closed), (&two, Fate::Closed)]);
}

#[test]
fn two_customers_at_one_lane_get_two_carts_one_after_the_other() {
    let lane = "4=04a10000000003+04a10000000004+04a10000000005";
    let system = System::start(&Options::new().carts(NORTE, lane));
    let (one, two) = (system.take_at(NORTE, 4), system.take_at(NORTE, 4));
    both(|| system.pay(&one), || system.pay(&two));
    let (tag_one, tag_two) = both(|| system.pull(&one, NORTE), || system.pull(&two, NORTE));
    assert_ne!(tag_one, tag_two);
    system.await_carts(NORTE, 1);
    both(
        || return_at(&system, &one, &tag_of(&system, &one), NORTE, (SUL, 1)),
        || return_at(&system, &two, &tag_of(&system, &two), NORTE, (SUL, 3)),
    );
    system.audit(&[(&one, Fate::Closed), (&two, Fate::Closed)]);
}

#[test]
fn a_bay_is_promised_to_one_customer_and_the_next_gets_another() {
    let carts = "1=04a10000000001,2=04a10000000002";
    let system = System::start(&Options::new().carts(NORTE, carts));
    let (one, two) = (system.take_at(NORTE, 1), system.take_at(NORTE, 1));
    assert_eq!((one.bay(), two.bay()), (1, 2));
    let third = system.try_take(NORTE, &serde_json::json!({}));
    assert_eq!((third.status, third.code().as_str()), (409, "no_cart"));
    for rental in [&one, &two] {
        assert_eq!(rental.try_cancel().status, 204);
    }
    system.take_at(NORTE, 1).try_cancel().ok();
    let left: i64 = system.cloud_db().one(
        "SELECT count(*) FROM rental WHERE state <> 'cancelled'",
        &[],
    );
    assert_eq!(left, 0);
}

#[test]
fn a_bay_that_nobody_pulls_from_locks_again_and_the_money_goes_back() {
    let system = System::start(&Options::new());
    let rental = system.take(NORTE);
    system.pay(&rental);
    rental.until(&["open"]);
    let bay = rental.bay();
    // The promise to the customer is a minute; the bay keeps it.
    let seen = rental.until(&["cancelled"]);
    eventually("the bolt is home", || {
        (system.dock(NORTE).bay(bay)["bolt_engaged"] == true).then_some(())
    });
    assert!(seen["refund"].is_object(), "{seen}");
    system.await_carts(NORTE, 5);
    system.audit(&[(&rental, Fate::CancelledRefunded)]);
}

pub(crate) fn both<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    two: impl FnOnce() -> B + Send,
) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let two = two();
        (one.join().expect("the other customer is served"), two)
    })
}

/// The cart a rental has out, as the cloud was told.
fn tag_of(system: &System, rental: &Rental) -> String {
    let id = system.id(rental);
    system
        .cloud_db()
        .one("SELECT out_tag FROM rental WHERE id = ?1", &[&id])
}
