//! Received Pix. It has no status: what is in the book is settled.

use super::refund::{self, Refund, RefundStatus};
use super::{Page, ledger};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use shared::money::Centavos;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) e2eid: String,
    pub(crate) txid: Option<String>,
    pub(crate) chave: String,
    pub(crate) valor: Centavos,
    pub(crate) horario_ms: i64,
    pub(crate) devolucoes: Vec<Refund>,
}

impl Received {
    /// Whether so much may still go back: the value less every devolução that is not refused.
    pub(crate) fn can_return(&self, valor: Centavos) -> bool {
        let not_free: Centavos = self
            .devolucoes
            .iter()
            .filter(|refund| refund.status != RefundStatus::NaoRealizado)
            .map(|refund| refund.valor)
            .sum();
        let total = not_free.checked_add(valor);
        total.is_some_and(|total| total <= self.valor)
    }
}

const SELECT: &str = "SELECT e2eid, txid, chave, valor_centavos, horario_ms FROM pix p";

/// Books the money: customer's account to the merchant's.
pub(crate) fn settle(db: &Connection, pix: &Received) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO pix (e2eid, txid, chave, valor_centavos, horario_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
        (
            &pix.e2eid,
            &pix.txid,
            &pix.chave,
            pix.valor.get(),
            pix.horario_ms,
        ),
    )?;
    ledger::receive(db, pix)
}

pub(crate) fn by_e2eid(db: &Connection, e2eid: &str) -> rusqlite::Result<Option<Received>> {
    db.query_row(&format!("{SELECT} WHERE e2eid = ?1"), [e2eid], bare)
        .optional()?
        .map(|pix| with_refunds(db, pix))
        .transpose()
}

/// Oldest first.
pub(crate) fn by_txid(db: &Connection, txid: &str) -> rusqlite::Result<Vec<Received>> {
    let mut statement = db.prepare_cached(&format!(
        "{SELECT} WHERE txid = ?1 ORDER BY horario_ms, e2eid"
    ))?;
    let found: Vec<Received> = statement
        .query_map([txid], bare)?
        .collect::<Result<_, _>>()?;
    found.into_iter().map(|pix| with_refunds(db, pix)).collect()
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ReceivedFilter {
    pub(crate) from_ms: i64,
    pub(crate) to_ms: i64,
    pub(crate) txid: Option<String>,
    pub(crate) txid_present: Option<bool>,
    pub(crate) refund_present: Option<bool>,
    /// This bank's customers have no document: a filter by one finds nothing.
    pub(crate) by_payer: bool,
}

/// How many match, and one page of them, oldest first.
pub(crate) fn list(
    db: &Connection,
    filter: &ReceivedFilter,
    page: Page,
) -> rusqlite::Result<(i64, Vec<Received>)> {
    const MATCHING: &str = " WHERE p.horario_ms BETWEEN :from AND :to \
         AND (:txid IS NULL OR p.txid = :txid) \
         AND (:txid_present IS NULL OR (p.txid IS NOT NULL) = :txid_present) \
         AND (:refund_present IS NULL OR :refund_present = \
              EXISTS (SELECT 1 FROM devolucao d WHERE d.e2eid = p.e2eid)) \
         AND NOT :by_payer";
    let matching = named_params! {
        ":from": filter.from_ms,
        ":to": filter.to_ms,
        ":txid": filter.txid,
        ":txid_present": filter.txid_present,
        ":refund_present": filter.refund_present,
        ":by_payer": filter.by_payer,
    };
    let total = db.query_row(
        &format!("SELECT count(*) FROM pix p{MATCHING}"),
        matching,
        |row| row.get(0),
    )?;
    let (size, offset) = (page.size, page.offset());
    let mut statement = db.prepare(&format!(
        "{SELECT}{MATCHING} ORDER BY p.horario_ms, p.e2eid LIMIT {size} OFFSET {offset}"
    ))?;
    let found: Vec<Received> = statement
        .query_map(matching, bare)?
        .collect::<Result<_, _>>()?;
    let found = found
        .into_iter()
        .map(|pix| with_refunds(db, pix))
        .collect::<Result<_, _>>()?;
    Ok((total, found))
}

fn with_refunds(db: &Connection, mut pix: Received) -> rusqlite::Result<Received> {
    pix.devolucoes = refund::of(db, &pix.e2eid)?;
    Ok(pix)
}

fn bare(row: &Row<'_>) -> rusqlite::Result<Received> {
    Ok(Received {
        e2eid: row.get(0)?,
        txid: row.get(1)?,
        chave: row.get(2)?,
        valor: Centavos::new(row.get(3)?),
        horario_ms: row.get(4)?,
        devolucoes: Vec::new(),
    })
}
