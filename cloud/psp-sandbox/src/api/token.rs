//! `POST /oauth/token`: OAuth2 client credentials, with the errors of RFC 6749.

use crate::bank::Bank;
use crate::gate;
use crate::profile::{Profile, TokenPlace};
use crate::tls::Thumbprint;
use crate::tokens::SCOPES;
use axum::Json;
use axum::extract::{Form, FromRequest as _, Request, State};
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
                "known scopes: cob.read cob.write pix.read pix.write webhook.read webhook.write pix.send gn.pix.send.read gn.balance.read",
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

pub(crate) async fn post(State(bank): State<Arc<Bank>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let shown = gate::thumbprint(request.extensions());
    let form = if bank.config.profile.token_is_json() {
        let read = Json::<TokenForm>::from_request(request, &()).await;
        read.map(|Json(form)| form).map_err(|_| NOT_JSON)
    } else {
        let read = Form::<TokenForm>::from_request(request, &()).await;
        read.map(|Form(form)| form).map_err(|_| NOT_A_FORM)
    };
    form.and_then(|form| grant(&bank, &headers, &form, shown))
        .map_or_else(IntoResponse::into_response, |body| {
            Json(body).into_response()
        })
}

const NOT_JSON: Refusal = Refusal::InvalidRequest("the body must be application/json");
const NOT_A_FORM: Refusal =
    Refusal::InvalidRequest("the body must be application/x-www-form-urlencoded");

fn grant(
    bank: &Bank,
    headers: &HeaderMap,
    form: &TokenForm,
    shown: Option<Thumbprint>,
) -> Result<Value, Refusal> {
    let profile = bank.config.profile;
    let (id, secret) = credentials(profile.token_place(), headers, form)?;
    let known = id == bank.config.client_id.as_str();
    if !known || secret != bank.config.client_secret.as_str() {
        return Err(Refusal::InvalidClient);
    }
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(Refusal::UnsupportedGrantType),
        None => return Err(Refusal::InvalidRequest("grant_type is missing")),
    }
    let scopes = scopes(profile, form.scope.as_deref())?;
    let granted = scopes.iter().copied().collect::<Vec<_>>().join(" ");
    let life_seconds = bank.config.token_seconds;
    let token = bank
        .tokens
        .grant(scopes, life_seconds, bank.now_ms(), shown);
    Ok(json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": life_seconds,
        "scope": granted,
    }))
}

/// From the Basic header or the form, never both (RFC 6749 §2.3).
fn credentials(
    place: TokenPlace,
    headers: &HeaderMap,
    form: &TokenForm,
) -> Result<(String, String), Refusal> {
    let in_form = form.client_id.is_some() || form.client_secret.is_some();
    let in_header = headers.contains_key(header::AUTHORIZATION);
    let misplaced = match place {
        TokenPlace::Either => false,
        TokenPlace::Header => in_form,
        TokenPlace::Body => in_header,
    };
    if misplaced {
        return Err(Refusal::InvalidClient);
    }
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

/// All of them when none is asked for. Efí takes no list; Inter wants one; Sicredi leaves out what it
/// does not grant and says so nowhere but in the list it answers.
fn scopes(profile: Profile, asked: Option<&str>) -> Result<BTreeSet<&'static str>, Refusal> {
    let asked: Vec<&str> = asked.unwrap_or_default().split_ascii_whitespace().collect();
    let known = |name: &str| SCOPES.into_iter().find(|scope| *scope == name);
    match profile {
        Profile::Efi => Ok(SCOPES.into_iter().collect()),
        Profile::Inter if asked.is_empty() => Err(Refusal::InvalidRequest("scope is missing")),
        _ if asked.is_empty() => Ok(SCOPES.into_iter().collect()),
        Profile::Sicredi => Ok(asked.into_iter().filter_map(known).collect()),
        _ => asked
            .into_iter()
            .map(known)
            .collect::<Option<_>>()
            .ok_or(Refusal::InvalidScope),
    }
}
