//! Whose keys open the gateways' own pages. Every change makes the gateways' lists grow a version.

use super::allowance;
use super::db::{DbError, Tx, Value};
use shared::allowance::{TECHNICIANS_MAX, TechnicianKey};
use shared::ids::ChainId;
use shared::signed::PublicKey;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct TechnicianRow {
    pub name: String,
    pub key: PublicKey,
    pub created_ms: UnixMs,
    pub revoked_ms: Option<UnixMs>,
}

/// Rows a page shows: those that serve, and the latest that did.
const ROWS_MAX: i64 = 200;

pub fn insert(
    tx: &Tx<'_>,
    chain: &ChainId,
    name: &str,
    key: &PublicKey,
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO technician_key (chain_id, public_key, name, created_ms) \
         VALUES ($1, $2, $3, $4)",
        &[
            Value::text(chain),
            Value::text(key),
            name.into(),
            now.0.into(),
        ],
    )?;
    allowance::changed(tx, chain)
}

/// False: no such key serves.
pub fn revoke(tx: &Tx<'_>, chain: &ChainId, key: &PublicKey, now: UnixMs) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE technician_key SET revoked_ms = $1 \
         WHERE chain_id = $2 AND public_key = $3 AND revoked_ms IS NULL",
        &[now.0.into(), Value::text(chain), Value::text(key)],
    )?;
    if changed > 0 {
        allowance::changed(tx, chain)?;
    }
    Ok(changed > 0)
}

/// Those that a list names.
pub fn active(tx: &Tx<'_>, chain: &ChainId) -> Result<Vec<TechnicianKey>, DbError> {
    let rows_max = i64::try_from(TECHNICIANS_MAX).unwrap_or(i64::MAX);
    tx.all(
        "SELECT name, public_key FROM technician_key \
         WHERE chain_id = $1 AND revoked_ms IS NULL ORDER BY name LIMIT $2",
        &[Value::text(chain), rows_max.into()],
        |row| {
            Ok(TechnicianKey {
                name: row.text(0)?,
                key: row.parsed(1)?,
            })
        },
    )
}

/// Those that serve first, then those that were revoked, the latest before.
pub fn all(tx: &Tx<'_>, chain: &ChainId) -> Result<Vec<TechnicianRow>, DbError> {
    tx.all(
        "SELECT name, public_key, created_ms, revoked_ms FROM technician_key WHERE chain_id = $1 \
         ORDER BY CASE WHEN revoked_ms IS NULL THEN 0 ELSE 1 END, revoked_ms DESC, name LIMIT $2",
        &[Value::text(chain), ROWS_MAX.into()],
        |row| {
            Ok(TechnicianRow {
                name: row.text(0)?,
                key: row.parsed(1)?,
                created_ms: UnixMs(row.int(2)?),
                revoked_ms: row.opt_int(3)?.map(UnixMs),
            })
        },
    )
}
