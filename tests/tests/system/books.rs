//! Pix that no charge explains, at a real bank and with kills; and the check of a day's books.

use serde_json::json;
use system_tests::{CLOUD, Fate, NORTE, Options, SUL, System, eventually};

use crate::journey::return_at;

fn options() -> Options {
    Options::new().env(CLOUD, "VOLTA_CLOUD_BANK_POLL_SECONDS", "1")
}

fn await_given_back(system: &System, e2eid: &str) {
    eventually("the Pix without a charge is back", || {
        let back = system.bank().refunds(e2eid);
        (back.len() == 1 && back[0].1 == "DEVOLVIDO").then_some(())
    });
    let settled = "SELECT count(*) FROM stray WHERE e2eid = ?1 AND state = 'returned'";
    eventually("the cloud knows", || {
        (system.cloud_db().one::<i64>(settled, &[&e2eid]) == 1).then_some(())
    });
}

/// The day at the bank, which is the sandbox's and so the machine's, in the shop's zone.
fn today(system: &System) -> String {
    let date = "SELECT date(max(settled_ms) / 1000, 'unixepoch', '-3 hours') FROM \
                (SELECT settled_ms FROM stray UNION SELECT settled_ms FROM payment)";
    system.cloud_db().one(date, &[])
}

fn killed_at(point: &str) {
    let mut system = System::start(&options().env(CLOUD, "VOLTA_CLOUD_CRASH_AT", point));
    let e2eid = system.bank().pay_key("12.34");
    system.crash_and_return(CLOUD);
    await_given_back(&system, &e2eid);
    system.restart(CLOUD);
    await_given_back(&system, &e2eid);
    assert_eq!(system.bank().succeeded("devolucao.put"), 1, "{point}");
    system.audit(&[]);
}

#[test]
fn trap_11_no_txid_a_pix_without_a_charge_goes_back_once_whenever_the_cloud_dies() {
    for point in [
        "before_stray_booked",
        "after_stray_booked",
        "before_stray_sent",
        "after_stray_sent",
    ] {
        killed_at(point);
    }
}

#[test]
fn an_answer_that_is_lost_does_not_give_it_back_twice() {
    let system = System::start(&options());
    let fault = json!({"kind": "error_after_success", "operation": "devolucao.put", "times": 1});
    system.bank().fault(&fault);
    let e2eid = system.bank().pay_key("12.34");
    await_given_back(&system, &e2eid);
    assert_eq!(system.bank().succeeded("devolucao.put"), 1);
    system.audit(&[]);
}

#[test]
fn a_large_pix_without_a_charge_is_held() {
    let system = System::start(&options());
    let e2eid = system.bank().pay_key("200.01");
    let held = "SELECT count(*) FROM stray s JOIN alarm a ON a.subject = s.e2eid \
                WHERE s.e2eid = ?1 AND s.state = 'held' AND a.kind = 'payment_unmatched'";
    eventually("it is held", || {
        (system.cloud_db().one::<i64>(held, &[&e2eid]) == 1).then_some(())
    });
    assert!(system.bank().refunds(&e2eid).is_empty());
    system.audit(&[]);
}

#[test]
fn the_check_of_a_day_is_silent_until_something_is_planted() {
    let system = System::start(&options());
    let (rental, tag) = system.cart_out(NORTE);
    return_at(&system, &rental, &tag, NORTE, (SUL, 1));
    let e2eid = system.bank().pay_key("12.34");
    await_given_back(&system, &e2eid);
    system.audit(&[(&rental, Fate::Closed)]);
    let day = today(&system);
    let even = system.volta_cloud(&["check-books", "--day", &day]);
    assert!(even.contains("no difference"), "{even}");
    system.plant("DELETE FROM ledger_transfer WHERE kind = 'deposit'");
    let output = system.try_volta_cloud(&["check-books", "--day", &day]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("pix_not_in_ledger E"), "{said}");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("differ from the bank"), "{complaint}");
    let wrong = system.try_volta_cloud(&["check-books", "--day", "2026-02-30"]);
    assert_eq!(wrong.status.code(), Some(2));
}
