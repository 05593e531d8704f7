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
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// How old the words for the service manager get, where it wants no signs of life.
const WORDS_EVERY: Duration = Duration::from_secs(10);

/// Two signs may be lost before the third is missed.
const SIGNS_PER_LIMIT: u32 = 3;

/// Starts to tell the service manager of this process. Of the stop too, when `stop` says so; and
/// of the dock, once its workers are hired.
pub(crate) fn start(
    status: watch::Receiver<Arc<Status>>,
    stop: impl Future<Output = ()>,
) -> (Hire, impl Future<Output = ()>) {
    let (hire, hired) = oneshot::channel();
    tokio::spawn(report(status, hired));
    let stop = async {
        stop.await;
        say(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
    };
    (Hire(hire), stop)
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
    if std::env::var_os("NOTIFY_SOCKET").is_none() {
        return;
    }
    let limit = sd_notify::watchdog_enabled();
    let every = limit.map_or(WORDS_EVERY, |limit| {
        (limit / SIGNS_PER_LIMIT).max(Duration::from_millis(1))
    });
    let mut round = interval_at(Instant::now() + every, every);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
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
