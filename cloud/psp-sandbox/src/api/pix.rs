//! `/v2/pix`: what was received.

use super::is_alphanumeric;
use super::query::{Parameters, QueryRule, Reader};
use crate::bank::Bank;
use crate::book::received::{self, ReceivedFilter};
use crate::json;
use crate::problem::{Kind, Problem};
use axum::Json;
use axum::extract::{Path, Query, State};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) async fn get(
    State(bank): State<Arc<Bank>>,
    Path(e2eid): Path<String>,
) -> Result<Json<Value>, Problem> {
    let found = bank
        .book
        .read(move |db| received::by_e2eid(db, &e2eid))
        .await?;
    let pix = found.ok_or_else(|| Problem::new(Kind::PixNaoEncontrado))?;
    Ok(Json(json::pix(&pix)))
}

pub(crate) async fn list(
    State(bank): State<Arc<Bank>>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Value>, Problem> {
    let mut reader = Reader::new(parameters);
    let span = reader.span();
    let filter = ReceivedFilter {
        from_ms: span.from_ms,
        to_ms: span.to_ms,
        by_payer: reader.document().is_some(),
        txid: reader.text("txid", QueryRule::Txid, |text| {
            is_alphanumeric(text, 1..=35)
        }),
        txid_present: reader.flag("txIdPresente", QueryRule::TxIdPresente),
        refund_present: reader.flag("devolucaoPresente", QueryRule::DevolucaoPresente),
    };
    let page = reader.page();
    Problem::unless_empty(Kind::PixConsultaInvalida, reader.broken)?;
    let (total, found) = bank
        .book
        .read(move |db| received::list(db, &filter, page))
        .await?;
    let pix: Vec<Value> = found.iter().map(json::pix).collect();
    Ok(Json(json!({
        "parametros": json::parameters(reader.echoed, page, total),
        "pix": pix,
    })))
}
