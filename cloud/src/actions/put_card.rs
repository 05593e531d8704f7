use super::take_cart::{NewPerson, recognise};
use super::{Outcome, Rejection};
use crate::store::member_card::{CardRow, CardState};
use crate::store::{Tx, member_card, staff};
use shared::allowance::CardKey;
use shared::ids::{ChainId, StaffId};
use shared::personal::PersonName;
use shared::time::UnixMs;

#[derive(Clone)]
pub struct PutCard {
    pub chain: ChainId,
    pub key: CardKey,
    /// The last characters of the number.
    pub ending: String,
    pub holder: PersonName,
    pub person: Option<NewPerson>,
    pub state: CardState,
    pub audit_id: String,
}

/// Adds a member card to the lists that gateways go by, allowed or denied; one that is known changes.
pub fn run(tx: &Tx<'_>, now: UnixMs, put: &PutCard, by: &StaffId) -> Outcome<()> {
    let person = put
        .person
        .as_ref()
        .map(|new| recognise(tx, new, now))
        .transpose()?;
    let card = CardRow {
        key: put.key,
        ending: put.ending.clone(),
        holder: Some(put.holder.clone()),
        person,
        state: put.state,
        created_ms: now,
        changed_ms: now,
    };
    if !member_card::put(tx, &put.chain, &card)? {
        return Err(Rejection::TooManyCards.into());
    }
    let verb = match put.state {
        CardState::Active => "add_card",
        CardState::Denied => "deny_card",
    };
    let subject = put.key.to_string();
    Ok(staff::audit(
        tx,
        &put.audit_id,
        Some(by),
        verb,
        &subject,
        now,
    )?)
}
