//! Pix that the merchant sends: accepted once, settled once, and perhaps sent back.

use super::{Page, UnknownState, ledger, parsed};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use shared::money::Centavos;
use std::str::FromStr;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envio {
    pub(crate) id: String,
    pub(crate) e2eid: String,
    /// The merchant's key it leaves from.
    pub(crate) pagador: String,
    /// The key it goes to.
    pub(crate) favorecido: String,
    pub(crate) valor: Centavos,
    pub(crate) info: Option<String>,
    pub(crate) status: EnvioStatus,
    pub(crate) motivo: Option<String>,
    pub(crate) solicitacao_ms: i64,
    pub(crate) liquidacao_ms: Option<i64>,
    pub(crate) devolucoes: Vec<Returned>,
}

/// A part that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Returned {
    pub(crate) rtr_id: String,
    pub(crate) valor: Centavos,
    pub(crate) horario_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EnvioStatus {
    EmProcessamento,
    Realizado,
    NaoRealizado,
}

impl EnvioStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::EmProcessamento => "EM_PROCESSAMENTO",
            Self::Realizado => "REALIZADO",
            Self::NaoRealizado => "NAO_REALIZADO",
        }
    }
}

impl FromStr for EnvioStatus {
    type Err = UnknownState;
    fn from_str(text: &str) -> Result<Self, UnknownState> {
        [Self::EmProcessamento, Self::Realizado, Self::NaoRealizado]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(UnknownState)
    }
}

pub(crate) const NO_BALANCE: &str = "Saldo insuficiente na conta do pagador (AM04)";

const SELECT: &str = "SELECT id_envio, e2eid, pagador, favorecido, valor_centavos, info, status, \
     motivo, solicitacao_ms, liquidacao_ms FROM envio";

pub(crate) fn find(db: &Connection, id: &str) -> rusqlite::Result<Option<Envio>> {
    one(db, &format!("{SELECT} WHERE id_envio = ?1"), id)
}

pub(crate) fn by_e2eid(db: &Connection, e2eid: &str) -> rusqlite::Result<Option<Envio>> {
    one(db, &format!("{SELECT} WHERE e2eid = ?1"), e2eid)
}

/// How many were requested in the span, and one page of them, oldest first.
pub(crate) fn list(
    db: &Connection,
    (from_ms, to_ms): (i64, i64),
    status: Option<EnvioStatus>,
    page: Page,
) -> rusqlite::Result<(i64, Vec<Envio>)> {
    const MATCHING: &str = " WHERE solicitacao_ms BETWEEN :from AND :to \
         AND (:status IS NULL OR status = :status)";
    let status = status.map(EnvioStatus::as_str);
    let matching = named_params! {":from": from_ms, ":to": to_ms, ":status": status};
    let total = db.query_row(
        &format!("SELECT count(*) FROM envio{MATCHING}"),
        matching,
        |row| row.get(0),
    )?;
    let (size, offset) = (page.size, page.offset());
    let mut statement = db.prepare(&format!(
        "{SELECT}{MATCHING} ORDER BY solicitacao_ms, rowid LIMIT {size} OFFSET {offset}"
    ))?;
    let found: Vec<Envio> = statement
        .query_map(matching, bare)?
        .collect::<Result<_, _>>()?;
    let found: Result<_, _> = found.into_iter().map(|e| with_returns(db, e)).collect();
    Ok((total, found?))
}

/// What was taken since `from_ms` and not refused.
pub(crate) fn sent_since(db: &Connection, from_ms: i64) -> rusqlite::Result<Centavos> {
    db.query_row(
        "SELECT coalesce(sum(valor_centavos), 0) FROM envio \
         WHERE solicitacao_ms >= ?1 AND status <> 'NAO_REALIZADO'",
        [from_ms],
        |row| row.get(0).map(Centavos::new),
    )
}

/// Whether another one is on its way and will end by itself.
pub(crate) fn is_one_under_way(db: &Connection) -> rusqlite::Result<bool> {
    db.query_row(
        "SELECT count(*) FROM envio WHERE status = 'EM_PROCESSAMENTO' AND settle_at_ms IS NOT NULL",
        [],
        |row| row.get(0).map(|count: i64| count > 0),
    )
}

/// `settle_at_ms`: none leaves it EM_PROCESSAMENTO. `refusal`: how it ends, if not paid.
pub(crate) fn accept(
    db: &Connection,
    envio: &Envio,
    settle_at_ms: Option<i64>,
    refusal: Option<&str>,
) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO envio (id_envio, e2eid, pagador, favorecido, valor_centavos, info, status, \
         solicitacao_ms, settle_at_ms, refusal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        (
            &envio.id,
            &envio.e2eid,
            &envio.pagador,
            &envio.favorecido,
            envio.valor.get(),
            &envio.info,
            envio.status.as_str(),
            envio.solicitacao_ms,
            settle_at_ms,
            refusal,
        ),
    )?;
    Ok(())
}

/// The accepted one to settle next: its id, when, and the refusal it was given.
pub(crate) fn next_due(db: &Connection) -> rusqlite::Result<Option<(String, i64, Option<String>)>> {
    db.query_row(
        "SELECT id_envio, settle_at_ms, refusal FROM envio \
         WHERE status = 'EM_PROCESSAMENTO' AND settle_at_ms IS NOT NULL \
         ORDER BY settle_at_ms, rowid LIMIT 1",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
    .optional()
}

/// Ends what is EM_PROCESSAMENTO; none when it is not. The money moves here or not at all.
pub(crate) fn settle(
    db: &Connection,
    id: &str,
    refusal: Option<&str>,
    now_ms: i64,
) -> rusqlite::Result<Option<Envio>> {
    let Some(envio) = find(db, id)?.filter(|e| e.status == EnvioStatus::EmProcessamento) else {
        return Ok(None);
    };
    let refusal = match refusal {
        None if ledger::merchant_balance(db)? < envio.valor => Some(NO_BALANCE),
        other => other,
    };
    let (status, liquidacao_ms) = match refusal {
        Some(_) => (EnvioStatus::NaoRealizado, None),
        None => {
            ledger::send(db, &envio, now_ms)?;
            (EnvioStatus::Realizado, Some(now_ms))
        }
    };
    db.execute(
        "UPDATE envio SET status = ?2, motivo = ?3, liquidacao_ms = ?4, settle_at_ms = NULL \
         WHERE id_envio = ?1",
        (id, status.as_str(), refusal, liquidacao_ms),
    )?;
    find(db, id)
}

/// The receiving bank sends a part back. False: so much is not there any more.
pub(crate) fn give_back(
    db: &Connection,
    envio: &Envio,
    returned: &Returned,
) -> rusqlite::Result<bool> {
    let back: Centavos = envio.devolucoes.iter().map(|r| r.valor).sum();
    let total = back.checked_add(returned.valor);
    if envio.status != EnvioStatus::Realizado || total.is_none_or(|total| total > envio.valor) {
        return Ok(false);
    }
    db.execute(
        "INSERT INTO envio_devolucao (rtr_id, id_envio, valor_centavos, horario_ms) \
         VALUES (?1, ?2, ?3, ?4)",
        (
            &returned.rtr_id,
            &envio.id,
            returned.valor.get(),
            returned.horario_ms,
        ),
    )?;
    ledger::sent_back(db, envio, returned)?;
    Ok(true)
}

/// Whose key it is by the control API's word: `Some(None)` says that there is none.
pub(crate) fn owner(db: &Connection, chave: &str) -> rusqlite::Result<Option<Option<String>>> {
    db.query_row(
        "SELECT document FROM owner WHERE chave = ?1",
        [chave],
        |row| row.get(0),
    )
    .optional()
}

pub(crate) fn set_owner(
    db: &Connection,
    chave: &str,
    document: Option<&str>,
) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO owner (chave, document) VALUES (?1, ?2) \
         ON CONFLICT (chave) DO UPDATE SET document = excluded.document",
        (chave, document),
    )?;
    Ok(())
}

fn one(db: &Connection, sql: &str, id: &str) -> rusqlite::Result<Option<Envio>> {
    db.query_row(sql, [id], bare)
        .optional()?
        .map(|envio| with_returns(db, envio))
        .transpose()
}

fn with_returns(db: &Connection, mut envio: Envio) -> rusqlite::Result<Envio> {
    let mut statement = db.prepare_cached(
        "SELECT rtr_id, valor_centavos, horario_ms FROM envio_devolucao WHERE id_envio = ?1 \
         ORDER BY horario_ms, rtr_id",
    )?;
    envio.devolucoes = statement
        .query_map([&envio.id], |row| {
            Ok(Returned {
                rtr_id: row.get(0)?,
                valor: Centavos::new(row.get(1)?),
                horario_ms: row.get(2)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(envio)
}

fn bare(row: &Row<'_>) -> rusqlite::Result<Envio> {
    Ok(Envio {
        id: row.get(0)?,
        e2eid: row.get(1)?,
        pagador: row.get(2)?,
        favorecido: row.get(3)?,
        valor: Centavos::new(row.get(4)?),
        info: row.get(5)?,
        status: parsed(row, 6)?,
        motivo: row.get(7)?,
        solicitacao_ms: row.get(8)?,
        liquidacao_ms: row.get(9)?,
        devolucoes: Vec::new(),
    })
}
