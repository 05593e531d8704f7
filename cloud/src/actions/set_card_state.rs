use super::{Outcome, Rejection};
use crate::store::member_card::CardState;
use crate::store::{Tx, member_card, staff};
use shared::allowance::CardKey;
use shared::ids::{ChainId, StaffId};
use shared::time::UnixMs;

#[derive(Clone)]
pub struct SetCardState {
    pub chain: ChainId,
    pub key: CardKey,
    pub state: CardState,
    pub audit_id: String,
}

/// Denies a card, or allows it again. One that is so already stays as it is.
pub fn run(tx: &Tx<'_>, now: UnixMs, set: &SetCardState, by: &StaffId) -> Outcome<()> {
    if member_card::by_key(tx, &set.chain, &set.key)?.is_none() {
        return Err(Rejection::UnknownCard.into());
    }
    if member_card::set_state(tx, &set.chain, &set.key, set.state, now)? {
        let verb = match set.state {
            CardState::Active => "allow_card",
            CardState::Denied => "deny_card",
        };
        let subject = set.key.to_string();
        staff::audit(tx, &set.audit_id, Some(by), verb, &subject, now)?;
    }
    Ok(())
}
