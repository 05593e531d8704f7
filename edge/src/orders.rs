//! What the pages ask for, on its way to the loop; and the one request that ends this gateway: to
//! become another one.

use crate::clock::{self, full_jitter};
use crate::cloud::Cloud;
use crate::gateway::{Inbox, Message};
use crate::logs::Hidden;
use crate::process::SOFTWARE;
use crate::renewal::{self, RenewalError, Wish};
use crate::status::{Enrolling, PageCommand, Stage, Status};
use edge_core::io::{Input, TechnicianOrder};
use shared::enrol::BayLayout;
use shared::event::TechnicianAction;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, watch};

/// How long the old journal may take to reach the cloud once more before it is set aside.
const FAREWELL: Duration = Duration::from_secs(10);

/// What becoming another gateway takes.
pub(crate) struct Office {
    pub inbox: Inbox,
    pub cloud: Cloud,
    pub data_dir: PathBuf,
    pub bays: Vec<BayLayout>,
    pub status: watch::Sender<Arc<Status>>,
    pub hidden: Hidden,
    /// One change at a time.
    pub changing: Mutex<()>,
}

/// Between two tries of a change that a power cut interrupted.
const RESUME_BASE: Duration = Duration::from_secs(1);
const RESUME_CAP: Duration = Duration::from_secs(60);

/// How the attempt to become another gateway ended.
#[derive(PartialEq, Eq)]
enum Change {
    Ordered,
    /// By the cloud, or by this machine's disk.
    Refused,
    Unanswered,
}

/// Hands every order on until the loop has ended.
pub(crate) async fn forward(mut asked: mpsc::Receiver<PageCommand>, office: Office) {
    let office = Arc::new(office);
    tokio::spawn(Arc::clone(&office).resume());
    while let Some(command) = asked.recv().await {
        let input = match command {
            PageCommand::SyncNow => Input::Wake,
            PageCommand::Technician { by, order } => Input::Technician { by, order },
            // Enrolled already.
            PageCommand::Enrol(_) => continue,
            PageCommand::Renew { by, code } => {
                office.renew(Wish { by, code }).await;
                continue;
            }
        };
        if !office.inbox.send(Message::Asked(input)) {
            return;
        }
    }
}

impl Office {
    /// Nothing changes until the cloud accepts the new key; then the old journal says good-bye, and
    /// the process ends for a new start.
    async fn renew(&self, wish: Wish) {
        let ended = self.change(wish).await;
        if ended == Change::Unanswered
            && let Err(error) = renewal::give_up(&self.data_dir)
        {
            tracing::warn!(%error, "the next start asks for this change again");
        }
    }

    /// The process that asked has died before it heard the answer, or before it could heed it: the
    /// code may be used up, and only this device can finish what it was for.
    async fn resume(self: Arc<Self>) {
        let mut attempt = 0;
        while let Some(wish) = renewal::unfinished(&self.data_dir) {
            if self.change(wish).await != Change::Unanswered {
                return;
            }
            tokio::time::sleep(full_jitter(attempt, RESUME_BASE, RESUME_CAP)).await;
            attempt = attempt.saturating_add(1);
        }
    }

    async fn change(&self, wish: Wish) -> Change {
        let _changing = self.changing.lock().await;
        let Some(code) = wish.code.given() else {
            return Change::Refused;
        };
        self.hidden.hide(code);
        self.show("…");
        let prepared = renewal::prepare(&self.cloud, &self.data_dir, SOFTWARE, &self.bays, &wish);
        if let Err(refused) = prepared.await {
            tracing::warn!(reason = %refused, "this device does not become another gateway");
            self.show(&refused.to_string());
            return match refused {
                RenewalError::Unanswered(_) => Change::Unanswered,
                RenewalError::Refused(_) | RenewalError::Unwritable(_) => Change::Refused,
            };
        }
        tracing::warn!("this device becomes another gateway; the old journal is kept beside");
        self.show("✓");
        let order = TechnicianOrder::Note(TechnicianAction::ReEnrolled);
        let note = Input::Technician { by: wish.by, order };
        if self.inbox.send(Message::Asked(note)) {
            self.farewell().await;
        }
        match renewal::order(&self.data_dir, clock::wall()) {
            Ok(()) => {
                self.inbox.send(Message::Stop);
                Change::Ordered
            }
            Err(error) => {
                self.show(&error.to_string());
                Change::Refused
            }
        }
    }

    /// Until nothing is left to be sent, or long enough.
    async fn farewell(&self) {
        let mut status = self.status.subscribe();
        status.mark_unchanged();
        let sent = async {
            while status.changed().await.is_ok() {
                if let Stage::Serving(serving) = &status.borrow_and_update().stage
                    && serving.backlog() == 0
                {
                    return;
                }
            }
        };
        // What is not sent by then stays in the old folder.
        let _ = tokio::time::timeout(FAREWELL, sent).await;
    }

    fn show(&self, state: &str) {
        let state = state.to_owned();
        self.status
            .send_modify(|status| Arc::make_mut(status).renewal = state);
    }
}

/// Why the cloud did not enrol, in its own words where it has some.
pub(crate) fn reason(state: Enrolling) -> String {
    match state {
        Enrolling::Refused { title, detail } => format!("{title}. {detail}"),
        Enrolling::CodeMissing | Enrolling::Asking | Enrolling::Unreachable => {
            "the cloud does not answer".to_owned()
        }
    }
}
