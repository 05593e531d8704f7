//! What a rental's payer is told, one row a notice and channel.

use super::db::{DbError, Row, Tx, Value, unreadable};
use cloud_core::notice::{Channel, Ended, Kind, State, standing as stands};
use cloud_core::rescue::Told;
use shared::ids::{NotificationId, RentalId};
use shared::time::UnixMs;

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, rental_id, kind, channel, about_ms, state, created_ms, due_ms, tried_ms, \
             attempts, told_ms, reason FROM notification ",
            $tail
        )
    };
}

#[derive(Debug, Clone)]
pub struct NotificationRow {
    pub id: NotificationId,
    pub rental: RentalId,
    pub kind: Kind,
    pub channel: Channel,
    /// The moment it speaks of.
    pub about_ms: Option<UnixMs>,
    pub state: State,
    pub created_ms: UnixMs,
    pub due_ms: UnixMs,
    /// When it was first handed to its channel.
    pub tried_ms: Option<UnixMs>,
    pub attempts: u32,
    /// What the last attempt ran into, as a code, while it waits.
    pub trouble: Option<String>,
}

/// False: this rental has been told of this over this channel, or will be.
pub fn insert(
    tx: &Tx<'_>,
    id: &NotificationId,
    rental: &RentalId,
    (kind, channel): (Kind, Channel),
    about: Option<UnixMs>,
    now: UnixMs,
) -> Result<bool, DbError> {
    let added = tx.execute(
        "INSERT INTO notification (id, rental_id, kind, channel, about_ms, state, created_ms, \
         due_ms, attempts) VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, 0) \
         ON CONFLICT (rental_id, kind, channel) DO NOTHING",
        &[
            Value::text(id),
            Value::text(rental),
            kind.as_str().into(),
            channel.as_str().into(),
            about.map(|ms| ms.0).into(),
            now.0.into(),
            now.0.into(),
        ],
    )?;
    Ok(added > 0)
}

pub fn by_id(tx: &Tx<'_>, id: &NotificationId) -> Result<Option<NotificationRow>, DbError> {
    tx.first(select!("WHERE id = $1"), &[Value::text(id)], read)
}

/// The oldest first.
pub fn of_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Vec<NotificationRow>, DbError> {
    tx.all(
        select!("WHERE rental_id = $1 ORDER BY created_ms, kind, channel"),
        &[Value::text(rental)],
        read,
    )
}

/// The first moment a channel accepted this notice.
pub fn told(tx: &Tx<'_>, rental: &RentalId, kind: Kind) -> Result<Option<UnixMs>, DbError> {
    match standing(tx, rental, kind)? {
        Told::At(at) => Ok(Some(at)),
        Told::NotYet | Told::NoChannel => Ok(None),
    }
}

/// Whether the payer knows of this, will know, or cannot be told.
pub fn standing(tx: &Tx<'_>, rental: &RentalId, kind: Kind) -> Result<Told, DbError> {
    let rows = of_rental(tx, rental)?;
    let rows: Vec<_> = rows.into_iter().filter(|row| row.kind == kind).collect();
    let said: Vec<State> = rows.iter().map(|row| row.state).collect();
    let given = super::contact::channels(tx, rental)?;
    let more = given
        .iter()
        .any(|c| rows.iter().all(|row| row.channel != *c));
    Ok(stands(&said, more))
}

/// Counts an attempt durably before it is made.
pub fn count_try(tx: &Tx<'_>, id: &NotificationId, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE notification SET attempts = attempts + 1, tried_ms = coalesce(tried_ms, $1) \
         WHERE id = $2 AND state = 'waiting'",
        &[now.0.into(), Value::text(id)],
    )
    .map(drop)
}

/// Waits until `due`, because of `trouble` if it was tried in vain.
pub fn set_waiting(
    tx: &Tx<'_>,
    id: &NotificationId,
    due: UnixMs,
    trouble: Option<&str>,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE notification SET due_ms = $1, reason = coalesce($2, reason) \
         WHERE id = $3 AND state = 'waiting'",
        &[due.0.into(), trouble.into(), Value::text(id)],
    )
    .map(drop)
}

pub fn set_told(tx: &Tx<'_>, id: &NotificationId, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE notification SET state = 'told', told_ms = $1, reason = NULL \
         WHERE id = $2 AND state = 'waiting'",
        &[now.0.into(), Value::text(id)],
    )
    .map(drop)
}

pub fn set_ended(tx: &Tx<'_>, id: &NotificationId, why: Ended) -> Result<(), DbError> {
    tx.execute(
        "UPDATE notification SET state = 'ended', reason = $1 WHERE id = $2 AND state = 'waiting'",
        &[why.as_str().into(), Value::text(id)],
    )
    .map(drop)
}

/// The first try of the notice that a channel has failed to take for longest.
pub fn failing_since(tx: &Tx<'_>, channel: Channel) -> Result<Option<UnixMs>, DbError> {
    tx.first(
        "SELECT tried_ms FROM notification WHERE channel = $1 AND state = 'waiting' \
         AND tried_ms IS NOT NULL ORDER BY tried_ms LIMIT 1",
        &[channel.as_str().into()],
        |row| row.int(0).map(UnixMs),
    )
}

fn read(row: &Row<'_>) -> Result<NotificationRow, DbError> {
    let (kind, channel) = (row.text(2)?, row.text(3)?);
    let reason = row.opt_text(11)?;
    let state = state(row, reason.as_deref())?;
    Ok(NotificationRow {
        id: row.parsed(0)?,
        rental: row.parsed(1)?,
        kind: Kind::ALL
            .into_iter()
            .find(|k| k.as_str() == kind)
            .ok_or_else(|| unreadable(2, "no such notice"))?,
        channel: channel_of(&channel).ok_or_else(|| unreadable(3, "no such channel"))?,
        about_ms: row.opt_int(4)?.map(UnixMs),
        state,
        created_ms: UnixMs(row.int(6)?),
        due_ms: UnixMs(row.int(7)?),
        tried_ms: row.opt_int(8)?.map(UnixMs),
        attempts: u32::try_from(row.int(9)?).unwrap_or(u32::MAX),
        trouble: reason.filter(|_| state == State::Waiting),
    })
}

fn state(row: &Row<'_>, reason: Option<&str>) -> Result<State, DbError> {
    Ok(match row.text(5)?.as_str() {
        "waiting" => State::Waiting,
        "told" => State::Told {
            at_ms: UnixMs(row.int(10)?),
        },
        "ended" => State::Ended {
            why: Ended::ALL
                .into_iter()
                .find(|why| Some(why.as_str()) == reason)
                .ok_or_else(|| unreadable(11, "no such reason"))?,
        },
        _ => return Err(unreadable(5, "no such state")),
    })
}

pub(super) fn channel_of(code: &str) -> Option<Channel> {
    Channel::ALL.into_iter().find(|c| c.as_str() == code)
}
