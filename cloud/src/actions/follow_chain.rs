use super::{Outcome, Rejection};
use crate::store::policy::Scope;
use crate::store::{Tx, dock, policy, staff};
use shared::ids::{ChainId, PolicyId, StaffId, StoreId};
use shared::time::UnixMs;

#[derive(Clone)]
pub struct FollowChain {
    pub id: PolicyId,
    /// The chain of whoever wants it.
    pub chain: ChainId,
    pub store: StoreId,
    /// The newest version of the store that they saw.
    pub seen: i64,
    /// None: from now on.
    pub valid_from: Option<UnixMs>,
    pub audit_id: String,
}

/// Makes a version of a store that says "as the chain" from its moment on, and answers its number.
/// What was decided by the store's own versions stays decided.
pub fn run(tx: &Tx<'_>, now: UnixMs, wish: &FollowChain, by: &StaffId) -> Outcome<i64> {
    let stores = dock::stores(tx, &wish.chain)?;
    if !stores.iter().any(|(id, _)| *id == wish.store) {
        return Err(Rejection::UnknownStore.into());
    }
    let newest = policy::newest(tx, Scope::Store(wish.store))?;
    let version = newest.as_ref().map_or(0, |row| row.version);
    if version != wish.seen {
        return Err(Rejection::PolicyMoved.into());
    }
    let from = wish.valid_from.unwrap_or(now);
    if from < now {
        return Err(Rejection::PolicyInPast.into());
    }
    // A store without a version of its own follows already.
    if newest.is_none_or(|row| row.follows_chain && row.valid_from_ms <= from) {
        return Err(Rejection::PolicyUnchanged.into());
    }
    let Some(chains) = policy::of_chain_at(tx, &wish.chain, from)? else {
        return Err(Rejection::NoChainPolicy.into());
    };
    let next = version + 1;
    let (store, numbers) = (&wish.store, &chains.policy);
    policy::insert_following(tx, &wish.id, store, next, numbers, from)?;
    let subject = wish.id.to_string();
    let verb = "follow_chain";
    staff::audit(tx, &wish.audit_id, Some(by), verb, &subject, now)?;
    Ok(next)
}
