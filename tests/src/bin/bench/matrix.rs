//! (i) Bank faults × process deaths × timing, in ten thousand journeys unless told otherwise.

use super::report::heading;
use std::error::Error;
use std::time::Instant;
use system_tests::play;

const JOURNEYS: usize = 10_000;

/// `VOLTA_TEST_SEED` deals the cells and the lives of an earlier run again, `VOLTA_TEST_JOURNEYS`
/// another number of journeys.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let journeys = match std::env::var("VOLTA_TEST_JOURNEYS") {
        Ok(text) => text.parse()?,
        Err(_) => JOURNEYS,
    };
    heading(&format!(
        "(i) {journeys} journeys: bank faults x process deaths x timing"
    ));
    let seed = match std::env::var("VOLTA_TEST_SEED") {
        Ok(text) => text.parse()?,
        Err(_) => getrandom::u64()?,
    };
    println!("  seed {seed}");
    let began = Instant::now();
    let played = play(seed, journeys);
    println!("{}", played.visits);
    println!("  deaths {:?}", played.deaths);
    println!("  requests that met their fault {:?}", played.met);
    let (done, took) = (played.visits.journeys(), began.elapsed());
    println!("  {done} journeys in {took:.0?}");
    if !played.findings.is_empty() {
        return Err(format!("seed {seed}:\n{}", played.findings.join("\n")).into());
    }
    match played.visits.missing().as_slice() {
        [] => Ok(()),
        missing => Err(format!("seed {seed}: nobody came through {missing:?}").into()),
    }
}
