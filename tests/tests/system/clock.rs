//! The docks' clocks say anything; carts and money do not care. The same script at every clock must
//! come to the same end: each test expects what the one with a right clock expects.

use serde_json::json;
use std::fs;
use system_tests::{CLOUD, Fate, NORTE, Options, SUL, System, eventually};

const SKEW: &str = "VOLTA_GATEWAY_CLOCK_SKEW_FILE";

const DAY_MS: i64 = 86_400_000;
const YEAR_MS: i64 = 365 * DAY_MS;

/// Back to about 1970, from the year this was written in and from many to come.
const TO_1970_MS: i64 = -56 * YEAR_MS;

/// How wrong the docks' clocks are before and after the cart is pulled.
fn comes_to_the_same_end(before_ms: i64, after_ms: i64) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("skew");
    let set = |ms: i64| fs::write(&file, ms.to_string()).expect("the test's own file");
    set(before_ms);
    let path = file.display().to_string();
    let options = Options::new().env(NORTE, SKEW, &path).env(SUL, SKEW, &path);
    let mut system = System::start(&options);

    let rental = system.take(NORTE);
    system.pay(&rental);
    // A second customer begins and does not pay: that a clock jumps must not free a cart.
    let idle = system.take(NORTE);
    idle.until(&["awaiting_payment"]);
    rental.until(&["open"]);

    let bay = rental.bay();

    // Pull and return happen dark, the return in a process that has heard no time from anybody.
    system.kill9(CLOUD);
    let tag = system.dock(NORTE).pull(bay);
    set(after_ms);
    in_journal(&system, NORTE, &format!("%cart_pulled%\"{tag}\"%"));
    system.restart(SUL);
    system.dock(NORTE).hand_over(&tag, &system.dock(SUL));
    system.dock(SUL).push(1, &tag);
    in_journal(&system, SUL, &format!("%cart_docked%\"{tag}\"%"));
    // Neither is told by the process that saw it, so nobody knows how long ago they were.
    system.restart(NORTE);
    system.restart(SUL);
    system.restart(CLOUD);
    let seen = rental.until(&["closed"]);
    assert_eq!(seen["refund"]["amount_centavos"], 1_000);
    assert_eq!(idle.try_cancel().status, 204);
    system.audit(&[(&rental, Fate::Closed), (&idle, Fate::CancelledUnpaid)]);
    let (carts, refunds) = (
        system.dock(NORTE).state(),
        system.bank().succeeded("devolucao.put"),
    );
    assert_eq!(refunds, 1);
    assert_eq!(carts["lot"], json!([]));

    // And the next customer is served, by clocks that are still wrong.
    let (next, tag) = system.cart_out(NORTE);
    system.dock(NORTE).push(rental_bay(&system), &tag);
    next.until(&["closed"]);
    system.audit(&[
        (&rental, Fate::Closed),
        (&idle, Fate::CancelledUnpaid),
        (&next, Fate::Closed),
    ]);
}

fn in_journal(system: &System, dock: &str, like: &str) {
    eventually(&format!("{dock} has {like} in its journal"), || {
        let found = "SELECT seq FROM event WHERE line LIKE ?1";
        system.journal(dock).first::<i64>(found, &[&like]).map(drop)
    });
}

/// A slot of the north dock that is empty now.
fn rental_bay(system: &System) -> u16 {
    let empty = |bay: &u16| system.dock(NORTE).bay(*bay)["carts"] == json!([]);
    (1..=3).find(empty).expect("carts are out")
}

#[test]
fn the_clock_is_right() {
    comes_to_the_same_end(0, 0);
}

#[test]
fn the_clock_stands_in_1970() {
    comes_to_the_same_end(TO_1970_MS, TO_1970_MS);
}

#[test]
fn the_clock_is_ten_years_ahead() {
    comes_to_the_same_end(10 * YEAR_MS, 10 * YEAR_MS);
}

#[test]
fn the_clock_is_two_weeks_behind() {
    comes_to_the_same_end(-14 * DAY_MS, -14 * DAY_MS);
}

#[test]
fn the_clock_falls_to_1970_in_mid_rental() {
    comes_to_the_same_end(0, TO_1970_MS);
}

#[test]
fn the_clock_jumps_ten_years_in_mid_rental() {
    comes_to_the_same_end(TO_1970_MS, 10 * YEAR_MS);
}
