//! What stands between the wire and every operation: counts, answer faults, the token.
//! Order: count, latency, error before, token, work, record, error or silence after.

use crate::bank::Bank;
use crate::faults::FaultKind;
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::tls::{Peer, Thumbprint};
use crate::tokens::TokenError;
use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::json;
use std::io;
use std::sync::Arc;
use std::time::Duration;

// The largest legal body is a charge with 50 infoAdicionais: about 13 kB of text.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;

pub(crate) async fn gate(State(bank): State<Arc<Bank>>, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let Some(operation) = matched.and_then(|m| Operation::of(request.method(), m.as_str())) else {
        return next.run(request).await;
    };
    bank.requests.received(operation);
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        let refused = too_large();
        let status = refused.status().as_u16();
        bank.requests.finished(operation, parts.uri.path(), status);
        return refused;
    };
    let request = Request::from_parts(parts, Body::from(body));
    // A task of its own: a client that hangs up does not undo what it asked for.
    let work = tokio::spawn(async move { pass(&bank, operation, request, next).await });
    work.await.unwrap_or_else(|error| {
        tracing::error!(error = %error, "bank.operation_panicked");
        Problem::new(Kind::ErroInternoDoServidor).into_response()
    })
}

async fn pass(bank: &Bank, operation: Operation, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let finished = |response: &Response| {
        let status = response.status().as_u16();
        bank.requests.finished(operation, &path, status);
    };
    let shown = thumbprint(request.extensions());
    if let Some(refused) = before(bank, operation, request.headers(), shown).await {
        finished(&refused);
        return refused;
    }
    let response = next.run(request).await;
    finished(&response);
    if response.status().is_success() || response.status().is_redirection() {
        return after(bank, operation, response).await;
    }
    response
}

/// The certificate of the connection a request came in on; none over plain HTTP.
pub(crate) fn thumbprint(extensions: &Extensions) -> Option<Thumbprint> {
    extensions.get::<ConnectInfo<Peer>>()?.0.thumbprint
}

async fn before(
    bank: &Bank,
    operation: Operation,
    headers: &HeaderMap,
    shown: Option<Thumbprint>,
) -> Option<Response> {
    let latency_ms = bank.faults.meet(operation, |kind| match kind {
        FaultKind::Latency { latency_ms } => Some(*latency_ms),
        _ => None,
    });
    if let Some(latency_ms) = latency_ms {
        tokio::time::sleep(Duration::from_millis(latency_ms)).await;
    }
    let error = bank.faults.meet(operation, |kind| match kind {
        FaultKind::ErrorBefore { status, words } => Some((*status, words.clone())),
        _ => None,
    });
    if let Some((status, words)) = error {
        return Some(match words {
            Some(words) => quoting(status, &words),
            None => broken(status),
        });
    }
    let scope = operation.scope()?;
    authorize(bank, headers, scope, shown)
        .err()
        .map(Problem::into_response)
}

async fn after(bank: &Bank, operation: Operation, response: Response) -> Response {
    let silence = bank.faults.meet(operation, |kind| match kind {
        FaultKind::TimeoutAfterSuccess { hold_ms, answer } => Some((*hold_ms, *answer)),
        _ => None,
    });
    if let Some((hold_ms, answer)) = silence {
        tokio::time::sleep(Duration::from_millis(hold_ms)).await;
        return if answer { response } else { dropped() };
    }
    let error = bank.faults.meet(operation, |kind| match kind {
        FaultKind::ErrorAfterSuccess { status } => Some(*status),
        _ => None,
    });
    error.map_or(response, broken)
}

fn authorize(
    bank: &Bank,
    headers: &HeaderMap,
    scope: &'static str,
    shown: Option<Thumbprint>,
) -> Result<(), Problem> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| Problem::unauthorized("Falta o cabeçalho Authorization: Bearer."))?;
    bank.tokens
        .allows(token, scope, bank.now_ms(), shown)
        .map_err(|error| match error {
            TokenError::Unknown => Problem::unauthorized("O token de acesso é desconhecido."),
            TokenError::Expired => Problem::unauthorized("O token de acesso expirou."),
            TokenError::OtherCertificate => {
                Problem::unauthorized("O token de acesso pertence a outro certificado.")
            }
            TokenError::Scope => Problem::new(Kind::AcessoNegado)
                .detail(format!("O token de acesso não tem o escopo {scope}.")),
        })
}

fn too_large() -> Response {
    Problem::new(Kind::RequisicaoInvalida)
        .status(StatusCode::PAYLOAD_TOO_LARGE)
        .detail("O corpo da requisição passa de 64 KiB.")
        .into_response()
}

fn broken(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = match status {
        StatusCode::SERVICE_UNAVAILABLE => Kind::ServicoIndisponivel,
        status if status.is_server_error() => Kind::ErroInternoDoServidor,
        _ => Kind::RequisicaoInvalida,
    };
    Problem::new(kind)
        .status(status)
        .detail("Falha provocada no banco de testes.")
        .into_response()
}

/// The same words wherever an error has room for words.
fn quoting(status: u16, words: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({
        "type": "https://pix.bcb.gov.br/api/v2/error/RequisicaoInvalida",
        "title": words,
        "status": status.as_u16(),
        "detail": words,
        "violacoes": [{"razao": words, "propriedade": "devedor.cpf", "valor": words}],
    });
    (status, Json(body)).into_response()
}

/// A body that fails before its first byte: hyper closes the connection with nothing sent.
fn dropped() -> Response {
    let failure: Result<Bytes, io::Error> = Err(io::Error::other("answer withheld on purpose"));
    Response::new(Body::from_stream(stream::iter([failure])))
}
