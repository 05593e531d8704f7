//! Orders to give back a stray Pix. A table of its own: a refund belongs to a rental, and a stray
//! Pix has none.

use super::db::{DbError, Row, Tx, Value, unreadable};
use super::refund::Word;
use cloud_core::refund::{RefundState, Refusal};
use shared::ids::RefundId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// One order. Its id, without hyphens, is the devolução's id at the bank.
#[derive(Debug, Clone)]
pub struct StrayRefundRow {
    pub id: RefundId,
    pub e2eid: String,
    pub amount: Centavos,
    /// 1 for the first order of this Pix.
    pub order_no: u32,
    pub state: RefundState,
    /// Since when the money is owed, whatever the number of orders.
    pub due_since_ms: UnixMs,
    pub ordered_ms: UnixMs,
    pub settled_ms: Option<UnixMs>,
    pub refusal: Option<String>,
    /// What stands in its way.
    pub reason: Option<Refusal>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, e2eid, amount_centavos, order_no, state, due_since_ms, ordered_ms, \
             settled_ms, refusal, reason FROM stray_refund ",
            $tail
        )
    };
}

pub fn insert(tx: &Tx<'_>, order: &StrayRefundRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stray_refund (id, e2eid, amount_centavos, order_no, state, due_since_ms, \
         ordered_ms, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            Value::text(order.id),
            order.e2eid.as_str().into(),
            order.amount.get().into(),
            i64::from(order.order_no).into(),
            order.state.as_str().into(),
            order.due_since_ms.0.into(),
            order.ordered_ms.0.into(),
            order.reason.map(Refusal::as_str).into(),
        ],
    )
    .map(drop)
}

pub fn by_id(tx: &Tx<'_>, id: &RefundId) -> Result<Option<StrayRefundRow>, DbError> {
    tx.first(select!("WHERE id = $1"), &[Value::text(id)], read)
}

pub fn of_pix(tx: &Tx<'_>, e2eid: &str) -> Result<Vec<StrayRefundRow>, DbError> {
    tx.all(
        select!("WHERE e2eid = $1 ORDER BY order_no"),
        &[e2eid.into()],
        read,
    )
}

pub fn set_word(tx: &Tx<'_>, id: &RefundId, word: &Word<'_>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE stray_refund SET state = $1, settled_ms = $2, return_id = coalesce($3, return_id), \
         refusal = $4, reason = $5 WHERE id = $6",
        &[
            word.state.as_str().into(),
            word.settled_ms.map(|ms| ms.0).into(),
            word.return_id.into(),
            word.refusal.into(),
            word.reason.map(Refusal::as_str).into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

/// Only where nothing stands under the id at the bank, or so much.
pub fn set_amount(tx: &Tx<'_>, id: &RefundId, amount: Centavos) -> Result<(), DbError> {
    tx.execute(
        "UPDATE stray_refund SET amount_centavos = $1 WHERE id = $2",
        &[amount.get().into(), Value::text(id)],
    )
    .map(drop)
}

pub fn set_reason(tx: &Tx<'_>, id: &RefundId, reason: Option<Refusal>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE stray_refund SET reason = $1 WHERE id = $2",
        &[reason.map(Refusal::as_str).into(), Value::text(id)],
    )
    .map(drop)
}

/// What the settled orders of a Pix brought back.
pub fn settled_of(tx: &Tx<'_>, e2eid: &str) -> Result<Vec<Centavos>, DbError> {
    tx.all(
        "SELECT amount_centavos FROM stray_refund WHERE e2eid = $1 AND state = 'settled'",
        &[e2eid.into()],
        |row| row.int(0).map(Centavos::new),
    )
}

/// The oldest that waits for money in the account.
pub fn oldest_short(tx: &Tx<'_>) -> Result<Option<StrayRefundRow>, DbError> {
    tx.first(
        select!(
            "WHERE state = 'requested' AND reason = 'no_balance' ORDER BY due_since_ms, id LIMIT 1"
        ),
        &[],
        read,
    )
}

/// The Pix of orders under way since before `since` of which no open alarm about a refund speaks.
pub fn unwatched(tx: &Tx<'_>, since: UnixMs, rows_max: u16) -> Result<Vec<String>, DbError> {
    tx.all(
        "SELECT DISTINCT e2eid FROM stray_refund WHERE state IN ('requested', 'processing') \
         AND due_since_ms <= $1 AND NOT EXISTS (SELECT 1 FROM alarm a WHERE a.subject = e2eid \
         AND a.cleared_ms IS NULL AND a.kind IN ('refund_late', 'refund_refused', \
         'refund_no_balance', 'refund_blocked')) ORDER BY e2eid LIMIT $2",
        &[since.0.into(), i64::from(rows_max).into()],
        |row| row.text(0),
    )
}

fn read(row: &Row<'_>) -> Result<StrayRefundRow, DbError> {
    let state = row.text(4)?;
    Ok(StrayRefundRow {
        id: row.parsed(0)?,
        e2eid: row.text(1)?,
        amount: Centavos::new(row.int(2)?),
        order_no: u32::from(row.small(3)?),
        state: RefundState::ALL
            .into_iter()
            .find(|s| s.as_str() == state)
            .ok_or_else(|| unreadable(4, "no such state"))?,
        due_since_ms: UnixMs(row.int(5)?),
        ordered_ms: UnixMs(row.int(6)?),
        settled_ms: row.opt_int(7)?.map(UnixMs),
        refusal: row.opt_text(8)?,
        reason: row.opt_text(9)?.map(|code| {
            let known = Refusal::ALL.into_iter().find(|r| r.as_str() == code);
            known.unwrap_or(Refusal::Other)
        }),
    })
}
