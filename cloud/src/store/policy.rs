//! The versions of policies, of chains and of stores. Rows are only ever added.

use super::db::{DbError, Row, Tx, Value, unreadable};
use cloud_core::policy::{FIELDS, Field, Policy};
use shared::ids::{ChainId, PolicyId, StoreId};
use shared::time::UnixMs;

/// Whom a version decides for. A store that has one of its own does not follow its chain, unless the
/// version says that it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Chain(ChainId),
    Store(StoreId),
}

#[derive(Debug, Clone)]
pub struct PolicyRow {
    pub id: PolicyId,
    pub scope: Scope,
    /// From 1 in each scope.
    pub version: i64,
    pub valid_from_ms: UnixMs,
    /// From its moment on the chain decides, not these numbers.
    pub follows_chain: bool,
    pub policy: Policy,
}

/// A version, and who made it when; nobody for what the set-up made.
#[derive(Debug, Clone)]
pub struct MadeRow {
    pub row: PolicyRow,
    pub made_ms: Option<UnixMs>,
    pub by: Option<String>,
}

/// Columns before the numbers.
const HEAD: usize = 6;

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT p.id, p.chain_id, p.store_id, p.version, p.valid_from_ms, p.follows_chain, \
             p.deposit_centavos, \
             p.payment_window_seconds, p.grant_valid_seconds, p.dark_grant_wait_seconds, \
             p.card_releases_per_day, p.gateway_centavos_per_day, p.abandon_after_minutes, \
             p.closes_at_minute, p.closing_grace_minutes, p.notice_lead_minutes, \
             p.finder_share_basis_points, p.claim_valid_minutes, p.claims_per_cpf_per_day, \
             p.claims_per_key_per_day, p.payout_delay_hours, p.pair_returns_max, \
             p.pair_window_days ",
            $tail
        )
    };
}

pub fn insert(
    tx: &Tx<'_>,
    id: &PolicyId,
    scope: Scope,
    version: i64,
    policy: &Policy,
    valid_from: UnixMs,
) -> Result<(), DbError> {
    put(tx, id, scope, (version, false), policy, valid_from)
}

/// A version of a store that follows its chain, whose numbers `chains` are.
pub fn insert_following(
    tx: &Tx<'_>,
    id: &PolicyId,
    store: &StoreId,
    version: i64,
    chains: &Policy,
    valid_from: UnixMs,
) -> Result<(), DbError> {
    let scope = Scope::Store(*store);
    put(tx, id, scope, (version, true), chains, valid_from)
}

fn put(
    tx: &Tx<'_>,
    id: &PolicyId,
    scope: Scope,
    (version, follows): (i64, bool),
    policy: &Policy,
    valid_from: UnixMs,
) -> Result<(), DbError> {
    let (chain, store) = scope.columns();
    let head = [
        Value::text(id),
        chain,
        store,
        version.into(),
        valid_from.0.into(),
        i64::from(follows).into(),
    ];
    let numbers = Field::ALL.map(|field| policy.number(field).into());
    let values: Vec<Value<'_>> = head.into_iter().chain(numbers).collect();
    tx.execute(
        "INSERT INTO policy (id, chain_id, store_id, version, valid_from_ms, follows_chain, \
         deposit_centavos, \
         payment_window_seconds, grant_valid_seconds, dark_grant_wait_seconds, \
         card_releases_per_day, gateway_centavos_per_day, abandon_after_minutes, \
         closes_at_minute, closing_grace_minutes, notice_lead_minutes, \
         finder_share_basis_points, claim_valid_minutes, claims_per_cpf_per_day, \
         claims_per_key_per_day, payout_delay_hours, pair_returns_max, pair_window_days) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
         $18, $19, $20, $21, $22, $23)",
        &values,
    )
    .map(drop)
}

/// What decides at a store at a moment: the newest version of its own whose moment has come, or where it
/// has none, or that one follows the chain, the newest of its chain.
pub fn at(tx: &Tx<'_>, store: &StoreId, now: UnixMs) -> Result<Option<PolicyRow>, DbError> {
    let own = tx.first(
        select!(
            "FROM policy p WHERE p.store_id = $1 AND p.valid_from_ms <= $2 \
             ORDER BY p.version DESC LIMIT 1"
        ),
        &[Value::text(store), now.0.into()],
        read,
    )?;
    if let Some(own) = own.filter(|row| !row.follows_chain) {
        return Ok(Some(own));
    }
    tx.first(
        select!(
            "FROM store s JOIN policy p ON p.chain_id = s.chain_id \
             WHERE s.id = $1 AND p.valid_from_ms <= $2 ORDER BY p.version DESC LIMIT 1"
        ),
        &[Value::text(store), now.0.into()],
        read,
    )
}

/// What decides for a whole chain at a moment, where a store has nothing of its own.
pub fn of_chain_at(
    tx: &Tx<'_>,
    chain: &ChainId,
    now: UnixMs,
) -> Result<Option<PolicyRow>, DbError> {
    tx.first(
        select!(
            "FROM policy p WHERE p.chain_id = $1 AND p.valid_from_ms <= $2 \
             ORDER BY p.version DESC LIMIT 1"
        ),
        &[Value::text(chain), now.0.into()],
        read,
    )
}

pub fn by_id(tx: &Tx<'_>, id: &PolicyId) -> Result<Option<PolicyRow>, DbError> {
    tx.first(
        select!("FROM policy p WHERE p.id = $1"),
        &[Value::text(id)],
        read,
    )
}

/// The newest version of a scope, whether its moment has come or not.
pub fn newest(tx: &Tx<'_>, scope: Scope) -> Result<Option<PolicyRow>, DbError> {
    let (chain, store) = scope.columns();
    tx.first(
        select!(
            "FROM policy p WHERE p.chain_id = $1 OR p.store_id = $2 \
             ORDER BY p.version DESC LIMIT 1"
        ),
        &[chain, store],
        read,
    )
}

/// The newest versions of a scope, the newest first, and who made them.
pub fn history(tx: &Tx<'_>, scope: Scope, limit: u16) -> Result<Vec<MadeRow>, DbError> {
    let (chain, store) = scope.columns();
    tx.all(
        select!(
            ", a.at_ms, s.login FROM policy p \
             LEFT JOIN audit a ON a.subject = p.id \
             AND a.action IN ('make_policy', 'follow_chain') \
             LEFT JOIN staff s ON s.id = a.staff_id \
             WHERE p.chain_id = $1 OR p.store_id = $2 ORDER BY p.version DESC LIMIT $3"
        ),
        &[chain, store, i64::from(limit).into()],
        |row| {
            Ok(MadeRow {
                row: read(row)?,
                made_ms: row.opt_int(HEAD + FIELDS)?.map(UnixMs),
                by: row.opt_text(HEAD + FIELDS + 1)?,
            })
        },
    )
}

impl Scope {
    fn columns(self) -> (Value<'static>, Value<'static>) {
        match self {
            Self::Chain(id) => (Value::text(id), Value::Null),
            Self::Store(id) => (Value::Null, Value::text(id)),
        }
    }
}

fn read(row: &Row<'_>) -> Result<PolicyRow, DbError> {
    let chain: Option<ChainId> = row.opt_parsed(1)?;
    let scope = match chain {
        Some(chain) => Scope::Chain(chain),
        None => Scope::Store(row.parsed(2)?),
    };
    let mut numbers = [None; FIELDS];
    for (at, number) in numbers.iter_mut().enumerate() {
        *number = row.opt_int(HEAD + at)?;
    }
    let policy = Policy::stored(numbers);
    Ok(PolicyRow {
        id: row.parsed(0)?,
        scope,
        version: row.int(3)?,
        valid_from_ms: UnixMs(row.int(4)?),
        follows_chain: row.int(5)? != 0,
        policy: policy.map_err(|field| unreadable(HEAD, field.name()))?,
    })
}
