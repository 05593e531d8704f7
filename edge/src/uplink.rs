//! The uplink: journal lines to the cloud as they were signed, and the cloud's signed answer back.

use crate::cloud::{Answer, Cloud, Problem};
use crate::journal::{Journal, JournalError, Line};
use ed25519_dalek::SigningKey;
use edge_core::io::SyncFailure;
use reqwest::StatusCode;
use shared::chain::Head;
use shared::ids::GatewayId;
use shared::json::check_bounds;
use shared::signed::{self, Domain, PublicKey};
use shared::sync::{
    ACK_BYTES_MAX, Ack, BATCH_EVENTS_MAX, BaySnapshot, HEADER_BYTES_MAX, JSON_DEPTH_MAX,
    OfflineState, SYNC_BYTES_MAX, SyncHeader, SyncRequest,
};
use shared::time::Stamp;

const PATH: &str = "/gateway/v1/sync";
const CONTENT_TYPE: &str = "application/vnd.volta.sync";

/// Whose answers count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub gateway: GatewayId,
    pub cloud_key: PublicKey,
}

/// One request, ready to be sent.
#[derive(Debug)]
pub struct Batch {
    pub(crate) nonce: String,
    pub(crate) body: String,
}

/// Why, and for how long the other side asked not to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed {
    pub failure: SyncFailure,
    pub retry_after_ms: Option<u64>,
}

impl From<SyncFailure> for Failed {
    fn from(failure: SyncFailure) -> Self {
        Self {
            failure,
            retry_after_ms: None,
        }
    }
}

/// What every request tells besides history.
#[derive(Debug, Clone)]
pub struct Live {
    pub at: Stamp,
    pub bays: Vec<BaySnapshot>,
    pub offline: OfflineState,
}

/// The lines after `after`, at most `events_max` and never more than the wire takes, with the
/// dock as it is now.
pub(crate) fn compose(
    journal: &Journal,
    after: Head,
    events_max: usize,
    live: Live,
) -> Result<Batch, JournalError> {
    // The cloud was set back to before the oldest line that is kept: it is told from there, and that
    // it is so.
    let base = journal.base();
    let (after, kept) = match after.seq < base.seq {
        true => (base, Some((base, journal.base_word()?))),
        false => (after, None),
    };
    let mut lines = journal.lines_after(after.seq, events_max.min(BATCH_EVENTS_MAX))?;
    lines.truncate(fitting(&lines));
    let last = lines.last().map_or(after, |line| line.head);
    let remaining = journal.count_after(last.seq);
    let signer = (journal.key(), journal.gateway());
    Ok(sealed(signer, (after, kept), &lines, remaining, live))
}

/// How many of these lines one request takes.
pub(crate) fn fitting(lines: &[Line]) -> usize {
    let mut bytes = 0;
    let fit = lines.iter().take_while(|line| {
        bytes += line.text.len() + 1;
        bytes <= SYNC_BYTES_MAX - HEADER_BYTES_MAX
    });
    fit.count()
}

/// Exactly these lines, which follow `after` and have `remaining` behind them; `kept` is the header's
/// `kept_after` and `kept_proof`.
pub(crate) fn sealed(
    (key, gateway): (&SigningKey, GatewayId),
    (after, kept): (Head, Option<(Head, Option<String>)>),
    lines: &[Line],
    remaining: u64,
    live: Live,
) -> Batch {
    let last = lines.last().map_or(after, |line| line.head);
    let nonce = format!(
        "{:016x}{:016x}",
        crate::clock::random(),
        crate::clock::random()
    );
    let header = SyncHeader {
        v: 1,
        gateway,
        nonce: nonce.clone(),
        at: live.at,
        // After a salvage the numbers go on beyond a gap.
        first_seq: lines.first().map_or(after.seq, |line| line.head.seq - 1) + 1,
        count: lines.len(),
        head: last.hash,
        remaining,
        kept_after: kept.as_ref().map(|(kept, _)| *kept),
        kept_proof: kept.and_then(|(_, word)| word),
        bays: live.bays,
        offline: live.offline,
    };
    let texts = lines.iter().map(|line| line.text.as_str());
    let body = SyncRequest::encode(key, &header, texts);
    Batch { nonce, body }
}

/// Sends one batch. The acknowledgement that comes back is the cloud's, for this gateway and this
/// question.
pub(crate) async fn exchange(cloud: &Cloud, peer: &Peer, batch: Batch) -> Result<Ack, Failed> {
    let Batch { nonce, body } = batch;
    match cloud.post(PATH, CONTENT_TYPE, body, ACK_BYTES_MAX).await {
        Answer::Line(line) => acknowledgement(line.trim_end(), peer, &nonce)
            .ok_or_else(|| SyncFailure::Unreachable.into()),
        Answer::Problem {
            status,
            problem,
            retry_after_ms,
        } => Err(Failed {
            failure: failure_of(status, &problem),
            retry_after_ms,
        }),
        Answer::Trouble { retry_after_ms } => Err(Failed {
            failure: SyncFailure::CloudError,
            retry_after_ms,
        }),
        Answer::Stranger | Answer::Silence => Err(SyncFailure::Unreachable.into()),
    }
}

fn acknowledgement(line: &str, peer: &Peer, nonce: &str) -> Option<Ack> {
    check_bounds(line.as_bytes(), ACK_BYTES_MAX, JSON_DEPTH_MAX).ok()?;
    let json = signed::verify(&peer.cloud_key, Domain::SyncAck, line).ok()?;
    let ack: Ack = serde_json::from_str(json).ok()?;
    (ack.v == 1 && ack.gateway == peer.gateway && ack.nonce == nonce).then_some(ack)
}

fn failure_of(status: StatusCode, problem: &Problem) -> SyncFailure {
    match (problem.code.as_str(), problem.head) {
        ("gap", Some(cloud_head)) => SyncFailure::Gap { cloud_head },
        ("fork" | "gateway_quarantined", _) => SyncFailure::Fork,
        ("unknown_gateway" | "gateway_retired", _) => SyncFailure::NotEnrolled,
        _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            SyncFailure::CloudError
        }
        _ => SyncFailure::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::time::UnixMs;

    #[test]
    fn an_acknowledgement_is_the_clouds_for_this_question() {
        let cloud = SigningKey::from_bytes(&[3; 32]);
        let gateway = GatewayId::new(1, [1; 10]);
        let peer = Peer {
            gateway,
            cloud_key: PublicKey::of(&cloud),
        };
        let ack = Ack {
            v: 1,
            gateway,
            nonce: "asked".into(),
            server_ms: UnixMs(5),
            acked: Head::empty(&gateway),
            grants: vec![],
            quarantined: vec![],
            pause_ms: None,
            allowance: 0,
            allowance_now: false,
            closed_cards: vec![],
            held: None,
            commitments: vec![],
        };
        let sign = |key: &SigningKey, domain, ack: &Ack| signed::sign_value(key, domain, ack);
        let good = sign(&cloud, Domain::SyncAck, &ack);
        assert_eq!(acknowledgement(&good, &peer, "asked"), Some(ack.clone()));
        let stranger = SigningKey::from_bytes(&[4; 32]);
        let other = Ack {
            gateway: GatewayId::new(2, [2; 10]),
            ..ack.clone()
        };
        let later = Ack {
            v: 2,
            ..ack.clone()
        };
        for (line, nonce) in [
            (good.clone(), "another question"),
            (sign(&stranger, Domain::SyncAck, &ack), "asked"),
            (sign(&cloud, Domain::Grant, &ack), "asked"),
            (sign(&cloud, Domain::SyncAck, &other), "asked"),
            (sign(&cloud, Domain::SyncAck, &later), "asked"),
            (good.replace("asked", "Asked"), "Asked"),
            ("<html>Welcome to the hotel</html>".into(), "asked"),
            (String::new(), "asked"),
        ] {
            assert_eq!(acknowledgement(&line, &peer, nonce), None, "{line}");
        }
    }

    #[test]
    fn refusals_by_code_then_by_status() {
        let gateway = GatewayId::new(1, [1; 10]);
        let cloud_head = Head::empty(&gateway);
        let gap = SyncFailure::Gap { cloud_head };
        for (status, code, head, failure) in [
            (409, "gap", Some(cloud_head), gap),
            (409, "gap", None, SyncFailure::Refused),
            (409, "fork", Some(cloud_head), SyncFailure::Fork),
            (403, "gateway_quarantined", None, SyncFailure::Fork),
            (404, "unknown_gateway", None, SyncFailure::NotEnrolled),
            (403, "gateway_retired", None, SyncFailure::NotEnrolled),
            (429, "slow_down", None, SyncFailure::CloudError),
            (503, "starting", None, SyncFailure::CloudError),
            (413, "too_large", None, SyncFailure::Refused),
            (400, "altered", None, SyncFailure::Refused),
        ] {
            let problem = Problem {
                code: code.into(),
                head,
                ..Problem::default()
            };
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(failure_of(status, &problem), failure, "{code}");
        }
    }
}
