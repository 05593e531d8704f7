//! `/v2/pix/{e2eid}/devolucao/{id}`: money back, partly or wholly, under an id of the merchant.

use super::body::JsonBody;
use super::is_alphanumeric;
use crate::bank::Bank;
use crate::book::callback::{Callback, Delivery};
use crate::book::received::{self, Received};
use crate::book::refund::{self, NO_BALANCE, Outcome, Plan, Refund, RefundStatus};
use crate::faults::FaultKind;
use crate::operation::Operation;
use crate::problem::{Kind, Problem, Rule, Violation};
use crate::{clerk, json, postman, random};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rusqlite::Transaction;
use serde_json::Value;
use shared::money::Centavos;
use std::sync::Arc;

const WINDOW_MS: i64 = 90 * 24 * 60 * 60 * 1_000; // 90 days from the Pix, by the standard
const DESCRICAO_CHARS_MAX: usize = 140; // API Pix: `descricao`

/// In the order in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DevolucaoRule {
    Id,
    Body,
    Valor,
    ValorZero,
    Natureza,
    Descricao,
    SumExceeded,
    IdUsed,
    WindowOver,
    InfractionOpen,
}

impl Rule for DevolucaoRule {
    #[rustfmt::skip]
    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Id => ("id", "O id deve ter de 1 a 35 letras ou dígitos."),
            Self::Body => ("devolucao", "O corpo deve ser um objeto JSON."),
            Self::Valor => ("devolucao.valor", "O valor é obrigatório e deve ter de 1 a 10 dígitos, ponto e 2 dígitos."),
            Self::ValorZero => ("devolucao.valor", "O valor não pode ser zero."),
            Self::Natureza => ("devolucao.natureza", "A natureza deve ser ORIGINAL; este banco não oferece RETIRADA."),
            Self::Descricao => ("devolucao.descricao", "A descrição tem até 140 caracteres."),
            Self::SumExceeded => ("devolucao.valor", "A soma das devoluções excederia o valor do Pix."),
            Self::IdUsed => ("id", "O id já foi utilizado por outra devolução deste Pix."),
            Self::InfractionOpen => ("e2eid", "Há uma infração (MED) aberta sobre este Pix."),
            Self::WindowOver => ("e2eid", "O prazo de 90 dias para devolver este Pix terminou."),
        }
    }
}

struct Asked {
    valor: Centavos,
    descricao: Option<String>,
}

/// How the bank will treat a devolução it accepts now.
struct Treatment {
    plan: Plan,
    at_once: bool,
    delivery: Delivery,
}

pub(crate) async fn put(
    State(bank): State<Arc<Bank>>,
    Path((e2eid, id)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let now_ms = bank.now_ms();
    let asked = read(&body, &id);
    let rtr_id = random::transaction_id('D', bank.config.ispb.as_str(), now_ms);
    let deciding = Arc::clone(&bank);
    let (refund, early) = bank
        .book
        .write(move |db| {
            let pix = received::by_e2eid(db, &e2eid)?
                .ok_or_else(|| Problem::new(Kind::PixNaoEncontrado))?;
            let used = pix.devolucoes.iter().any(|refund| refund.id == id);
            if used && deciding.config.profile.refuses_repeats() {
                return Err(Problem::repeated(
                    Kind::PixDevolucaoInvalida,
                    "devolucao_id_duplicado",
                    "O id informado já foi utilizado em outra devolução.",
                ));
            }
            let asked = admit(&pix, &id, asked, now_ms)?;
            refuse_on_demand(&deciding, &pix)?;
            // Only an admitted devolução uses a fault up.
            let treatment = treat(&deciding, now_ms);
            let refund = Refund {
                e2eid,
                id,
                rtr_id,
                valor: asked.valor,
                natureza: "ORIGINAL".to_owned(),
                descricao: asked.descricao,
                status: RefundStatus::EmProcessamento,
                motivo: None,
                solicitacao_ms: now_ms,
                liquidacao_ms: None,
            };
            accept(db, refund, &treatment, now_ms).map_err(Problem::from)
        })
        .await?;
    for callback in early {
        postman::deliver(&bank, callback).await?;
    }
    bank.clerk_woken.notify_one();
    bank.postman_woken.notify_one();
    Ok((StatusCode::CREATED, Json(json::refund(&refund))))
}

pub(crate) async fn get(
    State(bank): State<Arc<Bank>>,
    Path((e2eid, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let found = bank
        .book
        .read(move |db| refund::find(db, &e2eid, &id))
        .await?;
    let refund = found.ok_or_else(|| Problem::new(Kind::PixDevolucaoNaoEncontrada))?;
    Ok(Json(json::refund(&refund)))
}

fn read(body: &Value, id: &str) -> Result<Asked, Vec<Violation>> {
    let mut broken = Vec::new();
    if !is_alphanumeric(id, 1..=35) {
        broken.push(DevolucaoRule::Id.of(id));
    }
    let Value::Object(fields) = body else {
        broken.push(DevolucaoRule::Body.absent());
        return Err(broken);
    };
    let valor = fields.get("valor");
    let amount = valor
        .and_then(Value::as_str)
        .and_then(|text| Centavos::from_pix(text).ok());
    match (valor, amount) {
        (None, _) => broken.push(DevolucaoRule::Valor.absent()),
        (Some(valor), None) => broken.push(DevolucaoRule::Valor.of(valor)),
        (Some(valor), Some(amount)) if !amount.is_positive() => {
            broken.push(DevolucaoRule::ValorZero.of(valor));
        }
        _ => {}
    }
    if let Some(natureza) = fields.get("natureza").filter(|n| **n != "ORIGINAL") {
        broken.push(DevolucaoRule::Natureza.of(natureza));
    }
    let descricao = fields.get("descricao").map(|value| {
        let text = value.as_str();
        text.filter(|t| t.chars().count() <= DESCRICAO_CHARS_MAX)
    });
    if descricao == Some(None) {
        broken.push(DevolucaoRule::Descricao.absent());
    }
    match amount.filter(|_| broken.is_empty()) {
        Some(valor) => Ok(Asked {
            valor,
            descricao: descricao.flatten().map(str::to_owned),
        }),
        None => Err(broken),
    }
}

fn admit(
    pix: &Received,
    id: &str,
    asked: Result<Asked, Vec<Violation>>,
    now_ms: i64,
) -> Result<Asked, Problem> {
    let mut broken = Vec::new();
    let asked = match asked {
        Ok(asked) => {
            if !pix.can_return(asked.valor) {
                let quoted = asked.valor.to_pix().unwrap_or_default();
                broken.push(DevolucaoRule::SumExceeded.of(quoted));
            }
            Some(asked)
        }
        Err(of_body) => {
            broken = of_body;
            None
        }
    };
    if pix.devolucoes.iter().any(|refund| refund.id == id) {
        broken.push(DevolucaoRule::IdUsed.of(id));
    }
    if now_ms - pix.horario_ms > WINDOW_MS {
        broken.push(DevolucaoRule::WindowOver.absent());
    }
    match asked.filter(|_| broken.is_empty()) {
        Some(asked) => Ok(asked),
        None => Err(Problem::violated(Kind::PixDevolucaoInvalida, broken)),
    }
}

/// What is wrong with a sound request because somebody asked for it to be.
fn refuse_on_demand(bank: &Bank, pix: &Received) -> Result<(), Problem> {
    let rule = bank
        .faults
        .meet(Operation::DevolucaoPut, |kind| match kind {
            FaultKind::InfractionOpen { e2eid } => {
                let concerned = e2eid.as_deref().is_none_or(|only| only == pix.e2eid);
                concerned.then_some(DevolucaoRule::InfractionOpen)
            }
            FaultKind::WindowOver => Some(DevolucaoRule::WindowOver),
            FaultKind::AboveValue => Some(DevolucaoRule::SumExceeded),
            _ => None,
        });
    let broken = rule.map(DevolucaoRule::absent).into_iter().collect();
    Problem::unless_empty(Kind::PixDevolucaoInvalida, broken)
}

fn treat(bank: &Bank, now_ms: i64) -> Treatment {
    let mut after_ms = i64::from(bank.config.devolucao_delay_ms);
    let fault = bank
        .faults
        .meet(Operation::DevolucaoPut, |kind| match kind {
            FaultKind::DevolucaoStuck
            | FaultKind::DevolucaoRefused { .. }
            | FaultKind::BalanceEmpty => Some(kind.clone()),
            _ => None,
        });
    let refusal = match fault {
        Some(FaultKind::DevolucaoStuck) => {
            let plan = Plan {
                settle_at_ms: None,
                refusal: None,
            };
            return Treatment {
                plan,
                at_once: false,
                delivery: Delivery::Normal,
            };
        }
        Some(FaultKind::DevolucaoRefused {
            motivo,
            after_ms: held_ms,
        }) => {
            after_ms = after_ms.max(i64::try_from(held_ms).unwrap_or(i64::MAX));
            Some(motivo)
        }
        Some(_) => Some(NO_BALANCE.to_owned()),
        None => None,
    };
    // Asked of the faults only when the callback's turn is now: the clerk asks for later ones.
    let early = bank.faults.meet(Operation::CallbackDevolucao, |kind| {
        matches!(kind, FaultKind::CallbackEarly).then_some(Delivery::Early)
    });
    let at_once = after_ms == 0 || early.is_some();
    let delivery = match early {
        Some(early) => early,
        None if at_once => bank.delivery(Operation::CallbackDevolucao),
        None => Delivery::Normal,
    };
    let plan = Plan {
        settle_at_ms: Some(now_ms.saturating_add(after_ms)),
        refusal,
    };
    Treatment {
        plan,
        at_once,
        delivery,
    }
}

fn accept(
    db: &Transaction<'_>,
    accepted: Refund,
    treatment: &Treatment,
    now_ms: i64,
) -> rusqlite::Result<(Refund, Vec<Callback>)> {
    refund::accept(db, &accepted, &treatment.plan)?;
    if !treatment.at_once {
        return Ok((accepted, Vec::new()));
    }
    let outcome = match treatment.plan.refusal.clone() {
        Some(motivo) => Outcome::Refuse { motivo },
        None => Outcome::Pay,
    };
    let (e2eid, id) = (&accepted.e2eid, &accepted.id);
    let early = clerk::settle_in(db, e2eid, id, &outcome, treatment.delivery, now_ms)?;
    let settled = refund::find(db, e2eid, id)?;
    Ok((settled.unwrap_or(accepted), early.unwrap_or_default()))
}
