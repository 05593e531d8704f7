//! `POST /oauth/token`: OAuth2 client credentials, with the errors of RFC 6749.

use crate::bank::Bank;
use crate::tokens::SCOPES;
use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct TokenForm {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scope: Option<String>,
}

/// In the order in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    InvalidRequest(&'static str),
    InvalidClient,
    UnsupportedGrantType,
    InvalidScope,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error, description) = match self {
            Self::InvalidRequest(what) => (StatusCode::BAD_REQUEST, "invalid_request", what),
            Self::InvalidClient => (
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "unknown client_id or wrong client_secret",
            ),
            Self::UnsupportedGrantType => (
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "grant_type must be client_credentials",
            ),
            Self::InvalidScope => (
                StatusCode::BAD_REQUEST,
                "invalid_scope",
                "known scopes: cob.read cob.write pix.read pix.write webhook.read webhook.write",
            ),
        };
        let body = json!({"error": error, "error_description": description});
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"volta-bank\""),
            );
        }
        response
    }
}

pub(crate) async fn post(
    State(bank): State<Arc<Bank>>,
    headers: HeaderMap,
    form: Result<Form<TokenForm>, FormRejection>,
) -> Response {
    grant(&bank, &headers, form).map_or_else(IntoResponse::into_response, |body| {
        Json(body).into_response()
    })
}

fn grant(
    bank: &Bank,
    headers: &HeaderMap,
    form: Result<Form<TokenForm>, FormRejection>,
) -> Result<Value, Refusal> {
    let Form(form) = form.map_err(|_| {
        Refusal::InvalidRequest("the body must be application/x-www-form-urlencoded")
    })?;
    let (id, secret) = credentials(headers, &form)?;
    let known = id == bank.config.client_id.as_str();
    if !known || secret != bank.config.client_secret.as_str() {
        return Err(Refusal::InvalidClient);
    }
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(Refusal::UnsupportedGrantType),
        None => return Err(Refusal::InvalidRequest("grant_type is missing")),
    }
    let scopes = scopes(form.scope.as_deref())?;
    let granted = scopes.iter().copied().collect::<Vec<_>>().join(" ");
    let life_seconds = bank.config.token_seconds;
    let token = bank.tokens.grant(scopes, life_seconds, bank.now_ms());
    Ok(json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": life_seconds,
        "scope": granted,
    }))
}

/// From the Basic header or the form, never both (RFC 6749 §2.3).
fn credentials(headers: &HeaderMap, form: &TokenForm) -> Result<(String, String), Refusal> {
    let in_form = form.client_id.is_some() || form.client_secret.is_some();
    match headers.get(header::AUTHORIZATION) {
        Some(_) if in_form => Err(Refusal::InvalidRequest(
            "credentials in the header and in the form: send one",
        )),
        Some(value) => basic(value).ok_or(Refusal::InvalidClient),
        None => match (&form.client_id, &form.client_secret) {
            (Some(id), Some(secret)) => Ok((id.clone(), secret.clone())),
            _ => Err(Refusal::InvalidClient),
        },
    }
}

fn basic(value: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    scheme
        .eq_ignore_ascii_case("basic")
        .then(|| (id.to_owned(), secret.to_owned()))
}

/// All of them when none is asked for.
fn scopes(asked: Option<&str>) -> Result<BTreeSet<&'static str>, Refusal> {
    let asked: Vec<&str> = asked.unwrap_or_default().split_ascii_whitespace().collect();
    if asked.is_empty() {
        return Ok(SCOPES.into_iter().collect());
    }
    asked
        .into_iter()
        .map(|name| SCOPES.into_iter().find(|scope| *scope == name))
        .collect::<Option<_>>()
        .ok_or(Refusal::InvalidScope)
}
