//! Where a rental's payer wants to be told: nothing that anybody reads without the key file. A rental
//! has a contact key of its own, whether it names a person or not, so that what was given for one visit
//! is destroyed with it.

use super::db::{DbError, Tx, Value, unreadable};
use super::notification::channel_of;
use crate::keys::ContactKey;
use cloud_core::notice::Channel;
use shared::ids::{PersonId, RentalId};
use shared::time::UnixMs;

/// One address, with the key it is sealed under.
#[derive(Debug, Clone)]
pub struct SealedContact {
    pub key: ContactKey,
    pub sealed: Vec<u8>,
}

/// In the order in which they were given.
pub fn channels(tx: &Tx<'_>, rental: &RentalId) -> Result<Vec<Channel>, DbError> {
    tx.all(
        "SELECT channel FROM contact WHERE rental_id = $1 ORDER BY given_ms, channel",
        &[Value::text(rental)],
        |row| channel_of(&row.text(0)?).ok_or_else(|| unreadable(0, "no such channel")),
    )
}

pub fn key_of(tx: &Tx<'_>, rental: &RentalId) -> Result<Option<ContactKey>, DbError> {
    tx.first(
        "SELECT seal, sealed FROM contact_key WHERE rental_id = $1",
        &[Value::text(rental)],
        |row| {
            let seal = u32::try_from(row.int(0)?).map_err(|e| unreadable(0, e))?;
            let sealed = row.bytes(1)?;
            Ok(ContactKey { seal, sealed })
        },
    )
}

pub fn insert_key(tx: &Tx<'_>, rental: &RentalId, key: &ContactKey) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO contact_key (rental_id, seal, sealed) VALUES ($1, $2, $3)",
        &[
            Value::text(rental),
            i64::from(key.seal).into(),
            key.sealed.as_slice().into(),
        ],
    )
    .map(drop)
}

/// Another address of the channel takes the place of the first.
pub fn put(
    tx: &Tx<'_>,
    rental: &RentalId,
    channel: Channel,
    sealed: &[u8],
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO contact (rental_id, channel, sealed, given_ms) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (rental_id, channel) DO UPDATE SET sealed = excluded.sealed, \
         given_ms = excluded.given_ms",
        &[
            Value::text(rental),
            channel.as_str().into(),
            sealed.into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

pub fn sealed(
    tx: &Tx<'_>,
    rental: &RentalId,
    channel: Channel,
) -> Result<Option<SealedContact>, DbError> {
    let Some(key) = key_of(tx, rental)? else {
        return Ok(None);
    };
    tx.first(
        "SELECT sealed FROM contact WHERE rental_id = $1 AND channel = $2",
        &[Value::text(rental), channel.as_str().into()],
        |row| row.bytes(0),
    )
    .map(|found| found.map(|sealed| SealedContact { key, sealed }))
}

/// Forgets one address; with the last one, the key.
pub fn delete(tx: &Tx<'_>, rental: &RentalId, channel: Channel) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM contact WHERE rental_id = $1 AND channel = $2",
        &[Value::text(rental), channel.as_str().into()],
    )?;
    tx.execute(
        "DELETE FROM contact_key WHERE rental_id = $1 \
         AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.rental_id = contact_key.rental_id)",
        &[Value::text(rental)],
    )
    .map(drop)
}

/// Destroys the key and what it sealed.
pub fn erase(tx: &Tx<'_>, rental: &RentalId) -> Result<(), DbError> {
    let rental = || [Value::text(rental)];
    tx.execute("DELETE FROM contact WHERE rental_id = $1", &rental())?;
    tx.execute("DELETE FROM contact_key WHERE rental_id = $1", &rental())
        .map(drop)
}

/// Rentals of a person of which a contact is known.
pub fn rentals_of(tx: &Tx<'_>, person: &PersonId) -> Result<Vec<RentalId>, DbError> {
    tx.all(
        "SELECT k.rental_id FROM contact_key k JOIN rental r ON r.id = k.rental_id \
         WHERE r.person_id = $1 ORDER BY k.rental_id",
        &[Value::text(person)],
        |row| row.parsed(0),
    )
}

/// Rentals whose contacts serve nothing any more: over since before `ended`, or begun before `begun`,
/// and nothing of their money open.
pub fn stale(
    tx: &Tx<'_>,
    ended: UnixMs,
    begun: UnixMs,
    rows_max: u16,
) -> Result<Vec<RentalId>, DbError> {
    tx.all(
        "SELECT k.rental_id FROM contact_key k JOIN rental r ON r.id = k.rental_id \
         WHERE (r.ended_ms < $1 OR r.created_ms < $2) AND NOT EXISTS \
         (SELECT 1 FROM refund d WHERE d.rental_id = r.id \
         AND d.state IN ('requested', 'processing', 'owed')) ORDER BY k.rental_id LIMIT $3",
        &[ended.0.into(), begun.0.into(), i64::from(rows_max).into()],
        |row| row.parsed(0),
    )
}

/// Contact keys under an older secret than `newest`, by rental after `after`.
pub fn keys_before(
    tx: &Tx<'_>,
    newest: u32,
    after: Option<RentalId>,
    rows_max: u16,
) -> Result<Vec<(RentalId, ContactKey)>, DbError> {
    let after = after.map_or(Value::Text("".into()), Value::text);
    tx.all(
        "SELECT rental_id, seal, sealed FROM contact_key WHERE seal < $1 AND rental_id > $2 \
         ORDER BY rental_id LIMIT $3",
        &[i64::from(newest).into(), after, i64::from(rows_max).into()],
        |row| {
            let seal = u32::try_from(row.int(1)?).map_err(|e| unreadable(1, e))?;
            let sealed = row.bytes(2)?;
            Ok((row.parsed(0)?, ContactKey { seal, sealed }))
        },
    )
}

pub fn set_key(tx: &Tx<'_>, rental: &RentalId, key: &ContactKey) -> Result<(), DbError> {
    tx.execute(
        "UPDATE contact_key SET seal = $1, sealed = $2 WHERE rental_id = $3",
        &[
            i64::from(key.seal).into(),
            key.sealed.as_slice().into(),
            Value::text(rental),
        ],
    )
    .map(drop)
}
