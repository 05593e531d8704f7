//! The customer's bank app: find a charge, pay it, see the money go and come back.

use super::{local, missing, out_of_order, page};
use crate::bank::Bank;
use crate::book::charge::{self, Charge, ChargeStatus};
use crate::book::ledger;
use crate::book::received::{self, Received};
use crate::book::refund::RefundStatus;
use crate::brcode::{self, BrCodeError};
use crate::faults::FaultKind;
use crate::operation::Operation;
use crate::pay::{self, PayError, Payment};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

const OPEN_CHARGES_MAX: usize = 10; // what a phone shows without endless scrolling
const STATEMENT_LINES_MAX: usize = 100;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    refusal: Option<&'static str>,
    codigo: String,
    charges: Vec<OpenCharge>,
}

struct OpenCharge {
    txid: String,
    payee: String,
    amount: String,
    note: String,
    until: String,
}

#[derive(Template)]
#[template(path = "charge.html")]
struct ChargePage {
    txid: String,
    payee: String,
    cnpj: String,
    city: String,
    amount: String,
    note: String,
    until: String,
    stage: Stage,
}

enum Stage {
    Open,
    Expired,
    Removed,
    Paid(Vec<Receipt>),
}

struct Receipt {
    e2eid: String,
    amount: String,
    when: String,
    refunds: Vec<RefundLine>,
}

struct RefundLine {
    amount: String,
    state: &'static str,
    motivo: String,
}

#[derive(Template)]
#[template(path = "statement.html")]
struct StatementPage {
    lines: Vec<StatementLine>,
}

struct StatementLine {
    incoming: bool,
    what: &'static str,
    payee: String,
    amount: String,
    when: String,
    txid: Option<String>,
    e2eid: String,
}

pub(crate) async fn home(State(bank): State<Arc<Bank>>) -> Response {
    home_page(&bank, StatusCode::OK, None, String::new()).await
}

async fn home_page(
    bank: &Bank,
    status: StatusCode,
    refusal: Option<&'static str>,
    codigo: String,
) -> Response {
    let now_ms = bank.now_ms();
    let open = bank
        .book
        .read(move |db| charge::newest_open(db, now_ms, OPEN_CHARGES_MAX))
        .await;
    let charges = match open {
        Ok(charges) => charges,
        Err(error) => return out_of_order(&error),
    };
    let charges = charges
        .into_iter()
        .map(|charge| OpenCharge {
            payee: bank.config.payee_name.as_str().to_owned(),
            amount: charge.terms.valor.to_string(),
            until: local(charge.expires_ms()),
            note: charge.terms.solicitacao_pagador.unwrap_or_default(),
            txid: charge.txid,
        })
        .collect();
    let template = HomePage {
        refusal,
        codigo,
        charges,
    };
    page(status, &template)
}

#[derive(Deserialize)]
pub(crate) struct Pasted {
    #[serde(default)]
    codigo: String,
}

/// Reads a copia-e-cola as a payer's bank does: checksum first, then whose it is.
pub(crate) async fn by_code(
    State(bank): State<Arc<Bank>>,
    Query(pasted): Query<Pasted>,
) -> Response {
    let refusal = match brcode::location_of(&pasted.codigo) {
        Ok(location) => match bank.token_of(&location).map(str::to_owned) {
            Some(token) => {
                let found = bank.book.read(move |db| charge::by_token(db, &token)).await;
                match found {
                    Ok(Some(charge)) => return to_charge(&charge.txid),
                    Ok(None) => "Esta cobrança não existe neste banco.",
                    Err(error) => return out_of_order(&error),
                }
            }
            None => {
                "Este código é de outro banco. O banco de testes só paga as próprias cobranças."
            }
        },
        Err(BrCodeError::TooLong | BrCodeError::Malformed) => {
            "Isto não parece um código Pix. Copie o código inteiro e cole de novo."
        }
        Err(BrCodeError::WrongCrc) => {
            "O código está incompleto ou alterado. Copie o código inteiro e cole de novo."
        }
        Err(BrCodeError::NotPix) => "Este código de pagamento não é Pix.",
        Err(BrCodeError::Static) => "Este código não traz uma cobrança (é um código estático).",
    };
    home_page(
        &bank,
        StatusCode::UNPROCESSABLE_ENTITY,
        Some(refusal),
        pasted.codigo,
    )
    .await
}

pub(crate) async fn charge(State(bank): State<Arc<Bank>>, Path(txid): Path<String>) -> Response {
    let found: rusqlite::Result<Option<(Charge, Vec<Received>)>> = bank
        .book
        .read(move |db| {
            let Some(charge) = charge::by_txid(db, &txid)? else {
                return Ok(None);
            };
            let received = received::by_txid(db, &charge.txid)?;
            Ok(Some((charge, received)))
        })
        .await;
    match found {
        Ok(Some((charge, received))) => {
            page(StatusCode::OK, &charge_page(&bank, charge, &received))
        }
        Ok(None) => missing(
            StatusCode::NOT_FOUND,
            "Esta cobrança não existe neste banco.",
        ),
        Err(error) => out_of_order(&error),
    }
}

fn charge_page(bank: &Bank, charge: Charge, received: &[Received]) -> ChargePage {
    let stage = match charge.status {
        _ if !received.is_empty() => Stage::Paid(received.iter().map(receipt).collect()),
        ChargeStatus::RemovidaPeloUsuarioRecebedor | ChargeStatus::RemovidaPeloPsp => {
            Stage::Removed
        }
        _ if charge.is_expired(bank.now_ms()) => Stage::Expired,
        _ => Stage::Open,
    };
    ChargePage {
        payee: bank.config.payee_name.as_str().to_owned(),
        cnpj: bank.config.cnpj.formatted(),
        city: bank.config.payee_city.as_str().to_owned(),
        amount: charge.terms.valor.to_string(),
        until: local(charge.expires_ms()),
        note: charge.terms.solicitacao_pagador.unwrap_or_default(),
        txid: charge.txid,
        stage,
    }
}

fn receipt(pix: &Received) -> Receipt {
    Receipt {
        e2eid: pix.e2eid.clone(),
        amount: pix.valor.to_string(),
        when: local(pix.horario_ms),
        refunds: pix
            .devolucoes
            .iter()
            .map(|refund| RefundLine {
                amount: refund.valor.to_string(),
                state: match refund.status {
                    RefundStatus::EmProcessamento => "em processamento",
                    RefundStatus::Devolvido => "devolvido",
                    RefundStatus::NaoRealizado => "não realizado",
                },
                motivo: refund.motivo.clone().unwrap_or_default(),
            })
            .collect(),
    }
}

/// Paying twice shows the first receipt: the answer to a repeated tap is the same page.
pub(crate) async fn pay(State(bank): State<Arc<Bank>>, Path(txid): Path<String>) -> Response {
    let payment = |late| Payment::Charge {
        txid: txid.clone(),
        valor: None,
        late,
    };
    let mut paid = pay::pay(&bank, payment(false)).await;
    if matches!(paid, Err(PayError::Expired | PayError::Removed)) {
        let late = bank.faults.meet(Operation::Pay, |kind| {
            matches!(kind, FaultKind::PayLate).then_some(())
        });
        if late.is_some() {
            paid = pay::pay(&bank, payment(true)).await;
        }
    }
    match paid {
        Ok(_) | Err(PayError::AlreadyPaid | PayError::Removed | PayError::Expired) => {
            to_charge(&txid)
        }
        Err(PayError::Unknown) => missing(
            StatusCode::NOT_FOUND,
            "Esta cobrança não existe neste banco.",
        ),
        Err(PayError::Book(error)) => out_of_order(&error),
    }
}

pub(crate) async fn statement(State(bank): State<Arc<Bank>>) -> Response {
    let lines = bank
        .book
        .read(|db| ledger::customer_statement(db, STATEMENT_LINES_MAX))
        .await;
    let lines = match lines {
        Ok(lines) => lines,
        Err(error) => return out_of_order(&error),
    };
    let payee = bank.config.payee_name.as_str();
    let lines = lines
        .into_iter()
        .map(|line| {
            let incoming = line.amount.is_positive();
            StatementLine {
                incoming,
                what: if incoming {
                    "Devolução recebida"
                } else {
                    "Pix enviado"
                },
                payee: payee.to_owned(),
                amount: line.amount.to_string(),
                when: local(line.at_ms),
                txid: line.txid,
                e2eid: line.e2eid,
            }
        })
        .collect();
    page(StatusCode::OK, &StatementPage { lines })
}

fn to_charge(txid: &str) -> Response {
    Redirect::to(&format!("/app/cob/{txid}")).into_response()
}
