//! The event loop: one thread that owns the brain, the journal and the dock's driver.
//!
//! Every input goes one way: brain → commit → orders → report. Invariant: nothing moves, lights up
//! or leaves the house before the commit that says so. When a commit fails the loop ends and the
//! process with it: after a failed sync to disk SQLite's connection and the kernel's cache may
//! disagree about what is stored, and only a reopened and checked journal can say. Bolts are closed
//! on the way out, and the service manager starts the process again.

mod view;

use crate::clock::{Clock, machine_boot};
use crate::cloud::Cloud;
use crate::crash::{CrashAt, Point};
use crate::journal::{Journal, JournalError};
use crate::status::{Stage, Status};
use crate::uplink::{self, Batch, Failed, Peer};
use edge_core::Brain;
use edge_core::io::{Command, Input, Start, SyncFailure};
use hardware::Driver;
use shared::chain::Head;
use shared::dock::{Lamp, Observation, Signal};
use shared::enrol::{BayLayout, Enrolled};
use shared::grant::Grant;
use shared::ids::{BayNo, TagUid};
use shared::sync::Ack;
use shared::time::MonoMs;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use view::View;

/// Ages on the status page are at most this old.
const STATUS_EVERY: Duration = Duration::from_secs(5);

pub(crate) enum Message {
    Observed(Observation),
    /// From the downlink; the permit bounds how many wait here.
    Hint(Input, OwnedSemaphorePermit),
    /// From a page.
    Asked(Input),
    Answered {
        /// When the request left.
        sent: MonoMs,
        result: Result<Ack, Failed>,
    },
    Downlink {
        connected: bool,
    },
    Stop,
}

/// Where everybody leaves messages for the loop. Unbounded, because the hardware must never be
/// held up; what comes from outside the house is bounded where it enters.
#[derive(Clone)]
pub(crate) struct Inbox(mpsc::Sender<Message>);

impl Inbox {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Message>) {
        let (sender, receiver) = mpsc::channel();
        (Self(sender), receiver)
    }

    /// False when the loop has ended.
    pub(crate) fn send(&self, message: Message) -> bool {
        self.0.send(message).is_ok()
    }
}

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
        let brain = Brain::new(Start {
            boot: journal.boot(),
            machine_boot: machine_boot(),
            head: journal.head(),
            acked: journal.acked(),
            memory,
            bays: parts.bays.clone(),
        });
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
            deadline: None,
        }
    }

    /// Runs until asked to stop, or until the journal fails.
    pub(crate) fn run(mut self, inbox: &mpsc::Receiver<Message>) -> Result<(), JournalError> {
        let ended = self.serve(inbox);
        for layout in &self.bays {
            self.driver.lock(layout.bay);
            if ended.is_err() {
                let signal = Signal {
                    lamp: Lamp::OutOfService,
                    sound: None,
                };
                self.driver.show(layout.bay, signal);
            }
        }
        ended?;
        self.journal.checkpoint()
    }

    fn serve(&mut self, inbox: &mpsc::Receiver<Message>) -> Result<(), JournalError> {
        let software = self.software.clone();
        self.handle(Input::Started { software }, None)?;
        loop {
            self.publish();
            let next = self.deadline.map(|at| self.clock.until(at));
            let pause = next.map_or(STATUS_EVERY, |next| next.min(STATUS_EVERY));
            match inbox.recv_timeout(pause) {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Ok(message) => self.take(message)?,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.deadline.is_some_and(|at| at <= self.clock.mono()) {
                self.deadline = None;
                self.handle(Input::Tick, None)?;
            }
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
            Message::Answered { sent, result } => self.answered(sent, result),
            Message::Downlink { connected } => {
                self.view.downlink(connected);
                Ok(())
            }
            Message::Stop => Ok(()),
        }
    }

    fn handle(&mut self, input: Input, acked: Option<Head>) -> Result<(), JournalError> {
        let now = self.clock.now();
        let output = self.brain.handle(input, now);
        let at = self.brain.stamp(now);
        let lines = self
            .journal
            .commit(at, &output.records, &self.brain.memory(), acked)?;
        self.crash_at.reached(Point::AfterCommit, &output.records);
        self.deadline = output.deadline;
        self.view.committed(&lines, &output.records, at);
        let is_report = |command: &Command| matches!(command, Command::Sync { .. });
        for command in output.commands.iter().filter(|c| !is_report(c)) {
            self.carry_out(command)?;
        }
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
                self.driver.show(bay, signal);
            }
            Command::Sync { after, events_max } => {
                let at = self.brain.stamp(self.clock.now());
                let bays = self.brain.snapshot();
                match uplink::compose(&self.journal, after, events_max, at, bays) {
                    Ok(batch) => {
                        if self.outgoing.send(batch).is_err() {
                            tracing::error!("the uplink has ended; the backlog waits");
                        }
                    }
                    Err(error) => {
                        // The bays need no old lines to go on.
                        tracing::error!(%error, "the journal cannot be read out");
                        return self.sync_failed(SyncFailure::Refused.into());
                    }
                }
            }
        }
        Ok(())
    }

    fn answered(&mut self, sent: MonoMs, result: Result<Ack, Failed>) -> Result<(), JournalError> {
        let failed = match result {
            Ok(ack) if self.journal.contains(ack.acked)? => return self.acknowledged(ack, sent),
            // Signed by the cloud, about a line this journal does not have.
            Ok(_) => SyncFailure::Fork.into(),
            Err(failed) => failed,
        };
        let failure = match failed.failure {
            SyncFailure::Gap { cloud_head } if !self.journal.contains(cloud_head)? => {
                SyncFailure::Fork
            }
            other => other,
        };
        self.sync_failed(Failed { failure, ..failed })
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

    fn acknowledged(&mut self, ack: Ack, sent: MonoMs) -> Result<(), JournalError> {
        let input = Input::Synced {
            acked: ack.acked,
            server_ms: ack.server_ms,
            sent,
        };
        self.handle(input, Some(ack.acked))?;
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
        Ok(())
    }

    fn publish(&mut self) {
        let now = self.clock.now();
        let at = self.brain.stamp(now);
        let serving = self
            .view
            .serving(&self.journal, now, at, self.brain.snapshot());
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
        if !inbox.send(Message::Answered { sent, result }) {
            return;
        }
    }
}
