use super::db::{DbError, Row, Tx, Value};
use shared::ids::RentalId;
use shared::money::Centavos;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct ChargeRow {
    pub txid: String,
    pub rental: RentalId,
    pub amount: Centavos,
    pub state: ChargeState,
    pub requested_ms: UnixMs,
    pub expires_ms: UnixMs,
    pub copy_paste: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeState {
    /// Stored, and on its way to the bank.
    Requested,
    /// The bank has it and it can be paid.
    Active,
    Paid,
    /// Not to be paid any more: expired, cancelled, or never made.
    Over,
}

impl ChargeState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Active => "active",
            Self::Paid => "paid",
            Self::Over => "over",
        }
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT txid, rental_id, amount_centavos, state, requested_ms, expires_ms, copy_paste \
             FROM charge ",
            $tail
        )
    };
}

pub fn insert(
    tx: &Tx<'_>,
    txid: &str,
    rental: &RentalId,
    amount: Centavos,
    now: UnixMs,
    expires_ms: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO charge (txid, rental_id, amount_centavos, state, requested_ms, expires_ms) \
         VALUES ($1, $2, $3, 'requested', $4, $5)",
        &[
            txid.into(),
            Value::text(rental),
            amount.get().into(),
            now.0.into(),
            expires_ms.0.into(),
        ],
    )
    .map(drop)
}

pub fn by_txid(tx: &Tx<'_>, txid: &str) -> Result<Option<ChargeRow>, DbError> {
    tx.first(select!("WHERE txid = $1"), &[txid.into()], read)
}

pub fn by_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Option<ChargeRow>, DbError> {
    tx.first(
        select!("WHERE rental_id = $1"),
        &[Value::text(rental)],
        read,
    )
}

/// Charges that may still be paid, the newest first: their customers are waiting.
pub fn open(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<ChargeRow>, DbError> {
    tx.all(
        select!("WHERE state IN ('requested', 'active') ORDER BY requested_ms DESC LIMIT $1"),
        &[i64::from(rows_max).into()],
        read,
    )
}

pub fn set_active(
    tx: &Tx<'_>,
    txid: &str,
    expires_ms: UnixMs,
    copy_paste: &str,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE charge SET state = 'active', expires_ms = $1, copy_paste = $2 WHERE txid = $3",
        &[expires_ms.0.into(), copy_paste.into(), txid.into()],
    )
    .map(drop)
}

pub fn set_state(tx: &Tx<'_>, txid: &str, state: ChargeState) -> Result<(), DbError> {
    tx.execute(
        "UPDATE charge SET state = $1 WHERE txid = $2",
        &[state.as_str().into(), txid.into()],
    )
    .map(drop)
}

/// How far a scan of the bank's list of received Pix has come.
pub fn cursor(tx: &Tx<'_>, name: &str) -> Result<Option<UnixMs>, DbError> {
    tx.first(
        "SELECT at_ms FROM bank_cursor WHERE name = $1",
        &[name.into()],
        |row| row.int(0).map(UnixMs),
    )
}

pub fn set_cursor(tx: &Tx<'_>, name: &str, at: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO bank_cursor (name, at_ms) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET at_ms = excluded.at_ms",
        &[name.into(), at.0.into()],
    )
    .map(drop)
}

fn read(row: &Row<'_>) -> Result<ChargeRow, DbError> {
    Ok(ChargeRow {
        txid: row.text(0)?,
        rental: row.parsed(1)?,
        amount: Centavos::new(row.int(2)?),
        state: match row.text(3)?.as_str() {
            "requested" => ChargeState::Requested,
            "active" => ChargeState::Active,
            "paid" => ChargeState::Paid,
            _ => ChargeState::Over,
        },
        requested_ms: UnixMs(row.int(4)?),
        expires_ms: UnixMs(row.int(5)?),
        copy_paste: row.opt_text(6)?,
    })
}
