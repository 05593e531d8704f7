//! When docks could not have told of a return: the time in which nobody is a non-returner.

use super::db::{DbError, Tx, Value};
use cloud_core::placement::DARK_AFTER_MS;
use cloud_core::rescue::Dark;
use shared::ids::{GatewayId, StoreId};
use shared::time::UnixMs;

/// Stretches looked at for one store: two a day and dock for a month of ten docks.
const SPANS_MAX: i64 = 600;

/// A gateway has told everything again: from its last such moment to this one it was dark. Shorter
/// pauses than those of a dock that is heard are none.
pub fn note(tx: &Tx<'_>, gateway: &GatewayId, from: UnixMs, until: UnixMs) -> Result<(), DbError> {
    if until.since(from) < DARK_AFTER_MS {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO gateway_silence (gateway_id, from_ms, until_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (gateway_id, from_ms) DO UPDATE SET until_ms = \
         CASE WHEN gateway_silence.until_ms > excluded.until_ms THEN gateway_silence.until_ms \
         ELSE excluded.until_ms END",
        &[Value::text(gateway), from.0.into(), until.0.into()],
    )
    .map(drop)
}

/// The dark stretches of every gateway of a store that ended after `since`, or have not ended.
pub fn of_store(
    tx: &Tx<'_>,
    store: &StoreId,
    since: UnixMs,
    now: UnixMs,
) -> Result<Vec<Dark>, DbError> {
    let mut dark = tx.all(
        "SELECT s.from_ms, s.until_ms FROM gateway_silence s JOIN gateway g ON g.id = s.gateway_id \
         JOIN dock d ON d.id = g.dock_id WHERE d.store_id = $1 AND s.until_ms > $2 \
         ORDER BY s.until_ms DESC LIMIT $3",
        &[Value::text(store), since.0.into(), SPANS_MAX.into()],
        |row| {
            Ok(Dark {
                from_ms: UnixMs(row.int(0)?),
                until_ms: Some(UnixMs(row.int(1)?)),
            })
        },
    )?;
    dark.extend(tx.all(
        "SELECT CASE WHEN g.drained_ms > g.enrolled_ms THEN g.drained_ms ELSE g.enrolled_ms END \
         FROM gateway g JOIN dock d ON d.id = g.dock_id WHERE d.store_id = $1 \
         AND g.state <> 'retired' AND (g.state <> 'active' OR g.drained_ms <= $2) LIMIT $3",
        &[
            Value::text(store),
            now.plus(-DARK_AFTER_MS).0.into(),
            SPANS_MAX.into(),
        ],
        |row| {
            Ok(Dark {
                from_ms: UnixMs(row.int(0)?),
                until_ms: None,
            })
        },
    )?);
    Ok(dark)
}
