//! One callback URL per Pix key.

use super::Page;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub(crate) chave: String,
    pub(crate) url: String,
    pub(crate) criacao_ms: i64,
}

pub(crate) fn put(db: &Connection, chave: &str, url: &str, now_ms: i64) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO webhook (chave, url, criacao_ms) VALUES (?1, ?2, ?3) ON CONFLICT (chave) \
         DO UPDATE SET url = excluded.url, criacao_ms = excluded.criacao_ms",
        (chave, url, now_ms),
    )?;
    Ok(())
}

pub(crate) fn get(db: &Connection, chave: &str) -> rusqlite::Result<Option<Webhook>> {
    db.query_row(
        "SELECT chave, url, criacao_ms FROM webhook WHERE chave = ?1",
        [chave],
        webhook,
    )
    .optional()
}

/// `false` when there was none.
pub(crate) fn delete(db: &Connection, chave: &str) -> rusqlite::Result<bool> {
    Ok(db.execute("DELETE FROM webhook WHERE chave = ?1", [chave])? > 0)
}

/// How many were created in the span, and one page of them by key.
pub(crate) fn list(
    db: &Connection,
    from_ms: i64,
    to_ms: i64,
    page: Page,
) -> rusqlite::Result<(i64, Vec<Webhook>)> {
    const MATCHING: &str = " FROM webhook WHERE criacao_ms BETWEEN :from AND :to";
    let matching = named_params! {":from": from_ms, ":to": to_ms};
    let total = db.query_row(&format!("SELECT count(*){MATCHING}"), matching, |row| {
        row.get(0)
    })?;
    let (size, offset) = (page.size, page.offset());
    let mut statement = db.prepare(&format!(
        "SELECT chave, url, criacao_ms{MATCHING} ORDER BY chave LIMIT {size} OFFSET {offset}"
    ))?;
    let webhooks = statement
        .query_map(matching, webhook)?
        .collect::<Result<_, _>>()?;
    Ok((total, webhooks))
}

fn webhook(row: &Row<'_>) -> rusqlite::Result<Webhook> {
    Ok(Webhook {
        chave: row.get(0)?,
        url: row.get(1)?,
        criacao_ms: row.get(2)?,
    })
}
