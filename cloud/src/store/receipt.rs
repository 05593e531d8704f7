use super::db::{DbError, Row, Tx, Value, unreadable};
use super::rental::Place;
use shared::chain::Hash;
use shared::ids::{BayNo, GatewayId, RentalId, TagUid};
use shared::time::UnixMs;

/// What a customer brought of a dock's word about one event of its journal.
#[derive(Debug, Clone)]
pub struct ReceiptRow {
    pub place: Place,
    /// Absent where only a code was typed.
    pub hash: Option<Hash>,
    pub tag: TagUid,
    pub bay: Option<BayNo>,
    pub wall_ms: Option<UnixMs>,
    /// The rental it ended, or holds under review.
    pub rental: Option<RentalId>,
    pub outcome: ReceiptOutcome,
    /// The gateway's journal has come to the event.
    pub told: bool,
}

/// What became of it when it was brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReceiptOutcome {
    /// It ended the rental.
    Honoured,
    /// The rental waits for a person, or for the dock's journal.
    Held,
    /// No rental is known to have that cart; the dock's journal will say more.
    Waiting,
    /// It ended an earlier rental of that cart.
    Older,
    /// The dock's journal says something else under this number.
    Contradicted,
}

impl ReceiptOutcome {
    pub const ALL: [Self; 5] = [
        Self::Honoured,
        Self::Held,
        Self::Waiting,
        Self::Older,
        Self::Contradicted,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Honoured => "honoured",
            Self::Held => "held",
            Self::Waiting => "waiting",
            Self::Older => "older",
            Self::Contradicted => "contradicted",
        }
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT gateway_id, seq, hash, tag, bay_no, wall_ms, rental_id, outcome, told_ms \
             FROM receipt ",
            $tail
        )
    };
}

/// Stores a receipt, or what became of one that was brought before. What a signature said of it stays
/// when a code, which says less, is brought after it.
pub fn put(tx: &Tx<'_>, receipt: &ReceiptRow, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO receipt (gateway_id, seq, hash, tag, bay_no, wall_ms, rental_id, outcome, \
         brought_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (gateway_id, seq) DO UPDATE SET hash = coalesce(excluded.hash, receipt.hash), \
         tag = excluded.tag, bay_no = coalesce(excluded.bay_no, receipt.bay_no), \
         wall_ms = coalesce(excluded.wall_ms, receipt.wall_ms), rental_id = excluded.rental_id, \
         outcome = excluded.outcome, brought_ms = excluded.brought_ms",
        &[
            Value::text(receipt.place.gateway),
            Value::count(receipt.place.seq),
            receipt
                .hash
                .as_ref()
                .map(|hash| hash.as_bytes().as_slice())
                .into(),
            Value::text(receipt.tag),
            receipt.bay.map(|bay| i64::from(bay.get())).into(),
            receipt.wall_ms.map(|at| at.0).into(),
            receipt.rental.map_or(Value::Null, Value::text),
            receipt.outcome.as_str().into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

pub fn at(tx: &Tx<'_>, place: &Place) -> Result<Option<ReceiptRow>, DbError> {
    tx.first(
        select!("WHERE gateway_id = $1 AND seq = $2"),
        &[Value::text(place.gateway), Value::count(place.seq)],
        read,
    )
}

/// The receipts of a gateway for events numbered `from` to `to`.
pub fn between(
    tx: &Tx<'_>,
    gateway: &GatewayId,
    from: u64,
    to: u64,
) -> Result<Vec<ReceiptRow>, DbError> {
    tx.all(
        select!("WHERE gateway_id = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq"),
        &[Value::text(gateway), Value::count(from), Value::count(to)],
        read,
    )
}

/// Signed ones of a cart that have ended nothing yet and of which no journal has told.
pub fn waiting_of(tx: &Tx<'_>, tag: &TagUid) -> Result<Vec<ReceiptRow>, DbError> {
    tx.all(
        select!(
            "WHERE tag = $1 AND outcome = 'waiting' AND told_ms IS NULL AND hash IS NOT NULL \
             ORDER BY brought_ms LIMIT 20"
        ),
        &[Value::text(tag)],
        read,
    )
}

/// The gateway's journal has told of the event.
pub fn set_told(
    tx: &Tx<'_>,
    place: &Place,
    outcome: ReceiptOutcome,
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE receipt SET told_ms = $1, outcome = $2 WHERE gateway_id = $3 AND seq = $4",
        &[
            now.0.into(),
            outcome.as_str().into(),
            Value::text(place.gateway),
            Value::count(place.seq),
        ],
    )
    .map(drop)
}

fn read(row: &Row<'_>) -> Result<ReceiptRow, DbError> {
    let code = row.text(7)?;
    let outcome = ReceiptOutcome::ALL.into_iter().find(|o| o.as_str() == code);
    Ok(ReceiptRow {
        place: Place {
            gateway: row.parsed(0)?,
            seq: row.count(1)?,
        },
        hash: row
            .opt_bytes(2)?
            .map(|bytes| Hash::from_slice(&bytes).map_err(|e| unreadable(2, e)))
            .transpose()?,
        tag: row.parsed(3)?,
        bay: row
            .opt_int(4)?
            .map(|_| super::rental::bay(row, 4))
            .transpose()?,
        wall_ms: row.opt_int(5)?.map(UnixMs),
        rental: row.opt_parsed(6)?,
        outcome: outcome.ok_or_else(|| unreadable(7, "no such outcome"))?,
        told: row.opt_int(8)?.is_some(),
    })
}
