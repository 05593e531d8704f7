use super::commitment::{octets, read};
use super::db::{DbError, Row, Tx, Value};
use shared::commitment::Commitment;
use shared::ids::{CampaignId, GatewayId};
use shared::octets::Octets;
use shared::signed::PublicKey;
use shared::time::{ClockQuality, UnixMs};

/// Witnesses of one campaign: far more docks than a chain has.
const WITNESSES_MAX: i64 = 20_000;

/// What a gateway says that it saw, under its own signature, already checked.
#[derive(Debug, Clone, Copy)]
pub struct NewWitness {
    pub gateway: GatewayId,
    pub commitment: Commitment,
    pub seen_ms: UnixMs,
    pub clock: ClockQuality,
    pub signature: Octets<64>,
    /// The number of the event.
    pub seq: u64,
}

/// A witness as the public bundle names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessRow {
    pub gateway: GatewayId,
    pub dock_name: String,
    pub store_name: String,
    pub public_key: PublicKey,
    pub commitment: Commitment,
    pub seen_ms: UnixMs,
    /// As the gateway's events name the quality of its clock.
    pub clock: String,
    pub signature: Octets<64>,
}

/// Keeps the first word of a gateway about a campaign. False: it gave one before.
pub fn insert(tx: &Tx<'_>, new: &NewWitness, now: UnixMs) -> Result<bool, DbError> {
    let inserted = tx.execute(
        "INSERT INTO witness (campaign_id, gateway_id, rules_hash, n, root, seen_ms, clock, \
         signature, seq, received_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (campaign_id, gateway_id) DO NOTHING",
        &[
            Value::text(new.commitment.campaign),
            Value::text(new.gateway),
            new.commitment.rules_hash.as_bytes().as_slice().into(),
            Value::count(new.commitment.n),
            new.commitment.root.as_bytes().as_slice().into(),
            new.seen_ms.0.into(),
            worth(new.clock).into(),
            new.signature.as_bytes().as_slice().into(),
            Value::count(new.seq),
            now.0.into(),
        ],
    )?;
    Ok(inserted == 1)
}

/// Every gateway's word about a campaign, in the order of their ids: those of other commitments too.
pub fn of(tx: &Tx<'_>, campaign: &CampaignId) -> Result<Vec<WitnessRow>, DbError> {
    tx.all(
        "SELECT w.campaign_id, w.rules_hash, w.n, w.root, w.gateway_id, d.name, s.name, \
         g.public_key, w.seen_ms, w.clock, w.signature FROM witness w \
         JOIN gateway g ON g.id = w.gateway_id JOIN dock d ON d.id = g.dock_id \
         JOIN store s ON s.id = d.store_id WHERE w.campaign_id = $1 \
         ORDER BY w.gateway_id LIMIT $2",
        &[Value::text(campaign), WITNESSES_MAX.into()],
        row_of,
    )
}

/// How many gateways saw exactly this.
pub fn count(tx: &Tx<'_>, commitment: &Commitment) -> Result<u64, DbError> {
    let found = tx.first(
        "SELECT count(*) FROM witness \
         WHERE campaign_id = $1 AND rules_hash = $2 AND n = $3 AND root = $4",
        &[
            Value::text(commitment.campaign),
            commitment.rules_hash.as_bytes().as_slice().into(),
            Value::count(commitment.n),
            commitment.root.as_bytes().as_slice().into(),
        ],
        |row| row.count(0),
    )?;
    Ok(found.unwrap_or(0))
}

fn row_of(row: &Row<'_>) -> Result<WitnessRow, DbError> {
    Ok(WitnessRow {
        commitment: read(row)?,
        gateway: row.parsed(4)?,
        dock_name: row.text(5)?,
        store_name: row.text(6)?,
        public_key: row.parsed(7)?,
        seen_ms: UnixMs(row.int(8)?),
        clock: row.text(9)?,
        signature: octets(row, 10)?,
    })
}

fn worth(clock: ClockQuality) -> &'static str {
    match clock {
        ClockQuality::Unset => "unset",
        ClockQuality::Floor => "floor",
        ClockQuality::Server => "server",
    }
}
