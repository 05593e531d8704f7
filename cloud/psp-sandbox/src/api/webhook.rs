//! `/v2/webhook`: where callbacks go. Real banks demand HTTPS with client certificates; this one
//! also takes plain HTTP, on loopback only.

use super::body::JsonBody;
use super::query::{Parameters, Reader};
use crate::bank::Bank;
use crate::book::webhook;
use crate::json;
use crate::problem::{Kind, Problem, Rule, Violation};
use crate::profile::Profile;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use reqwest::Url;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;

const URL_BYTES_MAX: usize = 1_000; // the standard names none; longer ones break proxies

/// In the order in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WebhookRule {
    ChaveNotOurs,
    UrlAbsent,
    Url,
    UrlNotSafe,
    DoorOpen,
    DoorShut,
}

impl Rule for WebhookRule {
    #[rustfmt::skip]
    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::ChaveNotOurs => ("chave", "A chave não pertence a este usuário recebedor."),
            Self::UrlAbsent => ("webhook.webhookUrl", "O campo webhookUrl é obrigatório."),
            Self::Url => ("webhook.webhookUrl", "Deve ser uma URL de até 1000 caracteres, sem usuário nem fragmento."),
            Self::UrlNotSafe => ("webhook.webhookUrl", "Deve usar https; http só é aceito para a própria máquina."),
            Self::DoorOpen => ("webhook.webhookUrl", "A URL respondeu a um pedido sem certificado de cliente."),
            Self::DoorShut => ("webhook.webhookUrl", "A URL não respondeu 2xx ao certificado deste banco."),
        }
    }
}

pub(crate) async fn put(
    State(bank): State<Arc<Bank>>,
    Path(chave): Path<String>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, Problem> {
    let mut broken = Vec::new();
    if !bank.config.owns(&chave) {
        broken.push(WebhookRule::ChaveNotOurs.of(&chave));
    }
    let url = match callback_url(&body) {
        Ok(url) => Some(url),
        Err(violation) => {
            broken.push(violation);
            None
        }
    };
    let Some(url) = url.filter(|_| broken.is_empty()) else {
        return Err(Problem::violated(Kind::WebhookOperacaoInvalida, broken));
    };
    if bank.config.profile == Profile::Efi && url.starts_with("https:") {
        let broken = try_door(&bank, &url, &headers).await.into_iter().collect();
        Problem::unless_empty(Kind::WebhookOperacaoInvalida, broken)?;
    }
    let now_ms = bank.now_ms();
    bank.book
        .write(move |db| webhook::put(db, &chave, &url, now_ms))
        .await?;
    Ok(StatusCode::OK)
}

/// Efí calls twice before it registers an address: without a certificate, which must fail unless it
/// was asked to skip that, and with its own, which must not.
async fn try_door(bank: &Bank, url: &str, headers: &HeaderMap) -> Option<Violation> {
    let skips = headers
        .get("x-skip-mtls-checking")
        .is_some_and(|value| value == "true");
    let answers = async |client: &reqwest::Client| {
        let sent = client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .body(r#"{"evento": "teste_webhook"}"#)
            .send()
            .await;
        sent.is_ok_and(|answer| answer.status().is_success())
    };
    if !skips && answers(&bank.http_bare).await {
        return Some(WebhookRule::DoorOpen.absent());
    }
    let opens = answers(&bank.http).await;
    (!opens).then(|| WebhookRule::DoorShut.absent())
}

/// Kept as it was given: `/pix` is appended to the text, so a trailing slash becomes `//pix`.
fn callback_url(body: &Value) -> Result<String, Violation> {
    let text = body
        .get("webhookUrl")
        .ok_or_else(|| WebhookRule::UrlAbsent.absent())?;
    let text = text.as_str().ok_or_else(|| WebhookRule::Url.of(text))?;
    let url = Url::parse(text).map_err(|_| WebhookRule::Url.of(text))?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if text.len() > URL_BYTES_MAX || !plain || url.host_str().is_none() {
        return Err(WebhookRule::Url.absent());
    }
    match url.scheme() {
        "https" => Ok(text.to_owned()),
        "http" if is_loopback(&url) => Ok(text.to_owned()),
        _ => Err(WebhookRule::UrlNotSafe.of(text)),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

pub(crate) async fn get(
    State(bank): State<Arc<Bank>>,
    Path(chave): Path<String>,
) -> Result<Json<Value>, Problem> {
    let found = bank.book.read(move |db| webhook::get(db, &chave)).await?;
    let webhook = found.ok_or_else(|| Problem::new(Kind::WebhookNaoEncontrado))?;
    Ok(Json(json::webhook(&bank, &webhook)))
}

pub(crate) async fn delete(
    State(bank): State<Arc<Bank>>,
    Path(chave): Path<String>,
) -> Result<StatusCode, Problem> {
    if bank
        .book
        .write(move |db| webhook::delete(db, &chave))
        .await?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Kind::WebhookNaoEncontrado))
    }
}

pub(crate) async fn list(
    State(bank): State<Arc<Bank>>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Value>, Problem> {
    let mut reader = Reader::new(parameters);
    let span = reader.open_span();
    let page = reader.page();
    Problem::unless_empty(Kind::WebhookConsultaInvalida, reader.broken)?;
    let (total, found) = bank
        .book
        .read(move |db| webhook::list(db, span.from_ms, span.to_ms, page))
        .await?;
    let webhooks: Vec<Value> = found.iter().map(|w| json::webhook(&bank, w)).collect();
    Ok(Json(json!({
        "parametros": json::parameters(reader.echoed, page, total),
        "webhooks": webhooks,
    })))
}
