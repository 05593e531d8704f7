//! Gateways that lose their cloud together and find it again together.

use std::time::Duration;
use system_tests::{CLOUD, NORTE, Options, Report, SUL, Storm, System, allow_files, rage};

/// As many as the network between takes connections.
const GATEWAYS: usize = 200;

/// Open files that the cloud is started with: fewer than gateways.
const CLOUD_FILES: usize = 128;

/// Three ends of each connection: the gateway's, and two of the network between.
const OUR_FILES: usize = 4_096;

/// Long enough that histories collide.
const HISTORY: usize = 150;

#[test]
fn two_hundred_gateways_come_back_together_and_nobody_stands_at_a_dead_dock() {
    let options = Options::new()
        .through_proxy()
        .without(NORTE)
        .without(SUL)
        .env(CLOUD, "VOLTA_CLOUD_TAKES_PER_MINUTE", "100000")
        .env(CLOUD, "VOLTA_CLOUD_BANK_POLL_SECONDS", "1");
    // A cloud that is started with few takes as many as it may have.
    allow_files(CLOUD_FILES).expect("fewer than are allowed");
    let mut system = System::start(&options);
    allow_files(OUR_FILES).expect("a machine that runs gateways");
    let report = rage(
        &mut system,
        &Storm {
            gateways: GATEWAYS,
            history: HISTORY,
            customers: 4,
            calm_rounds: 1,
            dark_rounds: 4,
            taps_within: Duration::from_secs(5),
            turned_away_seconds: Some(2),
            patience: Duration::from_secs(120),
        },
    );
    // Customers first: every cart out was paid for, every cart back was refunded once.
    let fates: Vec<_> = report.rentals.iter().map(|(r, fate)| (r, *fate)).collect();
    assert_eq!(fates.len(), 12);
    system.audit(&fates);
    nothing_is_lost(&report);
    history_waits_for_what_happens_now(&report);
    the_clouds_wishes_are_heard(&report);
    attempts_are_spread(&report);
}

fn nothing_is_lost(report: &Report) {
    assert!(report.recovered, "not everybody is back");
    assert_eq!(report.storm.live().len(), GATEWAYS);
    assert_eq!(report.storm.drained().len(), GATEWAYS);
    assert!(report.written > (GATEWAYS * HISTORY) as u64);
    assert_eq!(report.stored, report.written, "events in the cloud");
    assert_eq!(report.unlike, [], "journals that end otherwise");
    assert_eq!(report.storm.wrong, 0);
}

fn history_waits_for_what_happens_now(report: &Report) {
    let storm = &report.storm;
    assert!(storm.shed() > 0, "this storm is too weak to show anything");
    assert!(report.deferred >= storm.shed() as u64, "the cloud counts");
    assert_eq!(storm.shed_live(), 0, "what happens now is never sent away");
    assert_eq!(storm.told_to_wait(), 0, "the cloud took every live state");
}

fn the_clouds_wishes_are_heard(report: &Report) {
    assert!(report.turned_away.told_to_wait() > 0);
    for phase in [&report.turned_away, &report.storm] {
        assert_eq!(phase.too_soon, 0, "sooner than Retry-After");
        assert_eq!(phase.history_too_soon, 0, "history sooner than asked");
    }
}

/// Judged by what was planned, which no slow machine changes.
fn attempts_are_spread(report: &Report) {
    let mut seconds = [0; 120];
    for planned in &report.planned {
        let second = usize::try_from(planned.as_secs()).expect("within an hour");
        seconds[second.min(119)] += 1;
    }
    let worst = seconds.iter().max().expect("two minutes");
    assert!(
        *worst <= GATEWAYS * 2 / 5,
        "{worst} of {GATEWAYS} in one second: {seconds:?}"
    );
}
