use super::db::{DbError, Row, Tx, Value};
use shared::ids::{BayNo, GatewayId, GrantId, RentalId};
use shared::time::UnixMs;

/// `open` may still be used, `used` moved a bolt, `over` is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantState {
    Open,
    Used,
    Over,
}

impl GrantState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Used => "used",
            Self::Over => "over",
        }
    }
}

#[derive(Debug, Clone)]
pub struct GrantRow {
    pub id: GrantId,
    pub rental: RentalId,
    pub gateway: GatewayId,
    pub bay: BayNo,
    pub token: String,
    pub state: GrantState,
    pub issued_ms: UnixMs,
    pub expires_ms: UnixMs,
    /// When a dock that stayed dark is taken not to have used it.
    pub lapse_ms: UnixMs,
}

/// Grants one acknowledgement carries: far more than a dock has bays.
const OPEN_MAX: i64 = 100;

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, rental_id, gateway_id, bay_no, token, state, issued_ms, expires_ms, lapse_ms \
             FROM bay_grant ",
            $tail
        )
    };
}

pub fn insert(tx: &Tx<'_>, grant: &GrantRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO bay_grant (id, rental_id, gateway_id, bay_no, token, state, issued_ms, \
         expires_ms, lapse_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            Value::text(grant.id),
            Value::text(grant.rental),
            Value::text(grant.gateway),
            i64::from(grant.bay.get()).into(),
            grant.token.as_str().into(),
            grant.state.as_str().into(),
            grant.issued_ms.0.into(),
            grant.expires_ms.0.into(),
            grant.lapse_ms.0.into(),
        ],
    )
    .map(drop)
}

pub fn by_id(tx: &Tx<'_>, id: &GrantId) -> Result<Option<GrantRow>, DbError> {
    tx.first(select!("WHERE id = $1"), &[Value::text(id)], read)
}

pub fn by_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Option<GrantRow>, DbError> {
    tx.first(
        select!("WHERE rental_id = $1"),
        &[Value::text(rental)],
        read,
    )
}

/// Grants a gateway may still use at `now`.
pub fn open_of(tx: &Tx<'_>, gateway: &GatewayId, now: UnixMs) -> Result<Vec<GrantRow>, DbError> {
    tx.all(
        select!(
            "WHERE gateway_id = $1 AND state = 'open' AND expires_ms > $2 ORDER BY id LIMIT $3"
        ),
        &[Value::text(gateway), now.0.into(), OPEN_MAX.into()],
        read,
    )
}

/// Open grants that will not be used: expired, and the gateway had nothing more to tell more than
/// `margin_ms` later or its dock's patience is over.
pub fn lapsed(
    tx: &Tx<'_>,
    now: UnixMs,
    margin_ms: i64,
    rows_max: u16,
) -> Result<Vec<GrantRow>, DbError> {
    tx.all(
        "SELECT g.id, g.rental_id, g.gateway_id, g.bay_no, g.token, g.state, g.issued_ms, \
         g.expires_ms, g.lapse_ms FROM bay_grant g JOIN gateway w ON w.id = g.gateway_id \
         WHERE g.state = 'open' AND g.expires_ms <= $1 \
         AND (g.lapse_ms <= $2 OR w.drained_ms > g.expires_ms + $3) \
         ORDER BY g.expires_ms LIMIT $4",
        &[
            now.0.into(),
            now.0.into(),
            margin_ms.into(),
            i64::from(rows_max).into(),
        ],
        read,
    )
}

pub fn set_state(tx: &Tx<'_>, id: &GrantId, state: GrantState) -> Result<(), DbError> {
    tx.execute(
        "UPDATE bay_grant SET state = $1 WHERE id = $2",
        &[state.as_str().into(), Value::text(id)],
    )
    .map(drop)
}

fn read(row: &Row<'_>) -> Result<GrantRow, DbError> {
    Ok(GrantRow {
        id: row.parsed(0)?,
        rental: row.parsed(1)?,
        gateway: row.parsed(2)?,
        bay: super::rental::bay(row, 3)?,
        token: row.text(4)?,
        state: match row.text(5)?.as_str() {
            "open" => GrantState::Open,
            "used" => GrantState::Used,
            _ => GrantState::Over,
        },
        issued_ms: UnixMs(row.int(6)?),
        expires_ms: UnixMs(row.int(7)?),
        lapse_ms: UnixMs(row.int(8)?),
    })
}
