use super::db::{DbError, Row, Tx, Value, unreadable};
use crate::live::Topic;
use cloud_core::placement::Candidate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::enrol::{BayKind, BayLayout};
use shared::ids::{BayNo, DockId, TagUid};
use shared::sync::{BaySnapshot, BayState};
use shared::time::UnixMs;

/// Makes a dock's bays those its gateway drives, all empty until it says more.
pub fn replace_layout(
    tx: &Tx<'_>,
    dock: &DockId,
    layout: &[BayLayout],
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute("DELETE FROM bay WHERE dock_id = $1", &[Value::text(dock)])?;
    for bay in layout {
        tx.execute(
            "INSERT INTO bay (dock_id, bay_no, kind, capacity, state, carts, changed_ms) \
             VALUES ($1, $2, $3, $4, 'vacant', 0, $5)",
            &[
                Value::text(dock),
                i64::from(bay.bay.get()).into(),
                code(&bay.kind).into(),
                i64::from(bay.capacity).into(),
                now.0.into(),
            ],
        )?;
    }
    Ok(())
}

/// Takes over what a gateway says its bays are now; rows that say the same are left alone.
pub fn update(
    tx: &Tx<'_>,
    dock: &DockId,
    snapshots: &[BaySnapshot],
    now: UnixMs,
) -> Result<(), DbError> {
    let known = of_dock(tx, dock)?;
    let named = |bay: &BaySnapshot| snapshots.iter().any(|s| s.bay == bay.bay);
    // A bay that is not driven any more must not be offered for ever. Silence about all says nothing.
    for gone in known
        .iter()
        .filter(|bay| !snapshots.is_empty() && !named(bay))
    {
        tx.execute(
            "DELETE FROM bay WHERE dock_id = $1 AND bay_no = $2",
            &[Value::text(dock), i64::from(gone.bay.get()).into()],
        )?;
        tx.touch(Topic::Dock(*dock));
    }
    for snapshot in snapshots {
        if known.contains(snapshot) {
            continue;
        }
        let fault = snapshot.fault.map(|f| code(&f));
        let contradiction = snapshot.contradiction.map(|c| code(&c));
        tx.execute(
            "INSERT INTO bay (dock_id, bay_no, kind, capacity, state, carts, tag, fault, \
             contradiction, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (dock_id, bay_no) DO UPDATE SET kind = excluded.kind, \
             capacity = excluded.capacity, state = excluded.state, carts = excluded.carts, \
             tag = excluded.tag, fault = excluded.fault, contradiction = excluded.contradiction, \
             changed_ms = excluded.changed_ms",
            &[
                Value::text(dock),
                i64::from(snapshot.bay.get()).into(),
                code(&snapshot.kind).into(),
                i64::from(snapshot.capacity).into(),
                snapshot.state.as_str().into(),
                i64::from(snapshot.carts).into(),
                snapshot.tag.map_or(Value::Null, Value::text),
                fault.as_deref().into(),
                contradiction.as_deref().into(),
                now.0.into(),
            ],
        )?;
        tx.touch(Topic::Dock(*dock));
    }
    Ok(())
}

pub fn of_dock(tx: &Tx<'_>, dock: &DockId) -> Result<Vec<BaySnapshot>, DbError> {
    tx.all(
        "SELECT bay_no, kind, capacity, state, carts, tag, fault, contradiction FROM bay \
         WHERE dock_id = $1 ORDER BY bay_no",
        &[Value::text(dock)],
        read,
    )
}

/// The dock's bays with how many of their carts are promised to rentals that have not pulled yet.
pub fn candidates(tx: &Tx<'_>, dock: &DockId) -> Result<Vec<Candidate>, DbError> {
    let promised = tx.all(
        "SELECT bay_no, count(*) FROM rental \
         WHERE dock_id = $1 AND state IN ('awaiting_payment', 'paid') GROUP BY bay_no",
        &[Value::text(dock)],
        |row| Ok((super::rental::bay(row, 0)?, row.small(1)?)),
    )?;
    let promised_to = |bay: BayNo| {
        promised
            .iter()
            .find(|(no, _)| *no == bay)
            .map_or(0, |(_, count)| *count)
    };
    let candidate = |bay: BaySnapshot| Candidate {
        bay: bay.bay,
        kind: bay.kind,
        state: bay.state,
        carts: bay.carts,
        named: bay.tag.is_some() && bay.contradiction.is_none(),
        promised: promised_to(bay.bay),
    };
    Ok(of_dock(tx, dock)?.into_iter().map(candidate).collect())
}

/// What makes another dock's word about a tag count.
#[derive(Debug, Clone, Copy)]
pub enum Since {
    /// Its bay began to show the tag then or later.
    Changed(UnixMs),
    /// Its gateway has spoken since then, and still shows the tag.
    Heard(UnixMs),
}

/// Whether another dock's bay shows this very tag. A gateway that is silent or replaced vouches for
/// nothing: its carts may have been carried elsewhere.
pub fn shows_elsewhere(
    tx: &Tx<'_>,
    tag: &TagUid,
    here: &DockId,
    since: Since,
) -> Result<bool, DbError> {
    let (sql, since) = match since {
        Since::Changed(at) => (
            "SELECT 1 FROM bay WHERE tag = $1 AND dock_id <> $2 AND changed_ms >= $3 LIMIT 1",
            at,
        ),
        Since::Heard(at) => (
            "SELECT 1 FROM bay b JOIN gateway g ON g.dock_id = b.dock_id \
             WHERE b.tag = $1 AND b.dock_id <> $2 AND g.state = 'active' AND g.seen_ms >= $3 LIMIT 1",
            at,
        ),
    };
    let values = [Value::text(tag), Value::text(here), since.0.into()];
    Ok(tx.first(sql, &values, |row| row.int(0))?.is_some())
}

fn read(row: &Row<'_>) -> Result<BaySnapshot, DbError> {
    Ok(BaySnapshot {
        bay: super::rental::bay(row, 0)?,
        kind: decoded::<BayKind>(row, 1)?.ok_or_else(|| unreadable(1, "empty"))?,
        capacity: row.small(2)?,
        state: decoded::<BayState>(row, 3)?.ok_or_else(|| unreadable(3, "empty"))?,
        carts: row.small(4)?,
        tag: row.opt_parsed(5)?,
        fault: decoded(row, 6)?,
        contradiction: decoded(row, 7)?,
    })
}

/// The name a plain enum has on the wire is the name it has in storage.
fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => unreachable!("enums without data serialise as their name"),
    }
}

fn decoded<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<Option<T>, DbError> {
    row.opt_text(column)?
        .map(|name| serde_json::from_value(name.into()).map_err(|e| unreadable(column, e)))
        .transpose()
}
