//! `/v2/cob` and the location that a charge's QR Code points to.

use super::body::JsonBody;
use super::is_alphanumeric;
use super::query::{Parameters, QueryRule, Reader};
use crate::bank::Bank;
use crate::book::charge::{self, Charge, ChargeFilter, ChargeStatus};
use crate::book::received::{self, Received};
use crate::book::terms::{self, Changes, CobRule};
use crate::problem::{Kind, Problem, Rule, Violation};
use crate::{json, random};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};
use std::sync::Arc;

const TOKEN_CHARS: usize = 32;

pub(crate) async fn put(
    State(bank): State<Arc<Bank>>,
    Path(txid): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let (changes, mut broken) = terms::read_new(&body, |chave| bank.config.owns(chave));
    if !is_alphanumeric(&txid, 26..=35) {
        broken.insert(0, CobRule::Txid.of(&txid));
    }
    let now_ms = bank.now_ms();
    let once = bank.config.profile.refuses_repeats();
    let stored = bank
        .book
        .write(move |db| {
            if once && charge::by_txid(db, &txid)?.is_some() {
                return Err(Problem::repeated(
                    Kind::CobOperacaoInvalida,
                    "txid_duplicado",
                    "Campo txid informado já foi utilizado em outra cobrança.",
                ));
            }
            create_or_replace(db, &txid, changes, broken, now_ms)
        })
        .await?;
    let body = json::charge(&bank, &stored, None);
    Ok((StatusCode::CREATED, Json(body)))
}

fn create_or_replace(
    db: &Transaction<'_>,
    txid: &str,
    changes: Changes,
    mut broken: Vec<Violation>,
    now_ms: i64,
) -> Result<Charge, Problem> {
    let current = charge::by_txid(db, txid)?;
    broken.extend(location_rule(db, &changes, current.as_ref())?);
    let changeable = current
        .as_ref()
        .is_none_or(|c| c.status == ChargeStatus::Ativa);
    if !changeable {
        broken.push(CobRule::NotAtiva.absent());
    }
    let Some(terms) = changes.into_new().filter(|_| broken.is_empty()) else {
        return Err(Problem::violated(Kind::CobOperacaoInvalida, broken));
    };
    Ok(match current {
        None => charge::create(db, txid, &random::alphanumeric(TOKEN_CHARS), terms, now_ms)?,
        Some(current) => charge::revise(db, current, ChargeStatus::Ativa, terms)?,
    })
}

pub(crate) async fn patch(
    State(bank): State<Arc<Bank>>,
    Path(txid): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    let (changes, broken) = terms::read_revision(&body, |chave| bank.config.owns(chave));
    let revised = bank
        .book
        .write(move |db| revise(db, &txid, changes, broken))
        .await?;
    Ok(Json(json::charge(&bank, &revised, None)))
}

fn revise(
    db: &Transaction<'_>,
    txid: &str,
    changes: Changes,
    mut broken: Vec<Violation>,
) -> Result<Charge, Problem> {
    let current = charge::by_txid(db, txid)?.ok_or_else(|| Problem::new(Kind::CobNaoEncontrado))?;
    broken.extend(location_rule(db, &changes, Some(&current))?);
    if current.status != ChargeStatus::Ativa {
        broken.push(CobRule::NotAtiva.of(current.status.as_str()));
    }
    Problem::unless_empty(Kind::CobOperacaoInvalida, broken)?;
    let status = if changes.remove {
        ChargeStatus::RemovidaPeloUsuarioRecebedor
    } else {
        ChargeStatus::Ativa
    };
    let terms = changes.applied_to(current.terms.clone());
    Ok(charge::revise(db, current, status, terms)?)
}

/// This bank makes one location per charge: no other may be named.
fn location_rule(
    db: &Connection,
    changes: &Changes,
    current: Option<&Charge>,
) -> rusqlite::Result<Option<Violation>> {
    let own = current.map(|charge| charge.loc_id);
    let Some(named) = changes.loc_id.filter(|id| Some(*id) != own) else {
        return Ok(None);
    };
    let rule = if charge::loc_exists(db, named)? {
        CobRule::LocInUse
    } else {
        CobRule::LocUnknown
    };
    Ok(Some(rule.of(named)))
}

pub(crate) async fn get(
    State(bank): State<Arc<Bank>>,
    Path(txid): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Value>, Problem> {
    let (charge, received) = bank
        .book
        .read(move |db| one(db, &txid, parameters.get("revisao").map(String::as_str)))
        .await?;
    Ok(Json(json::charge(&bank, &charge, Some(&received))))
}

fn one(
    db: &Connection,
    txid: &str,
    revisao: Option<&str>,
) -> Result<(Charge, Vec<Received>), Problem> {
    let mut charge =
        charge::by_txid(db, txid)?.ok_or_else(|| Problem::new(Kind::CobNaoEncontrado))?;
    if let Some(text) = revisao {
        let wanted: Option<i32> = text.parse().ok();
        let terms = match wanted {
            Some(wanted) => charge::terms_at(db, txid, wanted)?,
            None => None,
        };
        let (Some(wanted), Some(terms)) = (wanted, terms) else {
            let broken = vec![QueryRule::Revisao.of(text)];
            return Err(Problem::violated(Kind::CobConsultaInvalida, broken));
        };
        charge.revisao = wanted;
        charge.terms = terms;
    }
    let received = received::by_txid(db, txid)?;
    Ok((charge, received))
}

pub(crate) async fn list(
    State(bank): State<Arc<Bank>>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Value>, Problem> {
    let mut reader = Reader::new(parameters);
    let span = reader.span();
    let filter = ChargeFilter {
        from_ms: span.from_ms,
        to_ms: span.to_ms,
        document: reader.document(),
        status: reader.text("status", QueryRule::Status, |text| {
            text.parse::<ChargeStatus>().is_ok()
        }),
        location_present: reader.flag("locationPresente", QueryRule::LocationPresente),
    };
    let page = reader.page();
    Problem::unless_empty(Kind::CobConsultaInvalida, reader.broken)?;
    let (total, charges) = bank
        .book
        .read(move |db| {
            let (total, charges) = charge::list(db, &filter, page)?;
            let charges: rusqlite::Result<Vec<_>> = charges
                .into_iter()
                .map(|charge| Ok((received::by_txid(db, &charge.txid)?, charge)))
                .collect();
            Ok::<_, Problem>((total, charges?))
        })
        .await?;
    let cobs: Vec<Value> = charges
        .iter()
        .map(|(received, charge)| json::charge(&bank, charge, Some(received)))
        .collect();
    Ok(Json(json!({
        "parametros": json::parameters(reader.echoed, page, total),
        "cobs": cobs,
    })))
}

/// Stands in for the signed payload a payer's bank would fetch: this bank has no JWS key, so it
/// answers what its own app needs and says what it is.
pub(crate) async fn payload(
    State(bank): State<Arc<Bank>>,
    Path(token): Path<String>,
) -> Result<Json<Value>, Problem> {
    let charge = bank
        .book
        .read(move |db| charge::by_token(db, &token))
        .await?
        .ok_or_else(|| Problem::new(Kind::CobPayloadNaoEncontrado))?;
    Ok(Json(json!({
        "aviso": "Banco de testes: descrição sem assinatura JWS.",
        "txid": charge.txid,
        "status": charge.status.as_str(),
        "calendario": {
            "criacao": json::instant(charge.criacao_ms),
            "expiracao": charge.terms.expiracao_seconds,
        },
        "valor": {"original": charge.terms.valor.to_pix()},
        "app": format!("/app/cob/{}", charge.txid),
    })))
}
