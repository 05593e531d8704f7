use super::{Outcome, Rejection, cancel_rental};
use crate::keys::Keys;
use crate::live::Topic;
use crate::store::gateway::GatewayState;
use crate::store::grant::{GrantRow, GrantState};
use crate::store::outbox::EffectKind;
use crate::store::rental::RentalRow;
use crate::store::{Tx, bay, gateway, grant, outbox, policy, rental};
use cloud_core::offline::carried_until;
use cloud_core::placement::{self, DARK_AFTER_MS};
use cloud_core::policy::Policy;
use cloud_core::rental::CancelReason;
use shared::grant::Grant;
use shared::offline::SharedSecret;
use shared::time::UnixMs;

/// Marks the rental paid and grants a bay, preferring the one promised; where none can serve any
/// more, the rental is cancelled and the money goes back.
pub(super) fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    keys: &Keys,
    row: &RentalRow,
    e2eid: &str,
) -> Outcome<()> {
    let mut bays = bay::candidates(tx, &row.dock)?;
    // The rental's own promise must not stand in its way.
    for bay in bays.iter_mut().filter(|b| b.bay == row.bay) {
        bay.promised = bay.promised.saturating_sub(1);
    }
    let chosen = placement::choose(&bays, Some(row.bay));
    rental::set_paid(tx, &row.id, e2eid, chosen.unwrap_or(row.bay), now)?;
    tx.touch(Topic::Dock(row.dock));
    let gateway = gateway::of_dock(tx, &row.dock)?.filter(|g| g.state == GatewayState::Active);
    let (Some(bay), Some(gateway)) = (chosen, gateway) else {
        return cancel_rental::end(tx, now, &row.id, CancelReason::NoBay);
    };
    let decided = policy::by_id(tx, &row.policy)?.ok_or(Rejection::UnknownDock)?;
    let dark = now.since(gateway.seen_ms) >= DARK_AFTER_MS;
    let expires_ms = if dark {
        carried_until(now)
    } else {
        now.plus(i64::from(decided.policy.grant_valid_seconds) * 1_000)
    };
    let serial = gateway::next_serial(tx, &gateway.id)?;
    let secret = SharedSecret::between(keys.signing(), &gateway.public_key);
    let granted = Grant {
        v: 1,
        id: secret.grant_id(serial),
        gateway: gateway.id,
        bay,
        rental: row.id,
        serial,
        issued_ms: now,
        expires_ms,
    };
    let stored = GrantRow {
        id: granted.id,
        rental: row.id,
        gateway: gateway.id,
        bay,
        serial,
        token: granted.to_token(keys.signing()),
        state: GrantState::Open,
        issued_ms: now,
        expires_ms,
        lapse_ms: patience(expires_ms, &decided.policy),
        handed_ms: None,
    };
    grant::insert(tx, &stored)?;
    outbox::add(
        tx,
        EffectKind::DeliverGrant,
        &granted.id.to_string(),
        now,
        now,
    )?;
    Ok(())
}

/// When one that was never handed out is taken back from a dock that stays dark.
pub(super) fn patience(expires: UnixMs, policy: &Policy) -> UnixMs {
    expires.plus(i64::from(policy.dark_grant_wait_seconds) * 1_000)
}
