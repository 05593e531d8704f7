//! The list that a gateway goes by when it cannot ask.

use super::{Capped, Problem};
use crate::actions::Rejection;
use crate::app::{Shared, now};
use crate::store::gateway::GatewayState;
use crate::store::{StoreError, allowance, gateway};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::allowance::{Allowance, AllowanceHeader, AllowanceRequest, CardLimits};
use shared::json::check_bounds;
use shared::signed::{self, Domain};

/// A request's line has some 200 characters.
const REQUEST_BYTES_MAX: usize = 1_024;

/// One object of plain fields.
const REQUEST_DEPTH_MAX: usize = 1;

pub(super) async fn answer(
    State(app): State<Shared>,
    Capped(body): Capped<REQUEST_BYTES_MAX>,
) -> Result<Response, Problem> {
    let line = plain(&body)?.to_owned();
    let claimed = claimed(&line)?;
    let at = now();
    let found = app
        .store
        .read(move |tx| {
            let Some(row) = gateway::by_id(tx, &claimed.gateway)? else {
                return Ok(None);
            };
            let list = allowance::list(tx, &row.dock, at)?;
            Ok(Some((row, list)))
        })
        .await?;
    let (row, list) = found.ok_or(Rejection::UnknownGateway)?;
    signed::verify(&row.public_key, Domain::AllowanceRequest, &line).map_err(|_| {
        let detail = "the request is not signed by the gateway it names";
        Problem::new(StatusCode::FORBIDDEN, "bad_signature", detail).of_field("body")
    })?;
    if row.state != GatewayState::Active {
        return Err(Rejection::GatewayQuarantined.into());
    }
    let list = list.ok_or(Rejection::UnknownDock)?;
    let header = AllowanceHeader {
        v: 1,
        gateway: row.id,
        version: list.version,
        issued_ms: at,
        salt: app.keys.card_salt(&list.chain),
        limits: CardLimits {
            deposit_centavos: list.policy.deposit_centavos,
            card_releases_per_day: list.policy.card_releases_per_day,
            gateway_centavos_per_day: list.policy.gateway_centavos_per_day,
        },
        technicians: list.technicians,
        allow: 0,
        deny: 0,
        body: String::new(),
    };
    let signing = Shared::clone(&app);
    // A hundred thousand cards take a moment to sort and to hash.
    let text = tokio::task::spawn_blocking(move || {
        Allowance::encode(signing.keys.signing(), header, list.allow, list.deny)
    });
    let text = text.await.map_err(|_| StoreError::Closed)?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

fn plain(body: &[u8]) -> Result<&str, Problem> {
    check_bounds(body, REQUEST_BYTES_MAX, REQUEST_DEPTH_MAX)
        .map_err(|e| malformed(&e.to_string()))?;
    let text = std::str::from_utf8(body).map_err(|e| malformed(&e.to_string()))?;
    Ok(text.trim_end())
}

fn claimed(line: &str) -> Result<AllowanceRequest, Problem> {
    let json = signed::text_of(line).map_err(|e| malformed(&e.to_string()))?;
    let request: AllowanceRequest =
        serde_json::from_str(json).map_err(|e| malformed(&e.to_string()))?;
    match request.v {
        1 => Ok(request),
        _ => Err(malformed("expected a request of version 1")),
    }
}

fn malformed(why: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "request_malformed", why).of_field("body")
}
