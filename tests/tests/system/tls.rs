//! Docks reach their cloud over TLS, also when their clocks say that no certificate is valid.

use std::fs;
use system_tests::{Authority, Fate, NORTE, Options, Rental, SUL, System, TlsFront, eventually};

const YEAR_MS: i64 = 365 * 86_400_000;

/// A cloud behind TLS, with a south dock that was enrolled before.
fn behind_tls(front: &TlsFront, authority: &Authority, system: &mut System, skew_ms: i64) {
    let (ca, skew) = (system.folder().join("ca.pem"), system.folder().join("skew"));
    authority.write(&ca);
    fs::write(&skew, skew_ms.to_string()).expect("the test's own file");
    for (variable, value) in [
        (
            "VOLTA_GATEWAY_CLOUD_URL",
            format!("https://127.0.0.1:{}", front.port),
        ),
        ("VOLTA_GATEWAY_CLOUD_CA", ca.display().to_string()),
        ("VOLTA_GATEWAY_CLOCK_SKEW_FILE", skew.display().to_string()),
    ] {
        system.set_env(SUL, variable, &value);
    }
    system.restart(SUL);
}

/// A cart comes out in the north and into the south dock's slot 1.
fn cart_in_the_south(system: &System) -> Rental {
    let (rental, tag) = system.cart_out(NORTE);
    system.dock(NORTE).hand_over(&tag, &system.dock(SUL));
    system.dock(SUL).push(1, &tag);
    rental
}

fn connects_with_a_clock_off_by(skew_ms: i64) {
    let mut system = System::start(&Options::new());
    let authority = Authority::default();
    let port = system.cloud_port();
    let front = TlsFront::start(&authority, "127.0.0.1", port).expect("a port is free");
    behind_tls(&front, &authority, &mut system, skew_ms);
    let rental = cart_in_the_south(&system);
    rental.until(&["closed"]);
    assert!(front.accepted() > 0);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn with_a_right_clock() {
    connects_with_a_clock_off_by(0);
}

#[test]
fn in_1970() {
    connects_with_a_clock_off_by(-56 * YEAR_MS);
}

#[test]
fn ten_years_ahead() {
    connects_with_a_clock_off_by(10 * YEAR_MS);
}

#[test]
fn a_certificate_of_another_host_or_authority_is_no_cloud() {
    let mut system = System::start(&Options::new());
    let (authority, stranger) = (Authority::default(), Authority::default());
    let port = system.cloud_port();
    let front = |authority: &Authority, host: &str| {
        TlsFront::start(authority, host, port).expect("a port is free")
    };
    let mut rental = None;
    for false_front in [
        front(&authority, "cloud.example"),
        front(&stranger, "127.0.0.1"),
    ] {
        behind_tls(&false_front, &authority, &mut system, 0);
        let rental = rental.get_or_insert_with(|| cart_in_the_south(&system));
        eventually("the dock turns away", || {
            (false_front.refused() >= 2).then_some(())
        });
        assert_eq!(false_front.accepted(), 0);
        assert_eq!(system.stored_state(rental), "out");
    }
    let rental = rental.expect("begun above");
    let honest = front(&authority, "127.0.0.1");
    behind_tls(&honest, &authority, &mut system, 0);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}
