//! What the database knows of the list of the erased that stands outside it.

use super::db::{DbError, Tx, Value};

/// The one row.
const ID: i64 = 1;

/// How many persons the list is known to name; `None` before it was begun.
pub fn listed(tx: &Tx<'_>) -> Result<Option<u64>, DbError> {
    tx.first(
        "SELECT listed FROM erasure_list WHERE id = $1",
        &[ID.into()],
        |row| row.count(0),
    )
}

/// The list only ever gets longer.
pub fn raise(tx: &Tx<'_>, listed: u64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO erasure_list (id, listed) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET listed = \
         CASE WHEN excluded.listed > erasure_list.listed THEN excluded.listed \
         ELSE erasure_list.listed END",
        &[ID.into(), Value::count(listed)],
    )
    .map(drop)
}

/// A person said that the longer list is lost.
pub fn set(tx: &Tx<'_>, listed: u64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO erasure_list (id, listed) VALUES ($1, $2) \
         ON CONFLICT (id) DO UPDATE SET listed = excluded.listed",
        &[ID.into(), Value::count(listed)],
    )
    .map(drop)
}
