//! Chains, stores and docks.

use super::db::{DbError, Row, Tx, Value};
use shared::ids::{ChainId, DockId, StoreId};

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

/// The stores of a chain, by name.
pub fn stores(tx: &Tx<'_>, chain: &ChainId) -> Result<Vec<(StoreId, String)>, DbError> {
    tx.all(
        "SELECT id, name FROM store WHERE chain_id = $1 ORDER BY name, id LIMIT 1000",
        &[Value::text(chain)],
        |row| Ok((row.parsed(0)?, row.text(1)?)),
    )
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
