//! Cards of members, by the salted hash of their number. Every change makes the gateways' lists grow
//! a version, in the same transaction.

use super::allowance;
use super::db::{DbError, Row, Tx, Value, unreadable};
use shared::allowance::{CARDS_MAX, CardKey};
use shared::ids::{ChainId, PersonId};
use shared::personal::PersonName;
use shared::time::UnixMs;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CardState {
    Active,
    Denied,
}

impl CardState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Denied => "denied",
        }
    }
}

#[derive(Debug, Clone)]
pub struct CardRow {
    pub key: CardKey,
    /// The last characters of its number.
    pub ending: String,
    /// Whose it is, in the store's words; none once its person was erased.
    pub holder: Option<PersonName>,
    pub person: Option<PersonId>,
    pub state: CardState,
    pub created_ms: UnixMs,
    pub changed_ms: UnixMs,
}

/// Which cards a list shows; a search finds by key, by ending or within the holder's name.
#[derive(Debug, Clone, Default)]
pub struct CardSearch {
    pub state: Option<CardState>,
    pub key: Option<CardKey>,
    pub text: String,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT card_key, ending, holder, person_id, state, created_ms, changed_ms \
             FROM member_card ",
            $tail
        )
    };
}

/// Adds a card, or changes what is known of one. False: the chain has as many as a list may name.
pub fn put(tx: &Tx<'_>, chain: &ChainId, card: &CardRow) -> Result<bool, DbError> {
    if by_key(tx, chain, &card.key)?.is_none() && !has_room(tx, chain)? {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO member_card (chain_id, card_key, ending, holder, person_id, state, \
         created_ms, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (chain_id, card_key) DO UPDATE SET holder = excluded.holder, \
         person_id = coalesce(excluded.person_id, member_card.person_id), \
         state = excluded.state, changed_ms = excluded.changed_ms",
        &[
            Value::text(chain),
            Value::text(card.key),
            card.ending.as_str().into(),
            card.holder.as_ref().map_or("", PersonName::reveal).into(),
            card.person.map_or(Value::Null, Value::text),
            card.state.as_str().into(),
            card.created_ms.0.into(),
            card.changed_ms.0.into(),
        ],
    )?;
    allowance::changed(tx, chain)?;
    Ok(true)
}

/// False: there is no such card, or it is in that state already.
pub fn set_state(
    tx: &Tx<'_>,
    chain: &ChainId,
    key: &CardKey,
    state: CardState,
    now: UnixMs,
) -> Result<bool, DbError> {
    let changed = tx.execute(
        "UPDATE member_card SET state = $1, changed_ms = $2 \
         WHERE chain_id = $3 AND card_key = $4 AND state <> $5",
        &[
            state.as_str().into(),
            now.0.into(),
            Value::text(chain),
            Value::text(key),
            state.as_str().into(),
        ],
    )?;
    if changed > 0 {
        allowance::changed(tx, chain)?;
    }
    Ok(changed > 0)
}

pub fn of_person(tx: &Tx<'_>, person: &PersonId) -> Result<Vec<CardRow>, DbError> {
    tx.all(
        select!("WHERE person_id = $1 ORDER BY created_ms LIMIT 1000"),
        &[Value::text(person)],
        read,
    )
}

/// An erased person's cards open nothing and name nobody any more.
pub fn forget_holder(tx: &Tx<'_>, person: &PersonId, now: UnixMs) -> Result<(), DbError> {
    let chains: Vec<ChainId> = tx.all(
        "SELECT DISTINCT chain_id FROM member_card WHERE person_id = $1",
        &[Value::text(person)],
        |row| row.parsed(0),
    )?;
    tx.execute(
        "UPDATE member_card SET holder = '', person_id = NULL, state = 'denied', changed_ms = $1 \
         WHERE person_id = $2",
        &[now.0.into(), Value::text(person)],
    )?;
    for chain in &chains {
        allowance::changed(tx, chain)?;
    }
    Ok(())
}

pub fn by_key(tx: &Tx<'_>, chain: &ChainId, key: &CardKey) -> Result<Option<CardRow>, DbError> {
    tx.first(
        select!("WHERE chain_id = $1 AND card_key = $2"),
        &[Value::text(chain), Value::text(key)],
        read,
    )
}

/// The keys of all cards in a state: at most [`CARDS_MAX`], which `put` keeps.
pub fn keys(tx: &Tx<'_>, chain: &ChainId, state: CardState) -> Result<Vec<CardKey>, DbError> {
    tx.all(
        "SELECT card_key FROM member_card WHERE chain_id = $1 AND state = $2",
        &[Value::text(chain), state.as_str().into()],
        |row| row.parsed(0),
    )
}

pub fn count(tx: &Tx<'_>, chain: &ChainId) -> Result<u64, DbError> {
    let count = tx.first(
        "SELECT count(*) FROM member_card WHERE chain_id = $1",
        &[Value::text(chain)],
        |row| row.count(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// There are never more cards than there were changes; only near the limit they are counted.
fn has_room(tx: &Tx<'_>, chain: &ChainId) -> Result<bool, DbError> {
    let changes = tx.first(
        "SELECT allowance_version FROM chain WHERE id = $1",
        &[Value::text(chain)],
        |row| row.count(0),
    )?;
    let most = CARDS_MAX as u64;
    Ok(changes.is_some_and(|changes| changes < most) || count(tx, chain)? < most)
}

pub fn total(tx: &Tx<'_>, chain: &ChainId, search: &CardSearch) -> Result<u64, DbError> {
    let count = tx.first(
        "SELECT count(*) FROM member_card \
         WHERE chain_id = $1 AND (CAST($2 AS TEXT) = '' OR state = $2) \
         AND (CAST($3 AS TEXT) = '' OR ending = $3 OR card_key = $4 OR lower(holder) LIKE $5)",
        &values(chain, search, &[]),
        |row| row.count(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// The cards that changed last come first.
pub fn page(
    tx: &Tx<'_>,
    chain: &ChainId,
    search: &CardSearch,
    rows_max: u16,
    skip: u64,
) -> Result<Vec<CardRow>, DbError> {
    let skip = i64::try_from(skip).unwrap_or(i64::MAX);
    tx.all(
        select!(
            "WHERE chain_id = $1 AND (CAST($2 AS TEXT) = '' OR state = $2) \
             AND (CAST($3 AS TEXT) = '' OR ending = $3 OR card_key = $4 \
             OR lower(holder) LIKE $5) \
             ORDER BY changed_ms DESC, card_key LIMIT $6 OFFSET $7"
        ),
        &values(chain, search, &[i64::from(rows_max), skip]),
        read,
    )
}

fn values<'a>(chain: &ChainId, search: &'a CardSearch, bounds: &[i64]) -> Vec<Value<'a>> {
    // A wildcard that was typed is text.
    let plain = search.text.to_lowercase().replace(['%', '_', '\\'], "");
    let like = if plain.is_empty() {
        String::new()
    } else {
        format!("%{plain}%")
    };
    let mut values = vec![
        Value::text(chain),
        search.state.map_or("", CardState::as_str).into(),
        search.text.as_str().into(),
        search.key.map_or(Value::Null, Value::text),
        like.into(),
    ];
    values.extend(bounds.iter().map(|bound| (*bound).into()));
    values
}

fn read(row: &Row<'_>) -> Result<CardRow, DbError> {
    Ok(CardRow {
        key: row.parsed(0)?,
        ending: row.text(1)?,
        holder: match row.text(2)?.as_str() {
            "" => None,
            name => Some(name.parse().map_err(|e| unreadable(2, e))?),
        },
        person: row.opt_parsed(3)?,
        state: match row.text(4)?.as_str() {
            "active" => CardState::Active,
            "denied" => CardState::Denied,
            _ => return Err(unreadable(4, "no such state")),
        },
        created_ms: UnixMs(row.int(5)?),
        changed_ms: UnixMs(row.int(6)?),
    })
}
