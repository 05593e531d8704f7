//! What finders did before, from the rows themselves.

use super::super::db::{DbError, Tx, Value};
use cloud_core::rescue::Record;
use shared::ids::{PersonId, RentalId};
use shared::time::UnixMs;

/// Whose record, and about what.
pub struct Asked<'a> {
    pub finder: &'a PersonId,
    pub key_index: Option<&'a [u8; 32]>,
    /// Who paid for the cart, where that is known.
    pub payer: Option<&'a PersonId>,
    /// The rental that is being decided: it is no history of its own.
    pub but: &'a RentalId,
    /// When the shop's day began.
    pub today_ms: UnixMs,
    /// When the window for pairs and objections began.
    pub window_ms: UnixMs,
}

/// Counts what was promised or waits for a person; what a person refused is objections, not rewards.
pub fn record(tx: &Tx<'_>, asked: &Asked<'_>) -> Result<Record, DbError> {
    let nobody: &[u8] = &[];
    let key = || Value::from(asked.key_index.map_or(nobody, |key| key.as_slice()));
    let finder = || Value::text(asked.finder);
    let but = || Value::text(asked.but);
    Ok(Record {
        rewards_today_of_cpf: count(
            tx,
            "SELECT count(*) FROM rescue WHERE finder_id = $1 AND claimed_ms >= $2 \
             AND state IN ('rescued', 'review') AND rental_id <> $3",
            &[finder(), asked.today_ms.0.into(), but()],
        )?,
        rewards_today_of_key: count(
            tx,
            "SELECT count(*) FROM rescue WHERE key_index = $1 AND claimed_ms >= $2 \
             AND state IN ('rescued', 'review') AND rental_id <> $3",
            &[key(), asked.today_ms.0.into(), but()],
        )?,
        rewards_of_pair: count(
            tx,
            "SELECT count(*) FROM rescue c JOIN rental r ON r.id = c.rental_id \
             WHERE (c.finder_id = $1 OR c.key_index = $2) AND r.person_id = $3 \
             AND c.claimed_ms >= $4 AND c.state IN ('rescued', 'review') AND c.rental_id <> $5",
            &[
                finder(),
                key(),
                asked.payer.map_or(Value::Null, Value::text),
                asked.window_ms.0.into(),
                but(),
            ],
        )?,
        objections: count(
            tx,
            "SELECT count(*) FROM rescue WHERE (finder_id = $1 OR key_index = $2) \
             AND claimed_ms >= $3 AND objection IN ('open', 'upheld') AND rental_id <> $4",
            &[finder(), key(), asked.window_ms.0.into(), but()],
        )?,
    })
}

/// The keys to which a person wanted to be paid, as blind indexes.
pub fn keys_of(tx: &Tx<'_>, person: &PersonId) -> Result<Vec<[u8; 32]>, DbError> {
    let found = tx.all(
        "SELECT DISTINCT key_index FROM rescue WHERE finder_id = $1 AND key_index IS NOT NULL LIMIT 50",
        &[Value::text(person)],
        |row| row.bytes(0),
    )?;
    let keys = found.into_iter().map(<[u8; 32]>::try_from);
    Ok(keys.filter_map(Result::ok).collect())
}

fn count(tx: &Tx<'_>, sql: &'static str, values: &[Value<'_>]) -> Result<u16, DbError> {
    let found = tx.first(sql, values, |row| row.int(0))?;
    Ok(u16::try_from(found.unwrap_or_default()).unwrap_or(u16::MAX))
}
