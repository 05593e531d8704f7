//! `/v3/gn/pix/{idEnvio}` and its reads: Pix that the merchant sends. No part of the Central Bank's
//! API; the shape is Efí's. A company's own bank would do it in the same steps.

use super::body::JsonBody;
use super::is_alphanumeric;
use super::query::{Parameters, QueryRule, Reader};
use crate::bank::Bank;
use crate::book::callback::{Callback, Delivery};
use crate::book::envio::{self, Envio, EnvioStatus};
use crate::book::{self, ledger, webhook};
use crate::directory::{self, Answer};
use crate::faults::FaultKind;
use crate::operation::Operation;
use crate::problem::{Kind, Problem, Rule};
use crate::profile::Profile;
use crate::{clerk, json, postman, random};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rusqlite::Transaction;
use serde_json::{Value, json};
use shared::document::{Cnpj, Cpf};
use shared::money::Centavos;
use shared::pix_key::PixKey;
use std::sync::Arc;

const INFO_CHARS_MAX: usize = 140; // Efí: `infoPagador`
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What a day's sends may sum to until the control API says otherwise: R$ 100,000.00.
const DAY_MAX: Centavos = Centavos::new(10_000_000);
pub(crate) const DAY_MAX_SETTING: &str = "envio_day_max_centavos";

/// What a bank says whose balance two sends wanted at the same moment.
const COLLISION: &str = "Envios simultâneos concorreram pelo saldo da conta";

/// In the order in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EnvioRule {
    Id,
    Valor,
    Pagador,
    Info,
    Favorecido,
    Document,
    NoWebhook,
    DayLimit,
    NoTokens,
    KeyUnknown,
    OtherOwner,
}

impl Rule for EnvioRule {
    #[rustfmt::skip]
    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Id => ("idEnvio", "O idEnvio deve ter de 1 a 35 letras ou dígitos."),
            Self::Valor => ("valor", "O valor é obrigatório, positivo, e deve ter de 1 a 10 dígitos, ponto e 2 dígitos."),
            Self::Pagador => ("pagador.chave", "A chave do pagador não pertence a esta conta."),
            Self::Info => ("pagador.infoPagador", "A informação do pagador tem até 140 caracteres."),
            Self::Favorecido => ("favorecido.chave", "Chave Pix inválida: este banco envia só a chaves bem formadas."),
            Self::Document => ("favorecido.cpf", "O documento do favorecido é um CPF ou um CNPJ válido, nunca ambos."),
            Self::NoWebhook => ("pagador.chave", "A chave do pagador não tem webhook cadastrado."),
            Self::DayLimit => ("valor", "O limite diário de envio foi atingido."),
            Self::NoTokens => ("favorecido.chave", "O balde de consultas de chaves está vazio."),
            Self::KeyUnknown => ("favorecido.chave", "Chave não encontrada."),
            Self::OtherOwner => ("favorecido.cpf", "O documento informado não é do titular da chave."),
        }
    }
}

impl EnvioRule {
    /// Names the field, never what stood in it: a receiver is a person.
    fn broken(self) -> Problem {
        Problem::violated(Kind::EnvioInvalido, vec![self.absent()])
    }
}

struct Asked {
    id: String,
    valor: Centavos,
    pagador: String,
    info: Option<String>,
    key: PixKey,
    document: Option<String>,
}

pub(crate) async fn put(
    State(bank): State<Arc<Bank>>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let now_ms = bank.now_ms();
    let asked = read(&bank, id, &body).map_err(EnvioRule::broken)?;
    let e2eid = random::transaction_id('E', bank.config.ispb.as_str(), now_ms);
    let deciding = Arc::clone(&bank);
    // A refusal is an outcome of the work, not its failure: what asking cost stays spent.
    let done = bank
        .book
        .write(move |db| take(&deciding, db, asked, e2eid, now_ms))
        .await?;
    let (envio, early) = done?;
    for callback in early {
        postman::deliver(&bank, callback).await?;
    }
    bank.clerk_woken.notify_one();
    bank.postman_woken.notify_one();
    let answer = json!({
        "idEnvio": envio.id,
        "e2eId": envio.e2eid,
        "valor": json::amount(envio.valor),
        "horario": {"solicitacao": json::instant(envio.solicitacao_ms)},
        "status": envio.status.as_str(),
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

pub(crate) async fn by_id(
    State(bank): State<Arc<Bank>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    shown(bank.book.read(move |db| envio::find(db, &id)).await?)
}

pub(crate) async fn by_e2eid(
    State(bank): State<Arc<Bank>>,
    Path(e2eid): Path<String>,
) -> Result<Json<Value>, Problem> {
    shown(
        bank.book
            .read(move |db| envio::by_e2eid(db, &e2eid))
            .await?,
    )
}

pub(crate) async fn list(
    State(bank): State<Arc<Bank>>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Value>, Problem> {
    let mut reader = Reader::new(parameters);
    let span = reader.span();
    let status = reader.text("status", QueryRule::Status, |text| {
        text.parse::<EnvioStatus>().is_ok()
    });
    let page = reader.page();
    Problem::unless_empty(Kind::EnvioInvalido, reader.broken)?;
    let status = status.and_then(|text| text.parse().ok());
    let (total, found) = bank
        .book
        .read(move |db| envio::list(db, (span.from_ms, span.to_ms), status, page))
        .await?;
    let sent: Vec<Value> = found.iter().map(json::envio).collect();
    Ok(Json(json!({
        "parametros": json::parameters(reader.echoed, page, total),
        "pix": sent,
    })))
}

pub(crate) async fn balance(State(bank): State<Arc<Bank>>) -> Result<Json<Value>, Problem> {
    let totals = bank.book.read(ledger::totals).await?;
    Ok(Json(json!({"saldo": json::amount(totals.balance)})))
}

fn shown(found: Option<Envio>) -> Result<Json<Value>, Problem> {
    let envio = found.ok_or_else(|| Problem::new(Kind::EnvioNaoEncontrado))?;
    Ok(Json(json::envio(&envio)))
}

fn read(bank: &Bank, id: String, body: &Value) -> Result<Asked, EnvioRule> {
    if !is_alphanumeric(&id, 1..=35) {
        return Err(EnvioRule::Id);
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let valor = body["valor"].as_str();
    let valor = valor.and_then(|text| Centavos::from_pix(text).ok());
    let valor = valor.filter(|v| v.is_positive()).ok_or(EnvioRule::Valor)?;
    let pagador = text(&body["pagador"]["chave"]).filter(|chave| bank.config.owns(chave));
    let pagador = pagador.ok_or(EnvioRule::Pagador)?;
    let info = match &body["pagador"]["infoPagador"] {
        Value::Null => None,
        value => {
            let short = text(value).filter(|text| text.chars().count() <= INFO_CHARS_MAX);
            Some(short.ok_or(EnvioRule::Info)?)
        }
    };
    let favorecido = &body["favorecido"];
    let chave = favorecido["chave"].as_str().unwrap_or_default();
    let key = chave.parse::<PixKey>();
    // The directory's form and no other: mending it is the client's part.
    let key = key.ok().filter(|key| key.as_str() == chave);
    let key = key.ok_or(EnvioRule::Favorecido)?;
    let document = match (&favorecido["cpf"], &favorecido["cnpj"]) {
        (Value::Null, Value::Null) => None,
        (cpf, Value::Null) => {
            let cpf = text(cpf).filter(|t| t.len() == 11 && t.parse::<Cpf>().is_ok());
            Some(cpf.ok_or(EnvioRule::Document)?)
        }
        (Value::Null, cnpj) => {
            let cnpj = text(cnpj).filter(|t| t.len() == 14 && t.parse::<Cnpj>().is_ok());
            Some(cnpj.ok_or(EnvioRule::Document)?)
        }
        _ => return Err(EnvioRule::Document),
    };
    Ok(Asked {
        id,
        valor,
        pagador,
        info,
        key,
        document,
    })
}

type Taken = Result<(Envio, Vec<Callback>), Problem>;

fn take(
    bank: &Bank,
    db: &Transaction<'_>,
    asked: Asked,
    e2eid: String,
    now_ms: i64,
) -> Result<Taken, Problem> {
    if envio::find(db, &asked.id)?.is_some() {
        return Ok(Err(Problem::repeated(
            Kind::EnvioInvalido,
            "id_envio_duplicado",
            "O idEnvio informado já foi utilizado em outro envio.",
        )));
    }
    if bank.config.profile == Profile::Efi && webhook::get(db, &asked.pagador)?.is_none() {
        return Ok(Err(EnvioRule::NoWebhook.broken()));
    }
    let sent = envio::sent_since(db, now_ms - DAY_MS)?;
    let with_it = sent.checked_add(asked.valor);
    if with_it.is_none_or(|total| total > day_max(db)) {
        return Ok(Err(EnvioRule::DayLimit.broken()));
    }
    let document = asked.document.as_deref();
    let rule = match directory::look_up(db, &asked.key, document, now_ms)? {
        Answer::Found => None,
        Answer::NoTokens => Some(EnvioRule::NoTokens),
        Answer::Unknown => Some(EnvioRule::KeyUnknown),
        Answer::OtherOwner => Some(EnvioRule::OtherOwner),
    };
    if let Some(rule) = rule {
        return Ok(Err(rule.broken()));
    }
    let envio = Envio {
        id: asked.id,
        e2eid,
        pagador: asked.pagador,
        favorecido: asked.key.as_str().to_owned(),
        valor: asked.valor,
        info: asked.info,
        status: EnvioStatus::EmProcessamento,
        motivo: None,
        solicitacao_ms: now_ms,
        liquidacao_ms: None,
        devolucoes: Vec::new(),
    };
    Ok(Ok(accept(bank, db, envio, now_ms)?))
}

pub(crate) fn day_max(db: &Transaction<'_>) -> Centavos {
    match book::setting(db, DAY_MAX_SETTING) {
        Ok(centavos) if centavos > 0 => Centavos::new(centavos),
        _ => DAY_MAX,
    }
}

fn accept(
    bank: &Bank,
    db: &Transaction<'_>,
    envio: Envio,
    now_ms: i64,
) -> rusqlite::Result<(Envio, Vec<Callback>)> {
    let mut after_ms = i64::from(bank.config.devolucao_delay_ms);
    let collides = envio::is_one_under_way(db)?;
    let fault = bank.faults.meet(Operation::EnvioPut, |kind| match kind {
        FaultKind::EnvioStuck | FaultKind::EnvioRefused { .. } | FaultKind::BalanceEmpty => {
            Some(kind.clone())
        }
        _ => None,
    });
    let refusal = match fault {
        Some(FaultKind::EnvioStuck) => {
            envio::accept(db, &envio, None, None)?;
            return Ok((envio, Vec::new()));
        }
        Some(FaultKind::EnvioRefused {
            motivo,
            after_ms: held_ms,
        }) => {
            after_ms = after_ms.max(i64::try_from(held_ms).unwrap_or(i64::MAX));
            Some(motivo)
        }
        Some(_) => Some(envio::NO_BALANCE.to_owned()),
        None => collides.then(|| COLLISION.to_owned()),
    };
    let settle_at_ms = now_ms.saturating_add(after_ms);
    envio::accept(db, &envio, Some(settle_at_ms), refusal.as_deref())?;
    if after_ms > 0 {
        return Ok((envio, Vec::new()));
    }
    let delivery = bank.delivery(Operation::CallbackEnvio);
    let early = clerk::settle_envio_in(db, &envio.id, refusal.as_deref(), delivery, now_ms)?;
    let settled = envio::find(db, &envio.id)?.unwrap_or(envio);
    Ok((settled, early.unwrap_or_default()))
}

/// A part of what was sent comes back, and the merchant is told.
pub(crate) fn give_back(
    db: &Transaction<'_>,
    id: &str,
    returned: &envio::Returned,
    delivery: Delivery,
) -> Result<Envio, Problem> {
    let sent = envio::find(db, id)?.ok_or_else(|| Problem::new(Kind::EnvioNaoEncontrado))?;
    if !envio::give_back(db, &sent, returned)? {
        let detail = "not REALIZADO, or more would come back than was sent";
        return Err(Problem::new(Kind::RequisicaoInvalida).detail(detail));
    }
    let now = envio::find(db, id)?.unwrap_or(sent);
    clerk::notify_envio(db, &now, delivery, returned.horario_ms)?;
    Ok(now)
}
