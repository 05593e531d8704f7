//! How figures are printed: medians and ratios, never a lone best.

use std::time::Duration;

pub(crate) fn machine() {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{cores} processors; figures of a shared machine: the ratios are what counts\n");
}

pub(crate) fn heading(text: &str) {
    println!("{text}");
}

/// Events a second, whole.
pub(crate) fn per_second(count: usize, took: Duration) -> u64 {
    let micros = took.as_micros().max(1);
    u64::try_from(count as u128 * 1_000_000 / micros).unwrap_or(u64::MAX)
}

/// `a / b` with two decimals.
pub(crate) fn ratio(a: u64, b: u64) -> String {
    let hundredths = u128::from(a) * 100 / u128::from(b.max(1));
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Samples that lie beyond a percentile, at least: with fewer it is the luck of one of them.
const BEYOND_MIN: usize = 10;

/// Samples in their order.
pub(crate) struct Spread(Vec<Duration>);

impl Spread {
    /// The sample that so many of a hundred do not exceed.
    pub(crate) fn at(&self, hundredth: usize) -> Duration {
        let last = self.0.len().saturating_sub(1);
        let place = (self.0.len() * hundredth / 100).min(last);
        self.0.get(place).copied().unwrap_or_default()
    }

    /// The furthest percentile that there are enough samples for.
    pub(crate) fn tail(&self) -> usize {
        let beyond = |hundredth: &usize| self.0.len() * (100 - hundredth) / 100 >= BEYOND_MIN;
        [99, 95, 90, 75].into_iter().find(beyond).unwrap_or(50)
    }

    /// How far out both say something.
    pub(crate) fn common_tail(&self, other: &Self) -> usize {
        self.tail().min(other.tail())
    }

    pub(crate) fn micros(&self, hundredth: usize) -> u64 {
        u64::try_from(self.at(hundredth).as_micros()).unwrap_or(u64::MAX)
    }
}

pub(crate) fn latency(name: &str, mut samples: Vec<Duration>) -> Spread {
    samples.sort();
    let found = Spread(samples);
    let (tail, count) = (found.tail(), found.0.len());
    println!(
        "  {name:<46} p50 {:>9.1?}   p{tail} {:>9.1?}   n={count}",
        found.at(50),
        found.at(tail)
    );
    found
}

pub(crate) fn median(mut rates: Vec<u64>) -> u64 {
    rates.sort_unstable();
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}
