mod sightings;

pub use sightings::{last_before, newest_elsewhere, newest_here};

use super::db::{DbError, Row, Tx, Value, unreadable};
use super::rental::Place;
use shared::chain::Hash;
use shared::ids::{GatewayId, RentalId, TagUid};
use shared::time::UnixMs;

pub struct NewEvent<'a> {
    pub gateway: GatewayId,
    pub seq: u64,
    pub hash: Hash,
    /// The signed line, byte for byte as the gateway stored it.
    pub line: &'a str,
    pub kind: &'a str,
    pub outcome: &'a str,
    pub rental: Option<RentalId>,
    /// The cart it is about.
    pub tag: Option<TagUid>,
    /// By the cloud's clock it did not happen before this.
    pub not_before: Option<UnixMs>,
}

#[derive(Debug, Clone)]
pub struct EventRow {
    pub gateway: GatewayId,
    pub seq: u64,
    pub hash: Hash,
    pub line: String,
    pub kind: String,
    pub outcome: String,
    pub received_ms: UnixMs,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT gateway_id, seq, hash, line, kind, outcome, received_ms FROM gateway_event ",
            $tail
        )
    };
}

pub fn insert(tx: &Tx<'_>, event: &NewEvent<'_>, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO gateway_event (gateway_id, seq, hash, line, kind, outcome, rental_id, \
         received_ms, tag, not_before_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            Value::text(event.gateway),
            Value::count(event.seq),
            event.hash.as_bytes().as_slice().into(),
            event.line.into(),
            event.kind.into(),
            event.outcome.into(),
            event.rental.map_or(Value::Null, Value::text),
            now.0.into(),
            event.tag.map_or(Value::Null, Value::text),
            event.not_before.map(|at| at.0).into(),
        ],
    )
    .map(drop)
}

/// What became of the event after all.
pub fn set_outcome(
    tx: &Tx<'_>,
    (gateway, seq): (&GatewayId, u64),
    outcome: &str,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE gateway_event SET outcome = $1 WHERE gateway_id = $2 AND seq = $3",
        &[outcome.into(), Value::text(gateway), Value::count(seq)],
    )
    .map(drop)
}

pub fn hash_at(tx: &Tx<'_>, gateway: &GatewayId, seq: u64) -> Result<Option<Hash>, DbError> {
    if seq == 0 {
        return Ok(Some(Hash::genesis(gateway)));
    }
    tx.first(
        "SELECT hash FROM gateway_event WHERE gateway_id = $1 AND seq = $2",
        &[Value::text(gateway), Value::count(seq)],
        |row| Hash::from_slice(&row.bytes(0)?).map_err(|e| unreadable(0, e)),
    )
}

pub fn at(tx: &Tx<'_>, gateway: &GatewayId, seq: u64) -> Result<Option<EventRow>, DbError> {
    tx.first(
        select!("WHERE gateway_id = $1 AND seq = $2"),
        &[Value::text(gateway), Value::count(seq)],
        read,
    )
}

/// The moment before which an event cannot have happened, where one is known.
pub fn not_before(tx: &Tx<'_>, place: &Place) -> Result<Option<UnixMs>, DbError> {
    let found = tx.first(
        "SELECT not_before_ms FROM gateway_event WHERE gateway_id = $1 AND seq = $2",
        &[Value::text(place.gateway), Value::count(place.seq)],
        |row| Ok(row.opt_int(0)?.map(UnixMs)),
    )?;
    Ok(found.flatten())
}

/// The release events of a rental, in the order they were received.
pub fn of_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Vec<EventRow>, DbError> {
    tx.all(
        select!("WHERE rental_id = $1 ORDER BY received_ms, seq LIMIT 100"),
        &[Value::text(rental)],
        read,
    )
}

/// Sets an event aside as evidence or for a later version; the same line twice is kept once.
pub fn quarantine(
    tx: &Tx<'_>,
    gateway: &GatewayId,
    (seq, hash): (u64, Hash),
    line: &str,
    reason: &str,
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO quarantined_event (gateway_id, seq, hash, line, reason, received_ms) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (gateway_id, seq, hash) DO NOTHING",
        &[
            Value::text(gateway),
            Value::count(seq),
            hash.as_bytes().as_slice().into(),
            line.into(),
            reason.into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

fn read(row: &Row<'_>) -> Result<EventRow, DbError> {
    Ok(EventRow {
        gateway: row.parsed(0)?,
        seq: row.count(1)?,
        hash: Hash::from_slice(&row.bytes(2)?).map_err(|e| unreadable(2, e))?,
        line: row.text(3)?,
        kind: row.text(4)?,
        outcome: row.text(5)?,
        received_ms: UnixMs(row.int(6)?),
    })
}
