use super::accept_events::Batch;
use super::{Outcome, Rejection};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::grant::{GrantRow, GrantState};
use crate::store::member_card::CardState;
use crate::store::rental::NewRental;
use crate::store::{alarm, dock, grant, member_card, policy, rental};
use shared::allowance::CardKey;
use shared::ids::{BayNo, GrantId, RentalId};
use shared::money::Centavos;
use shared::time::{ClockQuality, Stamp, UnixMs};

/// A bay that a member's card opened without the cloud.
pub(super) struct Opened {
    pub(super) bay: BayNo,
    pub(super) grant: GrantId,
    pub(super) rental: RentalId,
    pub(super) card: CardKey,
}

/// Begins the rental under the ids that were born at the gateway. No money moved: what follows is
/// told by the same events as of any other rental.
pub(super) fn started(batch: &mut Batch<'_, '_>, of: &Opened, at: &Stamp) -> Outcome<&'static str> {
    let (tx, now) = (batch.tx, batch.now);
    let known = grant::by_id(tx, &of.grant)?.is_some() || rental::by_id(tx, &of.rental)?.is_some();
    if known {
        return Ok("id_taken");
    }
    let here = dock::by_id(tx, &batch.gateway.dock)?.ok_or(Rejection::UnknownDock)?;
    let Some(decided) = policy::at(tx, &here.store, now)? else {
        return Ok("no_policy");
    };
    let card = member_card::by_key(tx, &here.chain, &of.card)?;
    let new = NewRental {
        id: of.rental,
        // Nobody has this address: the hash is of nothing that was ever written down.
        token_hash: batch.entropy.bytes(),
        store: here.store,
        dock: here.id,
        bay: of.bay,
        policy: decided.id,
        person: card.as_ref().and_then(|card| card.person),
        deposit: Centavos::ZERO,
    };
    rental::insert_by_card(tx, &new, of.card, now)?;
    let issued_ms = happened(batch, at);
    let born = GrantRow {
        id: of.grant,
        rental: of.rental,
        gateway: batch.gateway.id,
        bay: of.bay,
        serial: 0,
        token: String::new(),
        state: GrantState::Used,
        issued_ms,
        expires_ms: issued_ms,
        lapse_ms: issued_ms,
        handed_ms: Some(issued_ms),
    };
    grant::insert(tx, &born)?;
    if card.is_none_or(|card| card.state == CardState::Denied) {
        let detail = "a bay opened for a card that is on no list of ours, or denied by now";
        alarm::raise(
            tx,
            AlarmKind::CardNotAllowed,
            &of.rental.to_string(),
            detail,
            now,
        )?;
    }
    tx.touch(Topic::Dock(here.id));
    Ok("applied")
}

/// When it happened, as far as the stamp can be believed; else the last time the gateway was heard
/// before it told.
fn happened(batch: &Batch<'_, '_>, at: &Stamp) -> UnixMs {
    let claimed = match at.clock {
        ClockQuality::Server | ClockQuality::Floor => at.wall_ms,
        ClockQuality::Unset => batch.gateway.seen_ms,
    };
    claimed.min(batch.now)
}
