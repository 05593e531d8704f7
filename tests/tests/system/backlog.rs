//! A dock with a long backlog, in front of a cloud that does not take it for a long time.

use rusqlite::params;
use shared::event::Fact;
use shared::ids::{BayNo, TagUid};
use system_tests::{Device, Fate, Mode, NORTE, Options, SUL, System, eventually, try_send};

/// Scale: 5,000 events and some failed attempts of every kind stand for 50,000 and three days. The
/// attempts are what could wear a backlog down; the days only bring more of them.
const BACKLOG: usize = 5_000;

/// Attempts that fail in each way.
const ATTEMPTS: u64 = 2;

#[test]
fn a_server_that_answers_errors_loses_nothing_of_a_long_backlog() {
    let mut system = System::start(&Options::new().through_proxy());
    let (rental, tag) = system.cart_out(NORTE);
    system.kill9(SUL);
    system.fill_journal(SUL, BACKLOG);
    system.network().set(trouble(500, None));
    system.restart(SUL);
    system.dock(NORTE).hand_over(&tag, &system.dock(SUL));
    system.dock(SUL).push(1, &tag);
    for mode in [
        trouble(500, None),
        trouble(503, Some(1)),
        trouble(429, Some(0)),
        trouble(400, None),
        trouble(404, None),
        trouble(413, None),
        Mode::CaptivePortal,
        Mode::Drop,
    ] {
        system.network().set(mode);
        await_failures(&system, mode);
    }
    // The process forgets its attempts, the journal forgets nothing.
    system.restart(SUL);
    system.network().set(Mode::LoseAnswer);
    await_failures(&system, Mode::LoseAnswer);
    system.network().set(Mode::Pass);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
    assert!(stored(&system) >= BACKLOG as u64, "{}", stored(&system));
}

#[test]
fn an_event_of_no_known_kind_is_set_aside_and_the_rest_flows() {
    let system = System::start(&Options::new().without(SUL));
    let (rental, tag) = system.cart_out(NORTE);
    let mut device = Device::enrol(&system, SUL);
    let bay = BayNo::new(1).expect("from 1 to 999");
    device.append(Fact::BayRecovered { bay });
    assert_eq!(device.send(&device.batch(1)).status, 200);
    device.append_unknown("bay_polished");
    device.append_unknown("bay_polished_again");
    let tag: TagUid = tag.parse().expect("a tag of the simulator");
    device.append(Fact::CartDocked { bay, tag });
    let answer = device.send(&device.batch(1));
    assert_eq!(answer.status, 200, "{}", answer.body);
    rental.until(&["closed"]);
    let aside: Vec<(i64, String)> = system.cloud_db().all(
        "SELECT seq, line FROM quarantined_event WHERE gateway_id = ?1 ORDER BY seq",
        params![device.id.to_string()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    );
    let lines = [(2, device.lines[1].clone()), (3, device.lines[2].clone())];
    assert_eq!(aside, lines, "kept as they were signed");
    assert!(
        answer.body.contains("\"quarantined\":[2,3]"),
        "{}",
        answer.body
    );
    system.audit(&[(&rental, Fate::Closed)]);
}

fn trouble(status: u16, retry_after_seconds: Option<u32>) -> Mode {
    Mode::Error {
        status,
        retry_after_seconds,
    }
}

fn await_failures(system: &System, mode: Mode) {
    eventually(&format!("{ATTEMPTS} attempts fail by {mode:?}"), || {
        if system.network().struck() >= ATTEMPTS {
            return Some(());
        }
        // A technician who does not want to wait for the next attempt.
        let now = system.dock(SUL).url + "/simulator/api/sync";
        let _ = try_send("POST", &now, "application/json", "{}");
        None
    });
}

fn stored(system: &System) -> u64 {
    system.metric("volta_sync_events_total")
}
