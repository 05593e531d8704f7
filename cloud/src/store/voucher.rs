use super::db::{DbError, Row, Tx, Value};
use shared::ids::{RentalId, StaffId};
use shared::money::Centavos;
use shared::time::UnixMs;

/// A finder's part in goods; its code is only known as a hash.
#[derive(Debug, Clone)]
pub struct VoucherRow {
    pub rental: RentalId,
    pub amount: Centavos,
    pub made_ms: UnixMs,
    /// It is not good from this moment on.
    pub until_ms: UnixMs,
    pub redeemed_ms: Option<UnixMs>,
    /// When its amount went to the prize fund.
    pub expired_ms: Option<UnixMs>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT rental_id, amount_centavos, made_ms, until_ms, redeemed_ms, expired_ms \
             FROM voucher ",
            $tail
        )
    };
}

pub fn insert(
    tx: &Tx<'_>,
    code_hash: &[u8; 32],
    (rental, amount): (&RentalId, Centavos),
    (now, until): (UnixMs, UnixMs),
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO voucher (code_hash, rental_id, amount_centavos, made_ms, until_ms) \
         VALUES ($1, $2, $3, $4, $5)",
        &[
            code_hash.as_slice().into(),
            Value::text(rental),
            amount.get().into(),
            now.0.into(),
            until.0.into(),
        ],
    )
    .map(drop)
}

pub fn by_code(tx: &Tx<'_>, code_hash: &[u8; 32]) -> Result<Option<VoucherRow>, DbError> {
    tx.first(
        select!("WHERE code_hash = $1"),
        &[code_hash.as_slice().into()],
        read,
    )
}

pub fn of_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Option<VoucherRow>, DbError> {
    tx.first(
        select!("WHERE rental_id = $1"),
        &[Value::text(rental)],
        read,
    )
}

pub fn set_redeemed(
    tx: &Tx<'_>,
    rental: &RentalId,
    by: &StaffId,
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE voucher SET redeemed_ms = $1, redeemed_by = $2 WHERE rental_id = $3",
        &[now.0.into(), Value::text(by), Value::text(rental)],
    )
    .map(drop)
}

/// It stays good for longer.
pub fn set_until(tx: &Tx<'_>, rental: &RentalId, until: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE voucher SET until_ms = $1 WHERE rental_id = $2",
        &[until.0.into(), Value::text(rental)],
    )
    .map(drop)
}

/// Nobody came with it.
pub fn set_expired(tx: &Tx<'_>, rental: &RentalId, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE voucher SET expired_ms = $1 WHERE rental_id = $2",
        &[now.0.into(), Value::text(rental)],
    )
    .map(drop)
}

/// Those whose time is over and whose worth nobody has decided about; what a payer got back or what
/// nobody earned is worth nothing.
pub fn overdue(tx: &Tx<'_>, now: UnixMs, rows_max: u16) -> Result<Vec<RentalId>, DbError> {
    tx.all(
        "SELECT v.rental_id FROM voucher v JOIN rescue r ON r.rental_id = v.rental_id \
         WHERE v.redeemed_ms IS NULL AND v.expired_ms IS NULL AND v.until_ms <= $1 \
         AND r.state IN ('rescued', 'review') ORDER BY v.until_ms, v.rental_id LIMIT $2",
        &[now.0.into(), i64::from(rows_max).into()],
        |row| row.parsed(0),
    )
}

/// Those that may still be used, the first to end first.
pub fn open(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<VoucherRow>, DbError> {
    tx.all(
        select!(
            "WHERE redeemed_ms IS NULL AND expired_ms IS NULL AND rental_id IN \
             (SELECT r.rental_id FROM rescue r WHERE r.state IN ('rescued', 'review')) \
             ORDER BY until_ms, rental_id LIMIT $1"
        ),
        &[i64::from(rows_max).into()],
        read,
    )
}

/// The last that were redeemed or that ended unused, the latest first.
pub fn ended(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<VoucherRow>, DbError> {
    tx.all(
        select!(
            "WHERE redeemed_ms IS NOT NULL OR expired_ms IS NOT NULL \
             ORDER BY coalesce(redeemed_ms, expired_ms) DESC, rental_id LIMIT $1"
        ),
        &[i64::from(rows_max).into()],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<VoucherRow, DbError> {
    Ok(VoucherRow {
        rental: row.parsed(0)?,
        amount: Centavos::new(row.int(1)?),
        made_ms: UnixMs(row.int(2)?),
        until_ms: UnixMs(row.int(3)?),
        redeemed_ms: row.opt_int(4)?.map(UnixMs),
        expired_ms: row.opt_int(5)?.map(UnixMs),
    })
}
