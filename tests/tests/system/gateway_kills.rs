//! A gateway dies between its journal, its bolt and its report, and starts again.

use system_tests::{Fate, NORTE, Options, SUL, System};

const CRASH: &str = "VOLTA_GATEWAY_CRASH_AT";

fn dies_at_release(point: &str) {
    let mut system = System::start(&Options::new().env(NORTE, CRASH, point));
    let rental = system.take(NORTE);
    system.pay(&rental);
    system.crash_and_return(NORTE);
    let tag = system.pull(&rental, NORTE);
    system.dock(NORTE).hand_over(&tag, &system.dock(SUL));
    system.dock(SUL).push(1, &tag);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}

fn dies_at_pull(point: &str) {
    let mut system = System::start(&Options::new().env(NORTE, CRASH, point));
    let rental = system.take(NORTE);
    system.pay(&rental);
    rental.until(&["open"]);
    let tag = system.dock(NORTE).pull(rental.bay());
    system.crash_and_return(NORTE);
    rental.until(&["out"]);
    system.dock(NORTE).hand_over(&tag, &system.dock(SUL));
    system.dock(SUL).push(1, &tag);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}

fn dies_at_return(point: &str) {
    // At its first start the dock docks the carts it finds: the crash point is armed after that.
    let mut system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    system.arm_crash(SUL, point);
    system.dock(NORTE).hand_over(&tag, &system.dock(SUL));
    system.dock(SUL).push(1, &tag);
    system.crash_and_return(SUL);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn between_the_release_committed_and_the_bolt() {
    dies_at_release("release_started:after_commit");
}

#[test]
fn between_the_bolt_and_the_report_of_the_release() {
    dies_at_release("release_started:before_report");
}

#[test]
fn after_the_pull_is_committed() {
    dies_at_pull("cart_pulled:after_commit");
}

#[test]
fn before_the_pull_is_reported() {
    dies_at_pull("cart_pulled:before_report");
}

#[test]
fn between_the_return_committed_and_the_lamp() {
    dies_at_return("cart_docked:after_commit");
}

#[test]
fn before_the_return_is_reported() {
    dies_at_return("cart_docked:before_report");
}

#[test]
fn away_while_the_customer_pays() {
    let mut system = System::start(&Options::new());
    let rental = system.take(NORTE);
    rental.until(&["awaiting_payment"]);
    system.kill9(NORTE);
    system.pay(&rental);
    rental.until(&["paid"]);
    system.restart(NORTE);
    let tag = system.pull(&rental, NORTE);
    system.dock(NORTE).push(4, &tag);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn killed_while_the_bay_is_open() {
    let mut system = System::start(&Options::new());
    let rental = system.take(NORTE);
    system.pay(&rental);
    rental.until(&["open"]);
    system.restart(NORTE);
    let tag = system.dock(NORTE).pull(rental.bay());
    rental.until(&["out"]);
    system.dock(NORTE).push(3, &tag);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}
