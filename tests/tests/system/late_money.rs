//! Money that comes too late, or in the wrong amount: it buys nothing and goes back by itself.

use serde_json::json;
use system_tests::{CLOUD, Fate, NORTE, Options, Rental, System, eventually};

fn charge_status(system: &System, rental: &Rental) -> String {
    let txid = system.txid(rental);
    let book = system.bank().book();
    let charges = book["cobs"].as_array().cloned().unwrap_or_default();
    let found = charges
        .iter()
        .find(|charge| charge["txid"] == txid.as_str());
    let status = found.and_then(|charge| charge["status"].as_str());
    status.unwrap_or_default().to_owned()
}

/// The charge is withdrawn at the bank: its code is worthless, except to a bank that is slow.
fn await_withdrawn(system: &System, rental: &Rental) {
    eventually("the charge is withdrawn", || {
        (charge_status(system, rental) == "REMOVIDA_PELO_USUARIO_RECEBEDOR").then_some(())
    });
    let refused = system.bank().try_pay(&system.txid(rental), false);
    assert_eq!(refused.status, 409, "{}", refused.body);
}

#[test]
fn trap_09_cancel_race_a_payment_after_the_cancellation_goes_back() {
    let system = System::start(&Options::new());
    let rental = system.take(NORTE);
    rental.until(&["awaiting_payment"]);
    assert_eq!(rental.try_cancel().status, 204);
    assert_eq!(rental.try_cancel().status, 204);
    await_withdrawn(&system, &rental);
    system.bank().pay_late(&system.txid(&rental));
    system.audit(&[(&rental, Fate::CancelledRefunded)]);
    assert_eq!(rental.status()["refund"]["state"], "settled");
}

#[test]
fn a_payment_after_the_cancellation_that_no_callback_tells_goes_back() {
    let options = Options::new().env(CLOUD, "VOLTA_CLOUD_BANK_POLL_SECONDS", "1");
    let system = System::start(&options);
    system.bank().fault(&json!({"kind": "callback_never"}));
    let rental = system.take(NORTE);
    rental.until(&["awaiting_payment"]);
    assert_eq!(rental.try_cancel().status, 204);
    await_withdrawn(&system, &rental);
    system.bank().pay_late(&system.txid(&rental));
    system.audit(&[(&rental, Fate::CancelledRefunded)]);
}

#[test]
fn a_charge_that_nobody_pays_runs_out() {
    let system = System::start(&Options::new().policy("payment_window_seconds", 3));
    let rental = system.take(NORTE);
    rental.until(&["expired"]);
    await_withdrawn(&system, &rental);
    system.audit(&[(&rental, Fate::ExpiredUnpaid)]);
    let refused = rental.try_cancel();
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (409, "wrong_state")
    );
}

#[test]
fn a_payment_after_the_expiry_goes_back() {
    let system = System::start(&Options::new().policy("payment_window_seconds", 3));
    let rental = system.take(NORTE);
    rental.until(&["expired"]);
    await_withdrawn(&system, &rental);
    system.bank().pay_late(&system.txid(&rental));
    system.audit(&[(&rental, Fate::ExpiredRefunded)]);
}

#[test]
fn trap_10_altered_amount_a_payment_of_another_amount_goes_back() {
    let system = System::start(&Options::new());
    let rental = system.take(NORTE);
    rental.until(&["awaiting_payment"]);
    system.bank().pay_amount(&system.txid(&rental), "9.99");
    rental.until(&["cancelled"]);
    system.audit(&[(&rental, Fate::CancelledRefunded)]);
}

#[test]
fn a_paid_rental_is_not_cancelled_by_the_customer() {
    let system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    let refused = rental.try_cancel();
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (409, "wrong_state")
    );
    system.audit(&[(&rental, Fate::Out)]);
    system.dock(NORTE).push(4, &tag);
    system.audit(&[(&rental, Fate::Closed)]);
}
