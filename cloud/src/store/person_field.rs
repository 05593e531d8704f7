//! What is known of a person beside the CPF, each datum sealed under the person's own key.

use super::db::{DbError, Tx, Value, unreadable};
use crate::keys::{PersonKey, SealedPixKey};
use shared::ids::{PayoutId, PersonId};

/// None for a person who was erased, or never was.
pub fn key_of(tx: &Tx<'_>, id: &PersonId) -> Result<Option<PersonKey>, DbError> {
    tx.first(
        "SELECT seal, sealed FROM person_key WHERE person_id = $1",
        &[Value::text(id)],
        |row| {
            Ok(PersonKey {
                seal: u32::try_from(row.int(0)?).map_err(|e| unreadable(0, e))?,
                sealed: row.bytes(1)?,
            })
        },
    )
}

/// Keeps the key that a payout goes to. It is never changed: another key is another payout.
pub fn keep_payout_key(tx: &Tx<'_>, payout: &PayoutId, key: &SealedPixKey) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO person_field (person_id, field, sealed) VALUES ($1, $2, $3)",
        &[
            Value::text(key.person),
            payout_field(payout).into(),
            key.sealed.as_slice().into(),
        ],
    )
    .map(drop)
}

/// The person's own key and the sealed Pix key. None after an erasure.
pub fn payout_key(
    tx: &Tx<'_>,
    person: &PersonId,
    payout: &PayoutId,
) -> Result<Option<(PersonKey, SealedPixKey)>, DbError> {
    let Some(own) = key_of(tx, person)? else {
        return Ok(None);
    };
    let sealed = tx.first(
        "SELECT sealed FROM person_field WHERE person_id = $1 AND field = $2",
        &[Value::text(person), payout_field(payout).into()],
        |row| row.bytes(0),
    )?;
    Ok(sealed.map(|sealed| {
        let key = SealedPixKey {
            person: *person,
            sealed,
        };
        (own, key)
    }))
}

fn payout_field(payout: &PayoutId) -> String {
    format!("payout_key/{payout}")
}
