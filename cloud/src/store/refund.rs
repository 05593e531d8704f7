use super::db::{DbError, Row, Tx, Value, unreadable};
use cloud_core::refund::{RefundState, Refusal};
use shared::ids::{RefundId, RentalId};
use shared::money::Centavos;
use shared::time::UnixMs;

/// One order to give a Pix back. Its id, without hyphens, is the devolução's id at the bank.
#[derive(Debug, Clone)]
pub struct RefundRow {
    pub id: RefundId,
    pub e2eid: String,
    pub rental: RentalId,
    pub amount: Centavos,
    /// 1 for the first order of this Pix.
    pub order_no: u32,
    pub state: RefundState,
    /// Since when the money is owed, whatever the number of orders.
    pub due_since_ms: UnixMs,
    pub ordered_ms: UnixMs,
    pub settled_ms: Option<UnixMs>,
    /// The bank's `rtrId`.
    pub return_id: Option<String>,
    /// The bank's words, without personal data.
    pub refusal: Option<String>,
    /// What stands in its way, or stood there when it was given up.
    pub reason: Option<Refusal>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, e2eid, rental_id, amount_centavos, order_no, state, due_since_ms, \
             ordered_ms, settled_ms, return_id, refusal, reason FROM refund ",
            $tail
        )
    };
}

pub fn insert(tx: &Tx<'_>, refund: &RefundRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refund (id, e2eid, rental_id, amount_centavos, order_no, state, due_since_ms, \
         ordered_ms, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            Value::text(refund.id),
            refund.e2eid.as_str().into(),
            Value::text(refund.rental),
            refund.amount.get().into(),
            i64::from(refund.order_no).into(),
            refund.state.as_str().into(),
            refund.due_since_ms.0.into(),
            refund.ordered_ms.0.into(),
            refund.reason.map(Refusal::as_str).into(),
        ],
    )
    .map(drop)
}

pub fn by_id(tx: &Tx<'_>, id: &RefundId) -> Result<Option<RefundRow>, DbError> {
    tx.first(select!("WHERE id = $1"), &[Value::text(id)], read)
}

pub fn of_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Vec<RefundRow>, DbError> {
    tx.all(
        select!("WHERE rental_id = $1 ORDER BY ordered_ms, order_no, id"),
        &[Value::text(rental)],
        read,
    )
}

/// The last order of a Pix that is not retired.
pub fn alive(tx: &Tx<'_>, e2eid: &str) -> Result<Option<RefundRow>, DbError> {
    tx.first(
        select!("WHERE e2eid = $1 AND state <> 'refused' ORDER BY order_no DESC LIMIT 1"),
        &[e2eid.into()],
        read,
    )
}

/// What the bank said, kept with the order.
pub struct Word<'a> {
    pub state: RefundState,
    pub settled_ms: Option<UnixMs>,
    pub return_id: Option<&'a str>,
    pub refusal: Option<&'a str>,
    pub reason: Option<Refusal>,
}

pub fn set_word(tx: &Tx<'_>, id: &RefundId, word: &Word<'_>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE refund SET state = $1, settled_ms = $2, return_id = coalesce($3, return_id), \
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

/// Shrinks an order: nothing stands under it at the bank, or so much.
pub fn set_amount(tx: &Tx<'_>, id: &RefundId, amount: Centavos) -> Result<(), DbError> {
    tx.execute(
        "UPDATE refund SET amount_centavos = $1 WHERE id = $2",
        &[amount.get().into(), Value::text(id)],
    )
    .map(drop)
}

pub fn set_reason(tx: &Tx<'_>, id: &RefundId, reason: Option<Refusal>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE refund SET reason = $1 WHERE id = $2",
        &[reason.map(Refusal::as_str).into(), Value::text(id)],
    )
    .map(drop)
}

/// Notes that a payout brought what no devolução could, or that it came back.
pub fn set_paid_out(tx: &Tx<'_>, e2eid: &str, is_paid: bool) -> Result<(), DbError> {
    let (to, from) = match is_paid {
        true => (RefundState::PaidOut, RefundState::Owed),
        false => (RefundState::Owed, RefundState::PaidOut),
    };
    tx.execute(
        "UPDATE refund SET state = $1 WHERE e2eid = $2 AND state = $3",
        &[to.as_str().into(), e2eid.into(), from.as_str().into()],
    )
    .map(drop)
}

/// What the settled orders of a Pix brought back.
pub fn settled_of(tx: &Tx<'_>, e2eid: &str) -> Result<Vec<Centavos>, DbError> {
    tx.all(
        "SELECT amount_centavos FROM refund WHERE e2eid = $1 AND state = 'settled'",
        &[e2eid.into()],
        |row| row.int(0).map(Centavos::new),
    )
}

/// The oldest debt that waits for money in the account.
pub fn oldest_short(tx: &Tx<'_>) -> Result<Option<RefundRow>, DbError> {
    tx.first(
        select!(
            "WHERE state = 'requested' AND reason = 'no_balance' ORDER BY due_since_ms, id LIMIT 1"
        ),
        &[],
        read,
    )
}

/// Orders under way since before `since` of whose rental no open alarm about a refund speaks.
pub fn unwatched(tx: &Tx<'_>, since: UnixMs, rows_max: u16) -> Result<Vec<RentalId>, DbError> {
    tx.all(
        "SELECT DISTINCT rental_id FROM refund WHERE state IN ('requested', 'processing') \
         AND due_since_ms <= $1 AND NOT EXISTS (SELECT 1 FROM alarm a WHERE a.subject = rental_id \
         AND a.cleared_ms IS NULL AND a.kind IN ('refund_late', 'refund_refused', \
         'refund_no_balance', 'refund_blocked')) ORDER BY rental_id LIMIT $2",
        &[since.0.into(), i64::from(rows_max).into()],
        |row| row.parsed(0),
    )
}

fn read(row: &Row<'_>) -> Result<RefundRow, DbError> {
    let state = row.text(5)?;
    Ok(RefundRow {
        id: row.parsed(0)?,
        e2eid: row.text(1)?,
        rental: row.parsed(2)?,
        amount: Centavos::new(row.int(3)?),
        order_no: u32::from(row.small(4)?),
        state: RefundState::ALL
            .into_iter()
            .find(|s| s.as_str() == state)
            .ok_or_else(|| unreadable(5, "no such state"))?,
        due_since_ms: UnixMs(row.int(6)?),
        ordered_ms: UnixMs(row.int(7)?),
        settled_ms: row.opt_int(8)?.map(UnixMs),
        return_id: row.opt_text(9)?,
        refusal: row.opt_text(10)?,
        reason: row.opt_text(11)?.map(|code| {
            let known = Refusal::ALL.into_iter().find(|r| r.as_str() == code);
            known.unwrap_or(Refusal::Other)
        }),
    })
}
