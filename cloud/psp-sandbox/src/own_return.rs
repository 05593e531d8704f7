//! A devolução that nobody asked API Pix for: made in the merchant's bank app, or by a rule of the
//! MED. The bank invents its id.

use crate::api::body::JsonBody;
use crate::bank::Bank;
use crate::book::callback::Delivery;
use crate::book::received;
use crate::book::refund::{self, Outcome, Plan, Refund, RefundStatus};
use crate::control::{invalid, typed};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::{clerk, json, postman, random};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use shared::money::Centavos;
use std::sync::Arc;

/// Natures that a bank gives: a person in its app, or the MED.
const NATURES: [&str; 4] = [
    "ORIGINAL",
    "MED_OPERACIONAL",
    "MED_FRAUDE",
    "MED_PIX_AUTOMATICO",
];

#[derive(Deserialize)]
struct ReturnBody {
    valor: String,
    #[serde(default = "original")]
    natureza: String,
    /// Leaves it EM_PROCESSAMENTO until `POST /control/devolucoes/{e2eid}/{id}` ends it.
    #[serde(default)]
    stuck: bool,
}

fn original() -> String {
    "ORIGINAL".to_owned()
}

/// `{"valor": "4.00", "natureza": "MED_FRAUDE"}`: gives back a part of a Pix by the bank's own will.
pub(crate) async fn post(
    State(bank): State<Arc<Bank>>,
    Path(e2eid): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let body: ReturnBody = typed(body)?;
    let valor = Centavos::from_pix(&body.valor).ok();
    let valor = valor.filter(|valor| valor.is_positive());
    let valor = valor.ok_or_else(|| invalid("valor must be a positive amount such as 10.00"))?;
    if !NATURES.contains(&body.natureza.as_str()) {
        return Err(invalid("natureza must be ORIGINAL or one of MED_…"));
    }
    let now_ms = bank.now_ms();
    let ispb = bank.config.ispb.as_str();
    let made = Refund {
        // Unlike an id of the merchant's, a real bank's looks like its own transactions.
        id: random::transaction_id('B', ispb, now_ms),
        rtr_id: random::transaction_id('D', ispb, now_ms),
        e2eid,
        valor,
        natureza: body.natureza,
        descricao: None,
        status: RefundStatus::EmProcessamento,
        motivo: None,
        solicitacao_ms: now_ms,
        liquidacao_ms: None,
    };
    let delivery = match body.stuck {
        true => None,
        false => Some(bank.delivery(Operation::CallbackDevolucao)),
    };
    let (made, early) = bank
        .book
        .write(move |db| book(db, made, delivery, now_ms))
        .await?;
    for callback in early {
        postman::deliver(&bank, callback).await?;
    }
    bank.postman_woken.notify_one();
    Ok((StatusCode::CREATED, Json(json::refund(&made))))
}

fn book(
    db: &rusqlite::Transaction<'_>,
    made: Refund,
    delivery: Option<Delivery>,
    now_ms: i64,
) -> Result<(Refund, Vec<crate::book::callback::Callback>), Problem> {
    let pix =
        received::by_e2eid(db, &made.e2eid)?.ok_or_else(|| Problem::new(Kind::PixNaoEncontrado))?;
    if !pix.can_return(made.valor) {
        return Err(invalid("the devoluções of this Pix would exceed it"));
    }
    let plan = Plan {
        settle_at_ms: None,
        refusal: None,
    };
    refund::accept(db, &made, &plan)?;
    let Some(delivery) = delivery else {
        return Ok((made, Vec::new()));
    };
    let (e2eid, id) = (&made.e2eid, &made.id);
    let early = clerk::settle_in(db, e2eid, id, &Outcome::Pay, delivery, now_ms)?;
    let settled = refund::find(db, e2eid, id)?;
    Ok((settled.unwrap_or(made), early.unwrap_or_default()))
}
