//! Bank faults × process deaths × timing, in thousands of journeys.
//!
//! Shape: for each kind of death one world: a bank sandbox, the real cloud (store, actions, outbox, pix
//! client, watchers, jobs, books) over loopback HTTP, and a line between them on which each journey
//! meets its own fault. All worlds live through the same hundred days at once, by one clock that is set
//! ahead. While they do, their clouds end and begin again on the same databases. When all is healed and
//! has come to rest, the oracle compares the ledger, our view of the bank and the bank's own book.
//!
//! What a seed decides: which cells the journeys have and how long each life lasts. How tasks and
//! requests overlap is the machine's, as with real processes.

mod cells;
mod cloud_lives;
mod dock;
mod doom;
mod life;
mod line;
mod oracle;
mod teller;
mod world;

pub use cells::{Death, Fault, Timing, Visits};

use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use world::World;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// So long nothing has to change before the clock goes on.
const STILL: Duration = Duration::from_millis(2_000);
/// A phase of ten thousand journeys, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(600);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The clock's own jobs look at refunds every 15 seconds.
const ALARM_WAIT: Duration = Duration::from_secs(60);

/// Rounds of healed time, a quarter of an hour each, in which everything must end.
const HEALING_ROUNDS: usize = 16;

/// What happened in one run.
#[derive(Debug)]
pub struct Played {
    pub visits: Visits,
    pub deaths: BTreeMap<Death, usize>,
    /// Requests that met the fault of their journey.
    pub met: BTreeMap<Fault, u64>,
    /// Everything that does not agree, in words.
    pub findings: Vec<String>,
}

/// Plays so many journeys, a part of them in each kind of death's world.
pub fn play(seed: u64, journeys: usize) -> Played {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(played(seed, journeys))
}

async fn played(seed: u64, journeys: usize) -> Played {
    let each = journeys.div_ceil(Death::ALL.len());
    let offset = usize::try_from(seed % 1_000).unwrap_or(0);
    let opened = Death::ALL.map(|death| World::open(death, seed, cells::dealt(each, offset)));
    let mut town = Town::of(join_all(opened).await);
    town.out_and_back().await;
    town.up_to_expiry().await;
    town.some_hours().await;
    town.a_hundred_days().await;
    town.heals().await;
    town.told().await
}

/// Plays one journey out and back, at a cloud that is spared, without setting any clock ahead. What
/// does not agree at its end, in words.
pub fn one_journey(fault: Fault) -> Vec<String> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let world = World::open(Death::Spared, 0, vec![(fault, Timing::Prompt)]).await;
        let mut town = Town::of(vec![world]);
        town.out_and_back().await;
        let played = town.told().await;
        let met = played.met.get(&fault).copied().unwrap_or(0);
        let unmet = (met == 0).then(|| format!("{fault:?} was never met"));
        played.findings.into_iter().chain(unmet).collect()
    })
}

struct Town {
    worlds: Vec<World>,
    ahead_ms: i64,
    findings: Vec<String>,
    began: Instant,
}

impl Town {
    fn of(worlds: Vec<World>) -> Self {
        Self {
            worlds,
            ahead_ms: 0,
            findings: Vec::new(),
            began: Instant::now(),
        }
    }

    async fn out_and_back(&mut self) {
        self.report(true).await;
        self.take(|t| !t.begins_later()).await;
        self.still("charges").await;
        self.report(false).await;
        self.pay(
            |t| !t.begins_later() && t != Timing::CancelledThenPaid,
            false,
        )
        .await;
        join_all(self.worlds.iter().map(|world| async {
            let numbers = world.those(|j| j.timing == Timing::CancelledThenPaid);
            world.cancel(&numbers).await;
        }))
        .await;
        self.pay(|t| t == Timing::CancelledThenPaid, true).await;
        self.still("payments").await;
        self.report(false).await;
        self.open(|t| t.takes_the_cart() || t == Timing::NotTaken)
            .await;
        self.bring_back(|t| t == Timing::ReturnAtOnce).await;
        join_all(self.worlds.iter().map(World::give_back_some)).await;
        self.report(false).await;
        self.bring_back(|t| matches!(t, Timing::Prompt | Timing::PaidTwice))
            .await;
        self.report(false).await;
        self.still("returns").await;
    }

    async fn up_to_expiry(&mut self) {
        self.report(false).await;
        self.take(|t| t.begins_later()).await;
        self.still("later charges").await;
        self.pay(|t| t == Timing::WrongAmount, false).await;
        let left_ms = self.worlds.iter().filter_map(World::until_expiry).min();
        self.advance((left_ms.unwrap_or(0) - 2 * SECOND).max(0))
            .await;
        self.report(false).await;
        self.pay(|t| t == Timing::PaidAtExpiry, true).await;
        self.still("payments at expiry").await;
        self.report(false).await;
        self.open(|t| t == Timing::PaidAtExpiry).await;
        self.report(false).await;
        self.advance(MINUTE).await;
        self.pay(|t| t == Timing::PaidLate, true).await;
        self.report(false).await;
        self.bring_back(|t| t == Timing::PaidAtExpiry).await;
        self.report(false).await;
        self.still("late payments").await;
    }

    async fn some_hours(&mut self) {
        self.advance(16 * MINUTE).await;
        self.report(false).await;
        self.nothing_is_silent().await;
        self.advance(3 * HOUR).await;
        self.bring_back(|t| t == Timing::DarkDock).await;
        self.report(true).await;
        self.still("dark returns").await;
        self.decide().await;
        self.nothing_is_silent().await;
        self.advance(HOUR).await;
        self.report(true).await;
        self.still("decisions").await;
    }

    async fn a_hundred_days(&mut self) {
        self.advance(89 * DAY).await;
        self.report(true).await;
        self.bring_back(|t| t == Timing::NearDay90).await;
        self.report(true).await;
        self.still("day 89").await;
        self.decide().await;
        self.advance(36 * HOUR).await;
        self.report(true).await;
        for half in [0, 1] {
            for world in &mut self.worlds {
                let numbers = world.those(|j| j.timing == Timing::AfterDay90);
                let some: Vec<usize> = numbers.into_iter().filter(|n| n % 2 == half).collect();
                world.bring_back(&some);
            }
            self.report(true).await;
            self.still("after day 90").await;
            self.advance(36 * HOUR).await;
            self.report(true).await;
        }
        self.nothing_is_silent().await;
    }

    /// No fault and no death any more: everything comes to its end.
    async fn heals(&mut self) {
        for world in &self.worlds {
            world.line.heal();
        }
        join_all(self.worlds.iter().map(World::begins_its_last_life)).await;
        for _ in 0..HEALING_ROUNDS {
            self.decide().await;
            self.advance(15 * MINUTE).await;
            self.report(true).await;
            self.still("healing").await;
            if self.worlds.iter().all(|world| world.open_ends().is_empty()) {
                break;
            }
        }
        self.nothing_is_silent().await;
    }

    async fn told(mut self) -> Played {
        let mut played = Played {
            visits: Visits::default(),
            deaths: BTreeMap::new(),
            met: BTreeMap::new(),
            findings: Vec::new(),
        };
        let judged = join_all(self.worlds.iter().map(World::judged)).await;
        self.findings.extend(judged.into_iter().flatten());
        for world in self.worlds {
            let deaths = world.cloud.deaths();
            played.deaths.insert(world.death, deaths);
            if deaths > 0 || world.death == Death::Spared {
                played.visits.absorb(world.visits());
            }
            for (fault, count) in world.line.met() {
                *played.met.entry(fault).or_default() += count;
            }
            world.close().await;
        }
        played.findings = self.findings;
        played
    }

    async fn advance(&mut self, ms: i64) {
        self.ahead_ms += ms;
        cloud_runs_ahead(self.ahead_ms);
        join_all(self.worlds.iter().map(|world| world.teller.advance(ms))).await;
    }

    async fn report(&mut self, dark: bool) {
        join_all(self.worlds.iter_mut().map(|world| world.reports(dark))).await;
    }

    async fn take(&self, when: fn(Timing) -> bool) {
        join_all(self.worlds.iter().map(|world| async move {
            let numbers = world.those(|j| when(j.timing));
            world.take(&numbers).await;
        }))
        .await;
    }

    async fn pay(&mut self, when: fn(Timing) -> bool, late: bool) {
        join_all(self.worlds.iter_mut().map(|world| async move {
            let numbers = world.those(|j| when(j.timing) && j.e2eids.is_empty());
            world.pay(&numbers, late).await;
        }))
        .await;
    }

    async fn open(&mut self, when: fn(Timing) -> bool) {
        join_all(self.worlds.iter_mut().map(|world| async move {
            let numbers = world.those(|j| when(j.timing) && !j.e2eids.is_empty());
            world.open_bays(&numbers).await;
        }))
        .await;
    }

    async fn bring_back(&mut self, when: fn(Timing) -> bool) {
        for world in &mut self.worlds {
            let numbers = world.those(|j| when(j.timing));
            world.bring_back(&numbers);
        }
    }

    /// The bank decides what it worked on for hours.
    async fn decide(&self) {
        join_all(self.worlds.iter().map(World::decide)).await;
    }

    /// Waits until no world moves any more.
    async fn still(&self, what: &str) {
        let began = Instant::now();
        let (mut before, mut since) = (Vec::new(), Instant::now());
        while began.elapsed() < PATIENCE && since.elapsed() < STILL {
            tokio::time::sleep(LOOK_EVERY).await;
            let seen: Vec<String> = self.worlds.iter().map(World::progress).collect();
            if seen != before {
                (before, since) = (seen, Instant::now());
            }
        }
        let (all, took) = (self.began.elapsed(), began.elapsed());
        println!("  {all:>7.1?} {what}: at rest after {took:.1?}");
    }

    async fn nothing_is_silent(&mut self) {
        let began = Instant::now();
        loop {
            let silent: Vec<String> = self.worlds.iter().flat_map(World::silent).collect();
            if silent.is_empty() {
                return;
            }
            if began.elapsed() > ALARM_WAIT {
                self.findings.extend(silent);
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

fn cloud_runs_ahead(by_ms: i64) {
    cloud::app::run_ahead(by_ms);
}
