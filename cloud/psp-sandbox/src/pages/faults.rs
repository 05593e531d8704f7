//! The desk where faults are armed by hand.

use super::{missing, page};
use crate::bank::Bank;
use crate::faults::{Fault, FaultKind};
use crate::operation::Operation;
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

const STATUS_AFTER: u16 = 500;
const STATUS_BEFORE: u16 = 503;

/// The kinds of the form: value, label, and what its number means.
const KINDS: [(&str, &str); 18] = [
    ("latency", "Demora antes de responder (ms)"),
    (
        "error_before",
        "Erro 503 sem fazer o trabalho (número: outro status)",
    ),
    (
        "error_after_success",
        "Faz o trabalho e responde erro 500 (número: outro status)",
    ),
    (
        "timeout_after_success",
        "Faz o trabalho, segura (ms) e derruba a conexão",
    ),
    ("callback_early", "Callback antes da resposta"),
    ("callback_late", "Callback atrasado (ms)"),
    ("callback_repeat", "Callback repetido (quantas vezes)"),
    ("callback_shuffle", "Callback fora de ordem"),
    ("callback_never", "Callback perdido"),
    ("devolucao_stuck", "Devolução parada em processamento"),
    ("devolucao_refused", "Devolução recusada (depois de ms)"),
    ("envio_stuck", "Envio parado em processamento"),
    ("envio_refused", "Envio recusado (depois de ms)"),
    ("balance_empty", "Conta do recebedor sem saldo"),
    ("infraction_open", "Infração (MED) aberta: não devolve"),
    ("window_over", "Prazo da devolução terminado: não devolve"),
    (
        "above_value",
        "Devolução acima do valor do Pix: não devolve",
    ),
    ("pay_late", "Pagamento liquida depois do prazo"),
];

#[derive(Template)]
#[template(path = "faults.html")]
struct FaultsPage {
    refusal: Option<String>,
    armed: Vec<ArmedLine>,
    kinds: &'static [(&'static str, &'static str)],
    operations: Vec<&'static str>,
}

struct ArmedLine {
    id: u64,
    label: String,
    operation: &'static str,
    left: String,
    hits: u64,
}

pub(crate) async fn show(State(bank): State<Arc<Bank>>) -> Response {
    faults_page(&bank, StatusCode::OK, None)
}

#[derive(Deserialize)]
pub(crate) struct FaultForm {
    kind: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    operation: String,
    #[serde(default)]
    times: String,
}

pub(crate) async fn add(State(bank): State<Arc<Bank>>, Form(form): Form<FaultForm>) -> Response {
    let armed =
        read(&form).and_then(|fault| bank.faults.add(fault).map_err(|error| error.to_string()));
    match armed {
        Ok(()) => Redirect::to("/faults").into_response(),
        Err(refusal) => faults_page(&bank, StatusCode::UNPROCESSABLE_ENTITY, Some(refusal)),
    }
}

pub(crate) async fn clear(State(bank): State<Arc<Bank>>) -> Response {
    bank.faults.clear();
    Redirect::to("/faults").into_response()
}

pub(crate) async fn disarm(State(bank): State<Arc<Bank>>, Path(id): Path<u64>) -> Response {
    if bank.faults.disarm(id) {
        Redirect::to("/faults").into_response()
    } else {
        missing(StatusCode::NOT_FOUND, "Esta falha já não está armada.")
    }
}

fn read(form: &FaultForm) -> Result<Fault, String> {
    let number: Option<u32> = optional(&form.number, "O número")?;
    let times = optional(&form.times, "Quantas vezes")?;
    let needed = || number.ok_or_else(|| "Preencha o número para esta falha.".to_owned());
    let status = |default: u16| match number {
        None => Ok(default),
        Some(number) => u16::try_from(number).map_err(|_| "O status vai de 400 a 599.".to_owned()),
    };
    let kind = match form.kind.as_str() {
        "latency" => FaultKind::Latency {
            latency_ms: needed()?.into(),
        },
        "error_before" => FaultKind::ErrorBefore {
            status: status(STATUS_BEFORE)?,
            words: None,
        },
        "error_after_success" => FaultKind::ErrorAfterSuccess {
            status: status(STATUS_AFTER)?,
        },
        "timeout_after_success" => FaultKind::TimeoutAfterSuccess {
            hold_ms: needed()?.into(),
            answer: false,
        },
        "callback_early" => FaultKind::CallbackEarly,
        "callback_late" => FaultKind::CallbackLate {
            late_ms: needed()?.into(),
        },
        "callback_repeat" => FaultKind::CallbackRepeat { count: needed()? },
        "callback_shuffle" => FaultKind::CallbackShuffle,
        "callback_never" => FaultKind::CallbackNever,
        "devolucao_stuck" => FaultKind::DevolucaoStuck,
        "devolucao_refused" => FaultKind::DevolucaoRefused {
            motivo: "Devolução rejeitada pelo banco do pagador (AC03)".to_owned(),
            after_ms: number.unwrap_or(0).into(),
        },
        "envio_stuck" => FaultKind::EnvioStuck,
        "envio_refused" => FaultKind::EnvioRefused {
            motivo: "Conta do recebedor encerrada (AC07)".to_owned(),
            after_ms: number.unwrap_or(0).into(),
        },
        "balance_empty" => FaultKind::BalanceEmpty,
        "infraction_open" => FaultKind::InfractionOpen { e2eid: None },
        "window_over" => FaultKind::WindowOver,
        "above_value" => FaultKind::AboveValue,
        "pay_late" => FaultKind::PayLate,
        _ => return Err("Escolha uma falha da lista.".to_owned()),
    };
    let operation = Operation::ALL
        .into_iter()
        .find(|operation| operation.name() == form.operation);
    if operation.is_none() && !form.operation.is_empty() {
        return Err("Escolha uma operação da lista.".to_owned());
    }
    Ok(Fault {
        kind,
        operation,
        times,
    })
}

fn optional(text: &str, what: &str) -> Result<Option<u32>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse();
    number
        .map(Some)
        .map_err(|_| format!("{what}: escreva um inteiro."))
}

fn faults_page(bank: &Bank, status: StatusCode, refusal: Option<String>) -> Response {
    let armed = bank
        .faults
        .list()
        .into_iter()
        .map(|armed| ArmedLine {
            id: armed.id,
            label: label(&armed.fault.kind),
            operation: armed.fault.operation.map_or("todas", Operation::name),
            left: armed
                .fault
                .times
                .map_or("sempre".to_owned(), |times| times.to_string()),
            hits: armed.hits,
        })
        .collect();
    let template = FaultsPage {
        refusal,
        armed,
        kinds: &KINDS,
        operations: Operation::ALL.into_iter().map(Operation::name).collect(),
    };
    page(status, &template)
}

fn label(kind: &FaultKind) -> String {
    let value = serde_json::to_value(kind).expect("a fault is plain data");
    let name = value["kind"].as_str().unwrap_or_default();
    let label = KINDS.iter().find(|(known, _)| *known == name);
    let label = label.map_or(name, |(_, label)| label);
    let numbers: Vec<String> = [
        "latency_ms",
        "hold_ms",
        "late_ms",
        "after_ms",
        "count",
        "status",
    ]
    .into_iter()
    .filter_map(|field| Some(format!("{field} = {}", value.get(field)?)))
    .collect();
    if numbers.is_empty() {
        label.to_owned()
    } else {
        format!("{label}: {}", numbers.join(", "))
    }
}
