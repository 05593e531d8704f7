//! What a bank's front does before and after the standard: its own paths in, its own words out.

use crate::bank::Bank;
use crate::problem::{Kind, Problem};
use crate::profile::{Meaning, Profile, Words};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header, uri::PathAndQuery};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

const STANDARD_TOKEN_PATH: &str = "/oauth/token";

pub(crate) async fn translate(
    State(bank): State<Arc<Bank>>,
    mut request: Request,
    next: Next,
) -> Response {
    let profile = bank.config.profile;
    if profile == Profile::Standard {
        return next.run(request).await;
    }
    match profile.meaning(request.uri().path()) {
        Meaning::Else => return next.run(request).await,
        Meaning::Nowhere => return nowhere(profile),
        Meaning::Api(path) => {
            if path != STANDARD_TOKEN_PATH
                && let Some(refused) = undemanded(profile, &request)
            {
                return refused;
            }
            match moved(request.uri(), &path) {
                Some(uri) => *request.uri_mut() = uri,
                None => return nowhere(profile),
            }
        }
    }
    let registers =
        request.method() == Method::PUT && request.uri().path().starts_with("/v2/webhook/");
    let mut response = next.run(request).await;
    if registers && profile == Profile::Inter && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => worded(profile.words(), &problem, response),
        None => response,
    }
}

fn moved(uri: &Uri, path: &str) -> Option<Uri> {
    let with_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(with_query).ok()?);
    Uri::from_parts(parts).ok()
}

/// The refusal of a request that lacks what this bank wants of every one.
fn undemanded(profile: Profile, request: &Request) -> Option<Response> {
    let names = profile.demands();
    let name = names.first()?;
    let in_header = |name: &&str| {
        let value = request.headers().get(*name);
        value.is_some_and(|value| !value.is_empty())
    };
    let query = match profile {
        Profile::BancoDoBrasil => request.uri().query().unwrap_or_default(),
        _ => "",
    };
    let in_query = query.split('&').any(|pair| {
        pair.split_once('=')
            .is_some_and(|(key, value)| names.contains(&key) && !value.is_empty())
    });
    if in_query || names.iter().any(in_header) {
        return None;
    }
    let problem = Problem::new(Kind::RequisicaoInvalida).detail(format!("Falta {name}."));
    Some(match profile {
        Profile::BancoDoBrasil => gateway(StatusCode::UNAUTHORIZED, "Falta gw-dev-app-key."),
        _ => problem.into_response(),
    })
}

/// What stands in front of a bank and knows no such path.
fn nowhere(profile: Profile) -> Response {
    match profile {
        Profile::BancoDoBrasil | Profile::Inter => {
            gateway(StatusCode::NOT_FOUND, "Recurso inexistente.")
        }
        _ => {
            let page = "<html><head><title>404 Not Found</title></head><body>nginx</body></html>";
            (StatusCode::NOT_FOUND, Html(page)).into_response()
        }
    }
}

fn gateway(status: StatusCode, message: &str) -> Response {
    let body = json!({
        "statusCode": status.as_u16(),
        "error": status.canonical_reason(),
        "message": message,
    });
    (status, Json(body)).into_response()
}

fn worded(words: Words, problem: &Problem, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let said = match words {
        Words::Problem => return Response::from_parts(parts, body),
        Words::StatusAsText => {
            let mut said = problem.json();
            said["status"] = json!(problem.http_status().as_str());
            said
        }
        Words::NameAndMessage => json!({"nome": problem.name(), "mensagem": problem.message()}),
        Words::List => json!({"erros": [{
            "codigo": problem.name(),
            "versao": "1",
            "mensagem": problem.message(),
        }]}),
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    let json = HeaderValue::from_static("application/json");
    parts.headers.insert(header::CONTENT_TYPE, json);
    Response::from_parts(parts, axum::body::Body::from(said.to_string()))
}
