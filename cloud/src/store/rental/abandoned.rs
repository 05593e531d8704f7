use super::super::db::{DbError, Tx, Value};
use super::{Place, RentalRow, read};
use shared::ids::{BayNo, RentalId};
use shared::time::UnixMs;

/// Carts that are out under a paid deposit, the longest first.
pub fn out_with_deposit(
    tx: &Tx<'_>,
    before: UnixMs,
    rows_max: u16,
) -> Result<Vec<RentalRow>, DbError> {
    tx.all(
        select!(
            "WHERE out_tag IS NOT NULL AND state = 'out' AND backing = 'deposit' \
             AND e2eid IS NOT NULL AND out_ms < $1 ORDER BY out_ms, id LIMIT $2"
        ),
        &[before.0.into(), i64::from(rows_max).into()],
        read,
    )
}

pub fn set_abandoned(tx: &Tx<'_>, id: &RentalId, at: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rental SET state = 'abandoned', abandoned_ms = $1 WHERE id = $2",
        &[at.0.into(), Value::text(id)],
    )
    .map(drop)
}

/// Somebody put the abandoned cart into a bay: the tag is free for the next rental.
pub fn set_brought(
    tx: &Tx<'_>,
    id: &RentalId,
    (place, bay): (Place, Option<BayNo>),
    at: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rental SET out_tag = NULL, returned_ms = $1, returned_gateway = $2, \
         returned_seq = $3, returned_bay = $4 WHERE id = $5",
        &[
            at.0.into(),
            Value::text(place.gateway),
            Value::count(place.seq),
            bay.map(|b| i64::from(b.get())).into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

/// The deposit of an abandoned cart is its payer's after all.
pub fn set_come_back(tx: &Tx<'_>, id: &RentalId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rental SET state = 'returned', review = NULL WHERE id = $1",
        &[Value::text(id)],
    )
    .map(drop)
}

/// The same, where it was divided before: the rental goes on until the money is back.
pub fn set_overturned(tx: &Tx<'_>, id: &RentalId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rental SET state = 'returned', review = NULL, ended_ms = NULL WHERE id = $1",
        &[Value::text(id)],
    )
    .map(drop)
}

/// The hash of the secret in the rental's address.
pub fn token_hash_of(tx: &Tx<'_>, id: &RentalId) -> Result<Option<[u8; 32]>, DbError> {
    let found = tx.first(
        "SELECT token_hash FROM rental WHERE id = $1",
        &[Value::text(id)],
        |row| row.bytes(0),
    )?;
    Ok(found.and_then(|bytes| bytes.try_into().ok()))
}
