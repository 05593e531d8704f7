//! The control API of the sandbox: no part of API Pix, never delayed or broken by a fault.

use crate::api::body::JsonBody;
use crate::bank::Bank;
use crate::book::charge::{self, ChargeFilter, ChargeStatus};
use crate::book::received::{self, Received, ReceivedFilter};
use crate::book::refund::{self, Outcome, RefundStatus};
use crate::book::{self, Page, callback, ledger};
use crate::faults::{Fault, FaultError};
use crate::pay::{self, PayError, Payment};
use crate::problem::{Kind, Problem};
use crate::{clerk, control_envio, json};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rusqlite::Connection;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::money::Centavos;
use std::sync::Arc;

pub(crate) const CLOCK_SETTING: &str = "clock_advanced_ms";
const ADVANCE_MS_MAX: i64 = 10 * 366 * 24 * 60 * 60 * 1_000; // ten years reach every rule
const CALLBACKS_SHOWN_MAX: usize = 500;
const MOTIVO_CHARS_MAX: usize = 140; // API Pix: `motivo`
const EVERYTHING: Page = Page {
    current: 0,
    size: u32::MAX,
};

pub(crate) async fn health(State(bank): State<Arc<Bank>>) -> Result<Json<Value>, Problem> {
    let totals = bank.book.read(ledger::totals).await?;
    Ok(Json(
        json!({"status": "ok", "ledger_sum_centavos": totals.sum}),
    ))
}

/// The truth that tests compare with: money in centavos, every charge, Pix and devolução.
pub(crate) async fn book(State(bank): State<Arc<Bank>>) -> Result<Json<Value>, Problem> {
    Ok(Json(bank.book.read(whole_book).await?))
}

fn whole_book(db: &Connection) -> rusqlite::Result<Value> {
    let totals = ledger::totals(db)?;
    let ever = (i64::MIN, i64::MAX);
    let (_, charges) = charge::list(
        db,
        &ChargeFilter {
            from_ms: ever.0,
            to_ms: ever.1,
            ..ChargeFilter::default()
        },
        EVERYTHING,
    )?;
    let (_, found) = received::list(
        db,
        &ReceivedFilter {
            from_ms: ever.0,
            to_ms: ever.1,
            ..ReceivedFilter::default()
        },
        EVERYTHING,
    )?;
    let accounts: Vec<Value> = ledger::accounts(db)?
        .into_iter()
        .map(|(account, balance)| json!({"account": account, "balance_centavos": balance}))
        .collect();
    let cobs: Vec<Value> = charges
        .iter()
        .map(|charge| {
            json!({
                "txid": charge.txid,
                "status": charge.status.as_str(),
                "revisao": charge.revisao,
                "valor_centavos": charge.terms.valor,
                "chave": charge.terms.chave,
            })
        })
        .collect();
    Ok(json!({
        "balance_centavos": totals.balance,
        "received_centavos": totals.received,
        "refunded_centavos": totals.refunded,
        "sent_centavos": totals.sent,
        "ledger_sum_centavos": totals.sum,
        "accounts": accounts,
        "cobs": cobs,
        "pix": found.iter().map(booked_pix).collect::<Vec<_>>(),
        "envios": control_envio::booked(db)?,
    }))
}

fn booked_pix(pix: &Received) -> Value {
    let devolucoes: Vec<Value> = pix
        .devolucoes
        .iter()
        .map(|refund| {
            json!({
                "id": refund.id,
                "rtrId": refund.rtr_id,
                "valor_centavos": refund.valor,
                "natureza": refund.natureza,
                "status": refund.status.as_str(),
                "motivo": refund.motivo,
            })
        })
        .collect();
    json!({
        "e2eid": pix.e2eid,
        "txid": pix.txid,
        "chave": pix.chave,
        "valor_centavos": pix.valor,
        "horario": json::instant(pix.horario_ms),
        "devolucoes": devolucoes,
    })
}

/// The queue, newest first.
pub(crate) async fn callbacks(State(bank): State<Arc<Bank>>) -> Result<Json<Value>, Problem> {
    let rows = bank
        .book
        .read(|db| callback::newest(db, CALLBACKS_SHOWN_MAX))
        .await?;
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|row| {
            json!({
                "id": row.id,
                "url": row.url,
                "state": row.state,
                "attempts": row.attempts,
                "due": json::instant(row.due_ms),
                "body": serde_json::from_str::<Value>(&row.body).unwrap_or_default(),
            })
        })
        .collect();
    Ok(Json(json!({"callbacks": rows})))
}

pub(crate) async fn requests(State(bank): State<Arc<Bank>>) -> Json<Value> {
    Json(json!(bank.requests.snapshot()))
}

pub(crate) async fn clear_requests(State(bank): State<Arc<Bank>>) -> StatusCode {
    bank.requests.clear();
    StatusCode::NO_CONTENT
}

pub(crate) async fn faults(State(bank): State<Arc<Bank>>) -> Json<Value> {
    Json(json!({"faults": bank.faults.list()}))
}

#[derive(Deserialize)]
struct FaultList {
    faults: Vec<Fault>,
}

/// `{"faults": […]}` takes the place of all that was armed.
pub(crate) async fn replace_faults(
    State(bank): State<Arc<Bank>>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    let FaultList { faults } = typed(body)?;
    bank.faults.replace(faults).map_err(refused_fault)?;
    Ok(Json(json!({"faults": bank.faults.list()})))
}

pub(crate) async fn add_fault(
    State(bank): State<Arc<Bank>>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    bank.faults.add(typed(body)?).map_err(refused_fault)?;
    Ok((
        StatusCode::CREATED,
        Json(json!({"faults": bank.faults.list()})),
    ))
}

pub(crate) async fn clear_faults(State(bank): State<Arc<Bank>>) -> StatusCode {
    bank.faults.clear();
    StatusCode::NO_CONTENT
}

pub(crate) async fn disarm_fault(
    State(bank): State<Arc<Bank>>,
    Path(id): Path<u64>,
) -> Result<StatusCode, Problem> {
    if bank.faults.disarm(id) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Kind::NaoEncontrado).detail("no fault is armed with this id"))
    }
}

#[derive(Deserialize)]
struct PayBody {
    txid: Option<String>,
    chave: Option<String>,
    valor: Option<String>,
    #[serde(default)]
    late: bool,
}

/// Pays a charge by `txid`, or a key by `chave` and `valor` without any txid.
pub(crate) async fn pay(
    State(bank): State<Arc<Bank>>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let body: PayBody = typed(body)?;
    let valor = match body.valor.as_deref().map(Centavos::from_pix) {
        Some(Ok(valor)) if valor.is_positive() => Some(valor),
        None => None,
        Some(_) => return Err(invalid("valor must be a positive amount such as 10.00")),
    };
    let payment = match (body.txid, body.chave, valor) {
        (Some(txid), None, valor) => Payment::Charge {
            txid,
            valor,
            late: body.late,
        },
        (None, Some(chave), Some(valor)) if bank.config.owns(&chave) => {
            Payment::Key { chave, valor }
        }
        _ => return Err(invalid("send txid, or a chave of the merchant and valor")),
    };
    let pix = pay::pay(&bank, payment)
        .await
        .map_err(|error| match error {
            PayError::Unknown => Problem::new(Kind::CobNaoEncontrado),
            PayError::AlreadyPaid => conflict("the charge is paid already"),
            PayError::Removed => {
                conflict("the charge was removed; send late: true to pay it anyway")
            }
            PayError::Expired => conflict("the charge expired; send late: true to pay it anyway"),
            PayError::Book(error) => Problem::from(error),
        })?;
    let answer = json!({"e2eid": pix.e2eid, "pix": json::pix(&pix)});
    Ok((StatusCode::CREATED, Json(answer)))
}

#[derive(Deserialize)]
struct SettleBody {
    status: String,
    motivo: Option<String>,
}

/// Ends a devolução that is EM_PROCESSAMENTO, stuck or not.
pub(crate) async fn settle(
    State(bank): State<Arc<Bank>>,
    Path((e2eid, id)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    let body: SettleBody = typed(body)?;
    let motivo = body
        .motivo
        .unwrap_or_else(|| "Rejeitada pelo banco de testes".to_owned());
    if motivo.chars().count() > MOTIVO_CHARS_MAX {
        return Err(invalid("motivo has at most 140 characters"));
    }
    let outcome = match body.status.parse() {
        Ok(RefundStatus::Devolvido) => Outcome::Pay,
        Ok(RefundStatus::NaoRealizado) => Outcome::Refuse { motivo },
        _ => return Err(invalid("status must be DEVOLVIDO or NAO_REALIZADO")),
    };
    let settled = clerk::settle(&bank, e2eid.clone(), id.clone(), outcome).await?;
    let found = bank
        .book
        .read(move |db| refund::find(db, &e2eid, &id))
        .await?;
    let refund = found.ok_or_else(|| Problem::new(Kind::PixDevolucaoNaoEncontrada))?;
    if settled {
        Ok(Json(json::refund(&refund)))
    } else {
        Err(conflict("the devolução is final already"))
    }
}

/// The bank removes a charge by its own decision (REMOVIDA_PELO_PSP); no callback reports it.
pub(crate) async fn remove(
    State(bank): State<Arc<Bank>>,
    Path(txid): Path<String>,
) -> Result<StatusCode, Problem> {
    bank.book
        .write(move |db| {
            let current =
                charge::by_txid(db, &txid)?.ok_or_else(|| Problem::new(Kind::CobNaoEncontrado))?;
            if current.status != ChargeStatus::Ativa {
                return Err(conflict("only a charge that is ATIVA can be removed"));
            }
            let terms = current.terms.clone();
            charge::revise(db, current, ChargeStatus::RemovidaPeloPsp, terms)?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

pub(crate) async fn revoke_tokens(State(bank): State<Arc<Bank>>) -> StatusCode {
    bank.tokens.revoke_all();
    StatusCode::NO_CONTENT
}

pub(crate) async fn clock(State(bank): State<Arc<Bank>>) -> Json<Value> {
    Json(json!({"now": json::instant(bank.now_ms())}))
}

#[derive(Deserialize)]
struct AdvanceBody {
    advance_ms: i64,
}

/// Moves the bank's clock forward, for good: it survives a restart like the book it dates.
pub(crate) async fn advance(
    State(bank): State<Arc<Bank>>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    let AdvanceBody { advance_ms } = typed(body)?;
    if !(0..=ADVANCE_MS_MAX).contains(&advance_ms) {
        return Err(invalid(
            "advance_ms must be 0 to ten years: a bank's clock never goes back",
        ));
    }
    let total: i64 = bank
        .book
        .write(move |db| {
            let total = book::setting(db, CLOCK_SETTING)?.saturating_add(advance_ms);
            if total > ADVANCE_MS_MAX {
                return Err(invalid(
                    "the clock was advanced by ten years in all: start a new book",
                ));
            }
            book::set_setting(db, CLOCK_SETTING, total)?;
            Ok(total)
        })
        .await?;
    bank.clock.set_advanced_ms(total);
    bank.clerk_woken.notify_one();
    bank.postman_woken.notify_one();
    Ok(Json(json!({"now": json::instant(bank.now_ms())})))
}

pub(crate) fn typed<T: DeserializeOwned>(body: Value) -> Result<T, Problem> {
    serde_json::from_value(body).map_err(|error| invalid(error.to_string()))
}

fn refused_fault(error: FaultError) -> Problem {
    invalid(error.to_string())
}

pub(crate) fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(Kind::RequisicaoInvalida).detail(detail)
}

fn conflict(detail: &str) -> Problem {
    invalid(detail).status(StatusCode::CONFLICT)
}
