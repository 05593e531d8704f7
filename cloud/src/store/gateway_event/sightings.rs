//! Where a cart was, by the events that name its tag.

use super::{DbError, EventRow, Tx, Value, read};
use crate::store::rental::Place;
use shared::ids::{GatewayId, TagUid};
use shared::time::UnixMs;

/// The number of the last event of a gateway that shows the cart in one of its bays.
pub fn newest_here(tx: &Tx<'_>, tag: &TagUid, gateway: &GatewayId) -> Result<Option<u64>, DbError> {
    tx.first(
        "SELECT seq FROM gateway_event WHERE tag = $1 AND gateway_id = $2 \
         AND kind IN ('cart_docked', 'cart_pulled', 'cart_left') ORDER BY seq DESC LIMIT 1",
        &[Value::text(tag), Value::text(gateway)],
        |row| row.count(0),
    )
}

/// The event of another dock's gateway, one that serves, that had the cart in a bay and happened at or after
/// the latest moment; and that moment.
pub fn newest_elsewhere(
    tx: &Tx<'_>,
    tag: &TagUid,
    gateway: &GatewayId,
) -> Result<Option<(Place, UnixMs)>, DbError> {
    tx.first(
        "SELECT e.gateway_id, e.seq, e.not_before_ms FROM gateway_event e JOIN gateway g ON g.id = e.gateway_id \
         WHERE e.tag = $1 AND e.not_before_ms IS NOT NULL AND e.gateway_id <> $2 \
         AND g.dock_id <> (SELECT dock_id FROM gateway WHERE id = $2) \
         AND g.state = 'active' AND e.kind IN ('cart_docked', 'cart_pulled', 'cart_left') \
         ORDER BY e.not_before_ms DESC LIMIT 1",
        &[Value::text(tag), Value::text(gateway)],
        |row| {
            let gateway = row.parsed(0)?;
            let seq = row.count(1)?;
            Ok((Place { gateway, seq }, UnixMs(row.int(2)?)))
        },
    )
}

/// The last event of a gateway about the cart before number `seq`, unless its journal was damaged
/// in between.
pub fn last_before(
    tx: &Tx<'_>,
    tag: &TagUid,
    gateway: &GatewayId,
    seq: u64,
) -> Result<Option<EventRow>, DbError> {
    let here = [Value::text(tag), Value::text(gateway), Value::count(seq)];
    let found = tx.first(
        "SELECT gateway_id, seq, hash, line, kind, outcome, received_ms FROM gateway_event \
         WHERE tag = $1 AND gateway_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT 1",
        &here,
        read,
    )?;
    let Some(event) = found else {
        return Ok(None);
    };
    let between = [
        Value::text(gateway),
        Value::count(event.seq),
        Value::count(seq),
    ];
    let damaged = tx.first(
        "SELECT 1 FROM gateway_event WHERE gateway_id = $1 AND seq > $2 AND seq < $3 \
         AND kind = 'journal_salvaged' LIMIT 1",
        &between,
        |row| row.int(0),
    )?;
    Ok(if damaged.is_some() { None } else { Some(event) })
}
