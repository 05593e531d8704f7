//! (i) The reconnect storm: thousands of gateways whose cloud was killed find it again at one moment.

use super::report::{heading, latency, per_second, ratio};
use std::error::Error;
use std::time::{Duration, Instant};
use system_tests::{CLOUD, NORTE, Options, Phase, Report, SUL, Storm, System, allow_files, rage};

const GATEWAYS: usize = 5_000;

/// What a dock writes in a quiet hour.
const HISTORY: usize = 48;

/// All must be back by then.
const PATIENCE: Duration = Duration::from_secs(600);

/// A customer who stands at a dock waits no longer for money or bolt to move.
const TAP_PATIENCE: Duration = Duration::from_secs(60);

/// Each gateway and the cloud hold a connection; the rest is for everything else.
const FILES_BESIDE: usize = 1_000;

/// `VOLTA_TEST_GATEWAYS` is another size.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let gateways = match std::env::var("VOLTA_TEST_GATEWAYS") {
        Ok(text) => text.parse()?,
        Err(_) => GATEWAYS,
    };
    heading(&format!(
        "(i) {gateways} gateways with {HISTORY} events each come back together"
    ));
    let files = gateways + FILES_BESIDE;
    allow_files(files)?;
    let options = Options::new().without(NORTE).without(SUL).env(
        CLOUD,
        "VOLTA_CLOUD_TAKES_PER_MINUTE",
        "100000",
    );
    let began = Instant::now();
    let mut system = System::start(&options);
    let storm = Storm {
        gateways,
        history: HISTORY,
        customers: 24,
        calm_rounds: 2,
        dark_rounds: 8,
        taps_within: Duration::from_secs(60),
        turned_away_seconds: None,
        patience: PATIENCE,
    };
    let report = rage(&mut system, &storm);
    let fates: Vec<_> = report.rentals.iter().map(|(r, fate)| (r, *fate)).collect();
    system.audit(&fates);
    print(&report, gateways);
    println!(
        "  {:.0?} in all; {files} descriptors allowed, {} open in the cloud, {} MiB resident at most",
        began.elapsed(),
        report.cloud_files,
        report.cloud_memory_kib / 1_024
    );
    judge(&report)?;
    println!("  {} rentals audited: all books agree\n", fates.len());
    Ok(())
}

fn print(report: &Report, gateways: usize) {
    let storm = &report.storm;
    println!("  cloud ready after {:.1?}", report.cloud_start);
    latency("return of the cloud → live state taken", storm.live());
    latency("return of the cloud → backlog drained", storm.drained());
    let last = |times: Vec<Duration>| times.into_iter().max().unwrap_or_default();
    let (live, drained) = (last(storm.live()), last(storm.drained()));
    println!(
        "  all {gateways} live after {live:.1?}, all drained after {drained:.1?}: {} events/s",
        per_second(usize::try_from(report.written).unwrap_or(0), drained)
    );
    println!(
        "  {} questions, {} in the worst second; history sent away {} times, live state {} times; \
         {} times Retry-After; {} without an answer",
        storm.requests(),
        storm.worst_second(),
        storm.shed(),
        storm.shed_live(),
        storm.told_to_wait(),
        storm.unanswered()
    );
    let calm = latency("answer in calm (the baseline)", report.calm.answered());
    let stormy = latency("answer in the storm", storm.answered());
    let tail = stormy.common_tail(&calm);
    println!(
        "  storm / calm: p50 {}   p{tail} {}",
        ratio(stormy.micros(50), calm.micros(50)),
        ratio(stormy.micros(tail), calm.micros(tail))
    );
    latency("paid → bolt open, calm", report.releases_calm.clone());
    latency("paid → bolt open, storm", report.releases.clone());
    latency(
        "\"returned\" → in the cloud, calm",
        report.calm.taps.clone(),
    );
    latency("\"returned\" → in the cloud, storm", storm.taps.clone());
    println!(
        "  live taps in the storm: {}, failed: {}; slowest {:.1?}",
        storm.taps.len() + report.releases.len(),
        failed(report),
        last(storm.taps.clone()).max(last(report.releases.clone()))
    );
}

/// Taps that a customer would not have waited for, and releases that came to nothing end the run.
fn failed(report: &Report) -> usize {
    let slow = |times: &[Duration]| times.iter().filter(|it| **it > TAP_PATIENCE).count();
    slow(&report.storm.taps) + slow(&report.releases)
}

fn judge(report: &Report) -> Result<(), Box<dyn Error>> {
    let phases: [&Phase; 2] = [&report.dark, &report.storm];
    let too_soon: u64 = phases
        .iter()
        .map(|it| it.too_soon + it.history_too_soon)
        .sum();
    let wrong: u64 = phases.iter().map(|it| it.wrong).sum();
    for (bad, what) in [
        (!report.recovered, "not everybody came back in time"),
        (report.stored != report.written, "events are missing"),
        (
            !report.unlike.is_empty(),
            "journals end otherwise in the cloud",
        ),
        (too_soon > 0, "the cloud's wishes were not heard"),
        (wrong > 0, "answers that must not be"),
        (report.storm.shed_live() > 0, "live state was sent away"),
        (failed(report) > 0, "live taps failed"),
    ] {
        if bad {
            return Err(what.into());
        }
    }
    Ok(())
}
