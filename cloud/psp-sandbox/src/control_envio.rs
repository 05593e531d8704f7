//! The control API's calls about what the merchant sends.

use crate::api::body::JsonBody;
use crate::api::envio as api;
use crate::bank::Bank;
use crate::book::envio::{self, EnvioStatus, Returned};
use crate::book::{self, Page};
use crate::control::{invalid, typed};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::{clerk, directory, json, random};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::document::{Cnpj, Cpf};
use shared::money::Centavos;
use shared::pix_key::PixKey;
use std::sync::Arc;

#[derive(Deserialize)]
struct SettleBody {
    status: String,
    motivo: Option<String>,
}

/// Ends a send that is EM_PROCESSAMENTO, stuck or not.
pub(crate) async fn settle(
    State(bank): State<Arc<Bank>>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    let body: SettleBody = typed(body)?;
    let refusal = match body.status.parse() {
        Ok(EnvioStatus::Realizado) => None,
        Ok(EnvioStatus::NaoRealizado) => Some(
            body.motivo
                .unwrap_or_else(|| "Rejeitado pelo banco de testes".to_owned()),
        ),
        _ => return Err(invalid("status must be REALIZADO or NAO_REALIZADO")),
    };
    let settled = clerk::settle_envio(&bank, id.clone(), refusal).await?;
    let found = bank.book.read(move |db| envio::find(db, &id)).await?;
    let sent = found.ok_or_else(|| Problem::new(Kind::EnvioNaoEncontrado))?;
    if settled {
        Ok(Json(json::envio(&sent)))
    } else {
        Err(invalid("the send is final already").status(StatusCode::CONFLICT))
    }
}

#[derive(Deserialize)]
struct ReturnBody {
    valor: String,
}

/// `{"valor": "2.00"}`: the receiving bank sends a part of a settled send back.
pub(crate) async fn give_back(
    State(bank): State<Arc<Bank>>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let body: ReturnBody = typed(body)?;
    let valor = Centavos::from_pix(&body.valor).ok();
    let valor = valor.filter(|valor| valor.is_positive());
    let valor = valor.ok_or_else(|| invalid("valor must be a positive amount such as 2.00"))?;
    let now_ms = bank.now_ms();
    let returned = Returned {
        rtr_id: random::transaction_id('D', bank.config.ispb.as_str(), now_ms),
        valor,
        horario_ms: now_ms,
    };
    let delivery = bank.delivery(Operation::CallbackEnvio);
    let sent = bank
        .book
        .write(move |db| api::give_back(db, &id, &returned, delivery))
        .await?;
    bank.postman_woken.notify_one();
    Ok((StatusCode::CREATED, Json(json::envio(&sent))))
}

#[derive(Deserialize)]
struct OwnerBody {
    chave: String,
    /// A CPF or CNPJ; null: the directory has no such key.
    documento: Option<String>,
}

/// Says whose a key is, whatever the rule says.
pub(crate) async fn own_key(
    State(bank): State<Arc<Bank>>,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, Problem> {
    let body: OwnerBody = typed(body)?;
    let key: PixKey = body.chave.parse().map_err(|_| invalid("no such Pix key"))?;
    let known = |text: &String| text.parse::<Cpf>().is_ok() || text.parse::<Cnpj>().is_ok();
    if !body.documento.as_ref().is_none_or(known) {
        return Err(invalid("documento is a CPF, a CNPJ or null"));
    }
    bank.book
        .write(move |db| envio::set_owner(db, key.as_str(), body.documento.as_deref()))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct LimitsBody {
    fichas: Option<i64>,
    dia_centavos: Option<i64>,
}

/// Sets the directory's look-ups that are left, and what a day's sends may sum to.
pub(crate) async fn set_limits(
    State(bank): State<Arc<Bank>>,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, Problem> {
    let body: LimitsBody = typed(body)?;
    let tokens = body.fichas.unwrap_or(0);
    if !(0..=directory::TOKENS_MAX).contains(&tokens) || body.dia_centavos.is_some_and(|c| c < 1) {
        return Err(invalid("fichas is 0 to 1000, dia_centavos at least 1"));
    }
    let now_ms = bank.now_ms();
    bank.book
        .write(move |db| -> rusqlite::Result<()> {
            if body.fichas.is_some() {
                directory::set_tokens(db, tokens, now_ms)?;
            }
            match body.dia_centavos {
                Some(centavos) => book::set_setting(db, api::DAY_MAX_SETTING, centavos),
                None => Ok(()),
            }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn limits(State(bank): State<Arc<Bank>>) -> Result<Json<Value>, Problem> {
    let now_ms = bank.now_ms();
    let tokens = bank
        .book
        .read(move |db| directory::tokens(db, now_ms))
        .await?;
    Ok(Json(json!({"fichas": tokens})))
}

/// Every send, for the truth that tests compare with. A receiver's key is shown: it is a sandbox.
pub(crate) fn booked(db: &Connection) -> rusqlite::Result<Vec<Value>> {
    let everything = Page {
        current: 0,
        size: u32::MAX,
    };
    let (_, sent) = envio::list(db, (i64::MIN, i64::MAX), None, everything)?;
    let booked = sent.iter().map(|sent| {
        let back: Centavos = sent.devolucoes.iter().map(|r| r.valor).sum();
        json!({
            "idEnvio": sent.id,
            "e2eid": sent.e2eid,
            "chave": sent.favorecido,
            "valor_centavos": sent.valor,
            "devolvido_centavos": back,
            "status": sent.status.as_str(),
            "motivo": sent.motivo,
        })
    });
    Ok(booked.collect())
}
