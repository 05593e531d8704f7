//! Charges (`cob`) and their revisions.

use super::terms::Terms;
use super::{Page, UnknownState, json, parsed};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use std::str::FromStr;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) txid: String,
    pub(crate) loc_id: i64,
    pub(crate) token: String,
    pub(crate) status: ChargeStatus,
    pub(crate) revisao: i32,
    pub(crate) criacao_ms: i64,
    pub(crate) terms: Terms,
}

/// Expiry is not a state: an expired charge stays `Ativa`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChargeStatus {
    Ativa,
    Concluida,
    RemovidaPeloUsuarioRecebedor,
    RemovidaPeloPsp,
}

impl ChargeStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ativa => "ATIVA",
            Self::Concluida => "CONCLUIDA",
            Self::RemovidaPeloUsuarioRecebedor => "REMOVIDA_PELO_USUARIO_RECEBEDOR",
            Self::RemovidaPeloPsp => "REMOVIDA_PELO_PSP",
        }
    }
}

impl FromStr for ChargeStatus {
    type Err = UnknownState;
    fn from_str(text: &str) -> Result<Self, UnknownState> {
        [
            Self::Ativa,
            Self::Concluida,
            Self::RemovidaPeloUsuarioRecebedor,
            Self::RemovidaPeloPsp,
        ]
        .into_iter()
        .find(|status| status.as_str() == text)
        .ok_or(UnknownState)
    }
}

impl Charge {
    pub(crate) fn expires_ms(&self) -> i64 {
        self.criacao_ms + i64::from(self.terms.expiracao_seconds) * 1_000
    }

    pub(crate) fn is_expired(&self, now_ms: i64) -> bool {
        now_ms >= self.expires_ms()
    }
}

const SELECT: &str = "SELECT c.txid, c.loc_id, c.token, c.status, c.revisao, c.criacao_ms, r.terms \
     FROM cob c JOIN cob_revision r ON r.txid = c.txid AND r.revisao = c.revisao";

pub(crate) fn by_txid(db: &Connection, txid: &str) -> rusqlite::Result<Option<Charge>> {
    db.query_row(&format!("{SELECT} WHERE c.txid = ?1"), [txid], charge)
        .optional()
}

pub(crate) fn by_token(db: &Connection, token: &str) -> rusqlite::Result<Option<Charge>> {
    db.query_row(&format!("{SELECT} WHERE c.token = ?1"), [token], charge)
        .optional()
}

pub(crate) fn terms_at(
    db: &Connection,
    txid: &str,
    revisao: i32,
) -> rusqlite::Result<Option<Terms>> {
    db.query_row(
        "SELECT terms FROM cob_revision WHERE txid = ?1 AND revisao = ?2",
        (txid, revisao),
        |row| json(row, 0),
    )
    .optional()
}

pub(crate) fn loc_exists(db: &Connection, loc_id: i64) -> rusqlite::Result<bool> {
    db.query_row(
        "SELECT EXISTS (SELECT 1 FROM cob WHERE loc_id = ?1)",
        [loc_id],
        |row| row.get(0),
    )
}

pub(crate) fn create(
    db: &Connection,
    txid: &str,
    token: &str,
    terms: Terms,
    now_ms: i64,
) -> rusqlite::Result<Charge> {
    db.execute(
        "INSERT INTO cob (txid, token, status, revisao, criacao_ms, document) \
         VALUES (?1, ?2, 'ATIVA', 0, ?3, ?4)",
        (txid, token, now_ms, document(&terms)),
    )?;
    let loc_id = db.last_insert_rowid();
    insert_revision(db, txid, 0, &terms)?;
    Ok(Charge {
        txid: txid.to_owned(),
        loc_id,
        token: token.to_owned(),
        status: ChargeStatus::Ativa,
        revisao: 0,
        criacao_ms: now_ms,
        terms,
    })
}

/// Stores `terms` and `status` as the next revision; the same content is no revision.
pub(crate) fn revise(
    db: &Connection,
    current: Charge,
    status: ChargeStatus,
    terms: Terms,
) -> rusqlite::Result<Charge> {
    if status == current.status && terms == current.terms {
        return Ok(current);
    }
    let revisao = current.revisao + 1;
    db.execute(
        "UPDATE cob SET status = ?2, revisao = ?3, document = ?4 WHERE txid = ?1",
        (&current.txid, status.as_str(), revisao, document(&terms)),
    )?;
    insert_revision(db, &current.txid, revisao, &terms)?;
    Ok(Charge {
        status,
        revisao,
        terms,
        ..current
    })
}

/// A payment concludes; it revises nothing.
pub(crate) fn conclude(db: &Connection, txid: &str) -> rusqlite::Result<()> {
    db.execute(
        "UPDATE cob SET status = 'CONCLUIDA' WHERE txid = ?1 AND status = 'ATIVA'",
        [txid],
    )?;
    Ok(())
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ChargeFilter {
    pub(crate) from_ms: i64,
    pub(crate) to_ms: i64,
    pub(crate) document: Option<String>,
    pub(crate) status: Option<String>,
    /// Every charge of this bank has a location: `false` finds none.
    pub(crate) location_present: Option<bool>,
}

/// How many match, and one page of them, oldest first.
pub(crate) fn list(
    db: &Connection,
    filter: &ChargeFilter,
    page: Page,
) -> rusqlite::Result<(i64, Vec<Charge>)> {
    const MATCHING: &str = " WHERE c.criacao_ms BETWEEN :from AND :to \
         AND (:document IS NULL OR c.document = :document) \
         AND (:status IS NULL OR c.status = :status) \
         AND (:located IS NULL OR :located)";
    let matching = named_params! {
        ":from": filter.from_ms,
        ":to": filter.to_ms,
        ":document": filter.document,
        ":status": filter.status,
        ":located": filter.location_present,
    };
    let total = db.query_row(
        &format!("SELECT count(*) FROM cob c{MATCHING}"),
        matching,
        |row| row.get(0),
    )?;
    let (size, offset) = (page.size, page.offset());
    let mut statement = db.prepare(&format!(
        "{SELECT}{MATCHING} ORDER BY c.criacao_ms, c.loc_id LIMIT {size} OFFSET {offset}"
    ))?;
    let charges = statement
        .query_map(matching, charge)?
        .collect::<Result<_, _>>()?;
    Ok((total, charges))
}

/// The newest charges a customer could still pay.
pub(crate) fn newest_open(
    db: &Connection,
    now_ms: i64,
    count_max: usize,
) -> rusqlite::Result<Vec<Charge>> {
    let mut statement = db.prepare(&format!(
        "{SELECT} WHERE c.status = 'ATIVA' ORDER BY c.loc_id DESC LIMIT 200"
    ))?;
    let charges: Vec<Charge> = statement.query_map([], charge)?.collect::<Result<_, _>>()?;
    Ok(charges
        .into_iter()
        .filter(|charge| !charge.is_expired(now_ms))
        .take(count_max)
        .collect())
}

fn insert_revision(
    db: &Connection,
    txid: &str,
    revisao: i32,
    terms: &Terms,
) -> rusqlite::Result<()> {
    let text = serde_json::to_string(terms).expect("terms are plain data");
    db.execute(
        "INSERT INTO cob_revision (txid, revisao, terms) VALUES (?1, ?2, ?3)",
        (txid, revisao, text),
    )?;
    Ok(())
}

fn document(terms: &Terms) -> Option<&str> {
    terms.devedor.as_ref().map(|devedor| devedor.document())
}

fn charge(row: &Row<'_>) -> rusqlite::Result<Charge> {
    Ok(Charge {
        txid: row.get(0)?,
        loc_id: row.get(1)?,
        token: row.get(2)?,
        status: parsed(row, 3)?,
        revisao: row.get(4)?,
        criacao_ms: row.get(5)?,
        terms: json(row, 6)?,
    })
}
