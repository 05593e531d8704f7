//! The queue of callbacks. A row is written with the fact it reports and outlives a restart, so a
//! callback is attempted at least once, and at most as often as the configuration says.

use super::{received::Received, webhook};
use crate::json;
use rusqlite::{Connection, OptionalExtension, Row};

// A callback held back to change the order goes out after this even when no other follows.
const HELD_MS_MAX: i64 = 30_000;
// A callback sent before the API's answer is the queue's business again after this.
const EARLY_MS_MAX: i64 = 30_000;

/// How the bank means to deliver one notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Normal,
    /// By the caller, before it answers.
    Early,
    Late {
        late_ms: i64,
    },
    Repeated {
        count: u32,
    },
    /// After the next one.
    Shuffled,
    Never,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Callback {
    pub(crate) id: i64,
    pub(crate) url: String,
    pub(crate) body: String,
    pub(crate) state: String,
    pub(crate) attempts: u32,
    pub(crate) due_ms: i64,
}

const SELECT: &str = "SELECT id, url, body, state, attempts, due_ms FROM callback";

/// Queues the notification of `pix` as it is now. Nothing is queued for a Pix without txid or a key
/// without webhook. Returns the rows that the caller itself delivers before it answers.
pub(crate) fn notify(
    db: &Connection,
    pix: &Received,
    delivery: Delivery,
    now_ms: i64,
) -> rusqlite::Result<Vec<Callback>> {
    if pix.txid.is_none() {
        return Ok(Vec::new());
    }
    queue(
        db,
        &pix.chave,
        &json::callback(pix).to_string(),
        delivery,
        now_ms,
    )
}

/// Queues `body` for the webhook of `chave`, if it has one.
pub(crate) fn queue(
    db: &Connection,
    chave: &str,
    body: &str,
    delivery: Delivery,
    now_ms: i64,
) -> rusqlite::Result<Vec<Callback>> {
    let Some(webhook) = webhook::get(db, chave)? else {
        return Ok(Vec::new());
    };
    let url = format!("{}/pix", webhook.url);
    let (state, due_ms, copies) = match delivery {
        Delivery::Normal => ("PENDING", now_ms, 1),
        Delivery::Early => ("PENDING", now_ms + EARLY_MS_MAX, 1),
        Delivery::Late { late_ms } => ("PENDING", now_ms + late_ms, 1),
        Delivery::Repeated { count } => ("PENDING", now_ms, count),
        Delivery::Shuffled => ("HELD", now_ms + HELD_MS_MAX, 1),
        Delivery::Never => return Ok(Vec::new()),
    };
    let mut queued = Vec::new();
    for _ in 0..copies {
        db.execute(
            "INSERT INTO callback (url, body, state, due_ms) VALUES (?1, ?2, ?3, ?4)",
            (&url, body, state, due_ms),
        )?;
        queued.push(db.last_insert_rowid());
    }
    if delivery != Delivery::Early {
        return Ok(Vec::new());
    }
    queued
        .into_iter()
        .map(|id| db.query_row(&format!("{SELECT} WHERE id = ?1"), [id], callback))
        .collect()
}

pub(crate) fn next_due(db: &Connection) -> rusqlite::Result<Option<Callback>> {
    db.query_row(
        &format!("{SELECT} WHERE state IN ('PENDING', 'HELD') ORDER BY due_ms, id LIMIT 1"),
        [],
        callback,
    )
    .optional()
}

/// Ends a row as delivered; what was held back behind it may go now.
pub(crate) fn delivered(db: &Connection, id: i64, now_ms: i64) -> rusqlite::Result<()> {
    db.execute(
        "UPDATE callback SET state = 'DELIVERED', attempts = attempts + 1 WHERE id = ?1",
        [id],
    )?;
    release_held(db, now_ms)
}

/// Counts an attempt; `retry_at_ms` is `None` after the last.
pub(crate) fn failed(
    db: &Connection,
    id: i64,
    retry_at_ms: Option<i64>,
    now_ms: i64,
) -> rusqlite::Result<()> {
    match retry_at_ms {
        Some(due_ms) => {
            db.execute(
                "UPDATE callback SET state = 'PENDING', attempts = attempts + 1, due_ms = ?2 \
                 WHERE id = ?1",
                (id, due_ms),
            )?;
            Ok(())
        }
        None => {
            db.execute(
                "UPDATE callback SET state = 'GIVEN_UP', attempts = attempts + 1 WHERE id = ?1",
                [id],
            )?;
            release_held(db, now_ms)
        }
    }
}

/// The newest rows, newest first.
pub(crate) fn newest(db: &Connection, count_max: usize) -> rusqlite::Result<Vec<Callback>> {
    let mut statement = db.prepare(&format!("{SELECT} ORDER BY id DESC LIMIT ?1"))?;
    let count = i64::try_from(count_max).unwrap_or(i64::MAX);
    statement.query_map([count], callback)?.collect()
}

fn release_held(db: &Connection, now_ms: i64) -> rusqlite::Result<()> {
    db.execute(
        "UPDATE callback SET state = 'PENDING', due_ms = ?1 WHERE state = 'HELD'",
        [now_ms],
    )?;
    Ok(())
}

fn callback(row: &Row<'_>) -> rusqlite::Result<Callback> {
    Ok(Callback {
        id: row.get(0)?,
        url: row.get(1)?,
        body: row.get(2)?,
        state: row.get(3)?,
        attempts: row.get(4)?,
        due_ms: row.get(5)?,
    })
}
