use super::db::{DbError, Row, Tx, Value};
use shared::ids::RentalId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// A received Pix, booked whatever it was for.
#[derive(Debug, Clone)]
pub struct PaymentRow {
    pub e2eid: String,
    pub txid: String,
    pub rental: RentalId,
    pub amount: Centavos,
    /// `deposit`, or why it buys nothing.
    pub verdict: String,
    pub settled_ms: UnixMs,
    pub seen_ms: UnixMs,
}

pub fn insert(tx: &Tx<'_>, payment: &PaymentRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO payment (e2eid, txid, rental_id, amount_centavos, verdict, settled_ms, seen_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            payment.e2eid.as_str().into(),
            payment.txid.as_str().into(),
            Value::text(payment.rental),
            payment.amount.get().into(),
            payment.verdict.as_str().into(),
            payment.settled_ms.0.into(),
            payment.seen_ms.0.into(),
        ],
    )
    .map(drop)
}

pub fn exists(tx: &Tx<'_>, e2eid: &str) -> Result<bool, DbError> {
    let found = tx.first(
        "SELECT 1 FROM payment WHERE e2eid = $1",
        &[e2eid.into()],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

pub fn by_e2eid(tx: &Tx<'_>, e2eid: &str) -> Result<Option<PaymentRow>, DbError> {
    tx.first(
        "SELECT e2eid, txid, rental_id, amount_centavos, verdict, settled_ms, seen_ms \
         FROM payment WHERE e2eid = $1",
        &[e2eid.into()],
        read,
    )
}

pub fn of_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Vec<PaymentRow>, DbError> {
    tx.all(
        "SELECT e2eid, txid, rental_id, amount_centavos, verdict, settled_ms, seen_ms \
         FROM payment WHERE rental_id = $1 ORDER BY settled_ms, e2eid",
        &[Value::text(rental)],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<PaymentRow, DbError> {
    Ok(PaymentRow {
        e2eid: row.text(0)?,
        txid: row.text(1)?,
        rental: row.parsed(2)?,
        amount: Centavos::new(row.int(3)?),
        verdict: row.text(4)?,
        settled_ms: UnixMs(row.int(5)?),
        seen_ms: UnixMs(row.int(6)?),
    })
}
