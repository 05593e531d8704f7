//! What is counted while gateways come back, by everybody at once.

use edge_core::io::SyncFailure;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One question to the cloud.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exchange {
    pub(super) sent: Instant,
    pub(super) took: Duration,
    pub(super) news: News,
    pub(super) end: End,
}

/// What a question brings besides the live state.
#[derive(Debug, Clone, Copy)]
pub(super) struct News {
    pub(super) events: usize,
    /// Events that wait behind these.
    pub(super) behind: u64,
}

/// Events that one question may bring and still tell of now: as many as happen while customers
/// stand at a dock.
const NOW_EVENTS_MAX: usize = 32;

#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    Taken,
    /// The live state was taken, the history waits.
    Shed,
    /// "Come back later", with a time.
    ToldToWait,
    Failed(SyncFailure),
}

/// A phase of the storm, from one [`Tally::turn`] to the next.
#[derive(Debug, Clone)]
pub struct Phase {
    pub(super) began: Instant,
    exchanges: Vec<Exchange>,
    /// By gateway: when its live state was taken first, and when nothing was left behind it.
    live: BTreeMap<usize, Instant>,
    drained: BTreeMap<usize, Instant>,
    /// From the lamp that says "returned", or from the phase's beginning where that was later, to the
    /// cloud's acknowledgement.
    pub taps: Vec<Duration>,
    /// Questions that left before the time the cloud had named.
    pub too_soon: u64,
    /// Those that brought history although the cloud had asked for none yet.
    pub history_too_soon: u64,
    /// Acknowledgements of lines that nobody wrote, and refusals for good.
    pub wrong: u64,
}

#[derive(Debug)]
pub(super) struct Tally(Mutex<Phase>);

impl Default for Tally {
    fn default() -> Self {
        Self(Mutex::new(Phase::begun()))
    }
}

impl Tally {
    /// Begins a new phase, and hands out the one before it.
    pub(super) fn turn(&self) -> Phase {
        std::mem::replace(&mut *self.phase(), Phase::begun())
    }

    pub(super) fn phase(&self) -> MutexGuard<'_, Phase> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Phase {
    fn begun() -> Self {
        Self {
            began: Instant::now(),
            exchanges: Vec::new(),
            live: BTreeMap::new(),
            drained: BTreeMap::new(),
            taps: Vec::new(),
            too_soon: 0,
            history_too_soon: 0,
            wrong: 0,
        }
    }

    pub(super) fn exchanged(&mut self, exchange: Exchange) {
        // What left before this phase belongs to no phase.
        if exchange.sent >= self.began {
            self.exchanges.push(exchange);
        }
        if let End::Failed(failure) = exchange.end
            && !matches!(failure, SyncFailure::Unreachable | SyncFailure::CloudError)
        {
            self.wrong += 1;
        }
    }

    /// The live state of a gateway was taken, which has `backlog` events left.
    pub(super) fn seen(&mut self, gateway: usize, backlog: u64) {
        let now = Instant::now();
        self.live.entry(gateway).or_insert(now);
        if backlog == 0 {
            self.drained.entry(gateway).or_insert(now);
        }
    }

    /// Returns of these moments are in the cloud now.
    pub(super) fn tapped(&mut self, returned: Vec<Instant>) {
        let began = self.began;
        let waited = returned.into_iter().map(|at| at.max(began).elapsed());
        self.taps.extend(waited);
    }

    pub(super) fn live_count(&self) -> usize {
        self.live.len()
    }

    pub(super) fn drained_count(&self) -> usize {
        self.drained.len()
    }

    /// From the phase's beginning until each gateway's live state was taken.
    pub fn live(&self) -> Vec<Duration> {
        self.live.values().map(|at| *at - self.began).collect()
    }

    /// From the phase's beginning until each gateway had nothing left to tell.
    pub fn drained(&self) -> Vec<Duration> {
        self.drained.values().map(|at| *at - self.began).collect()
    }

    pub fn requests(&self) -> usize {
        self.exchanges.len()
    }

    /// Requests that left in the busiest second.
    pub fn worst_second(&self) -> usize {
        let mut seconds: BTreeMap<u64, usize> = BTreeMap::new();
        for exchange in &self.exchanges {
            *seconds
                .entry((exchange.sent - self.began).as_secs())
                .or_default() += 1;
        }
        seconds.into_values().max().unwrap_or(0)
    }

    /// How long answered questions waited.
    pub fn answered(&self) -> Vec<Duration> {
        let answered = self.exchanges.iter();
        let answered = answered.filter(|it| matches!(it.end, End::Taken | End::Shed));
        answered.map(|it| it.took).collect()
    }

    /// Answers that took the live state and left the history.
    pub fn shed(&self) -> usize {
        self.count(|end| matches!(end, End::Shed))
    }

    /// The same to a question that told of now only, which must not be.
    pub fn shed_live(&self) -> usize {
        let now = |it: &Exchange| it.news.events <= NOW_EVENTS_MAX && it.news.behind == 0;
        let shed = self
            .exchanges
            .iter()
            .filter(|it| matches!(it.end, End::Shed));
        shed.filter(|it| now(it)).count()
    }

    /// Answers with a `Retry-After`.
    pub fn told_to_wait(&self) -> usize {
        self.count(|end| matches!(end, End::ToldToWait))
    }

    /// Questions without an answer of the cloud.
    pub fn unanswered(&self) -> usize {
        self.count(|end| matches!(end, End::Failed(_)))
    }

    fn count(&self, wanted: fn(End) -> bool) -> usize {
        self.exchanges.iter().filter(|it| wanted(it.end)).count()
    }
}
