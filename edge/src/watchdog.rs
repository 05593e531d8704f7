//! What the service manager hears of this process: ready, in words how it goes, and signs of life.
//!
//! A sign of life says that every worker has gone round since the last one: the event loop, which
//! commits on its way and so vouches for the journal too, and the dock's own threads. When one
//! hangs the signs stop, and the service manager ends the process and starts it anew; the kernel
//! lets the coils fall at its end. A link or a cloud that is away is no reason for that.
//! Without a service manager nothing here happens.

#[cfg(test)]
mod tests;

use crate::gateway::{Inbox, Message};
use crate::status::{Enrolling, Serving, Stage, Status, Uplink};
use hardware::{Beat, Driver};
use sd_notify::NotifyState;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// How old the words for the service manager get, where it wants no signs of life.
const WORDS_EVERY: Duration = Duration::from_secs(10);

/// Two signs may be lost before the third is missed.
const SIGNS_PER_LIMIT: u32 = 3;

/// A start that says within this time that it still goes on is not given up, however long it takes.
const START_EXTENDED_USEC: u32 = 60_000_000;

/// A start that takes longer hangs.
const START_MAX: Duration = Duration::from_secs(30 * 60);

/// Whether a service manager runs this process, so that an end is followed by another start.
pub fn is_service() -> bool {
    std::env::var_os("NOTIFY_SOCKET").is_some()
}

/// Tells the service manager for as long as it lives.
pub(crate) struct Reporter(JoinHandle<()>);

impl Drop for Reporter {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What there is to tell before a dock is served.
#[derive(Debug, Clone)]
pub(crate) enum Early {
    Starting,
    /// It cannot start, and waits; the reason in words, without secrets.
    Stranded(String),
}

/// Tells the service manager of a start that takes long, or waits: with signs of life, as nothing
/// hangs. A gateway that is stranded is ready: its page is all it can do.
pub(crate) fn report_start(told: watch::Receiver<Early>) -> Reporter {
    Reporter(tokio::spawn(tell_start(told)))
}

/// Starts to tell the service manager of this process, and of the dock once its workers are hired.
pub(crate) fn start(status: watch::Receiver<Arc<Status>>) -> (Hire, Reporter) {
    let (hire, hired) = oneshot::channel();
    (Hire(hire), Reporter(tokio::spawn(report(status, hired))))
}

/// The same, and the service manager hears of it.
pub(crate) async fn told_of(stop: impl Future<Output = ()>) {
    stop.await;
    say(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
}

pub(crate) struct Hire(oneshot::Sender<Workers>);

impl Hire {
    /// Watches over the loop behind `inbox` and over the driver from now on. The loop says with
    /// the beat that it goes round.
    pub(crate) fn workers(self, inbox: &Inbox, driver: &Driver) -> Beat {
        let beat = Beat::default();
        let mut watched = vec![("event loop", beat.clone())];
        watched.extend(driver.watched());
        let inbox = inbox.clone();
        // Nobody listens where there is no service manager.
        let _ = self.0.send(Workers { inbox, watched });
        beat
    }
}

/// Whom the watchdog watches over once the dock is served.
struct Workers {
    /// Where the event loop is asked to go round.
    inbox: Inbox,
    watched: Vec<(&'static str, Beat)>,
}

/// Tells the service manager of this process until the process ends. The gateway is ready when it
/// has committed its start; before it is enrolled it does what it can do when its page is served.
async fn report(mut status: watch::Receiver<Arc<Status>>, mut hired: oneshot::Receiver<Workers>) {
    if !is_service() {
        return;
    }
    let mut round = rounds();
    let (mut inbox, mut gate) = (None, Gate::default());
    let mut ready = false;
    loop {
        tokio::select! {
            Ok(workers) = &mut hired, if !hired.is_terminated() => {
                inbox = Some(workers.inbox);
                gate = Gate::new(workers.watched);
            }
            Ok(()) = status.changed(), if !ready => {}
            _ = round.tick() => {
                let late = gate.late();
                say(&[NotifyState::Status(&words(&status.borrow().stage, &late))]);
                if late.is_empty() {
                    say(&[NotifyState::Watchdog]);
                    gate.open();
                } else {
                    tracing::error!(workers = ?late, "hang; no sign of life for the service manager");
                }
                if let Some(inbox) = &inbox {
                    inbox.send(Message::GoRound);
                }
            }
        }
        let serving = matches!(status.borrow_and_update().stage, Stage::Serving(_));
        if serving && !ready {
            ready = true;
            say(&[NotifyState::Ready]);
        }
    }
}

async fn tell_start(mut told: watch::Receiver<Early>) {
    if !is_service() {
        return;
    }
    let limited = sd_notify::watchdog_enabled().is_some();
    let began = Instant::now();
    let mut round = rounds();
    loop {
        match &*told.borrow_and_update() {
            Early::Starting => {
                say(&[NotifyState::Status(
                    "starting: the journal is opened, or put together again",
                )]);
                if began.elapsed() < START_MAX {
                    say(&[NotifyState::ExtendTimeoutUsec(START_EXTENDED_USEC)]);
                }
            }
            Early::Stranded(reason) => {
                let words = format!("stranded: {}", reason.replace('\n', " "));
                say(&[NotifyState::Ready]);
                say(&[NotifyState::Status(&words)]);
            }
        }
        if limited {
            say(&[NotifyState::Watchdog]);
        }
        tokio::select! {
            Ok(()) = told.changed() => {}
            _ = round.tick() => {}
        }
    }
}

/// When the service manager is told again.
fn rounds() -> Interval {
    let limit = sd_notify::watchdog_enabled();
    let every = limit.map_or(WORDS_EVERY, |limit| {
        (limit / SIGNS_PER_LIMIT).max(Duration::from_millis(1))
    });
    let mut round = interval_at(Instant::now() + every, every);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    round
}

/// Said by a gateway that has nobody to serve yet: without it the service manager would give up
/// waiting, and a technician would find no page to enrol it.
pub(crate) fn waits_for_enrolment() {
    say(&[NotifyState::Ready]);
}

fn say(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager cannot be told");
    }
}

/// Lets a sign of life through when every worker has gone round since the last one.
#[derive(Default)]
struct Gate {
    watched: Vec<Watched>,
}

struct Watched {
    name: &'static str,
    beat: Beat,
    /// At the last sign of life.
    seen: u64,
}

impl Gate {
    fn new(watched: Vec<(&'static str, Beat)>) -> Self {
        let watch = |(name, beat): (&'static str, Beat)| {
            let seen = beat.count();
            Watched { name, beat, seen }
        };
        Self {
            watched: watched.into_iter().map(watch).collect(),
        }
    }

    /// Who has not gone round since the gate was open.
    fn late(&self) -> Vec<&'static str> {
        let late = |it: &&Watched| it.beat.count() == it.seen;
        self.watched.iter().filter(late).map(|it| it.name).collect()
    }

    fn open(&mut self) {
        for it in &mut self.watched {
            it.seen = it.beat.count();
        }
    }
}

/// One line for `systemctl status`; for operators, so in English and without names of people.
fn words(stage: &Stage, late: &[&str]) -> String {
    if !late.is_empty() {
        return format!("hangs: {}", late.join(", "));
    }
    match stage {
        Stage::Enrolling(Enrolling::CodeMissing) => {
            "not enrolled: no code is given (VOLTA_GATEWAY_ENROLMENT_CODE)".to_owned()
        }
        Stage::Enrolling(Enrolling::Asking) => "starting".to_owned(),
        Stage::Enrolling(Enrolling::Unreachable) => {
            "not enrolled: the cloud does not answer".to_owned()
        }
        Stage::Enrolling(Enrolling::Refused { title, .. }) => {
            format!("not enrolled: the cloud refuses ({title})")
        }
        Stage::Serving(serving) => serving_words(serving),
    }
}

fn serving_words(serving: &Serving) -> String {
    let link = match serving.uplink {
        Uplink::NotYet => "no answer from the cloud yet".to_owned(),
        Uplink::Answered { .. } => "the cloud answers".to_owned(),
        Uplink::Failing { attempts, .. } => {
            format!("the cloud does not answer ({attempts} attempts)")
        }
    };
    format!(
        "serves {} bays; {link}; {} events wait for it",
        serving.bays.len(),
        serving.backlog()
    )
}
