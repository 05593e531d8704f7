//! What stands in a devolução's way at the bank, and what the bank gives back by itself: the real
//! outbox against the real bank.

use crate::journey::return_at;
use serde_json::{Value, json};
use system_tests::{CLOUD, Fate, NORTE, Options, Rental, SUL, System, eventually};

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

fn await_alarm(system: &System, kind: &str) {
    let sql = "SELECT count(*) FROM alarm WHERE kind = ?1 AND cleared_ms IS NULL";
    eventually(kind, || {
        (system.cloud_db().one::<i64>(sql, &[&kind]) == 1).then_some(())
    });
}

fn await_stored(system: &System, what: &str, sql: &str) {
    eventually(what, || {
        (system.cloud_db().one::<i64>(sql, &[]) == 1).then_some(())
    });
}

fn no_alarm_is_open(system: &System) {
    let sql = "SELECT count(*) FROM alarm WHERE cleared_ms IS NULL";
    assert_eq!(system.cloud_db().one::<i64>(sql, &[]), 0);
}

/// Sum of what went back of a Pix, by the bank's own book.
fn back(system: &System, e2eid: &str) -> (usize, i64) {
    let book = system.bank().book();
    let pix = book["pix"].as_array().cloned().unwrap_or_default();
    let done: Vec<i64> = pix
        .iter()
        .filter(|pix| pix["e2eid"] == e2eid)
        .filter_map(|pix| pix["devolucoes"].as_array())
        .flatten()
        .filter(|refund| refund["status"] == "DEVOLVIDO")
        .filter_map(|refund| refund["valor_centavos"].as_i64())
        .collect();
    (done.len(), done.iter().sum())
}

/// The ledger's bank account is what the bank has, and nothing is held or owed.
fn all_is_home(system: &System) {
    let sum = "SELECT coalesce(sum(CASE WHEN debit_account LIKE ?1 THEN amount_centavos ELSE 0 END \
               - CASE WHEN credit_account LIKE ?1 THEN amount_centavos ELSE 0 END), 0) \
               FROM ledger_transfer";
    for account in ["bank:%", "held:%", "owed:%"] {
        let balance: i64 = system.cloud_db().one(sum, &[&account]);
        assert_eq!(balance, 0, "{account}");
    }
    assert_eq!(system.bank().book()["balance_centavos"], 0);
}

#[test]
fn an_open_infraction_holds_the_devolucao_until_it_ends() {
    let (mut system, rental, e2eid) = refund_meets(&json!({"kind": "infraction_open"}));
    await_alarm(&system, "refund_blocked");
    assert_eq!(rental.status()["refund"]["state"], "delayed");
    assert!(system.bank().refunds(&e2eid).is_empty());
    system.bank().clear_faults();
    // A start asks about everything that was begun, so nobody waits for the next look.
    system.kill9(CLOUD);
    system.restart(CLOUD);
    rental.until(&["closed"]);
    assert_eq!(system.bank().refunds(&e2eid).len(), 1);
    no_alarm_is_open(&system);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn an_infraction_that_ends_in_a_med_devolucao_closes_the_rental() {
    let (system, rental, e2eid) = refund_meets(&json!({"kind": "infraction_open"}));
    await_alarm(&system, "refund_blocked");
    system.bank().give_back(&e2eid, "10.00", "MED_FRAUDE");
    rental.until(&["closed"]);
    assert_eq!(rental.status()["refund"]["state"], "settled");
    assert_eq!(back(&system, &e2eid), (1, 1_000));
    all_is_home(&system);
    no_alarm_is_open(&system);
    let waiting = "SELECT count(*) = 0 FROM outbox WHERE done_ms IS NULL";
    await_stored(&system, "nothing is sent any more", waiting);
}

#[test]
fn trap_21_med_a_devolucao_while_the_cart_is_out_leaves_the_rest_to_give() {
    let system = System::start(&Options::new());
    // Told by nobody: the outbox reads the Pix before it orders.
    system
        .bank()
        .fault(&json!({"kind": "callback_never", "operation": "callback.devolucao"}));
    let rental = system.take(NORTE);
    let e2eid = system.pay(&rental);
    let tag = system.pull(&rental, NORTE);
    system.bank().give_back(&e2eid, "4.00", "MED_OPERACIONAL");
    system.dock(NORTE).push(4, &tag);
    rental.until(&["closed"]);
    assert_eq!(back(&system, &e2eid), (2, 1_000));
    all_is_home(&system);
    let sql = "SELECT count(*) FROM refund WHERE state = 'settled' AND amount_centavos = 600";
    await_stored(&system, "the rest", sql);
}

#[test]
fn a_devolucao_in_the_banks_app_closes_the_rental() {
    let (system, rental, e2eid) = refund_meets(&json!({"kind": "balance_empty"}));
    await_alarm(&system, "refund_no_balance");
    system.bank().give_back(&e2eid, "10.00", "ORIGINAL");
    rental.until(&["closed"]);
    assert_eq!(back(&system, &e2eid), (1, 1_000));
    all_is_home(&system);
    no_alarm_is_open(&system);
}

#[test]
fn trap_19_balance_an_empty_account_gives_back_when_the_next_deposit_comes() {
    let (system, rental, e2eid) = refund_meets(&json!({"kind": "balance_empty", "times": 2}));
    eventually("the bank refused twice", || {
        (system.bank().refunds(&e2eid).len() == 1).then_some(())
    });
    await_alarm(&system, "refund_no_balance");
    assert_eq!(rental.status()["refund"]["state"], "delayed");
    system.bank().clear_faults();
    let (next, tag) = system.cart_out(NORTE);
    rental.until(&["closed"]);
    return_at(&system, &next, &tag, NORTE, (SUL, 1));
    next.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed), (&next, Fate::Closed)]);
}

#[test]
fn a_payer_whose_account_is_gone_is_owed_and_a_manager_sees_it() {
    let (system, rental, e2eid) = refund_meets(&json!({"kind": "devolucao_stuck", "times": 1}));
    let (id, _) = eventually("the bank has the order", || {
        system.bank().refunds(&e2eid).into_iter().next()
    });
    system.bank().refuse(&e2eid, &id, "Conta encerrada (AC07)");
    await_alarm(&system, "refund_owed");
    let sql = "SELECT count(*) FROM refund WHERE state = 'owed' AND reason = 'account_gone'";
    await_stored(&system, "owed", sql);
    assert_eq!(rental.status()["refund"]["state"], "delayed");
    assert_eq!(
        system.bank().refunds(&e2eid).len(),
        1,
        "nothing is sent again"
    );
}

#[test]
fn trap_25_after_day_90_the_bank_is_believed_and_the_money_is_owed() {
    let mut system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    // Ninety days pass at the bank; here the Pix gets as old, for this program keeps its own clock.
    let days = 90 * 24 * 3_600 * 1_000_i64;
    system.kill9(CLOUD);
    system.bank().advance_clock(days + 60_000);
    system.age_payments(days + 60_000);
    system.restart(CLOUD);
    system.dock(NORTE).push(4, &tag);
    rental.until(&["returned"]);
    await_alarm(&system, "refund_owed");
    let sql = "SELECT count(*) FROM refund WHERE state = 'owed' AND reason = 'window_over'";
    await_stored(&system, "owed", sql);
    assert_eq!(system.bank().book()["refunded_centavos"], 0);
}

#[test]
fn an_order_that_is_above_the_value_keeps_its_id() {
    let (mut system, rental, e2eid) = refund_meets(&json!({"kind": "above_value"}));
    eventually("the cloud asked twice", || {
        let seen = system_tests::get(&(system.bank().url + "/control/requests")).ok();
        let asked = seen["counts"]["devolucao.put"]["received"].as_u64();
        (asked.unwrap_or(0) >= 2).then_some(())
    });
    system.bank().clear_faults();
    system.kill9(CLOUD);
    system.restart(CLOUD);
    rental.until(&["closed"]);
    assert_eq!(system.bank().refunds(&e2eid).len(), 1);
    let sql = "SELECT count(*) FROM refund";
    await_stored(&system, "one order, one id", sql);
    system.audit(&[(&rental, Fate::Closed)]);
}
