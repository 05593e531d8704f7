//! The reconnect storm: very many gateways that lose their cloud at one moment and find it again at
//! another.
//!
//! Real are the cloud and the bank as processes, and in each gateway the brain with its retry policy,
//! the composing, sending and understanding of the exchange with its patience, the signatures and the
//! chain. Simulated are the gateways' processes (tasks of one), their journals (in memory) and docks
//! (two slots each). Absent are TLS and the downlink over MQTT: grants come with acknowledgements.

mod customers;
mod dock;
mod fleet;
mod journal;
mod station;
mod tally;

use crate::audit::Fate;
use crate::customer::Rental;
use crate::options::CLOUD;
use crate::proxy::Mode;
use crate::system::System;
use customers::Out;
use fleet::Fleet;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use shared::ids::GatewayId;
use std::io;
use std::time::{Duration, Instant};

pub use tally::Phase;

/// How large the storm is.
#[derive(Debug, Clone)]
pub struct Storm {
    pub gateways: usize,
    /// Events that each gateway writes while the cloud is away.
    pub history: usize,
    /// Customers who bring a cart back in the dark, who bring one back in the storm, and who take one
    /// in the storm: so many of each.
    pub customers: usize,
    /// Questions per gateway before the cloud dies, and in vain while it is dead.
    pub calm_rounds: usize,
    pub dark_rounds: usize,
    /// At every other dock a cart is pushed in, spread over this time from the cloud's return.
    pub taps_within: Duration,
    /// Something before the cloud answers "come back in so many seconds" before the cloud is back,
    /// in a system with [`crate::Options::through_proxy`].
    pub turned_away_seconds: Option<u32>,
    /// All must have recovered by then.
    pub patience: Duration,
}

/// What was seen.
#[derive(Debug, Clone)]
pub struct Report {
    pub calm: Phase,
    pub dark: Phase,
    /// While something before the cloud turned everybody away.
    pub turned_away: Phase,
    /// From the cloud's return on.
    pub storm: Phase,
    /// When the gateways would have asked next at the moment of the cloud's return, from then.
    pub planned: Vec<Duration>,
    pub recovered: bool,
    /// From the cloud's start to its readiness.
    pub cloud_start: Duration,
    /// From payment to open bolt, in calm and in the storm.
    pub releases_calm: Vec<Duration>,
    pub releases: Vec<Duration>,
    pub rentals: Vec<(Rental, Fate)>,
    /// Events that the gateways wrote, and that the cloud has.
    pub written: u64,
    pub stored: u64,
    /// Gateways whose journal does not end in the cloud as it ends at home.
    pub unlike: Vec<GatewayId>,
    /// The cloud's own count of histories it sent away.
    pub deferred: u64,
    pub cloud_memory_kib: u64,
    pub cloud_files: usize,
}

/// Lets this process, and those it starts from now on, open so many files at one time, unless they
/// ask for more themselves.
pub fn allow_files(count: usize) -> io::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let current = u64::try_from(count).ok();
    if limit.maximum < current && limit.maximum.is_some() {
        let why =
            format!("{count} open files are needed and this machine allows fewer: ulimit -Hn");
        return Err(io::Error::other(why));
    }
    setrlimit(Resource::Nofile, Rlimit { current, ..limit })?;
    Ok(())
}

/// Lets it rage over a system of no other gateways, and answers when it is over.
pub fn rage(system: &mut System, storm: &Storm) -> Report {
    let fleet = Fleet::start(system, storm.gateways);
    let many = storm.customers;
    fleet.turn();
    let mut carts = customers::take_out(system, &fleet, 0..2 * many);
    let releases_calm = carts.iter().map(|out| out.opened).collect();
    fleet.watch("a calm time", |phase| {
        phase.requests() >= storm.calm_rounds * storm.gateways
    });
    system.kill9(CLOUD);
    let calm = fleet.turn();
    fleet.power_cut(storm.history);
    customers::bring_back(&fleet, &carts[..many], 2 * many);
    fleet.watch("everybody asks in vain", |phase| {
        phase.unanswered() >= storm.dark_rounds * storm.gateways
    });
    let dark = fleet.turn();
    let returns = cloud_returns(system, &fleet, storm);
    customers::bring_back(&fleet, &carts[many..], 3 * many);
    fleet.tap_in(5 * many..storm.gateways, storm.taps_within);
    let taken = customers::take_out(system, &fleet, 4 * many..5 * many);
    let releases = taken.iter().map(|out| out.opened).collect();
    let recovered = fleet.recovered(storm.patience);
    let cloud_files = system.open_files(CLOUD);
    customers::await_refunds(&carts);
    let told = fleet.rest(storm.patience);
    let storm_phase = fleet.turn();
    let books = Books::compared(system, &fleet);
    carts.truncate(2 * many);
    let fated = |carts: Vec<Out>, fate| carts.into_iter().map(move |out| (out.rental, fate));
    let rentals = fated(carts, Fate::Closed).chain(fated(taken, Fate::Out));
    Report {
        calm,
        dark,
        turned_away: returns.turned_away,
        storm: storm_phase,
        planned: returns.planned,
        recovered: recovered && told,
        cloud_start: returns.cloud_start,
        releases_calm,
        releases,
        rentals: rentals.collect(),
        written: books.written,
        stored: books.stored,
        unlike: books.unlike,
        deferred: system.metric("volta_sync_deferred_total"),
        cloud_memory_kib: system.resident_kib(CLOUD).1,
        cloud_files,
    }
}

/// How the cloud came back.
struct Returns {
    turned_away: Phase,
    planned: Vec<Duration>,
    cloud_start: Duration,
}

/// Begins the phase of the storm. Where something turns gateways away, the cloud is back only when
/// half of them were told to wait.
fn cloud_returns(system: &mut System, fleet: &Fleet, storm: &Storm) -> Returns {
    let Some(seconds) = storm.turned_away_seconds else {
        let planned = fleet.plans();
        let turned_away = fleet.turn();
        return Returns {
            turned_away,
            planned,
            cloud_start: restart(system),
        };
    };
    system.network().set(Mode::Error {
        status: 503,
        retry_after_seconds: Some(seconds),
    });
    fleet.watch("many are turned away", |phase| {
        phase.told_to_wait() >= storm.gateways / 2
    });
    let cloud_start = restart(system);
    system.network().set(Mode::Pass);
    Returns {
        planned: fleet.plans(),
        turned_away: fleet.turn(),
        cloud_start,
    }
}

fn restart(system: &mut System) -> Duration {
    let began = Instant::now();
    system.restart(CLOUD);
    began.elapsed()
}

/// The journals and what the cloud has of them.
struct Books {
    written: u64,
    stored: u64,
    unlike: Vec<GatewayId>,
}

impl Books {
    fn compared(system: &System, fleet: &Fleet) -> Self {
        let rows: Vec<(String, i64, Vec<u8>, i64)> = system.cloud_db().all(
            "SELECT g.id, g.head_seq, g.head_hash, \
             (SELECT count(*) FROM gateway_event e WHERE e.gateway_id = g.id) FROM gateway g",
            &[],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        );
        let mut heads = fleet.heads();
        let written = heads.values().map(|head| head.seq).sum();
        let mut stored = 0;
        for (id, seq, hash, count) in rows {
            stored += u64::try_from(count).unwrap_or(0);
            let same = id.parse().ok().and_then(|id| Some((id, *heads.get(&id)?)));
            if let Some((id, head)) = same
                && (Some(head.seq), head.hash.as_bytes().as_slice())
                    == (u64::try_from(seq).ok(), hash.as_slice())
                && seq == count
            {
                heads.remove(&id);
            }
        }
        Self {
            written,
            stored,
            unlike: heads.into_keys().collect(),
        }
    }
}
