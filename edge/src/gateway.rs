//! The event loop: one thread that owns the brain, the journal and the dock's driver.
//!
//! Every input goes one way: brain → commit → orders → report. Invariant: nothing moves, lights up
//! or leaves the house before the commit that says so. A commit without room waits for it (`room`);
//! when one fails otherwise the loop ends and the process with it: after a failed sync to disk SQLite's connection and the kernel's cache may
//! disagree about what is stored, and only a reopened and checked journal can say. Bolts are closed
//! on the way out, and the service manager starts the process again.

mod counter;
mod inbox;
mod room;
mod view;
mod witness;

use crate::allowance::Wanted;
use crate::clock::{Clock, machine_boot};
use crate::cloud::Cloud;
use crate::crash::{CrashAt, Point};
use crate::door::Heard;
use crate::journal::{Journal, JournalError, Line, Placed};
use crate::receipts::Receipts;
use crate::status::{Stage, Status};
use crate::storage::{Room, Storage};
use crate::uplink::{self, Batch, Failed, Peer};
use counter::Counter;
use edge_core::Brain;
use edge_core::io::{Command, Input, Start, SyncFailure};
use hardware::{Beat, Driver};
pub(crate) use inbox::{Inbox, Message};
use shared::chain::Head;
use shared::enrol::{BayLayout, Enrolled};
use shared::grant::Grant;
use shared::held;
use shared::ids::{BayNo, TagUid};
use shared::offline::SharedSecret;
use shared::sync::Ack;
use shared::time::MonoMs;
use shared::witness::WitnessKey;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use tokio::sync::watch;
use view::{Told, View};

/// Ages on the status page are at most this old.
const STATUS_EVERY: Duration = Duration::from_secs(5);

/// What the loop is given.
pub(crate) struct Parts {
    pub software: String,
    pub enrolled: Enrolled,
    pub bays: Vec<BayLayout>,
    /// The carts a new dock is handed over with and cannot see; an old one knows better.
    pub inventory: BTreeMap<BayNo, Vec<TagUid>>,
    pub journal: Journal,
    pub driver: Driver,
    pub clock: Clock,
    pub crash_at: CrashAt,
    pub outgoing: tokio::sync::mpsc::UnboundedSender<Batch>,
    pub status: watch::Sender<Arc<Status>>,
    pub beat: Beat,
    pub room: Room,
    pub stopping: Arc<AtomicBool>,
    /// Tells of the newest allowance list that the cloud has.
    pub wanted: watch::Sender<Wanted>,
    /// Where this gateway's page answers on the dock's network, if anywhere.
    pub local_url: Option<String>,
}

pub(crate) struct Gateway {
    brain: Brain,
    software: String,
    bays: Vec<BayLayout>,
    peer: Peer,
    journal: Journal,
    driver: Driver,
    clock: Clock,
    crash_at: CrashAt,
    /// The brain has at most one exchange under way, so this never grows.
    outgoing: tokio::sync::mpsc::UnboundedSender<Batch>,
    status: watch::Sender<Arc<Status>>,
    beat: Beat,
    room: Room,
    storage: Storage,
    /// When the disk is looked at next.
    measure_at: MonoMs,
    stopping: Arc<AtomicBool>,
    counter: Counter,
    view: View,
    deadline: Option<MonoMs>,
}

impl Gateway {
    pub(crate) fn new(parts: Parts) -> Self {
        let journal = parts.journal;
        let mut memory = journal.memory().clone();
        if journal.head().seq == 0 {
            memory.carts = parts.inventory;
        }
        // A signed time, and never later than now.
        memory.clock_floor_ms = memory.clock_floor_ms.max(parts.enrolled.server_ms);
        let secret = SharedSecret::between(journal.key(), &parts.enrolled.cloud_key);
        let brain = Brain::new(Start {
            boot: journal.boot(),
            machine_boot: machine_boot(),
            head: journal.head(),
            acked: journal.acked(),
            memory,
            bays: parts.bays.clone(),
            secret: Some(secret.clone()),
            witness: WitnessKey::of(journal.key()),
        });
        let receipts = Receipts::of(&journal, secret);
        let counter = Counter::new(receipts, parts.wanted, parts.local_url);
        Self {
            brain,
            peer: Peer {
                gateway: parts.enrolled.gateway,
                cloud_key: parts.enrolled.cloud_key,
            },
            view: View::new(&journal, parts.enrolled),
            software: parts.software,
            bays: parts.bays,
            journal,
            driver: parts.driver,
            clock: parts.clock,
            crash_at: parts.crash_at,
            outgoing: parts.outgoing,
            status: parts.status,
            beat: parts.beat,
            room: parts.room,
            storage: Storage::default(),
            measure_at: MonoMs(0),
            stopping: parts.stopping,
            counter,
            deadline: None,
        }
    }

    /// Runs until asked to stop, or until the journal fails.
    pub(crate) fn run(mut self, inbox: &mpsc::Receiver<Message>) -> Result<(), JournalError> {
        let ended = self.serve(inbox);
        match &ended {
            Ok(()) => {
                for layout in &self.bays {
                    self.driver.lock(layout.bay);
                }
            }
            Err(error) => {
                self.out_of_service();
                self.journal.suspect_after(error);
            }
        }
        ended?;
        self.journal.checkpoint()
    }

    fn serve(&mut self, inbox: &mpsc::Receiver<Message>) -> Result<(), JournalError> {
        let software = self.software.clone();
        self.handle(Input::Started { software }, None)?;
        self.handle(Input::Storage(self.room.level()), None)?;
        self.journal.check_in_background();
        loop {
            self.measure()?;
            self.publish();
            self.beat.beat();
            let next = [self.deadline, self.counter.bell_until()];
            let next = next.into_iter().flatten().min();
            let next = next.map(|at| self.clock.until(at));
            let pause = next.map_or(STATUS_EVERY, |next| next.min(STATUS_EVERY));
            match inbox.recv_timeout(pause) {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Ok(message) => self.take(message)?,
                Err(RecvTimeoutError::Timeout) => self.tidy()?,
            }
            if self.deadline.is_some_and(|at| at <= self.clock.mono()) {
                self.deadline = None;
                self.handle(Input::Tick, None)?;
            }
            self.end_bell();
        }
    }

    fn take(&mut self, message: Message) -> Result<(), JournalError> {
        match message {
            Message::Observed(observation) => {
                self.view.observed(&observation);
                self.handle(Input::Observed(observation), None)
            }
            Message::Hint(input, _permit) => self.handle(input, None),
            Message::Asked(input) => self.handle(input, None),
            Message::Door(knock) => self.knocked(knock),
            Message::Voucher(asked) => self.voucher_asked(asked),
            Message::Unread => {
                self.say(Heard::Unread);
                Ok(())
            }
            Message::Allowance(list) => {
                self.view.allowance(&list);
                self.handle(Input::AllowanceLoaded(list), None)
            }
            Message::Answered { sent, result } => self.answered(sent, result),
            Message::Downlink { connected } => {
                self.view.downlink(connected);
                match connected {
                    // The network is well again: what waits need not wait for its turn.
                    true => self.handle(Input::Wake, None),
                    false => Ok(()),
                }
            }
            Message::GoRound | Message::Stop => Ok(()),
        }
    }

    fn handle(&mut self, input: Input, acked: Option<Head>) -> Result<(), JournalError> {
        let now = self.clock.now();
        let output = self.brain.handle(input, now);
        let at = self.brain.stamp(now);
        let lines = self.commit(at, &output.records, acked)?;
        self.crash_at.reached(Point::AfterCommit, &output.records);
        self.deadline = output.deadline;
        View::committed(&lines, &output.records);
        let is_report = |command: &Command| matches!(command, Command::Sync { .. });
        for command in output.commands.iter().filter(|c| !is_report(c)) {
            self.carry_out(command)?;
        }
        self.counter.handled(&output, &lines, at);
        self.crash_at.reached(Point::BeforeReport, &output.records);
        for command in output.commands.iter().filter(|c| is_report(c)) {
            self.carry_out(command)?;
        }
        Ok(())
    }

    fn carry_out(&mut self, command: &Command) -> Result<(), JournalError> {
        match *command {
            Command::Unlock { bay, pulse_ms } => self.driver.unlock(bay, pulse_ms),
            Command::Lock { bay } => self.driver.lock(bay),
            Command::Show { bay, signal } => {
                self.view.shown(bay, signal);
                self.counter.shown(bay);
                self.driver.show(bay, signal);
            }
            Command::Sync { after, events_max } => {
                let live = self.live_state();
                match uplink::compose(&self.journal, after, events_max, live) {
                    Ok(batch) => {
                        if self.outgoing.send(batch).is_err() {
                            tracing::error!("the uplink has ended; the backlog waits");
                        }
                    }
                    Err(error) => {
                        // The bays need no old lines to go on.
                        tracing::error!(%error, "the journal cannot be read out");
                        self.journal.suspect_after(&error);
                        return self.sync_failed(SyncFailure::Refused.into());
                    }
                }
            }
        }
        Ok(())
    }

    fn answered(&mut self, sent: MonoMs, result: Result<Ack, Failed>) -> Result<(), JournalError> {
        let failed = match result {
            Ok(ack) => match self.known(ack.acked)? {
                None => return self.acknowledged(ack, sent, true),
                // No acknowledgement of what is kept here; all else that it says holds.
                Some(SyncFailure::Gap { .. }) => return self.acknowledged(ack, sent, false),
                // Signed by the cloud, about a line this journal does not have.
                Some(failure) => failure.into(),
            },
            Err(failed) => failed,
        };
        let failure = match failed.failure {
            SyncFailure::Gap { cloud_head } => self.known(cloud_head)?.unwrap_or(failed.failure),
            other => other,
        };
        self.sync_failed(Failed { failure, ..failed })
    }

    /// What is wrong with a line that the cloud names as its last, if anything is.
    fn known(&self, cloud_head: Head) -> Result<Option<SyncFailure>, JournalError> {
        Ok(match self.journal.place(cloud_head)? {
            Placed::Here | Placed::Lost => None,
            Placed::Elsewhere => Some(SyncFailure::Fork),
            Placed::Pruned => {
                tracing::error!(
                    cloud.head = cloud_head.seq,
                    journal.kept_after = self.journal.base().seq,
                    "the cloud was set back to before the oldest line that is kept: it is told what \
                     there is"
                );
                // Never an acknowledgement: what is below the oldest line kept was held once.
                Some(SyncFailure::Gap { cloud_head })
            }
        })
    }

    fn sync_failed(&mut self, failed: Failed) -> Result<(), JournalError> {
        let Failed {
            failure,
            retry_after_ms,
        } = failed;
        let now_ms = self.brain.stamp(self.clock.now()).wall_ms;
        if self.view.sync_failed(failure, now_ms) {
            tracing::warn!(?failure, "the uplink fails");
        }
        let input = Input::SyncFailed {
            failure,
            retry_after_ms,
        };
        self.handle(input, None)
    }

    /// `keeps`: the line it names is one of those that are kept, and all up to it need not be sent again.
    fn acknowledged(&mut self, ack: Ack, sent: MonoMs, keeps: bool) -> Result<(), JournalError> {
        let input = Input::Synced {
            acked: ack.acked,
            server_ms: ack.server_ms,
            sent,
            pause_ms: ack.pause_ms,
        };
        self.handle(input, keeps.then_some(ack.acked))?;
        self.keep_word(&ack)?;
        self.heed(&ack)?;
        let now_ms = self.brain.stamp(self.clock.now()).wall_ms;
        if self.view.synced(now_ms, ack.quarantined) {
            tracing::info!(acked.seq = ack.acked.seq, "the uplink works");
        }
        for token in &ack.grants {
            match Grant::from_token(token, &self.peer.cloud_key, &self.peer.gateway) {
                Ok(grant) => self.handle(Input::Granted(grant), None)?,
                Err(error) => tracing::warn!(%error, "a grant in an acknowledgement was dropped"),
            }
        }
        self.witness(ack.commitments)
    }

    /// The cloud's word for what it acknowledges, for the day on which it forgets.
    fn keep_word(&mut self, ack: &Ack) -> Result<(), JournalError> {
        let Some(word) = &ack.held else {
            return Ok(());
        };
        let peer = &self.peer;
        if !held::vouches(&peer.cloud_key, &peer.gateway, ack.acked, word) {
            return Ok(());
        }
        match self.journal.keep_word(ack.acked, word) {
            // A later one will do: room is for what happens at the dock.
            Err(error) if error.is_full() => Ok(()),
            kept => kept,
        }
    }

    fn publish(&mut self) {
        let now = self.clock.now();
        let at = self.brain.stamp(now);
        let told = Told {
            now,
            at,
            bays: self.brain.snapshot(),
            test: self.brain.test_view(),
            exposure: self.brain.exposure_view(),
        };
        let mut serving = self.view.serving(&self.journal, told, &self.storage);
        self.counter.show_on(&mut serving, at);
        self.status.send_modify(|status| {
            Arc::make_mut(status).stage = Stage::Serving(Box::new(serving));
        });
    }
}

/// Carries one batch at a time to the cloud, and its answer to the loop.
pub(crate) async fn carry(
    cloud: Cloud,
    peer: Peer,
    mut outgoing: tokio::sync::mpsc::UnboundedReceiver<Batch>,
    inbox: Inbox,
    clock: Clock,
) {
    while let Some(batch) = outgoing.recv().await {
        let sent = clock.mono();
        let result = uplink::exchange(&cloud, &peer, batch).await;
        if let Ok(ack) = &result {
            cloud.vouched(ack.server_ms);
        }
        if !inbox.send(Message::Answered { sent, result }) {
            return;
        }
    }
}
