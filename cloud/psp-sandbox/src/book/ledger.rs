//! Accounts and transfers. A row debits one account and credits another, so the sum is always zero.

use super::envio::{Envio, Returned};
use super::{received::Received, refund::Refund};
use rusqlite::Connection;
use shared::money::Centavos;

/// Everybody who pays from this bank's app: outside the merchant's accounts.
pub(crate) const CUSTOMER: &str = "cliente";
const MERCHANT_PREFIX: &str = "recebedor:";

pub(crate) fn receive(db: &Connection, pix: &Received) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO transfer (at_ms, kind, e2eid, debit, credit, amount_centavos) \
         VALUES (?1, 'pix', ?2, ?3, ?4, ?5)",
        (
            pix.horario_ms,
            &pix.e2eid,
            CUSTOMER,
            merchant(&pix.chave),
            pix.valor.get(),
        ),
    )?;
    Ok(())
}

pub(crate) fn give_back(
    db: &Connection,
    pix: &Received,
    refund: &Refund,
    now_ms: i64,
) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO transfer (at_ms, kind, e2eid, devolucao_id, debit, credit, amount_centavos) \
         VALUES (?1, 'devolucao', ?2, ?3, ?4, ?5, ?6)",
        (
            now_ms,
            &pix.e2eid,
            &refund.id,
            merchant(&pix.chave),
            CUSTOMER,
            refund.valor.get(),
        ),
    )?;
    Ok(())
}

/// Whoever gets it is outside the merchant's accounts, like whoever pays.
pub(crate) fn send(db: &Connection, sent: &Envio, now_ms: i64) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO transfer (at_ms, kind, e2eid, debit, credit, amount_centavos) \
         VALUES (?1, 'envio', ?2, ?3, ?4, ?5)",
        (
            now_ms,
            &sent.e2eid,
            merchant(&sent.pagador),
            CUSTOMER,
            sent.valor.get(),
        ),
    )?;
    Ok(())
}

pub(crate) fn sent_back(
    db: &Connection,
    sent: &Envio,
    returned: &Returned,
) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO transfer (at_ms, kind, e2eid, devolucao_id, debit, credit, amount_centavos) \
         VALUES (?1, 'envio_devolucao', ?2, ?3, ?4, ?5, ?6)",
        (
            returned.horario_ms,
            &sent.e2eid,
            &returned.rtr_id,
            CUSTOMER,
            merchant(&sent.pagador),
            returned.valor.get(),
        ),
    )?;
    Ok(())
}

/// Over all keys: they lead to one account holder.
pub(crate) fn merchant_balance(db: &Connection) -> rusqlite::Result<Centavos> {
    let totals = totals(db)?;
    Ok(totals.balance)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) balance: Centavos,
    pub(crate) received: Centavos,
    pub(crate) refunded: Centavos,
    /// Sent to other people's keys, less what came back.
    pub(crate) sent: Centavos,
    /// Over all accounts; anything but zero would be a defect of this bank.
    pub(crate) sum: Centavos,
}

pub(crate) fn totals(db: &Connection) -> rusqlite::Result<Totals> {
    db.query_row(
        "SELECT \
           (SELECT coalesce(sum(amount_centavos), 0) FROM statement_line WHERE account <> ?1), \
           (SELECT coalesce(sum(amount_centavos), 0) FROM transfer WHERE kind = 'pix'), \
           (SELECT coalesce(sum(amount_centavos), 0) FROM transfer WHERE kind = 'devolucao'), \
           (SELECT coalesce(sum(CASE kind WHEN 'envio' THEN amount_centavos ELSE -amount_centavos END), 0) \
             FROM transfer WHERE kind IN ('envio', 'envio_devolucao')), \
           (SELECT coalesce(sum(amount_centavos), 0) FROM statement_line)",
        [CUSTOMER],
        |row| {
            Ok(Totals {
                balance: Centavos::new(row.get(0)?),
                received: Centavos::new(row.get(1)?),
                refunded: Centavos::new(row.get(2)?),
                sent: Centavos::new(row.get(3)?),
                sum: Centavos::new(row.get(4)?),
            })
        },
    )
}

/// Every account with its balance, by name.
pub(crate) fn accounts(db: &Connection) -> rusqlite::Result<Vec<(String, Centavos)>> {
    let mut statement = db.prepare(
        "SELECT account, sum(amount_centavos) FROM statement_line GROUP BY account ORDER BY account",
    )?;
    statement
        .query_map([], |row| Ok((row.get(0)?, Centavos::new(row.get(1)?))))?
        .collect()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) at_ms: i64,
    pub(crate) e2eid: String,
    pub(crate) txid: Option<String>,
    /// Negative: a debit.
    pub(crate) amount: Centavos,
}

/// The customer's statement, newest first.
pub(crate) fn customer_statement(db: &Connection, lines_max: usize) -> rusqlite::Result<Vec<Line>> {
    let mut statement = db.prepare(
        "SELECT l.at_ms, l.e2eid, p.txid, l.amount_centavos \
         FROM statement_line l LEFT JOIN pix p ON p.e2eid = l.e2eid \
         WHERE l.account = ?1 ORDER BY l.id DESC LIMIT ?2",
    )?;
    let count = i64::try_from(lines_max).unwrap_or(i64::MAX);
    statement
        .query_map((CUSTOMER, count), |row| {
            Ok(Line {
                at_ms: row.get(0)?,
                e2eid: row.get(1)?,
                txid: row.get(2)?,
                amount: Centavos::new(row.get(3)?),
            })
        })?
        .collect()
}

fn merchant(chave: &str) -> String {
    format!("{MERCHANT_PREFIX}{chave}")
}
