//! Enrolment: a one-time code makes this device the gateway of one dock.
//!
//! Retries repeat the same code under the same key, which the cloud answers alike, so a lost
//! answer costs nothing. What is kept is the cloud's signed line itself.

use crate::clock::full_jitter;
use crate::cloud::{Answer, Cloud, Problem};
use crate::config::EnrolmentCode;
use crate::files::{self, Kept};
use crate::status::{Enrolling, PageCommand};
use ed25519_dalek::SigningKey;
use shared::enrol::{BayLayout, ENROL_BYTES_MAX, EnrolRequest, Enrolled};
use shared::json::check_bounds;
use shared::signed::{self, Domain, PublicKey};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;

const PATH: &str = "/gateway/v1/enrol";
const CONTENT_TYPE: &str = "application/vnd.volta.enrol";

/// Object, downlink, and one spare.
const ENROLLED_DEPTH_MAX: usize = 3;

const RETRY_BASE: Duration = Duration::from_secs(1);
/// Somebody stands at the dock with a screwdriver while this runs.
const RETRY_CAP: Duration = Duration::from_secs(30);
/// A refused code seldom becomes right; it does when the dock is set up in the wrong order.
const REFUSED_PAUSE: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
pub enum EnrolmentError {
    #[error("cannot read or write the enrolment {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(
        "neither {} nor its second copy is an enrolment signed by a cloud: remove these two files only, and start with a new VOLTA_GATEWAY_ENROLMENT_CODE for the same dock from `volta-cloud enrolment-code`. Key and journal stay, and with them the cloud knows this gateway again",
        path.display()
    )]
    Malformed { path: PathBuf },
}

/// What the cloud said when this gateway was enrolled, `None` before that.
pub(crate) fn load(path: &Path) -> Result<Option<Enrolled>, EnrolmentError> {
    let whole = |text: &str| read(text.trim_end());
    let kept = files::read_kept(path, ENROL_BYTES_MAX as u64, whole);
    match kept.map_err(|source| EnrolmentError::Io {
        path: path.to_owned(),
        source,
    })? {
        Kept::Whole(enrolled) => Ok(Some(enrolled)),
        Kept::Nothing => Ok(None),
        Kept::Broken => Err(EnrolmentError::Malformed {
            path: path.to_owned(),
        }),
    }
}

/// Keeps the cloud's line; private, as the broker's password is in it.
pub(crate) fn store(path: &Path, line: &str) -> Result<(), EnrolmentError> {
    files::keep_private(path, format!("{line}\n").as_bytes()).map_err(|source| EnrolmentError::Io {
        path: path.to_owned(),
        source,
    })
}

/// A genuine answer and the line it came in.
pub(crate) struct Answered {
    pub enrolled: Enrolled,
    pub line: String,
}

/// What the cloud is told of this device.
pub(crate) struct Applicant<'a> {
    pub cloud: &'a Cloud,
    pub key: &'a SigningKey,
    pub software: &'a str,
    pub bays: &'a [BayLayout],
}

impl Applicant<'_> {
    /// Asks once.
    pub(crate) async fn ask(&self, code: &str) -> Result<Answered, Enrolling> {
        let request = EnrolRequest {
            v: 1,
            code: code.to_owned(),
            public_key: PublicKey::of(self.key),
            software: self.software.to_owned(),
            bays: self.bays.to_vec(),
        };
        let body = signed::sign_value(self.key, Domain::EnrolRequest, &request);
        let answer = self
            .cloud
            .post(PATH, CONTENT_TYPE, body, ENROL_BYTES_MAX)
            .await;
        judge(answer).map(|answered| *answered)
    }

    /// Asks until the cloud says yes; tells `show` where it stands. Without a code it waits for one
    /// from the page, and takes one from there in place of the one it had; `keep` stores it.
    pub(crate) async fn enrol(
        &self,
        code: EnrolmentCode,
        commands: &mut mpsc::Receiver<PageCommand>,
        show: impl Fn(Enrolling),
        keep: impl Fn(&EnrolmentCode),
    ) -> Answered {
        let mut code = code;
        let mut attempt = 0;
        loop {
            let pause = match code.given() {
                None => {
                    show(Enrolling::CodeMissing);
                    Duration::MAX
                }
                Some(given) => {
                    show(Enrolling::Asking);
                    match self.ask(given).await {
                        Ok(answered) => return answered,
                        Err(state @ Enrolling::Refused { .. }) => {
                            tracing::error!(reason = ?state, "the cloud refuses to enrol this gateway");
                            show(state);
                            REFUSED_PAUSE
                        }
                        Err(state) => {
                            tracing::warn!(attempt, "no cloud to enrol with yet");
                            show(state);
                            full_jitter(attempt, RETRY_BASE, RETRY_CAP)
                        }
                    }
                }
            };
            attempt = attempt.saturating_add(1);
            if let Some(typed) = wait(pause, commands).await {
                keep(&typed);
                code = typed;
                attempt = 0;
            }
        }
    }
}

fn judge(answer: Answer) -> Result<Box<Answered>, Enrolling> {
    match answer {
        Answer::Line(line) => {
            let line = line.trim_end().to_owned();
            let enrolled = read(&line).ok_or(Enrolling::Unreachable)?;
            Ok(Box::new(Answered { enrolled, line }))
        }
        Answer::Problem {
            status, problem, ..
        } if status.is_client_error() && status.as_u16() != 429 => {
            let Problem { title, detail, .. } = problem;
            Err(Enrolling::Refused { title, detail })
        }
        _ => Err(Enrolling::Unreachable),
    }
}

/// A technician's "now" ends the pause, and so does a new code, which is answered; a closed page
/// channel must not turn it into a spin.
async fn wait(
    pause: Duration,
    commands: &mut mpsc::Receiver<PageCommand>,
) -> Option<EnrolmentCode> {
    let asked = async {
        while let Some(command) = commands.recv().await {
            match command {
                PageCommand::SyncNow => return None,
                PageCommand::Enrol(code) => return Some(code),
                PageCommand::Technician { .. } | PageCommand::Renew { .. } => {}
            }
        }
        std::future::pending().await
    };
    tokio::time::timeout(pause, asked).await.ok().flatten()
}

/// The document names the key it is signed with: this proves it is whole, and the connection (or
/// the directory it is kept in) says whose it is.
fn read(line: &str) -> Option<Enrolled> {
    check_bounds(line.as_bytes(), ENROL_BYTES_MAX, ENROLLED_DEPTH_MAX).ok()?;
    let enrolled: Enrolled = serde_json::from_str(signed::text_of(line).ok()?).ok()?;
    signed::verify(&enrolled.cloud_key, Domain::Enrolled, line).ok()?;
    (enrolled.v == 1).then_some(enrolled)
}
