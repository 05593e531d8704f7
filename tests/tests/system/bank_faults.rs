//! The bank loses callbacks, repeats them, fails after doing its work, refuses, or is away.

use crate::journey::return_at;
use serde_json::{Value, json};
use system_tests::{BANK, CLOUD, Fate, NORTE, Options, Rental, SUL, System, eventually};

/// The whole journey with faults armed from the beginning.
fn journey_with(faults: &[Value]) -> (System, Rental) {
    let system = System::start(&Options::new());
    for fault in faults {
        system.bank().fault(fault);
    }
    let (rental, tag) = system.cart_out(NORTE);
    return_at(&system, &rental, &tag, NORTE, (SUL, 1));
    system.audit(&[(&rental, Fate::Closed)]);
    (system, rental)
}

/// A cart on its way back at a bank that will misbehave; the Pix that paid for it.
fn refund_meets(fault: &Value) -> (System, Rental, String) {
    let system = System::start(&Options::new());
    let rental = system.take(NORTE);
    let e2eid = system.pay(&rental);
    let tag = system.pull(&rental, NORTE);
    system.bank().fault(fault);
    system.dock(NORTE).push(4, &tag);
    rental.until(&["returned"]);
    (system, rental, e2eid)
}

#[test]
fn every_callback_is_lost() {
    let (system, _) = journey_with(&[json!({"kind": "callback_never"})]);
    assert_eq!(system.bank().delivered(), 0);
}

#[test]
fn trap_07_reconciliation_poll_no_callback_is_ever_asked_for() {
    let options = Options::new()
        .env(CLOUD, "VOLTA_CLOUD_CALLBACK_URL", "")
        .env(CLOUD, "VOLTA_CLOUD_BANK_POLL_SECONDS", "1");
    let system = System::start(&options);
    let (rental, tag) = system.cart_out(NORTE);
    return_at(&system, &rental, &tag, NORTE, (SUL, 1));
    assert_eq!(system.bank().succeeded("webhook.put"), 0);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn every_callback_comes_five_times() {
    let (system, rental) = journey_with(&[json!({"kind": "callback_repeat", "count": 5})]);
    eventually("all five are through", || {
        (system.bank().delivered() >= 10).then_some(())
    });
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn callbacks_come_early_and_out_of_order() {
    let _ = journey_with(&[
        json!({"kind": "callback_early", "operation": "callback.pix"}),
        json!({"kind": "callback_shuffle", "operation": "callback.devolucao"}),
    ]);
}

#[test]
fn it_answers_500_after_doing_the_work() {
    let (system, _) = journey_with(&[
        json!({"kind": "error_after_success", "operation": "cob.put", "times": 1}),
        json!({"kind": "error_after_success", "operation": "devolucao.put", "times": 1}),
    ]);
    assert_eq!(system.bank().succeeded("devolucao.put"), 1);
}

#[test]
fn it_times_out_after_doing_the_work() {
    // Longer than the cloud waits.
    let held = |operation: &str| json!({"kind": "timeout_after_success", "operation": operation, "hold_ms": 9_000, "times": 1});
    let (system, _) = journey_with(&[held("cob.put"), held("devolucao.put")]);
    assert_eq!(system.bank().succeeded("devolucao.put"), 1);
}

#[test]
fn it_drops_connections_and_access_tokens() {
    let dropped = |operation: &str| json!({"kind": "timeout_after_success", "operation": operation, "hold_ms": 0, "times": 2});
    let system = System::start(&Options::new());
    for operation in ["cob.put", "cob.get", "devolucao.put", "devolucao.get"] {
        system.bank().fault(&dropped(operation));
    }
    let (rental, tag) = system.cart_out(NORTE);
    let tokens = system.bank().url + "/control/tokens";
    system_tests::send("DELETE", &tokens, "", "").ok();
    return_at(&system, &rental, &tag, NORTE, (SUL, 1));
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn it_refuses_work_for_a_while() {
    let down = json!({"kind": "error_before", "operation": "devolucao.put"});
    let (system, rental, _) = refund_meets(&down);
    eventually("the cloud asked again", || {
        (asked(&system) >= 2).then_some(())
    });
    system.bank().clear_faults();
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn it_is_away_while_the_cart_comes_back() {
    let mut system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    system.kill9(BANK);
    system.dock(NORTE).push(4, &tag);
    let seen = rental.until(&["returned"]);
    assert_eq!(seen["receipt"]["returned_dock"], "Ponto Norte");
    eventually("the cloud tried", || (attempts(&system) >= 2).then_some(()));
    system.restart(BANK);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn a_devolucao_hangs_then_is_refused_then_ordered_anew() {
    let (system, rental, e2eid) = refund_meets(&json!({"kind": "devolucao_stuck", "times": 1}));
    let first = eventually("the bank has the order", || {
        system.bank().refunds(&e2eid).into_iter().next()
    });
    system.bank().settle(&e2eid, &first.0, "NAO_REALIZADO");
    rental.until(&["closed"]);
    let mut statuses: Vec<_> = system.bank().refunds(&e2eid);
    statuses.retain(|(id, _)| *id != first.0);
    assert_eq!(statuses.len(), 1);
    assert_eq!(statuses[0].1, "DEVOLVIDO");
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn the_balance_is_empty_for_a_while() {
    let (system, rental, e2eid) = refund_meets(&json!({"kind": "balance_empty"}));
    eventually("the bank says no", || {
        let refunds = system.bank().refunds(&e2eid);
        refunds
            .iter()
            .any(|(_, status)| status == "NAO_REALIZADO")
            .then_some(())
    });
    system.bank().clear_faults();
    let seen = rental.until(&["closed"]);
    assert_eq!(seen["refund"]["state"], "settled");
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn a_devolucao_that_hangs_is_settled_at_last() {
    let (system, rental, e2eid) = refund_meets(&json!({"kind": "devolucao_stuck", "times": 1}));
    let (id, _) = eventually("the bank has the order", || {
        system.bank().refunds(&e2eid).into_iter().next()
    });
    system.bank().settle(&e2eid, &id, "DEVOLVIDO");
    rental.until(&["closed"]);
    assert_eq!(system.bank().refunds(&e2eid).len(), 1);
    system.audit(&[(&rental, Fate::Closed)]);
}

fn asked(system: &System) -> u64 {
    let seen = system_tests::get(&(system.bank().url + "/control/requests")).ok();
    seen["counts"]["devolucao.put"]["received"]
        .as_u64()
        .unwrap_or(0)
}

fn attempts(system: &System) -> i64 {
    let sql = "SELECT coalesce(max(attempts), 0) FROM outbox WHERE kind = 'send_refund'";
    system.cloud_db().one(sql, &[])
}
