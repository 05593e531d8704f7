//! Chains, stores, docks and the policies of stores.

use super::db::{DbError, Row, Tx, Value};
use cloud_core::policy::Policy;
use shared::ids::{ChainId, DockId, PolicyId, StoreId};
use shared::money::Centavos;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct DockRow {
    pub id: DockId,
    pub store: StoreId,
    pub chain: ChainId,
    /// What the QR on the dock carries.
    pub code: String,
    pub name: String,
    pub store_name: String,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT d.id, d.store_id, s.chain_id, d.code, d.name, s.name \
             FROM dock d JOIN store s ON s.id = d.store_id ",
            $tail
        )
    };
}

pub fn insert_chain(tx: &Tx<'_>, id: &ChainId, name: &str) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO chain (id, name) VALUES ($1, $2)",
        &[Value::text(id), name.into()],
    )
    .map(drop)
}

/// The chain this cloud serves; a cloud of several shows the first until staff belong to one.
pub fn chain(tx: &Tx<'_>) -> Result<Option<(ChainId, String)>, DbError> {
    tx.first(
        "SELECT id, name FROM chain ORDER BY id LIMIT 1",
        &[],
        |row| Ok((row.parsed(0)?, row.text(1)?)),
    )
}

pub fn insert_store(
    tx: &Tx<'_>,
    id: &StoreId,
    chain: &ChainId,
    name: &str,
    city: &str,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO store (id, chain_id, name, city) VALUES ($1, $2, $3, $4)",
        &[
            Value::text(id),
            Value::text(chain),
            name.into(),
            city.into(),
        ],
    )
    .map(drop)
}

pub fn insert(
    tx: &Tx<'_>,
    id: &DockId,
    store: &StoreId,
    code: &str,
    name: &str,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO dock (id, store_id, code, name) VALUES ($1, $2, $3, $4)",
        &[
            Value::text(id),
            Value::text(store),
            code.into(),
            name.into(),
        ],
    )
    .map(drop)
}

pub fn by_id(tx: &Tx<'_>, id: &DockId) -> Result<Option<DockRow>, DbError> {
    tx.first(select!("WHERE d.id = $1"), &[Value::text(id)], read)
}

pub fn by_code(tx: &Tx<'_>, code: &str) -> Result<Option<DockRow>, DbError> {
    tx.first(select!("WHERE d.code = $1"), &[code.into()], read)
}

pub fn all(tx: &Tx<'_>) -> Result<Vec<DockRow>, DbError> {
    tx.all(select!("ORDER BY s.name, d.name LIMIT 1000"), &[], read)
}

/// The docks of one store.
pub fn of_store(tx: &Tx<'_>, store: &StoreId) -> Result<Vec<DockRow>, DbError> {
    tx.all(
        select!("WHERE d.store_id = $1 ORDER BY d.name LIMIT 1000"),
        &[Value::text(store)],
        read,
    )
}

pub fn insert_policy(
    tx: &Tx<'_>,
    id: &PolicyId,
    store: &StoreId,
    version: i64,
    policy: &Policy,
    valid_from: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO policy (id, store_id, version, valid_from_ms, deposit_centavos, \
         payment_window_seconds, grant_valid_seconds, dark_grant_wait_seconds, \
         card_releases_per_day, gateway_centavos_per_day) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            Value::text(id),
            Value::text(store),
            version.into(),
            valid_from.0.into(),
            policy.deposit_centavos.get().into(),
            i64::from(policy.payment_window_seconds).into(),
            i64::from(policy.grant_valid_seconds).into(),
            i64::from(policy.dark_grant_wait_seconds).into(),
            i64::from(policy.card_releases_per_day).into(),
            policy.gateway_centavos_per_day.get().into(),
        ],
    )
    .map(drop)
}

/// The policy of a store at a moment.
pub fn policy_at(
    tx: &Tx<'_>,
    store: &StoreId,
    at: UnixMs,
) -> Result<Option<(PolicyId, Policy)>, DbError> {
    tx.first(
        "SELECT id, deposit_centavos, payment_window_seconds, grant_valid_seconds, \
         dark_grant_wait_seconds, card_releases_per_day, gateway_centavos_per_day \
         FROM policy WHERE store_id = $1 AND valid_from_ms <= $2 \
         ORDER BY version DESC LIMIT 1",
        &[Value::text(store), at.0.into()],
        read_policy,
    )
}

pub fn policy(tx: &Tx<'_>, id: &PolicyId) -> Result<Option<(PolicyId, Policy)>, DbError> {
    tx.first(
        "SELECT id, deposit_centavos, payment_window_seconds, grant_valid_seconds, \
         dark_grant_wait_seconds, card_releases_per_day, gateway_centavos_per_day \
         FROM policy WHERE id = $1",
        &[Value::text(id)],
        read_policy,
    )
}

fn read_policy(row: &Row<'_>) -> Result<(PolicyId, Policy), DbError> {
    let seconds =
        |column| u32::try_from(row.int(column)?).map_err(|e| super::db::unreadable(column, e));
    let policy = Policy {
        deposit_centavos: Centavos::new(row.int(1)?),
        payment_window_seconds: seconds(2)?,
        grant_valid_seconds: seconds(3)?,
        dark_grant_wait_seconds: seconds(4)?,
        card_releases_per_day: row.small(5)?,
        gateway_centavos_per_day: Centavos::new(row.int(6)?),
    };
    Ok((row.parsed(0)?, policy))
}

fn read(row: &Row<'_>) -> Result<DockRow, DbError> {
    Ok(DockRow {
        id: row.parsed(0)?,
        store: row.parsed(1)?,
        chain: row.parsed(2)?,
        code: row.text(3)?,
        name: row.text(4)?,
        store_name: row.text(5)?,
    })
}
