//! Enrolment: a one-time code makes this device the gateway of one dock.
//!
//! Retries repeat the same code under the same key, which the cloud answers alike, so a lost
//! answer costs nothing. What is kept is the cloud's signed line itself.

use crate::clock::full_jitter;
use crate::cloud::{Answer, Cloud, Problem};
use crate::config::EnrolmentCode;
use crate::files;
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
        "{} is not an enrolment signed by a cloud: remove this file only, and start with a new VOLTA_GATEWAY_ENROLMENT_CODE for the same dock from `volta-cloud enrolment-code`. Key and journal stay, and with them the cloud knows this gateway again",
        path.display()
    )]
    Malformed { path: PathBuf },
}

/// What the cloud said when this gateway was enrolled, `None` before that.
pub(crate) fn load(path: &Path) -> Result<Option<Enrolled>, EnrolmentError> {
    let text =
        files::read_private(path, ENROL_BYTES_MAX as u64).map_err(|source| EnrolmentError::Io {
            path: path.to_owned(),
            source,
        })?;
    let Some(text) = text else { return Ok(None) };
    match read(text.trim_end()) {
        Some(enrolled) => Ok(Some(enrolled)),
        None => Err(EnrolmentError::Malformed {
            path: path.to_owned(),
        }),
    }
}

/// Keeps the cloud's line; private, as the broker's password is in it.
pub(crate) fn store(path: &Path, line: &str) -> Result<(), EnrolmentError> {
    files::write_private(path, format!("{line}\n").as_bytes()).map_err(|source| {
        EnrolmentError::Io {
            path: path.to_owned(),
            source,
        }
    })
}

/// A genuine answer and the line it came in.
pub(crate) struct Answered {
    pub enrolled: Enrolled,
    pub line: String,
}

/// Asks until the cloud says yes; tells `show` where it stands. Without a code it waits for ever.
pub(crate) async fn enrol(
    cloud: &Cloud,
    key: &SigningKey,
    code: &EnrolmentCode,
    layout: (&str, &[BayLayout]),
    commands: &mut mpsc::Receiver<PageCommand>,
    show: impl Fn(Enrolling),
) -> Answered {
    let Some(code) = code.given() else {
        show(Enrolling::CodeMissing);
        return std::future::pending().await;
    };
    let (software, bays) = layout;
    let request = EnrolRequest {
        v: 1,
        code: code.to_owned(),
        public_key: PublicKey::of(key),
        software: software.to_owned(),
        bays: bays.to_vec(),
    };
    let body = signed::sign_value(key, Domain::EnrolRequest, &request);
    show(Enrolling::Asking);
    let mut attempt = 0;
    loop {
        let answer = cloud
            .post(PATH, CONTENT_TYPE, body.clone(), ENROL_BYTES_MAX)
            .await;
        let pause = match judge(answer) {
            Ok(answered) => return *answered,
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
        };
        attempt = attempt.saturating_add(1);
        wait(pause, commands).await;
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

/// A technician's "now" ends the pause; a closed page channel must not turn it into a spin.
async fn wait(pause: Duration, commands: &mut mpsc::Receiver<PageCommand>) {
    let asked = async {
        while let Some(command) = commands.recv().await {
            if command == PageCommand::SyncNow {
                return;
            }
        }
        std::future::pending::<()>().await;
    };
    let _ = tokio::time::timeout(pause, asked).await;
}

/// The document names the key it is signed with: this proves it is whole, and the connection (or
/// the directory it is kept in) says whose it is.
fn read(line: &str) -> Option<Enrolled> {
    check_bounds(line.as_bytes(), ENROL_BYTES_MAX, ENROLLED_DEPTH_MAX).ok()?;
    let enrolled: Enrolled = serde_json::from_str(signed::text_of(line).ok()?).ok()?;
    signed::verify(&enrolled.cloud_key, Domain::Enrolled, line).ok()?;
    (enrolled.v == 1).then_some(enrolled)
}
