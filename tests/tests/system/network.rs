//! The network between docks and cloud fails in every way it knows; carts go out and come back all
//! the same, and when it is well again nothing is lost and nothing is there twice.

use system_tests::{Fate, Mode, NORTE, Options, SUL, System, eventually};

const LANE: u16 = 4;

/// Two customers have paid for carts of one lane. The first finds it open; the second's grant waits
/// in the gateway. Then the network fails, and both pull, and one cart comes back while it lasts: to
/// the dock it left, since a return that overtakes the report of its own pull waits for a person.
fn goes_on_through(mode: Mode) {
    let lane = "4=04a10000000003+04a10000000004+04a10000000005";
    let options = Options::new().carts(NORTE, lane).through_proxy();
    let system = System::start(&options);
    let (one, two) = (system.take_at(NORTE, LANE), system.take_at(NORTE, LANE));
    system.pay(&one);
    one.until(&["open"]);
    system.pay(&two);
    two.until(&["paid"]);
    await_exchanges(&system, 4);
    system.network().set(mode);

    let first = system.dock(NORTE).pull(LANE);
    let second = system.dock(NORTE).pull(LANE);
    assert_ne!(first, second, "two carts left the lane");
    system.dock(NORTE).push(1, &first);
    await_docked(&system, NORTE, &first);
    eventually("the network fails as it was told", || {
        (system.network().struck() > 0).then_some(())
    });

    system.network().set(Mode::Pass);
    eventually("the cloud knows which carts left", || {
        let states = [&one, &two].map(|rental| system.stored_state(rental));
        (!states.iter().any(|state| state == "paid")).then_some(())
    });
    system.dock(NORTE).hand_over(&second, &system.dock(SUL));
    system.dock(SUL).push(3, &second);
    for rental in [&one, &two] {
        rental.until(&["closed"]);
    }
    system.audit(&[(&one, Fate::Closed), (&two, Fate::Closed)]);
    assert_eq!(system.bank().succeeded("devolucao.put"), 2);
}

/// Each gateway has asked and heard after what the cloud decided just now.
fn await_exchanges(system: &System, count: u64) {
    let before = system.network().passed();
    eventually("the docks are in touch with the cloud", || {
        (system.network().passed() >= before + count).then_some(())
    });
}

fn await_docked(system: &System, dock: &str, tag: &str) {
    eventually("the dock has it in its journal", || {
        let like = format!("%cart_docked%\"{tag}\"%");
        let found = system
            .journal(dock)
            .first::<i64>("SELECT seq FROM event WHERE line LIKE ?1", &[&like]);
        found.map(drop)
    });
}

#[test]
fn connections_are_refused() {
    goes_on_through(Mode::Down);
}

#[test]
fn connections_are_reset() {
    goes_on_through(Mode::Drop);
}

#[test]
fn requests_are_swallowed() {
    goes_on_through(Mode::Blackhole);
}

#[test]
fn connections_go_silent_without_an_end() {
    goes_on_through(Mode::HalfOpen);
}

#[test]
fn everything_takes_half_a_minute_each_way() {
    goes_on_through(Mode::Slow {
        each_way_ms: 30_000,
    });
}

#[test]
fn the_line_is_thin() {
    goes_on_through(Mode::Thin {
        bytes_per_second: 500,
    });
}

#[test]
fn the_server_has_a_defect() {
    goes_on_through(Mode::Error {
        status: 500,
        retry_after_seconds: None,
    });
}

#[test]
fn the_server_asks_for_patience() {
    goes_on_through(Mode::Error {
        status: 503,
        retry_after_seconds: Some(2),
    });
}

#[test]
fn a_captive_portal_answers_in_the_clouds_place() {
    goes_on_through(Mode::CaptivePortal);
}

#[test]
fn requests_arrive_twice() {
    goes_on_through(Mode::Duplicate);
}

#[test]
fn requests_overtake_each_other() {
    goes_on_through(Mode::Reorder);
}

#[test]
fn answers_are_lost_after_the_cloud_has_committed() {
    goes_on_through(Mode::LoseAnswer);
}
