//! The cloud is killed with SIGKILL where it hurts, and started again.

use crate::journey::return_at;
use system_tests::{CLOUD, Fate, NORTE, Options, SUL, System};

/// Where in the journey the crash point lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leg {
    Payment,
    Return,
}

fn killed_at(point: &str, leg: Leg) {
    let options = Options::new().env(CLOUD, "VOLTA_CLOUD_CRASH_AT", point);
    let mut system = System::start(&options);
    let rental = system.take(NORTE);
    system.pay(&rental);
    if leg == Leg::Payment {
        system.crash_and_return(CLOUD);
    }
    let tag = system.pull(&rental, NORTE);
    system.dock(NORTE).hand_over(&tag, &system.dock(SUL));
    system.dock(SUL).push(1, &tag);
    if leg == Leg::Return {
        system.crash_and_return(CLOUD);
    }
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
    assert_eq!(system.bank().succeeded("devolucao.put"), 1);
    assert_eq!(system.bank().succeeded("cob.put"), 1);
}

#[test]
fn before_the_payment_is_booked() {
    killed_at("before_payment_booked", Leg::Payment);
}

#[test]
fn between_payment_and_grant() {
    killed_at("after_payment_booked", Leg::Payment);
}

#[test]
fn before_the_grant_is_delivered() {
    killed_at("before_grant_delivery", Leg::Payment);
}

#[test]
fn between_return_and_refund() {
    killed_at("before_refund_sent", Leg::Return);
}

#[test]
fn between_refund_sent_and_outcome_stored() {
    killed_at("after_refund_sent", Leg::Return);
}

#[test]
fn at_every_step_of_the_journey() {
    let mut system = System::start(&Options::new());
    let rental = system.take(NORTE);
    system.restart(CLOUD);
    system.pay(&rental);
    system.restart(CLOUD);
    rental.until(&["open"]);
    system.restart(CLOUD);
    let tag = system.pull(&rental, NORTE);
    system.restart(CLOUD);
    system.dock(NORTE).hand_over(&tag, &system.dock(SUL));
    system.dock(SUL).push(1, &tag);
    system.restart(CLOUD);
    rental.until(&["closed"]);
    system.restart(CLOUD);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn told_to_stop_it_ends_well_and_goes_on_where_it_was() {
    let mut system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    let status = system.terminate(CLOUD);
    assert_eq!(status.code(), Some(0), "{}", system.log(CLOUD));
    system.restart(CLOUD);
    return_at(&system, &rental, &tag, NORTE, (SUL, 1));
    system.audit(&[(&rental, Fate::Closed)]);
}
