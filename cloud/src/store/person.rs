//! A person as the database knows one: an id, and beside it what only the key file can read. The
//! ledger, rentals and raffle entries name the id alone, so they outlive what is known of the person.

use super::db::{DbError, Row, Tx, Value, unreadable};
use crate::keys::{PersonKey, SealedCpf};
use shared::ids::{PersonId, RentalId};
use shared::time::UnixMs;

pub fn by_index(tx: &Tx<'_>, cpf_index: &[u8; 32]) -> Result<Option<PersonId>, DbError> {
    tx.first(
        "SELECT person_id FROM person_index WHERE cpf_index = $1",
        &[cpf_index.as_slice().into()],
        |row| row.parsed(0),
    )
}

pub fn insert(
    tx: &Tx<'_>,
    cpf_index: &[u8; 32],
    cpf: &SealedCpf,
    now: UnixMs,
) -> Result<(), DbError> {
    let id = cpf.person;
    tx.execute(
        "INSERT INTO person (id, cpf_index, cpf_sealed, created_ms) VALUES ($1, $2, $3, $4)",
        &[
            Value::text(id),
            id.to_string().as_bytes().into(),
            b"".as_slice().into(),
            now.0.into(),
        ],
    )?;
    keep(tx, cpf_index, cpf)
}

fn keep(tx: &Tx<'_>, cpf_index: &[u8; 32], cpf: &SealedCpf) -> Result<(), DbError> {
    let id = cpf.person;
    tx.execute(
        "INSERT INTO person_key (person_id, seal, sealed) VALUES ($1, $2, $3)",
        &[
            Value::text(id),
            i64::from(cpf.key.seal).into(),
            cpf.key.sealed.as_slice().into(),
        ],
    )?;
    tx.execute(
        "INSERT INTO person_field (person_id, field, sealed) VALUES ($1, 'cpf', $2)",
        &[Value::text(id), cpf.sealed.as_slice().into()],
    )?;
    tx.execute(
        "INSERT INTO person_index (cpf_index, person_id) VALUES ($1, $2)",
        &[cpf_index.as_slice().into(), Value::text(id)],
    )
    .map(drop)
}

/// None for a person who was erased.
pub fn sealed_cpf(tx: &Tx<'_>, id: &PersonId) -> Result<Option<SealedCpf>, DbError> {
    tx.first(
        "SELECT k.person_id, k.seal, k.sealed, f.sealed FROM person_key k \
         JOIN person_field f ON f.person_id = k.person_id AND f.field = 'cpf' \
         WHERE k.person_id = $1",
        &[Value::text(id)],
        |row| {
            let (person, key) = keyed(row)?;
            Ok(SealedCpf {
                person,
                key,
                sealed: row.bytes(3)?,
            })
        },
    )
}

#[derive(Debug, Clone, Copy)]
pub struct PersonRow {
    pub created_ms: UnixMs,
    pub erased_ms: Option<UnixMs>,
}

pub fn by_id(tx: &Tx<'_>, id: &PersonId) -> Result<Option<PersonRow>, DbError> {
    tx.first(
        "SELECT created_ms, erased_ms FROM person WHERE id = $1",
        &[Value::text(id)],
        |row| {
            Ok(PersonRow {
                created_ms: UnixMs(row.int(0)?),
                erased_ms: row.opt_int(1)?.map(UnixMs),
            })
        },
    )
}

/// The latest come first.
pub fn rentals(tx: &Tx<'_>, id: &PersonId, rows_max: u16) -> Result<Vec<RentalId>, DbError> {
    tx.all(
        "SELECT id FROM rental WHERE person_id = $1 ORDER BY created_ms DESC, id LIMIT $2",
        &[Value::text(id), i64::from(rows_max).into()],
        |row| row.parsed(0),
    )
}

/// What of a person's rentals is not over: carts that are or may be out, and money on its way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Unfinished {
    pub carts: u64,
    pub money: u64,
}

/// The rentals that are not over, in either way: those that stand against an erasure.
pub fn unfinished_rentals(
    tx: &Tx<'_>,
    id: &PersonId,
    rows_max: u16,
) -> Result<Vec<RentalId>, DbError> {
    tx.all(
        "SELECT r.id FROM rental r WHERE r.person_id = $1 \
         AND (r.state IN ('awaiting_payment', 'paid', 'out', 'returned') OR EXISTS \
         (SELECT 1 FROM refund d WHERE d.rental_id = r.id AND d.state IN ('requested', 'processing', 'owed'))) \
         ORDER BY r.created_ms DESC, r.id LIMIT $2",
        &[Value::text(id), i64::from(rows_max).into()],
        |row| row.parsed(0),
    )
}

/// How many rentals lead to a person, and how many entries are theirs: of returns of their own, and of
/// carts that they found. An entry of a rental that somebody else ended is not its payer's.
pub fn earned(tx: &Tx<'_>, id: &PersonId) -> Result<(u64, u64), DbError> {
    let found = tx.first(
        "SELECT count(*), count(e.rental_id) + (SELECT count(*) FROM rescue s \
         JOIN entry f ON f.rental_id = s.rental_id AND f.person_id = s.finder_id \
         WHERE s.finder_id = $1) FROM rental r \
         LEFT JOIN entry e ON e.rental_id = r.id AND e.person_id = r.person_id \
         WHERE r.person_id = $2",
        &[Value::text(id), Value::text(id)],
        |row| Ok((row.count(0)?, row.count(1)?)),
    )?;
    Ok(found.unwrap_or_default())
}

pub fn unfinished(tx: &Tx<'_>, id: &PersonId) -> Result<Unfinished, DbError> {
    let found = tx.first(
        "SELECT coalesce(sum(CASE WHEN r.state IN ('paid', 'out') \
         OR (r.state = 'abandoned' AND r.returned_ms IS NULL) THEN 1 ELSE 0 END), 0), \
         coalesce(sum(CASE WHEN r.state IN ('awaiting_payment', 'returned') OR EXISTS \
         (SELECT 1 FROM refund d WHERE d.rental_id = r.id AND d.state IN ('requested', 'processing', 'owed')) \
         THEN 1 ELSE 0 END), 0) FROM rental r WHERE r.person_id = $1",
        &[Value::text(id)],
        |row| {
            Ok(Unfinished {
                carts: row.count(0)?,
                money: row.count(1)?,
            })
        },
    )?;
    let mut found = found.unwrap_or_default();
    found.money += super::payout::owed_to(tx, id)?;
    Ok(found)
}

/// Destroys the key, what it sealed and the index, and notes when.
pub fn erase(tx: &Tx<'_>, id: &PersonId, now: UnixMs) -> Result<(), DbError> {
    let person = || Value::text(id);
    tx.execute("DELETE FROM person_key WHERE person_id = $1", &[person()])?;
    tx.execute("DELETE FROM person_field WHERE person_id = $1", &[person()])?;
    tx.execute("DELETE FROM person_index WHERE person_id = $1", &[person()])?;
    tx.execute(
        "UPDATE rescue SET key_index = NULL WHERE finder_id = $1",
        &[person()],
    )?;
    tx.execute(
        "UPDATE person SET erased_ms = coalesce(erased_ms, $1), cpf_index = $2, cpf_sealed = $3 \
         WHERE id = $4",
        &[
            now.0.into(),
            id.to_string().as_bytes().into(),
            b"".as_slice().into(),
            person(),
        ],
    )
    .map(drop)
}

/// Persons without a rental or a payout since `rental` or one that goes on, money on its way or owed, an entry in a
/// campaign that closed after `campaign`, or a member card that opens a bay.
pub fn idle(
    tx: &Tx<'_>,
    rental: UnixMs,
    campaign: UnixMs,
    rows_max: u16,
) -> Result<Vec<PersonId>, DbError> {
    tx.all(
        "SELECT p.id FROM person p WHERE p.erased_ms IS NULL AND p.created_ms < $1 \
         AND NOT EXISTS (SELECT 1 FROM rental r WHERE r.person_id = p.id AND (r.created_ms >= $2 \
         OR r.state IN ('awaiting_payment', 'paid', 'out', 'abandoned', 'returned') \
         OR EXISTS (SELECT 1 FROM refund d WHERE d.rental_id = r.id \
         AND d.state IN ('requested', 'processing', 'owed')))) \
         AND NOT EXISTS (SELECT 1 FROM rental r JOIN entry e ON e.rental_id = r.id \
         JOIN campaign c ON c.id = e.campaign_id \
         WHERE (r.person_id = p.id OR e.person_id = p.id) AND c.closes_ms >= $3) \
         AND NOT EXISTS (SELECT 1 FROM payout o WHERE o.person_id = p.id AND (o.ordered_ms >= $4 \
         OR o.state IN ('waiting', 'held', 'requested', 'processing') \
         OR (o.state IN ('refused', 'returned') AND NOT EXISTS (SELECT 1 FROM payout n \
         WHERE n.purpose = o.purpose AND n.reference = o.reference AND n.order_no > o.order_no)))) \
         AND NOT EXISTS (SELECT 1 FROM member_card m WHERE m.person_id = p.id AND m.state = 'active') \
         ORDER BY p.created_ms, p.id LIMIT $5",
        &[
            rental.0.into(),
            rental.0.into(),
            campaign.0.into(),
            rental.0.into(),
            i64::from(rows_max).into(),
        ],
        |row| row.parsed(0),
    )
}

/// Persons who were erased, by id after `after`.
pub fn erased(
    tx: &Tx<'_>,
    after: Option<PersonId>,
    rows_max: u16,
) -> Result<Vec<PersonId>, DbError> {
    tx.all(
        "SELECT id FROM person WHERE erased_ms IS NOT NULL AND id > $1 ORDER BY id LIMIT $2",
        &[from(after), i64::from(rows_max).into()],
        |row| row.parsed(0),
    )
}

/// A row of a version in which one secret sealed every CPF.
pub struct OldRow {
    pub id: PersonId,
    pub cpf_sealed: Vec<u8>,
}

pub fn old_rows(
    tx: &Tx<'_>,
    after: Option<PersonId>,
    rows_max: u16,
) -> Result<Vec<OldRow>, DbError> {
    tx.all(
        "SELECT id, cpf_sealed FROM person WHERE id > $1 AND length(cpf_sealed) > 0 \
         ORDER BY id LIMIT $2",
        &[from(after), i64::from(rows_max).into()],
        |row| {
            Ok(OldRow {
                id: row.parsed(0)?,
                cpf_sealed: row.bytes(1)?,
            })
        },
    )
}

/// Puts an old row's CPF where it belongs and leaves nothing of it behind.
pub fn bring_up(tx: &Tx<'_>, cpf_index: &[u8; 32], cpf: &SealedCpf) -> Result<(), DbError> {
    keep(tx, cpf_index, cpf)?;
    tx.execute(
        "UPDATE person SET cpf_index = $1, cpf_sealed = $2 WHERE id = $3",
        &[
            cpf.person.to_string().as_bytes().into(),
            b"".as_slice().into(),
            Value::text(cpf.person),
        ],
    )
    .map(drop)
}

/// Persons' keys under an older secret than `newest`, by id after `after`.
pub fn keys_before(
    tx: &Tx<'_>,
    newest: u32,
    after: Option<PersonId>,
    rows_max: u16,
) -> Result<Vec<(PersonId, PersonKey)>, DbError> {
    tx.all(
        "SELECT person_id, seal, sealed FROM person_key WHERE seal < $1 AND person_id > $2 \
         ORDER BY person_id LIMIT $3",
        &[
            i64::from(newest).into(),
            from(after),
            i64::from(rows_max).into(),
        ],
        keyed,
    )
}

pub fn set_key(tx: &Tx<'_>, id: &PersonId, key: &PersonKey) -> Result<(), DbError> {
    tx.execute(
        "UPDATE person_key SET seal = $1, sealed = $2 WHERE person_id = $3",
        &[
            i64::from(key.seal).into(),
            key.sealed.as_slice().into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

fn from(after: Option<PersonId>) -> Value<'static> {
    after.map_or(Value::Text("".into()), Value::text)
}

fn keyed(row: &Row<'_>) -> Result<(PersonId, PersonKey), DbError> {
    let seal = u32::try_from(row.int(1)?).map_err(|e| unreadable(1, e))?;
    let sealed = row.bytes(2)?;
    Ok((row.parsed(0)?, PersonKey { seal, sealed }))
}
