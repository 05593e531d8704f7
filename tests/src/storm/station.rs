//! One gateway of the storm: the real brain, the real exchange, a simulated dock of two bays, and a
//! journal in memory.

use super::dock::{Dock, bay, layout, tag};
use super::journal::Journal;
use super::tally::{End, Exchange, News, Tally};
use edge::wire::{self, Failed, Live, Wire};
use edge_core::Brain;
use edge_core::io::{Command, Input, Memory, Now, Start};
use shared::chain::Head;
use shared::event::Fact;
use shared::grant::Grant;
use shared::ids::{BayNo, GatewayId, TagUid};
use shared::signed::PublicKey;
use shared::sync::Ack;
use shared::time::{MonoMs, UnixMs};
use shared::witness::WitnessKey;
use std::collections::BTreeMap;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep_until;

/// How often the dock's switches are looked at while something moves.
const LOOK_EVERY: Duration = Duration::from_millis(50);

const SOFTWARE: &str = "a gateway of the storm";

/// What somebody does to a gateway.
#[derive(Debug)]
pub(super) enum Act {
    /// Power is back after a cut, and so many events were written since the cloud heard last.
    PowerCut { history: usize },
    /// A cart is pushed into a bay.
    Push { bay: BayNo, tag: TagUid },
    /// A strange cart is pushed into bay 2, after a while.
    TapIn { after: Duration, tag: TagUid },
    /// The cart of a bay is pulled out, if the bolt lets it go; its tag.
    Pull {
        bay: BayNo,
        pulled: Sender<Option<TagUid>>,
    },
    /// When the next question leaves by itself, from now; none while one is under way.
    Plan { planned: Sender<Option<Duration>> },
    /// Whether anything is still to come in or to be told.
    Waits { waits: Sender<bool> },
    /// Who it is, and the end of its journal.
    Tell { told: Sender<(GatewayId, Head)> },
}

type Flight = Pin<Box<dyn Future<Output = (Departure, Result<Ack, Failed>)> + Send>>;

struct Departure {
    mono: MonoMs,
    at: Instant,
    news: News,
}

pub(super) struct Station {
    number: usize,
    cloud_key: PublicKey,
    wire: Arc<Wire>,
    journal: Journal,
    brain: Brain,
    boot: u32,
    dock: Dock,
    began: Instant,
    deadline: Option<MonoMs>,
    tap_at: Option<(Instant, TagUid)>,
    flight: Option<Flight>,
    /// Returns that the cloud has not acknowledged: number and moment.
    taps: Vec<(u64, Instant)>,
    /// The cloud's last wishes, kept apart from the brain to judge it by.
    not_before: Option<MonoMs>,
    history_from: Option<MonoMs>,
    tally: Arc<Tally>,
}

impl Station {
    /// With `cart` in bay 1.
    pub(super) fn new(
        number: usize,
        (wire, cloud_key): (Wire, PublicKey),
        journal: Journal,
        cart: TagUid,
        tally: Arc<Tally>,
    ) -> Self {
        let began = Instant::now();
        let carts = BTreeMap::from([(bay(1), vec![cart])]);
        Self {
            number,
            cloud_key,
            wire: Arc::new(wire),
            brain: brain(1, &journal, Memory::default()),
            journal,
            boot: 1,
            dock: Dock::new(carts),
            began,
            deadline: None,
            tap_at: None,
            flight: None,
            taps: Vec::new(),
            not_before: None,
            history_from: None,
            tally,
        }
    }

    /// Until nobody can act on it any more.
    pub(super) async fn run(mut self, mut acts: UnboundedReceiver<Act>) {
        self.start();
        loop {
            let wake = self.wake();
            tokio::select! {
                act = acts.recv() => match act {
                    Some(act) => self.act(act),
                    None => return,
                },
                (left, result) = landed(&mut self.flight) => {
                    self.flight = None;
                    self.answered(&left, result);
                }
                () = until(wake) => self.pass_time(),
            }
        }
    }

    fn start(&mut self) {
        self.handle(Input::Started {
            software: SOFTWARE.to_owned(),
        });
        self.look();
    }

    fn wake(&self) -> Option<Instant> {
        let now = Instant::now();
        let deadline = self.deadline.map(|at| self.instant(at));
        let look = self.dock.moves(self.mono().0).then(|| now + LOOK_EVERY);
        let tap = self.tap_at.map(|(at, _)| at);
        [deadline, look, tap].into_iter().flatten().min()
    }

    fn pass_time(&mut self) {
        if let Some((at, tag)) = self.tap_at
            && at <= Instant::now()
        {
            self.tap_at = None;
            self.push(bay(2), tag);
        }
        self.look();
        if self.deadline.is_some_and(|at| at <= self.mono()) {
            self.deadline = None;
            self.handle(Input::Tick);
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::PowerCut { history } => self.power_cut(history),
            Act::Push { bay, tag } => self.push(bay, tag),
            Act::TapIn { after, tag } => self.tap_at = Some((Instant::now() + after, tag)),
            Act::Pull { bay, pulled } => {
                // The customer asks again when there is nothing to pull yet.
                let _ = pulled.send(self.dock.pull(bay, self.mono().0));
                self.look();
            }
            Act::Waits { waits } => {
                let moves = self.tap_at.is_some() || self.dock.moves(self.mono().0);
                let _ = waits.send(moves || self.brain.backlog() > 0);
            }
            Act::Tell { told } => {
                let _ = told.send((self.journal.signer().1, self.journal.head()));
            }
            Act::Plan { planned } => {
                let next = self.brain.uplink_status().next_attempt;
                let next = next.map(|at| self.instant(at));
                let _ = planned.send(next.map(|at| at.saturating_duration_since(Instant::now())));
            }
        }
    }

    /// The process dies with its question, and comes back to a longer journal.
    fn power_cut(&mut self, history: usize) {
        self.flight = None;
        let at = self.brain.stamp(self.now());
        for number in 0..history {
            self.journal.append(at, passing(self.number, number));
        }
        self.boot += 1;
        let memory = self.brain.memory();
        self.brain = brain(self.boot, &self.journal, memory);
        self.began = Instant::now();
        (self.not_before, self.history_from) = (None, None);
        self.dock = self.dock.again();
        self.start();
    }

    fn push(&mut self, bay: BayNo, tag: TagUid) {
        self.dock.push(bay, tag, self.mono().0);
        self.look();
    }

    /// Tells the brain every level that is not as it was.
    fn look(&mut self) {
        for observation in self.dock.look(self.mono().0) {
            self.handle(Input::Observed(observation));
        }
    }

    fn handle(&mut self, input: Input) {
        let now = self.now();
        let output = self.brain.handle(input, now);
        let at = self.brain.stamp(now);
        for fact in output.records {
            let returned = matches!(fact, Fact::CartDocked { .. });
            self.journal.append(at, fact);
            if returned {
                self.taps.push((self.journal.head().seq, Instant::now()));
            }
        }
        self.deadline = output.deadline;
        for command in output.commands {
            match command {
                Command::Sync { after, events_max } => self.send(after, events_max, now),
                order => self.dock.obey(&order, now.mono.0),
            }
        }
    }

    fn send(&mut self, after: Head, events_max: usize, now: Now) {
        let live = Live {
            at: self.brain.stamp(now),
            bays: self.brain.snapshot(),
            offline: self.brain.offline_state(),
        };
        let lines = self.journal.lines_after(after.seq, events_max);
        let left = Departure {
            mono: now.mono,
            at: Instant::now(),
            news: News {
                events: lines.len(),
                behind: lines
                    .last()
                    .map_or(0, |it| self.journal.count_after(it.head.seq)),
            },
        };
        let sooner = |than: Option<MonoMs>| than.is_some_and(|than| left.mono < than);
        if sooner(self.not_before) {
            self.tally.phase().too_soon += 1;
        }
        if !lines.is_empty() && sooner(self.history_from) {
            self.tally.phase().history_too_soon += 1;
        }
        let behind = |seq| self.journal.count_after(seq);
        let batch = wire::compose(self.journal.signer(), after, &lines, behind, live);
        let wire = Arc::clone(&self.wire);
        let exchange = async move { (left, wire.exchange(batch).await) };
        self.flight = Some(Box::pin(exchange));
    }

    fn answered(&mut self, left: &Departure, result: Result<Ack, Failed>) {
        let now = Instant::now();
        let end = match &result {
            Ok(ack) if ack.pause_ms.is_some() => End::Shed,
            Ok(_) => End::Taken,
            Err(failed) if failed.retry_after_ms.is_some() => End::ToldToWait,
            Err(failed) => End::Failed(failed.failure),
        };
        self.tally.phase().exchanged(Exchange {
            sent: left.at,
            took: now - left.at,
            news: left.news,
            end,
        });
        let mono = self.mono();
        let after = |ms: Option<u64>| ms.map(|ms| mono.plus(ms));
        match result {
            Ok(ack) => {
                self.not_before = None;
                self.history_from = after(ack.pause_ms);
                self.acknowledged(left, &ack);
            }
            Err(failed) => {
                self.not_before = after(failed.retry_after_ms);
                self.handle(Input::SyncFailed {
                    failure: failed.failure,
                    retry_after_ms: failed.retry_after_ms,
                });
            }
        }
    }

    fn acknowledged(&mut self, left: &Departure, ack: &Ack) {
        let known = self.journal.acknowledge(ack.acked);
        let told = self.taps.iter().take_while(|tap| tap.0 <= ack.acked.seq);
        let told: Vec<Instant> = told.map(|(_, at)| *at).collect();
        self.taps.drain(..told.len());
        self.handle(Input::Synced {
            acked: ack.acked,
            server_ms: ack.server_ms,
            sent: left.mono,
            pause_ms: ack.pause_ms,
        });
        {
            let mut phase = self.tally.phase();
            phase.wrong += u64::from(!known) + ack.quarantined.len() as u64;
            phase.tapped(told);
            if left.at >= phase.began {
                phase.seen(self.number, self.brain.backlog());
            }
        }
        let gateway = self.journal.signer().1;
        for token in &ack.grants {
            match Grant::from_token(token, &self.cloud_key, &gateway) {
                Ok(grant) => self.handle(Input::Granted(grant)),
                Err(_) => self.tally.phase().wrong += 1,
            }
        }
    }

    fn mono(&self) -> MonoMs {
        MonoMs(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn instant(&self, at: MonoMs) -> Instant {
        self.began + Duration::from_millis(at.0)
    }

    fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH);
        let wall = wall.unwrap_or_default().as_millis();
        Now {
            mono: self.mono(),
            wall: UnixMs(i64::try_from(wall).unwrap_or(i64::MAX)),
            random: getrandom::u64().expect("a test machine has randomness"),
        }
    }
}

fn brain(boot: u32, journal: &Journal, memory: Memory) -> Brain {
    Brain::new(Start {
        boot,
        machine_boot: format!("boot {boot}"),
        head: journal.head(),
        acked: journal.acked(),
        memory,
        bays: layout(),
        secret: None,
        witness: WitnessKey::of(&journal.key),
    })
}

/// History: strange carts that come and go at a bay, nobody's rentals.
fn passing(gateway: usize, number: usize) -> Fact {
    match number % 2 {
        0 => Fact::CartDocked {
            bay: bay(2),
            tag: tag(0xfd, gateway * 1_000 + number),
        },
        _ => Fact::BayRecovered { bay: bay(2) },
    }
}

async fn landed(flight: &mut Option<Flight>) -> (Departure, Result<Ack, Failed>) {
    match flight {
        Some(flight) => flight.await,
        None => pending().await,
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at.into()).await,
        None => pending().await,
    }
}
