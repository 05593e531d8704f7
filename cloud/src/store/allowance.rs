//! What gateways may allow by themselves, as one list: versions, cards, technicians.

use super::db::{DbError, Tx, Value};
use super::member_card::CardState;
use super::{dock, member_card, policy, technician_key};
use cloud_core::policy::Policy;
use shared::allowance::{CardKey, TechnicianKey};
use shared::ids::{ChainId, DockId};
use shared::time::UnixMs;

/// What a gateway's list says, besides its cards and who signs it for whom.
#[derive(Debug)]
pub struct ListRow {
    pub chain: ChainId,
    pub version: u64,
    /// The changes of the chain: while they are as many, its cards are the same.
    pub changes: u64,
    pub policy: Policy,
    pub technicians: Vec<TechnicianKey>,
}

/// The cards of a chain as they were after so many changes.
#[derive(Debug)]
pub struct CardsRow {
    pub changes: u64,
    pub allow: Vec<CardKey>,
    pub deny: Vec<CardKey>,
}

/// The version of the list for a dock's gateway: changes of the chain's cards and technicians, those of
/// what this gateway alone is lent, and every policy of chain or store whose moment comes, each make it
/// grow. 0 where there is nothing to go by.
pub fn version(tx: &Tx<'_>, of: &DockId, now: UnixMs) -> Result<u64, DbError> {
    let found = tx.first(
        "SELECT c.allowance_version + d.list_changes + count(*) FROM dock d \
         JOIN store s ON s.id = d.store_id JOIN chain c ON c.id = s.chain_id \
         JOIN policy p ON p.store_id = s.id OR p.chain_id = s.chain_id \
         WHERE d.id = $1 AND p.valid_from_ms <= $2 GROUP BY c.allowance_version, d.list_changes",
        &[Value::text(of), now.0.into()],
        |row| row.count(0),
    )?;
    Ok(found.unwrap_or(0))
}

/// The list for a dock's gateway, all but its cards.
pub fn list(tx: &Tx<'_>, of: &DockId, now: UnixMs) -> Result<Option<ListRow>, DbError> {
    let Some(at) = dock::by_id(tx, of)? else {
        return Ok(None);
    };
    let Some(decided) = policy::at(tx, &at.store, now)? else {
        return Ok(None);
    };
    Ok(Some(ListRow {
        version: version(tx, of, now)?,
        policy: decided.policy,
        changes: changes(tx, &at.chain)?,
        technicians: technician_key::active(tx, &at.chain)?,
        chain: at.chain,
    }))
}

/// Up to two hundred thousand cards.
pub fn cards(tx: &Tx<'_>, chain: &ChainId) -> Result<CardsRow, DbError> {
    Ok(CardsRow {
        changes: changes(tx, chain)?,
        allow: member_card::keys(tx, chain, CardState::Active)?,
        deny: member_card::keys(tx, chain, CardState::Denied)?,
    })
}

fn changes(tx: &Tx<'_>, chain: &ChainId) -> Result<u64, DbError> {
    let found = tx.first(
        "SELECT allowance_version FROM chain WHERE id = $1",
        &[Value::text(chain)],
        |row| row.count(0),
    )?;
    Ok(found.unwrap_or(0))
}

/// Leaves out `by` versions of a dock's chain.
pub fn skip(tx: &Tx<'_>, of: &DockId, by: u64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE chain SET allowance_version = allowance_version + $1 WHERE id = \
         (SELECT s.chain_id FROM dock d JOIN store s ON s.id = d.store_id WHERE d.id = $2)",
        &[Value::count(by), Value::text(of)],
    )
    .map(drop)
}

/// Notes, in the transaction of a change, that what one dock's gateway is lent has changed: its next
/// lists are `by` versions on.
pub fn changed_at(tx: &Tx<'_>, of: &DockId, by: u64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE dock SET list_changes = list_changes + $1 WHERE id = $2",
        &[Value::count(by), Value::text(of)],
    )
    .map(drop)
}

/// Notes, in the transaction of a change, that there is one.
pub(super) fn changed(tx: &Tx<'_>, chain: &ChainId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE chain SET allowance_version = allowance_version + 1 WHERE id = $1",
        &[Value::text(chain)],
    )
    .map(drop)
}
