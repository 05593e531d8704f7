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
    pub redeemed_ms: Option<UnixMs>,
}

pub fn insert(
    tx: &Tx<'_>,
    code_hash: &[u8; 32],
    (rental, amount): (&RentalId, Centavos),
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO voucher (code_hash, rental_id, amount_centavos, made_ms) \
         VALUES ($1, $2, $3, $4)",
        &[
            code_hash.as_slice().into(),
            Value::text(rental),
            amount.get().into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

pub fn by_code(tx: &Tx<'_>, code_hash: &[u8; 32]) -> Result<Option<VoucherRow>, DbError> {
    tx.first(
        "SELECT rental_id, amount_centavos, made_ms, redeemed_ms FROM voucher WHERE code_hash = $1",
        &[code_hash.as_slice().into()],
        read,
    )
}

pub fn of_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Option<VoucherRow>, DbError> {
    tx.first(
        "SELECT rental_id, amount_centavos, made_ms, redeemed_ms FROM voucher WHERE rental_id = $1",
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

/// The last that were redeemed, the latest first.
pub fn redeemed(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<VoucherRow>, DbError> {
    tx.all(
        "SELECT rental_id, amount_centavos, made_ms, redeemed_ms FROM voucher \
         WHERE redeemed_ms IS NOT NULL ORDER BY redeemed_ms DESC LIMIT $1",
        &[i64::from(rows_max).into()],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<VoucherRow, DbError> {
    Ok(VoucherRow {
        rental: row.parsed(0)?,
        amount: Centavos::new(row.int(1)?),
        made_ms: UnixMs(row.int(2)?),
        redeemed_ms: row.opt_int(3)?.map(UnixMs),
    })
}
