mod lists;

pub use lists::{answered_list, replaced_ms};

use super::db::{DbError, Row, Tx, Value, unreadable};
use cloud_core::exposure::Lists;
use shared::chain::{Hash, Head};
use shared::ids::{DockId, GatewayId, StoreId};
use shared::money::Centavos;
use shared::signed::PublicKey;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct GatewayRow {
    pub id: GatewayId,
    pub dock: DockId,
    pub store: StoreId,
    pub public_key: PublicKey,
    pub state: GatewayState,
    pub software: String,
    pub head: Head,
    pub enrolled_ms: UnixMs,
    pub seen_ms: UnixMs,
    pub drained_ms: UnixMs,
    /// Events it said it still has to send.
    pub backlog: u64,
    /// The list that it says it goes by; 0 for none.
    pub allowance: u64,
    /// Where its own page answers on the dock's network.
    pub local_url: Option<String>,
    /// Those that it was answered.
    pub lists: Lists,
    /// It redeems what its list lends it.
    pub redeems: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatewayState {
    Active,
    /// Its journal contradicts what it sent before; a person must look.
    Quarantined,
    /// Another device serves the dock now.
    Retired,
}

impl GatewayState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Quarantined => "quarantined",
            Self::Retired => "retired",
        }
    }
}

pub struct NewGateway<'a> {
    pub id: GatewayId,
    pub dock: DockId,
    pub public_key: PublicKey,
    pub software: &'a str,
    pub downlink_password_hash: [u8; 32],
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT g.id, g.dock_id, d.store_id, g.public_key, g.state, g.software, g.head_seq, \
             g.head_hash, g.enrolled_ms, g.seen_ms, g.drained_ms, g.backlog, \
             g.allowance_version, g.local_url, g.list_version, g.list_centavos, \
             g.list_centavos_max, g.redeems \
             FROM gateway g JOIN dock d ON d.id = g.dock_id ",
            $tail
        )
    };
}

pub fn insert(tx: &Tx<'_>, new: &NewGateway<'_>, now: UnixMs) -> Result<(), DbError> {
    let head = Head::empty(&new.id);
    tx.execute(
        "INSERT INTO gateway (id, dock_id, public_key, state, software, downlink_password_hash, \
         head_seq, head_hash, enrolled_ms, seen_ms, drained_ms, backlog) \
         VALUES ($1, $2, $3, 'active', $4, $5, 0, $6, $7, $8, $9, 0)",
        &[
            Value::text(new.id),
            Value::text(new.dock),
            Value::text(new.public_key),
            new.software.into(),
            new.downlink_password_hash.as_slice().into(),
            head.hash.as_bytes().as_slice().into(),
            now.0.into(),
            now.0.into(),
            0.into(),
        ],
    )
    .map(drop)
}

pub fn by_id(tx: &Tx<'_>, id: &GatewayId) -> Result<Option<GatewayRow>, DbError> {
    tx.first(select!("WHERE g.id = $1"), &[Value::text(id)], read)
}

/// The gateway that serves a dock now.
pub fn of_dock(tx: &Tx<'_>, dock: &DockId) -> Result<Option<GatewayRow>, DbError> {
    tx.first(
        select!("WHERE g.dock_id = $1 AND g.state <> 'retired'"),
        &[Value::text(dock)],
        read,
    )
}

pub fn all(tx: &Tx<'_>) -> Result<Vec<GatewayRow>, DbError> {
    tx.all(
        select!("WHERE g.state <> 'retired' ORDER BY d.code LIMIT 1000"),
        &[],
        read,
    )
}

pub fn password_hash(tx: &Tx<'_>, id: &GatewayId) -> Result<Option<Vec<u8>>, DbError> {
    tx.first(
        "SELECT downlink_password_hash FROM gateway WHERE id = $1 AND state = 'active'",
        &[Value::text(id)],
        |row| row.bytes(0),
    )
}

/// What a sync leaves behind.
pub struct Seen<'a> {
    pub head: Head,
    pub at: UnixMs,
    /// Events it still has to send.
    pub remaining: u64,
    pub allowance: u64,
    /// It redeems what its list lends it.
    pub redeems: bool,
    /// Already found good to send customers to.
    pub local_url: Option<&'a str>,
    pub lists: Lists,
}

pub fn set_seen(tx: &Tx<'_>, id: &GatewayId, seen: &Seen<'_>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE gateway SET head_seq = $1, head_hash = $2, seen_ms = $3, \
         backlog = $4, drained_ms = CASE WHEN CAST($5 AS BIGINT) = 0 THEN $6 ELSE drained_ms END, \
         allowance_version = $7, local_url = $8, list_centavos_max = $9, redeems = $10 WHERE id = $11",
        &[
            Value::count(seen.head.seq),
            seen.head.hash.as_bytes().as_slice().into(),
            seen.at.0.into(),
            Value::count(seen.remaining),
            Value::count(seen.remaining),
            seen.at.0.into(),
            Value::count(seen.allowance),
            seen.local_url.into(),
            seen.lists.limit_max.get().into(),
            i64::from(seen.redeems).into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

/// Counts one more grant of a gateway and answers its number.
pub fn next_serial(tx: &Tx<'_>, id: &GatewayId) -> Result<u32, DbError> {
    let serial = tx.first(
        "UPDATE gateway SET grant_serial = grant_serial + 1 WHERE id = $1 RETURNING grant_serial",
        &[Value::text(id)],
        |row| u32::try_from(row.int(0)?).map_err(|e| unreadable(0, e)),
    )?;
    serial.ok_or_else(|| DbError::Engine(format!("there is no gateway {id}")))
}

/// How far ahead of our count a gateway's may be for us to believe it: more grants than a dock is
/// given between two backups.
const SERIAL_AHEAD_MAX: i64 = 1_000_000;

/// No gateway's word takes the count further: half of all numbers stay for what it is given.
const SERIAL_TOLD_MAX: u32 = u32::MAX / 2;

/// Goes on above the highest number the gateway has seen: books that were set back would give the
/// numbers of used grants, and with them their ids, to new ones.
pub fn catch_up_serial(tx: &Tx<'_>, id: &GatewayId, seen: u32) -> Result<(), DbError> {
    let seen = i64::from(seen.min(SERIAL_TOLD_MAX));
    tx.execute(
        "UPDATE gateway SET grant_serial = $1 \
         WHERE id = $2 AND grant_serial < $3 AND grant_serial >= $4",
        &[
            seen.into(),
            Value::text(id),
            seen.into(),
            (seen - SERIAL_AHEAD_MAX).into(),
        ],
    )
    .map(drop)
}

/// Every gateway that ever served, also those that were replaced.
pub fn ever(tx: &Tx<'_>) -> Result<Vec<GatewayRow>, DbError> {
    tx.all(select!("ORDER BY g.seen_ms DESC LIMIT 2000"), &[], read)
}

pub fn set_software(tx: &Tx<'_>, id: &GatewayId, software: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE gateway SET software = $1 WHERE id = $2",
        &[software.into(), Value::text(id)],
    )
    .map(drop)
}

pub fn set_state(tx: &Tx<'_>, id: &GatewayId, state: GatewayState) -> Result<(), DbError> {
    tx.execute(
        "UPDATE gateway SET state = $1 WHERE id = $2",
        &[state.as_str().into(), Value::text(id)],
    )
    .map(drop)
}

/// A one-time code that makes a device the gateway of `dock`.
#[derive(Debug, Clone)]
pub struct CodeRow {
    pub dock: DockId,
    pub expires_ms: UnixMs,
    pub used_by: Option<GatewayId>,
}

pub fn add_code(
    tx: &Tx<'_>,
    code_hash: &[u8; 32],
    dock: &DockId,
    expires: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO enrolment_code (code_hash, dock_id, expires_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (code_hash) DO NOTHING",
        &[
            code_hash.as_slice().into(),
            Value::text(dock),
            expires.0.into(),
        ],
    )
    .map(drop)
}

pub fn code(tx: &Tx<'_>, code_hash: &[u8; 32]) -> Result<Option<CodeRow>, DbError> {
    tx.first(
        "SELECT dock_id, expires_ms, gateway_id FROM enrolment_code WHERE code_hash = $1",
        &[code_hash.as_slice().into()],
        |row| {
            Ok(CodeRow {
                dock: row.parsed(0)?,
                expires_ms: UnixMs(row.int(1)?),
                used_by: row.opt_parsed(2)?,
            })
        },
    )
}

pub fn use_code(
    tx: &Tx<'_>,
    code_hash: &[u8; 32],
    gateway: &GatewayId,
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE enrolment_code SET used_ms = $1, gateway_id = $2 WHERE code_hash = $3",
        &[
            now.0.into(),
            Value::text(gateway),
            code_hash.as_slice().into(),
        ],
    )
    .map(drop)
}

pub fn set_password(tx: &Tx<'_>, id: &GatewayId, hash: &[u8; 32]) -> Result<(), DbError> {
    tx.execute(
        "UPDATE gateway SET downlink_password_hash = $1 WHERE id = $2",
        &[hash.as_slice().into(), Value::text(id)],
    )
    .map(drop)
}

fn read(row: &Row<'_>) -> Result<GatewayRow, DbError> {
    Ok(GatewayRow {
        id: row.parsed(0)?,
        dock: row.parsed(1)?,
        store: row.parsed(2)?,
        public_key: row.parsed(3)?,
        state: match row.text(4)?.as_str() {
            "active" => GatewayState::Active,
            "quarantined" => GatewayState::Quarantined,
            _ => GatewayState::Retired,
        },
        software: row.text(5)?,
        head: Head {
            seq: row.count(6)?,
            hash: Hash::from_slice(&row.bytes(7)?).map_err(|e| unreadable(7, e))?,
        },
        enrolled_ms: UnixMs(row.int(8)?),
        seen_ms: UnixMs(row.int(9)?),
        drained_ms: UnixMs(row.int(10)?),
        backlog: row.count(11)?,
        allowance: row.count(12)?,
        local_url: row.opt_text(13)?,
        lists: Lists {
            version: row.count(14)?,
            limit: Centavos::new(row.int(15)?),
            limit_max: Centavos::new(row.int(16)?),
        },
        redeems: row.int(17)? == 1,
    })
}
