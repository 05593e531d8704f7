//! Pix that no charge of ours explains, and what the bank gave back of them by itself.

use super::db::{DbError, Row, Tx, Value, unreadable};
use cloud_core::stray::{HoldReason, Stray};
use shared::ids::{ChainId, StoreId};
use shared::money::Centavos;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct StrayRow {
    pub e2eid: String,
    /// In whose books it stands.
    pub store: StoreId,
    pub txid: Option<String>,
    pub amount: Centavos,
    pub settled_ms: UnixMs,
    pub seen_ms: UnixMs,
    pub state: Stray,
    /// When nothing of it was here any more.
    pub ended_ms: Option<UnixMs>,
}

/// A devolução under an id that is not ours.
#[derive(Debug, Clone)]
pub struct ReturnRow {
    pub e2eid: String,
    pub id: String,
    pub amount: Centavos,
    pub settled_ms: UnixMs,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT e2eid, store_id, txid, amount_centavos, settled_ms, seen_ms, state, reason, \
             ended_ms FROM stray ",
            $tail
        )
    };
}

/// The first store of the first chain, whose books take what names no store, and when the chain's
/// books began. `None` before anything was set up.
pub fn house(tx: &Tx<'_>) -> Result<Option<(StoreId, UnixMs)>, DbError> {
    tx.first(
        "SELECT s.id, c.id FROM chain c JOIN store s ON s.chain_id = c.id \
         ORDER BY c.id, s.id LIMIT 1",
        &[],
        |row| {
            let chain: ChainId = row.parsed(1)?;
            let began = i64::try_from(chain.born_ms()).unwrap_or(i64::MAX);
            Ok((row.parsed(0)?, UnixMs(began)))
        },
    )
}

pub fn insert(tx: &Tx<'_>, stray: &StrayRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stray (e2eid, store_id, txid, amount_centavos, settled_ms, seen_ms, state, \
         reason, ended_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            stray.e2eid.as_str().into(),
            Value::text(stray.store),
            stray.txid.as_deref().into(),
            stray.amount.get().into(),
            stray.settled_ms.0.into(),
            stray.seen_ms.0.into(),
            stray.state.state().into(),
            reason(stray.state).into(),
            stray.ended_ms.map(|ms| ms.0).into(),
        ],
    )
    .map(drop)
}

pub fn by_e2eid(tx: &Tx<'_>, e2eid: &str) -> Result<Option<StrayRow>, DbError> {
    tx.first(select!("WHERE e2eid = $1"), &[e2eid.into()], read)
}

/// Those that wait for a person, the oldest first.
pub fn held(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<StrayRow>, DbError> {
    tx.all(
        select!("WHERE state = 'held' ORDER BY settled_ms, e2eid LIMIT $1"),
        &[i64::from(rows_max).into()],
        read,
    )
}

/// Those that do not wait for a person, the latest first.
pub fn passed(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<StrayRow>, DbError> {
    tx.all(
        select!("WHERE state <> 'held' ORDER BY settled_ms DESC, e2eid LIMIT $1"),
        &[i64::from(rows_max).into()],
        read,
    )
}

/// Why it was held stays written when it goes on.
pub fn set_state(
    tx: &Tx<'_>,
    e2eid: &str,
    state: Stray,
    ended_ms: Option<UnixMs>,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE stray SET state = $1, reason = coalesce($2, reason), ended_ms = $3 \
         WHERE e2eid = $4",
        &[
            state.state().into(),
            reason(state).into(),
            ended_ms.map(|ms| ms.0).into(),
            e2eid.into(),
        ],
    )
    .map(drop)
}

/// False: it was noted before.
pub fn add_return(tx: &Tx<'_>, of: &ReturnRow) -> Result<bool, DbError> {
    let added = tx.execute(
        "INSERT INTO stray_return (e2eid, id, amount_centavos, settled_ms) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (e2eid, id) DO NOTHING",
        &[
            of.e2eid.as_str().into(),
            of.id.as_str().into(),
            of.amount.get().into(),
            of.settled_ms.0.into(),
        ],
    )?;
    Ok(added > 0)
}

pub fn returns(tx: &Tx<'_>, e2eid: &str) -> Result<Vec<ReturnRow>, DbError> {
    tx.all(
        "SELECT e2eid, id, amount_centavos, settled_ms FROM stray_return WHERE e2eid = $1 \
         ORDER BY settled_ms, id",
        &[e2eid.into()],
        |row| {
            Ok(ReturnRow {
                e2eid: row.text(0)?,
                id: row.text(1)?,
                amount: Centavos::new(row.int(2)?),
                settled_ms: UnixMs(row.int(3)?),
            })
        },
    )
}

fn reason(state: Stray) -> Option<&'static str> {
    match state {
        Stray::Held(reason) => Some(reason.as_str()),
        Stray::Due | Stray::Returned => None,
    }
}

fn read(row: &Row<'_>) -> Result<StrayRow, DbError> {
    let reason = row.opt_text(7)?.unwrap_or_default();
    let state = match row.text(6)?.as_str() {
        "held" => HoldReason::ALL
            .into_iter()
            .find(|known| known.as_str() == reason)
            .map(Stray::Held)
            .ok_or_else(|| unreadable(7, "no such reason"))?,
        "due" => Stray::Due,
        "returned" => Stray::Returned,
        _ => return Err(unreadable(6, "no such state")),
    };
    Ok(StrayRow {
        e2eid: row.text(0)?,
        store: row.parsed(1)?,
        txid: row.opt_text(2)?,
        amount: Centavos::new(row.int(3)?),
        settled_ms: UnixMs(row.int(4)?),
        seen_ms: UnixMs(row.int(5)?),
        state,
        ended_ms: row.opt_int(8)?.map(UnixMs),
    })
}
