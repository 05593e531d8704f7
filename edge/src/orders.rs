//! What the pages ask for, on its way to the loop; and the one request that ends this gateway: to
//! become another one.

use crate::clock;
use crate::cloud::Cloud;
use crate::config::EnrolmentCode;
use crate::gateway::{Inbox, Message};
use crate::process::SOFTWARE;
use crate::renewal;
use crate::status::{Enrolling, PageCommand, Stage, Status};
use edge_core::io::{Input, TechnicianOrder};
use shared::enrol::BayLayout;
use shared::event::{Technician, TechnicianAction};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How long the old journal may take to reach the cloud once more before it is set aside.
const FAREWELL: Duration = Duration::from_secs(10);

/// What becoming another gateway takes.
pub(crate) struct Office {
    pub inbox: Inbox,
    pub cloud: Cloud,
    pub data_dir: PathBuf,
    pub bays: Vec<BayLayout>,
    pub status: watch::Sender<Arc<Status>>,
}

/// Hands every order on until the loop has ended.
pub(crate) async fn forward(mut asked: mpsc::Receiver<PageCommand>, office: Office) {
    while let Some(command) = asked.recv().await {
        let input = match command {
            PageCommand::SyncNow => Input::Wake,
            PageCommand::Technician { by, order } => Input::Technician { by, order },
            // Enrolled already.
            PageCommand::Enrol(_) => continue,
            PageCommand::Renew { by, code } => {
                office.renew(by, &code).await;
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
    async fn renew(&self, by: Technician, code: &EnrolmentCode) {
        let Some(code) = code.given() else { return };
        self.show("…");
        let prepared = renewal::prepare(&self.cloud, &self.data_dir, SOFTWARE, &self.bays, code);
        if let Err(refused) = prepared.await {
            tracing::warn!(reason = %refused, "this device does not become another gateway");
            return self.show(&refused.to_string());
        }
        tracing::warn!("this device becomes another gateway; the old journal is kept beside");
        self.show("✓");
        let order = TechnicianOrder::Note(TechnicianAction::ReEnrolled);
        let note = Input::Technician { by, order };
        if self.inbox.send(Message::Asked(note)) {
            self.farewell().await;
        }
        match renewal::order(&self.data_dir, clock::wall()) {
            Ok(()) => {
                self.inbox.send(Message::Stop);
            }
            Err(error) => self.show(&error.to_string()),
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
