use super::{Outcome, Rejection};
use crate::store::policy::{PolicyRow, Scope};
use crate::store::{Tx, dock, policy, staff};
use cloud_core::policy::Policy;
use shared::ids::{ChainId, PolicyId, StaffId};
use shared::time::UnixMs;

#[derive(Clone)]
pub struct MakePolicy {
    pub id: PolicyId,
    /// The chain of whoever makes it.
    pub chain: ChainId,
    pub scope: Scope,
    /// The newest version that they saw; 0 where there was none.
    pub seen: i64,
    pub policy: Policy,
    /// None: from now on.
    pub valid_from: Option<UnixMs>,
    pub audit_id: String,
}

/// Makes the next version for a chain or a store, and answers its number. Nothing that stands is
/// touched: what was decided by an older version stays decided.
pub fn run(tx: &Tx<'_>, now: UnixMs, make: &MakePolicy, by: &StaffId) -> Outcome<i64> {
    let ours = match make.scope {
        Scope::Chain(chain) => chain == make.chain,
        Scope::Store(store) => dock::stores(tx, &make.chain)?
            .iter()
            .any(|(id, _)| *id == store),
    };
    if !ours {
        return Err(Rejection::UnknownStore.into());
    }
    make.policy.check().map_err(Rejection::PolicyRefused)?;
    let newest = policy::newest(tx, make.scope)?;
    let version = newest.as_ref().map_or(0, |row| row.version);
    if version != make.seen {
        return Err(Rejection::PolicyMoved.into());
    }
    let from = make.valid_from.unwrap_or(now);
    if from < now {
        return Err(Rejection::PolicyInPast.into());
    }
    let same = |row: &PolicyRow| {
        !row.follows_chain && row.policy == make.policy && row.valid_from_ms <= from
    };
    if newest.as_ref().is_some_and(same) {
        return Err(Rejection::PolicyUnchanged.into());
    }
    let next = version + 1;
    policy::insert(tx, &make.id, make.scope, next, &make.policy, from)?;
    let subject = make.id.to_string();
    let verb = "make_policy";
    staff::audit(tx, &make.audit_id, Some(by), verb, &subject, now)?;
    Ok(next)
}
