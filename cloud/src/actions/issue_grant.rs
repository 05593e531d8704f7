use super::{Outcome, Rejection, cancel_rental};
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::live::Topic;
use crate::store::gateway::GatewayState;
use crate::store::grant::{GrantRow, GrantState};
use crate::store::outbox::EffectKind;
use crate::store::rental::RentalRow;
use crate::store::{Tx, bay, dock, gateway, grant, outbox, rental};
use cloud_core::placement;
use cloud_core::rental::CancelReason;
use shared::grant::Grant;
use shared::ids::GrantId;
use shared::time::UnixMs;

/// Marks the rental paid and grants a bay, preferring the one promised; where none can serve any
/// more, the rental is cancelled and the money goes back.
pub(super) fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    keys: &Keys,
    row: &RentalRow,
    e2eid: &str,
    entropy: &mut Entropy,
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
    let (_, policy) = dock::policy(tx, &row.policy)?.ok_or(Rejection::UnknownDock)?;
    let expires_ms = now.plus(i64::from(policy.grant_valid_seconds) * 1_000);
    let granted = Grant {
        v: 1,
        id: entropy.id(GrantId::new, now),
        gateway: gateway.id,
        bay,
        rental: row.id,
        issued_ms: now,
        expires_ms,
    };
    let stored = GrantRow {
        id: granted.id,
        rental: row.id,
        gateway: gateway.id,
        bay,
        token: granted.to_token(keys.signing()),
        state: GrantState::Open,
        issued_ms: now,
        expires_ms,
        lapse_ms: expires_ms.plus(i64::from(policy.dark_grant_wait_seconds) * 1_000),
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
