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
    /// Counts the grants of its gateway; 0 for one that was born there, from a member card.
    pub serial: u32,
    /// Empty for one that was born at its gateway.
    pub token: String,
    pub state: GrantState,
    pub issued_ms: UnixMs,
    pub expires_ms: UnixMs,
    /// When the patience is over for one that was never handed out.
    pub lapse_ms: UnixMs,
    /// When it first left this system, to its gateway or to the customer; none where nobody outside
    /// can have it.
    pub handed_ms: Option<UnixMs>,
}

/// Grants one acknowledgement carries: far more than a dock has bays.
const OPEN_MAX: i64 = 100;

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, rental_id, gateway_id, bay_no, token, state, issued_ms, expires_ms, lapse_ms, \
             serial, handed_ms FROM bay_grant ",
            $tail
        )
    };
}

pub fn insert(tx: &Tx<'_>, grant: &GrantRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO bay_grant (id, rental_id, gateway_id, bay_no, token, state, issued_ms, \
         expires_ms, lapse_ms, serial, handed_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
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
            i64::from(grant.serial).into(),
            grant.handed_ms.map(|at| at.0).into(),
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

/// Open grants that will not be used: expired, and either the gateway had nothing more to tell more
/// than `margin_ms` later, or nobody outside ever had it and the patience is over. One that was
/// handed out may have opened its bay at a dock that stays dark.
pub fn lapsed(
    tx: &Tx<'_>,
    now: UnixMs,
    margin_ms: i64,
    rows_max: u16,
) -> Result<Vec<GrantRow>, DbError> {
    tx.all(
        "SELECT g.id, g.rental_id, g.gateway_id, g.bay_no, g.token, g.state, g.issued_ms, \
         g.expires_ms, g.lapse_ms, g.serial, g.handed_ms FROM bay_grant g JOIN gateway w ON w.id = g.gateway_id \
         WHERE g.state = 'open' AND g.expires_ms <= $1 \
         AND ((g.handed_ms IS NULL AND g.lapse_ms <= $2) OR w.drained_ms > g.expires_ms + $3) \
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

/// Open grants of docks that fell silent before `heard_ms`, issued while they could still be heard:
/// they end before a code would.
pub fn short_and_dark(
    tx: &Tx<'_>,
    now: UnixMs,
    heard: UnixMs,
    life_ms: i64,
    rows_max: u16,
) -> Result<Vec<GrantRow>, DbError> {
    tx.all(
        "SELECT g.id, g.rental_id, g.gateway_id, g.bay_no, g.token, g.state, g.issued_ms, \
         g.expires_ms, g.lapse_ms, g.serial, g.handed_ms FROM bay_grant g JOIN gateway w ON w.id = g.gateway_id \
         WHERE g.state = 'open' AND g.serial > 0 AND g.expires_ms > $1 AND w.seen_ms <= $2 \
         AND w.state = 'active' AND g.expires_ms - g.issued_ms < $3 ORDER BY g.expires_ms LIMIT $4",
        &[
            now.0.into(),
            heard.0.into(),
            life_ms.into(),
            i64::from(rows_max).into(),
        ],
        read,
    )
}

/// It leaves this system now; the first time counts.
pub fn set_handed(tx: &Tx<'_>, id: &GrantId, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE bay_grant SET handed_ms = $1 WHERE id = $2 AND handed_ms IS NULL",
        &[now.0.into(), Value::text(id)],
    )
    .map(drop)
}

/// The same grant with a longer life.
pub fn set_life(tx: &Tx<'_>, grant: &GrantRow) -> Result<(), DbError> {
    tx.execute(
        "UPDATE bay_grant SET token = $1, expires_ms = $2, lapse_ms = $3 WHERE id = $4",
        &[
            grant.token.as_str().into(),
            grant.expires_ms.0.into(),
            grant.lapse_ms.0.into(),
            Value::text(grant.id),
        ],
    )
    .map(drop)
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
        serial: u32::try_from(row.int(9)?).map_err(|e| super::db::unreadable(9, e))?,
        handed_ms: row.opt_int(10)?.map(UnixMs),
    })
}
