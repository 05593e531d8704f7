//! Rentals that a member card began at a dock without the cloud: nothing was charged.

use super::{DbError, NewRental, Tx, Value, insert};
use shared::allowance::CardKey;
use shared::ids::GatewayId;
use shared::money::Centavos;
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

/// Carts that member cards took at a gateway and that have not come back, and what they are worth by
/// the deposit of their day.
pub fn out_by_card(tx: &Tx<'_>, gateway: &GatewayId) -> Result<(u64, Centavos), DbError> {
    let found = tx.first(
        "SELECT count(*), coalesce(sum(p.deposit_centavos), 0) FROM bay_grant g \
         JOIN rental r ON r.id = g.rental_id JOIN policy p ON p.id = r.policy_id \
         WHERE g.gateway_id = $1 AND g.serial = 0 AND r.backing = 'card' \
         AND r.ended_ms IS NULL AND r.state IN ('paid', 'out')",
        &[Value::text(gateway)],
        |row| Ok((row.count(0)?, Centavos::new(row.int(1)?))),
    )?;
    Ok(found.unwrap_or((0, Centavos::ZERO)))
}
