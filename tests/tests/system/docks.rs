//! The dock is cut off, or its hardware fails.

use crate::journey::return_at;
use serde_json::json;
use system_tests::{CLOUD, Fate, NORTE, Options, SUL, System, eventually};

#[test]
fn mqtt_never_delivers() {
    // A port that nothing listens on: grants come with the acknowledgements.
    let options = Options::new().env(CLOUD, "VOLTA_CLOUD_MQTT_ADVERTISE", "127.0.0.1:1");
    let system = System::start(&options);
    let (rental, tag) = system.cart_out(NORTE);
    return_at(&system, &rental, &tag, NORTE, (SUL, 1));
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn the_cloud_is_away_for_the_whole_return() {
    let mut system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    system.kill9(CLOUD);
    system.dock(NORTE).hand_over(&tag, &system.dock(SUL));
    system.dock(SUL).push(1, &tag);
    eventually("the dock has it in its journal", || {
        let like = format!("%cart_docked%\"{tag}\"%");
        let found = system
            .journal(SUL)
            .first::<i64>("SELECT seq FROM event WHERE line LIKE ?1", &[&like]);
        found.map(drop)
    });
    system.restart(CLOUD);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn a_bay_that_cannot_open_gives_the_money_back() {
    let system = System::start(&Options::new());
    let rental = system.take_at(NORTE, 1);
    rental.until(&["awaiting_payment"]);
    system.dock(NORTE).inject(1, "bolt_stuck_closed");
    system.pay(&rental);
    rental.until(&["cancelled"]);
    system.audit(&[(&rental, Fate::CancelledRefunded)]);
}

#[test]
fn a_slow_bolt_and_chattering_switches_open_all_the_same() {
    let system = System::start(&Options::new());
    system.dock(NORTE).inject(1, "bolt_slow");
    system.dock(NORTE).inject(1, "switches_bounce");
    let rental = system.take_at(NORTE, 1);
    system.pay(&rental);
    let tag = system.pull(&rental, NORTE);
    system.dock(NORTE).push(1, &tag);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn a_cart_pulled_out_by_force_is_nobodys_rental() {
    let system = System::start(&Options::new());
    let tag = system.dock(NORTE).force(1);
    await_event(&system, "cart_left", "applied", &tag);
    system.dock(NORTE).push(3, &tag);
    await_event(&system, "cart_docked", "not_rented", &tag);
    system.audit(&[]);
    let alarms: i64 = system.cloud_db().one("SELECT count(*) FROM alarm", &[]);
    assert_eq!(alarms, 1);
}

#[test]
fn a_cart_that_nobody_rented_is_taken_in_and_earns_nothing() {
    let system = System::start(&Options::new());
    let dock = system.dock(NORTE);
    let brought = dock.act("bring", &json!({})).ok();
    let tag = brought["tag"]
        .as_str()
        .expect("a cart of another chain")
        .to_owned();
    dock.push(3, &tag);
    await_event(&system, "cart_docked", "not_rented", &tag);
    system.audit(&[]);
    assert_eq!(system.bank().succeeded("devolucao.put"), 0);
}

/// Waits for an event about a cart, and for what the cloud made of it.
pub(crate) fn await_event(system: &System, kind: &str, outcome: &str, tag: &str) {
    let sql = "SELECT outcome FROM gateway_event WHERE kind = ?1 AND line LIKE ?2 \
               ORDER BY received_ms DESC, seq DESC";
    let line = format!("%\"{tag}\"%");
    let made: String = eventually(&format!("{kind} of {tag}"), || {
        system.cloud_db().first(sql, &[&kind, &line])
    });
    assert_eq!(made, outcome, "what the cloud made of {kind}");
}
