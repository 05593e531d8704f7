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

pub(crate) struct Spread {
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

pub(crate) fn spread(mut samples: Vec<Duration>) -> Spread {
    samples.sort();
    let at = |hundredth: usize| {
        let last = samples.len().saturating_sub(1);
        samples
            .get((samples.len() * hundredth / 100).min(last))
            .copied()
            .unwrap_or_default()
    };
    Spread {
        p50: at(50),
        p99: at(99),
    }
}

pub(crate) fn latency(name: &str, samples: Vec<Duration>) -> Spread {
    let count = samples.len();
    let found = spread(samples);
    println!(
        "  {name:<46} p50 {:>9.1?}   p99 {:>9.1?}   n={count}",
        found.p50, found.p99
    );
    found
}

pub(crate) fn median(mut rates: Vec<u64>) -> u64 {
    rates.sort_unstable();
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}
