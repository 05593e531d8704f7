//! How one request fares, by the fault of its journey and by how often it was made before.

use crate::matrix::Fault;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A lost or broken exchange is met again this often, then the line is sound.
const TIMES: u32 = 2;

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operation {
    ChargePut(String),
    ChargeGet(String),
    ChargePatch(String),
    PixGet(String),
    RefundPut(String),
    RefundGet(String),
    /// Tokens, lists, the webhook.
    Other,
}

impl Operation {
    pub(super) fn of(method: &Method, path: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let id = |text: &str| text.to_owned();
        match (method.as_str(), parts.as_slice()) {
            ("PUT", ["v2", "cob", txid]) => Self::ChargePut(id(txid)),
            ("GET", ["v2", "cob", txid]) => Self::ChargeGet(id(txid)),
            ("PATCH", ["v2", "cob", txid]) => Self::ChargePatch(id(txid)),
            ("GET", ["v2", "pix", e2eid]) => Self::PixGet(id(e2eid)),
            ("PUT", ["v2", "pix", e2eid, "devolucao", _]) => Self::RefundPut(id(e2eid)),
            ("GET", ["v2", "pix", e2eid, "devolucao", _]) => Self::RefundGet(id(e2eid)),
            _ => Self::Other,
        }
    }

    /// The txid or end-to-end id; empty for what is of no journey.
    pub(super) fn id(&self) -> &str {
        match self {
            Self::ChargePut(id)
            | Self::ChargeGet(id)
            | Self::ChargePatch(id)
            | Self::PixGet(id)
            | Self::RefundPut(id)
            | Self::RefundGet(id) => id,
            Self::Other => "",
        }
    }

    pub(super) fn is_of_a_journey(&self) -> bool {
        *self != Self::Other
    }

    fn changes_something(&self) -> bool {
        matches!(
            self,
            Self::ChargePut(_) | Self::ChargePatch(_) | Self::RefundPut(_)
        )
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meddling {
    Pass,
    LoseRequest,
    Refuse(u16),
    HtmlInstead,
    /// The bank does not show what it has.
    Absent,
    /// The bank is told to treat just this devolução so.
    Treat(Value),
    LoseAnswer,
    HoldAnswer,
    Delay,
    AnswerInstead(u16),
    HtmlAfter,
    EmptyAfter,
    ShowOlder,
}

pub(super) fn meddling(fault: Fault, operation: &Operation, made: u32) -> Meddling {
    let is_put = matches!(operation, Operation::RefundPut(_));
    let is_get = matches!(operation, Operation::RefundGet(_));
    let early = made < TIMES;
    match fault {
        _ if !operation.is_of_a_journey() => Meddling::Pass,
        Fault::LostBefore if early => Meddling::LoseRequest,
        Fault::LostAfter if early => Meddling::LoseAnswer,
        Fault::Silent if is_put && made == 0 => Meddling::HoldAnswer,
        Fault::ErrorBefore if early => Meddling::Refuse(503),
        Fault::ErrorAfter if early => Meddling::AnswerInstead(500),
        Fault::TooMany if early => Meddling::Refuse(429),
        Fault::Html if made == 0 && operation.changes_something() => Meddling::HtmlAfter,
        Fault::Html if early => Meddling::HtmlInstead,
        Fault::EmptyAnswer if early => Meddling::EmptyAfter,
        Fault::Slow => Meddling::Delay,
        Fault::Duplicate if is_put && made == 0 => Meddling::LoseAnswer,
        Fault::Duplicate if is_get && early => Meddling::Absent,
        Fault::Processing | Fault::ProcessingRefused if is_put && made == 0 => {
            treat(json!({"kind": "devolucao_stuck"}))
        }
        Fault::Refused if is_put && made == 0 => treat(refused("Rejeitada pelo banco do pagador")),
        Fault::NoBalance if is_put && made == 0 => treat(json!({"kind": "balance_empty"})),
        Fault::AccountGone if is_put => treat(refused("Conta encerrada (AC07)")),
        Fault::Med if is_put => treat(json!({"kind": "infraction_open", "e2eid": operation.id()})),
        Fault::StaleReads => stale(operation, made),
        _ => Meddling::Pass,
    }
}

fn stale(operation: &Operation, made: u32) -> Meddling {
    match operation {
        Operation::ChargeGet(_) if made < 3 => Meddling::ShowOlder,
        Operation::PixGet(_) | Operation::RefundGet(_) if made == 0 => Meddling::Absent,
        Operation::RefundPut(_) if made == 0 => Meddling::LoseAnswer,
        _ => Meddling::Pass,
    }
}

fn treat(mut fault: Value) -> Meddling {
    fault["operation"] = json!("devolucao.put");
    fault["times"] = json!(1);
    Meddling::Treat(fault)
}

fn refused(motivo: &str) -> Value {
    json!({"kind": "devolucao_refused", "motivo": motivo})
}

/// The bank's own words for what it does not know.
pub(super) fn absent(operation: &Operation) -> Response {
    let kind = match operation {
        Operation::RefundGet(_) | Operation::RefundPut(_) => "PixDevolucaoNaoEncontrada",
        Operation::PixGet(_) => "PixNaoEncontrado",
        _ => "CobNaoEncontrado",
    };
    let problem = json!({
        "type": format!("https://pix.bcb.gov.br/api/v2/error/{kind}"),
        "title": "Não encontrado.", "status": 404,
    });
    let mut response = (StatusCode::NOT_FOUND, problem.to_string()).into_response();
    let kind = header::HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
