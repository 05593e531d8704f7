use super::db::{DbError, Row, Tx, Value, unreadable};
use super::refund;
use cloud_core::refund::left;
use shared::ids::RentalId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// A devolução that the bank or its app made by itself. Its id is unique for its Pix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnRow {
    pub e2eid: String,
    pub id: String,
    pub rental: RentalId,
    pub amount: Centavos,
    /// The bank's `natureza`: `ORIGINAL` where a person did it, `MED_…` where a rule did.
    pub nature: String,
    pub state: ReturnState,
    pub return_id: Option<String>,
    pub heard_ms: UnixMs,
    pub settled_ms: Option<UnixMs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReturnState {
    Processing,
    Settled,
    Refused,
}

impl ReturnState {
    const ALL: [Self; 3] = [Self::Processing, Self::Settled, Self::Refused];

    fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Settled => "settled",
            Self::Refused => "refused",
        }
    }
}

impl ReturnRow {
    /// What its transfer is booked for.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.e2eid, self.id)
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT e2eid, id, rental_id, amount_centavos, nature, state, return_id, heard_ms, \
             settled_ms FROM bank_return ",
            $tail
        )
    };
}

/// Stores what was heard last; the moment of the first word stays.
pub fn put(tx: &Tx<'_>, row: &ReturnRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO bank_return (e2eid, id, rental_id, amount_centavos, nature, state, return_id, \
         heard_ms, settled_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (e2eid, id) DO UPDATE SET amount_centavos = excluded.amount_centavos, \
         nature = excluded.nature, state = excluded.state, \
         return_id = coalesce(excluded.return_id, bank_return.return_id), \
         settled_ms = excluded.settled_ms",
        &[
            row.e2eid.as_str().into(),
            row.id.as_str().into(),
            Value::text(row.rental),
            row.amount.get().into(),
            row.nature.as_str().into(),
            row.state.as_str().into(),
            row.return_id.as_deref().into(),
            row.heard_ms.0.into(),
            row.settled_ms.map(|ms| ms.0).into(),
        ],
    )
    .map(drop)
}

pub fn by_id(tx: &Tx<'_>, e2eid: &str, id: &str) -> Result<Option<ReturnRow>, DbError> {
    tx.first(
        select!("WHERE e2eid = $1 AND id = $2"),
        &[e2eid.into(), id.into()],
        read,
    )
}

pub fn of_pix(tx: &Tx<'_>, e2eid: &str) -> Result<Vec<ReturnRow>, DbError> {
    tx.all(
        select!("WHERE e2eid = $1 ORDER BY heard_ms, id"),
        &[e2eid.into()],
        read,
    )
}

pub fn of_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Vec<ReturnRow>, DbError> {
    tx.all(
        select!("WHERE rental_id = $1 ORDER BY heard_ms, id"),
        &[Value::text(rental)],
        read,
    )
}

/// What of a Pix is not back with its payer, and how much of that no devolução is working on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining {
    pub left: Centavos,
    pub free: Centavos,
}

/// From all that is known here of what went back of a Pix of this amount: our settled orders, the
/// bank's own devoluções, and payouts that brought what neither could.
pub fn remaining(tx: &Tx<'_>, e2eid: &str, paid: Centavos) -> Result<Remaining, DbError> {
    let own = of_pix(tx, e2eid)?;
    let sum = |state| {
        let of_state = own.iter().filter(move |row| row.state == state);
        of_state.map(|row| row.amount).sum::<Centavos>()
    };
    let settled = refund::settled_of(tx, e2eid)?.into_iter().sum();
    let paid_out = super::payout::brought_of(tx, e2eid)?;
    let left = left(paid, [settled, sum(ReturnState::Settled), paid_out]);
    Ok(Remaining {
        left,
        free: cloud_core::refund::left(left, [sum(ReturnState::Processing)]),
    })
}

fn read(row: &Row<'_>) -> Result<ReturnRow, DbError> {
    let state = row.text(5)?;
    Ok(ReturnRow {
        e2eid: row.text(0)?,
        id: row.text(1)?,
        rental: row.parsed(2)?,
        amount: Centavos::new(row.int(3)?),
        nature: row.text(4)?,
        state: ReturnState::ALL
            .into_iter()
            .find(|s| s.as_str() == state)
            .ok_or_else(|| unreadable(5, "no such state"))?,
        return_id: row.opt_text(6)?,
        heard_ms: UnixMs(row.int(7)?),
        settled_ms: row.opt_int(8)?.map(UnixMs),
    })
}
