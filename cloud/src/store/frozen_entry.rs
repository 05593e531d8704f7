//! A campaign's list of entries as it was frozen. Nothing in it changes but the places that the shuffle
//! gives.

use super::commitment::octets;
use super::db::{DbError, Row, Tx, Value, unreadable};
use cloud_core::raffle::canonical::Digest;
use cloud_core::raffle::entry::{Entry, Pid};
use shared::ids::{CampaignId, EntryId, PersonId, RentalId};
use shared::time::UnixMs;

pub fn insert(
    tx: &Tx<'_>,
    campaign: &CampaignId,
    (leaf, entry): (&Digest, &Entry),
    rental: &RentalId,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO frozen_entry (campaign_id, leaf, pid, ev, rental_id) \
         VALUES ($1, $2, $3, $4, $5)",
        &[
            Value::text(campaign),
            leaf.as_bytes().as_slice().into(),
            entry.pid.as_bytes().as_slice().into(),
            entry.ev.as_bytes().as_slice().into(),
            Value::text(rental),
        ],
    )
    .map(drop)
}

/// The whole list, in leaf order.
pub fn all(tx: &Tx<'_>, campaign: &CampaignId) -> Result<Vec<Entry>, DbError> {
    tx.all(
        "SELECT pid, ev FROM frozen_entry WHERE campaign_id = $1 ORDER BY leaf",
        &[Value::text(campaign)],
        |row| {
            Ok(Entry {
                pid: octets(row, 0)?,
                ev: octets(row, 1)?,
            })
        },
    )
}

pub fn count(tx: &Tx<'_>, campaign: &CampaignId) -> Result<u64, DbError> {
    let found = tx.first(
        "SELECT count(*) FROM frozen_entry WHERE campaign_id = $1",
        &[Value::text(campaign)],
        |row| row.count(0),
    )?;
    Ok(found.unwrap_or(0))
}

/// A line of the list for the authority: no name and no CPF.
#[derive(Debug, Clone)]
pub struct ListedRow {
    pub leaf: Digest,
    pub pid: Pid,
    pub position: Option<u32>,
    pub entry: Option<EntryId>,
    /// When the return became known.
    pub known_ms: UnixMs,
    pub store_name: String,
}

/// The list in leaf order, from the line after `after` on.
pub fn listed(
    tx: &Tx<'_>,
    campaign: &CampaignId,
    (after, rows_max): (u32, u32),
) -> Result<Vec<ListedRow>, DbError> {
    tx.all(
        "SELECT f.leaf, f.pid, f.position, e.id, coalesce(e.created_ms, 0), s.name \
         FROM frozen_entry f JOIN rental r ON r.id = f.rental_id \
         LEFT JOIN entry e ON e.rental_id = f.rental_id \
         LEFT JOIN gateway w ON w.id = r.returned_gateway LEFT JOIN dock d ON d.id = w.dock_id \
         JOIN store s ON s.id = coalesce(d.store_id, r.store_id) \
         WHERE f.campaign_id = $1 ORDER BY f.leaf LIMIT $2 OFFSET $3",
        &[
            Value::text(campaign),
            i64::from(rows_max).into(),
            i64::from(after).into(),
        ],
        |row| {
            Ok(ListedRow {
                leaf: octets(row, 0)?,
                pid: octets(row, 1)?,
                position: position(row, 2)?,
                entry: row.opt_parsed(3)?,
                known_ms: UnixMs(row.int(4)?),
                store_name: row.text(5)?,
            })
        },
    )
}

/// One place of the list, with the return behind it.
#[derive(Debug, Clone)]
pub struct FrozenRow {
    pub campaign: CampaignId,
    pub leaf: Digest,
    pub pid: Pid,
    pub rental: RentalId,
    pub position: Option<u32>,
    /// Whose entry it is; the finder of an abandoned cart is not the payer of its rental.
    pub person: Option<PersonId>,
    pub payer: Option<PersonId>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT f.campaign_id, f.leaf, f.pid, f.rental_id, f.position, e.person_id, r.person_id \
             FROM frozen_entry f JOIN rental r ON r.id = f.rental_id \
             LEFT JOIN entry e ON e.rental_id = f.rental_id ",
            $tail
        )
    };
}

pub fn of_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Option<FrozenRow>, DbError> {
    tx.first(
        select!("WHERE f.rental_id = $1"),
        &[Value::text(rental)],
        read,
    )
}

pub fn at_position(
    tx: &Tx<'_>,
    campaign: &CampaignId,
    position: u32,
) -> Result<Option<FrozenRow>, DbError> {
    tx.first(
        select!("WHERE f.campaign_id = $1 AND f.position = $2"),
        &[Value::text(campaign), i64::from(position).into()],
        read,
    )
}

/// Gives a leaf its place.
pub fn set_position(
    tx: &Tx<'_>,
    campaign: &CampaignId,
    leaf: &Digest,
    position: u32,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE frozen_entry SET position = $1 WHERE campaign_id = $2 AND leaf = $3",
        &[
            i64::from(position).into(),
            Value::text(campaign),
            leaf.as_bytes().as_slice().into(),
        ],
    )
    .map(drop)
}

fn read(row: &Row<'_>) -> Result<FrozenRow, DbError> {
    Ok(FrozenRow {
        campaign: row.parsed(0)?,
        leaf: octets(row, 1)?,
        pid: octets(row, 2)?,
        rental: row.parsed(3)?,
        position: position(row, 4)?,
        person: row.opt_parsed(5)?,
        payer: row.opt_parsed(6)?,
    })
}

fn position(row: &Row<'_>, column: usize) -> Result<Option<u32>, DbError> {
    let found = row.opt_int(column)?.map(u32::try_from).transpose();
    found.map_err(|e| unreadable(column, e))
}
