//! (h) SIGKILLs at random moments, a thousand unless told otherwise; every disagreement of the books ends the run.

use super::report::heading;
use std::error::Error;
use std::time::Instant;
use system_tests::kill_at_random;

const KILLS: usize = 1_000;
const PAUSE_MS_MAX: u64 = 1_500;

/// `VOLTA_TEST_SEED` tries the moments of an earlier run again, `VOLTA_TEST_KILLS` fewer of them.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let kills = match std::env::var("VOLTA_TEST_KILLS") {
        Ok(text) => text.parse()?,
        Err(_) => KILLS,
    };
    heading(&format!(
        "(h) {kills} SIGKILLs of cloud and gateways at random moments"
    ));
    let seed = match std::env::var("VOLTA_TEST_SEED") {
        Ok(text) => text.parse()?,
        Err(_) => getrandom::u64()?,
    };
    println!("  seed {seed}");
    let began = Instant::now();
    let tally = kill_at_random(seed, kills, PAUSE_MS_MAX);
    println!("  {:.0?}: {tally:?}; all books agree\n", began.elapsed());
    Ok(())
}
