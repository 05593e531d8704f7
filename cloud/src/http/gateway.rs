//! What gateways call. Their signatures are their credentials.

mod allowance;

pub use allowance::CardLists;

use super::admission::Admitted;
use super::body::Capped;
use super::problem::{Problem, unreadable};
use crate::actions::accept_events::{self, Answer};
use crate::actions::{Rejection, enrol_gateway};
use crate::app::{Shared, now};
use crate::entropy::Entropy;
use crate::store::{Tx, gateway};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use shared::enrol::{BAYS_MAX, DownlinkAccess, ENROL_BYTES_MAX, EnrolRequest, Enrolled};
use shared::held;
use shared::ids::GatewayId;
use shared::json::check_bounds;
use shared::signed::{self, Domain};
use shared::sync::{Ack, JSON_DEPTH_MAX, SYNC_BYTES_MAX, SyncError, SyncHeader, SyncRequest};
use std::collections::BTreeSet;
use std::sync::Arc;

pub fn router() -> Router<Shared> {
    Router::new()
        .route("/gateway/v1/sync", post(sync))
        .route("/gateway/v1/enrol", post(enrol))
        .route("/gateway/v1/allowance", post(allowance::answer))
}

async fn sync(
    State(app): State<Shared>,
    Capped(body): Capped<SYNC_BYTES_MAX>,
) -> Result<Response, Problem> {
    let answer = take_batch(&app, body).await;
    if let Err(problem) = &answer {
        app.metrics.batch_refused(problem.code);
    }
    answer
}

async fn take_batch(app: &Shared, body: Vec<u8>) -> Result<Response, Problem> {
    let claimed = SyncRequest::claimed_gateway(&body).map_err(|e| malformed(&e))?;
    let known = app
        .store
        .read(move |tx| gateway::by_id(tx, &claimed))
        .await?;
    let key = known.ok_or(Rejection::UnknownGateway)?.public_key;
    let header = SyncRequest::header(&body, &claimed, &key).map_err(|e| malformed(&e))?;
    let nonce = header.nonce.clone();
    let (taken, pause_ms) = match app.admission.of(&header, &app.store) {
        Admitted::Whole(_place) => {
            let decode = move || SyncRequest::decode(body, &claimed, &key);
            let request = tokio::task::spawn_blocking(decode)
                .await
                .map_err(|_| crate::store::StoreError::Closed)?
                .map_err(|e| malformed(&e))?;
            (take_events(app, request).await?, None)
        }
        Admitted::LiveOnly { pause_ms } => {
            app.metrics.history_deferred();
            (take_presence(app, header).await?, Some(pause_ms))
        }
    };
    match taken {
        Answer::Accepted(accepted) => {
            app.metrics.events_accepted(accepted.applied);
            let word = || held::vouch(app.keys.signing(), &claimed, accepted.head);
            let ack = Ack {
                v: 1,
                gateway: claimed,
                nonce,
                server_ms: now(),
                acked: accepted.head,
                grants: accepted.grants,
                quarantined: accepted.quarantined,
                pause_ms,
                allowance: accepted.allowance,
                allowance_now: accepted.allowance_now,
                closed_cards: accepted.closed_cards,
                held: (accepted.head.seq > 0).then(word),
                commitments: accepted.commitments,
            };
            Ok(signed::sign_value(app.keys.signing(), Domain::SyncAck, &ack).into_response())
        }
        Answer::Forked { seq } => {
            tracing::error!(gateway.id = %claimed, event.seq = seq, "two journals, one name");
            Err(Rejection::Fork { seq }.into())
        }
    }
}

async fn take_events(app: &Shared, request: SyncRequest) -> Result<Answer, Problem> {
    let (request, at, own) = (Arc::new(request), now(), app.keys.public());
    let work = move |tx: &Tx<'_>| accept_events::run(tx, at, &own, &request);
    Ok(app.store.write(work).await?)
}

async fn take_presence(app: &Shared, header: SyncHeader) -> Result<Answer, Problem> {
    let (header, at) = (Arc::new(header), now());
    let work = move |tx: &Tx<'_>| accept_events::note_presence(tx, at, &header);
    Ok(app.store.write(work).await?)
}

fn malformed(error: &SyncError) -> Problem {
    let (status, code) = match error {
        SyncError::Unbounded => (StatusCode::PAYLOAD_TOO_LARGE, "batch_too_large"),
        SyncError::LineUnbounded { .. } => (StatusCode::BAD_REQUEST, "line_too_large"),
        SyncError::HeaderMalformed => (StatusCode::BAD_REQUEST, "header_malformed"),
        SyncError::OtherGateway => (StatusCode::FORBIDDEN, "other_gateway"),
        SyncError::BadSignature => (StatusCode::FORBIDDEN, "bad_signature"),
        SyncError::WrongCount { .. } => (StatusCode::BAD_REQUEST, "wrong_count"),
        SyncError::Malformed { .. } => (StatusCode::BAD_REQUEST, "event_malformed"),
        SyncError::Altered { .. } => (StatusCode::BAD_REQUEST, "event_altered"),
        SyncError::OutOfSequence { .. } => (StatusCode::BAD_REQUEST, "out_of_sequence"),
        SyncError::Unchained { .. } => (StatusCode::BAD_REQUEST, "unchained"),
        SyncError::WrongHead { .. } => (StatusCode::BAD_REQUEST, "wrong_head"),
    };
    Problem::new(status, code, error.to_string()).of_field("body")
}

async fn enrol(
    State(app): State<Shared>,
    Capped(body): Capped<ENROL_BYTES_MAX>,
) -> Result<Response, Problem> {
    let request = presented(&body)?;
    let mut entropy = Entropy::default();
    let at = now();
    let password = URL_SAFE_NO_PAD.encode(entropy.bytes::<32>());
    let enrol = enrol_gateway::Enrol {
        code_hash: code_hash(&request.code),
        id: entropy.id(GatewayId::new, at),
        downlink_password_hash: secret_hash(password.as_bytes()),
        request,
    };
    let enrolled = app
        .store
        .write(move |tx: &Tx<'_>| enrol_gateway::run(tx, at, &enrol))
        .await?;
    let access = app
        .mqtt
        .gateway_access(&enrolled.gateway.to_string(), &password);
    tracing::info!(gateway.id = %enrolled.gateway, dock.code = enrolled.dock.code, "enrolled");
    let answer = Enrolled {
        v: 1,
        gateway: enrolled.gateway,
        dock: enrolled.dock.id,
        store_name: enrolled.dock.store_name,
        dock_name: enrolled.dock.name,
        dock_url: format!("{}/d/{}", app.config.public_url, enrolled.dock.code),
        cloud_key: app.keys.public(),
        downlink: DownlinkAccess {
            host: access.host,
            port: access.port,
            username: access.username,
            password: access.password,
        },
        server_ms: now(),
    };
    Ok(signed::sign_value(app.keys.signing(), Domain::Enrolled, &answer).into_response())
}

/// The request, signed by the very key it presents, with bays that make sense.
fn presented(body: &[u8]) -> Result<EnrolRequest, Problem> {
    let wrong = |field, detail: &str| {
        Problem::new(StatusCode::BAD_REQUEST, "enrolment_malformed", detail).of_field(field)
    };
    check_bounds(body, ENROL_BYTES_MAX, JSON_DEPTH_MAX)
        .map_err(|e| wrong("body", &e.to_string()))?;
    let line = std::str::from_utf8(body).map_err(|e| wrong("body", &e.to_string()))?;
    let line = line.trim_end();
    let json = signed::text_of(line).map_err(|e| wrong("body", &e.to_string()))?;
    let request: EnrolRequest =
        serde_json::from_str(json).map_err(|e| wrong("body", &unreadable(&e)))?;
    signed::verify(&request.public_key, Domain::EnrolRequest, line).map_err(|_| {
        wrong(
            "public_key",
            "the request is not signed by the key it presents",
        )
    })?;
    let numbers: BTreeSet<_> = request.bays.iter().map(|b| b.bay).collect();
    if request.bays.is_empty() || request.bays.len() > BAYS_MAX {
        return Err(wrong("bays", "a gateway drives from 1 to 64 bays"));
    }
    if numbers.len() != request.bays.len() || request.bays.iter().any(|b| b.capacity == 0) {
        return Err(wrong(
            "bays",
            "each bay has its own number and room for a cart",
        ));
    }
    Ok(request)
}

/// People type codes: case, spaces and hyphens do not count.
pub fn code_hash(code: &str) -> [u8; 32] {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    secret_hash(plain.as_bytes())
}

/// For secrets of at least 128 random bits, where a slow hash would protect nothing more.
pub fn secret_hash(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}
