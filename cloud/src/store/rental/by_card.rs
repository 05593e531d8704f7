//! Rentals that a member card began at a dock without the cloud: nothing was charged.

use super::{DbError, NewRental, Tx, Value, insert};
use shared::allowance::CardKey;
use shared::ids::DockId;
use shared::time::UnixMs;

/// Its bay is open already; for what follows that is as good as paid.
pub fn insert_by_card(
    tx: &Tx<'_>,
    new: &NewRental,
    card: CardKey,
    now: UnixMs,
) -> Result<(), DbError> {
    insert(tx, new, now)?;
    tx.execute(
        "UPDATE rental SET state = 'paid', backing = 'card', card_key = $1, paid_ms = $2 \
         WHERE id = $3",
        &[Value::text(card), now.0.into(), Value::text(new.id)],
    )
    .map(drop)
}

/// Carts that member cards took at a dock and that have not come back.
pub fn out_by_card(tx: &Tx<'_>, dock: &DockId) -> Result<u64, DbError> {
    let count = tx.first(
        "SELECT count(*) FROM rental WHERE dock_id = $1 AND backing = 'card' \
         AND ended_ms IS NULL AND state IN ('paid', 'out')",
        &[Value::text(dock)],
        |row| row.count(0),
    )?;
    Ok(count.unwrap_or(0))
}
