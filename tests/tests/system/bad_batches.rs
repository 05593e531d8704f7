//! Gateways that are unknown, forged, confused or cloned.

use rusqlite::params;
use shared::event::Fact;
use shared::ids::{BayNo, GatewayId, TagUid};
use system_tests::{Answer, Device, NORTE, Options, SUL, System};

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}: {}", answer.asked, answer.body);
    assert_eq!(answer.code(), code, "{}", answer.body);
}

fn docked(number: u8) -> Fact {
    Fact::CartDocked {
        bay: BayNo::new(1).expect("from 1 to 999"),
        tag: TagUid::new(&[0x04, 0xcc, 0, number]).expect("four bytes"),
    }
}

/// A device at the south dock, its first two events accepted.
fn device_at(system: &System) -> Device {
    let mut device = Device::enrol(system, SUL);
    device.append(docked(1));
    device.append(docked(2));
    let answer = device.send(&device.batch(1));
    assert_eq!(answer.status, 200, "{}", answer.body);
    device
}

fn stored(system: &System, device: &Device) -> Vec<String> {
    system.cloud_db().all(
        "SELECT line FROM gateway_event WHERE gateway_id = ?1 ORDER BY seq",
        params![device.id.to_string()],
        |row| row.get(0),
    )
}

fn only_the_north_has_a_gateway() -> System {
    System::start(&Options::new().without(SUL))
}

#[test]
fn a_forged_or_broken_batch_is_refused_whole() {
    let system = only_the_north_has_a_gateway();
    let mut device = device_at(&system);
    device.append(docked(3));
    device.append(docked(4));
    let honest = device.batch(3);

    let mut of_nobody = honest.clone();
    of_nobody.header.gateway = GatewayId::new(1, [7; 10]);
    refused(&device.send(&of_nobody), 404, "unknown_gateway");

    let mut thief = device.clone();
    thief.key = Device::any_key();
    refused(&thief.send(&honest), 403, "bad_signature");

    let body = device.sign(&honest);
    let altered = body.replace("04cc0003", "04cc0009");
    assert_ne!(altered, body);
    refused(&device.send_body(&altered), 400, "event_altered");

    let mut swapped = honest.clone();
    swapped.lines.swap(0, 1);
    refused(&device.send(&swapped), 400, "out_of_sequence");

    let mut short = honest.clone();
    short.lines.pop();
    refused(&device.send(&short), 400, "wrong_count");

    let mut elsewhere = honest.clone();
    elsewhere.header.head = device.batch(1).header.head;
    elsewhere.lines.pop();
    elsewhere.header.count = 1;
    refused(&device.send(&elsewhere), 400, "wrong_head");

    for garbage in ["", "\n", "x", "{}\n", "\u{0}\u{1}"] {
        refused(&device.send_body(garbage), 400, "header_malformed");
    }

    assert_eq!(stored(&system, &device), device.lines[..2]);
    let answer = device.send(&honest);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(stored(&system, &device), device.lines);
    let again = device.send(&device.batch(1));
    assert_eq!(
        again.status, 200,
        "a repetition is no fault: {}",
        again.body
    );
    assert_eq!(stored(&system, &device), device.lines);
    system.audit(&[]);
}

#[test]
fn after_a_gap_the_cloud_says_where_it_stands() {
    let system = only_the_north_has_a_gateway();
    let mut device = device_at(&system);
    for number in 3..=5 {
        device.append(docked(number));
    }
    let answer = device.send(&device.batch(4));
    refused(&answer, 409, "gap");
    assert_eq!(answer.json()["head"]["seq"], 2, "{}", answer.body);
    assert_eq!(stored(&system, &device), device.lines[..2]);
    assert_eq!(device.send(&device.batch(3)).status, 200);
    assert_eq!(stored(&system, &device), device.lines);
    system.audit(&[]);
}

#[test]
fn two_journals_under_one_name_are_kept_apart_and_stopped() {
    let system = only_the_north_has_a_gateway();
    let mut device = device_at(&system);
    let mut twin = device.clone();
    device.append(docked(3));
    twin.append(docked(9));
    assert_eq!(device.send(&device.batch(3)).status, 200);
    refused(&twin.send(&twin.batch(3)), 409, "fork");
    assert_eq!(stored(&system, &device), device.lines);
    let evidence: String = system.cloud_db().one(
        "SELECT line FROM quarantined_event WHERE gateway_id = ?1 AND reason = 'fork'",
        params![device.id.to_string()],
    );
    assert_eq!(evidence, twin.lines[2]);
    // Nobody can tell which one is the dock: neither is believed until it is enrolled anew.
    device.append(docked(4));
    refused(&device.send(&device.batch(4)), 403, "gateway_quarantined");
    let wish = system.try_take(SUL, &serde_json::json!({}));
    assert_eq!((wish.status, wish.code().as_str()), (409, "dock_dark"));
    let fresh = Device::enrol(&system, SUL);
    assert_eq!(fresh.send(&fresh.batch(1)).status, 200);
    system.audit(&[]);
}

#[test]
fn a_code_makes_one_gateway_of_one_dock() {
    let system = only_the_north_has_a_gateway();
    let key = Device::any_key();
    refused(
        &Device::try_enrol(&system, "0000-0000-0000", &key),
        403,
        "code_unknown",
    );
    let code = system.volta_cloud(&["enrolment-code", "--dock", SUL]);
    let code = code.trim();
    let typed = code.to_lowercase().replace('-', " ");
    let first = Device::try_enrol(&system, &typed, &key);
    assert_eq!(first.status, 200, "as people type it: {}", first.body);
    let other = Device::any_key();
    refused(&Device::try_enrol(&system, code, &other), 403, "code_used");
    let second = system.volta_cloud(&["enrolment-code", "--dock", SUL]);
    let again = Device::try_enrol(&system, second.trim(), &key);
    assert_eq!(
        again.status, 200,
        "the same device keeps its name: {}",
        again.body
    );
    let url = system.cloud_url() + "/gateway/v1/enrol";
    for garbage in ["", "{}", "x"] {
        let answer = system_tests::send("POST", &url, "text/plain", garbage);
        refused(&answer, 400, "enrolment_malformed");
    }
    system.audit(&[]);
}

#[test]
fn a_gateway_that_was_replaced_may_still_tell_its_history() {
    let system = only_the_north_has_a_gateway();
    let mut old = device_at(&system);
    let new = Device::enrol(&system, SUL);
    old.append(docked(3));
    assert_eq!(old.send(&old.batch(3)).status, 200);
    assert_eq!(new.send(&new.batch(1)).status, 200);
    let gateways: i64 = system.cloud_db().one(
        "SELECT count(*) FROM gateway g JOIN dock d ON d.id = g.dock_id \
         WHERE d.code <> ?1 AND g.state = 'active'",
        &[&NORTE],
    );
    assert_eq!(gateways, 1);
    system.audit(&[]);
}
