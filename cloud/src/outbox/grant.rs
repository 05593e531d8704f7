use super::postpone;
use crate::actions::{Outcome, grant_delivered, hand_out_grant};
use crate::app::{Shared, now};
use crate::store::grant::{GrantRow, GrantState};
use crate::store::outbox::EffectRow;
use crate::store::{Tx, gateway, grant};
use shared::ids::GrantId;
use shared::sync::Hint;
use shared::time::UnixMs;

/// A gateway that was silent for so long has no line to the broker either: no hint is sent, and so the
/// grant stays here until the gateway or the customer asks.
const NO_LINE_AFTER_MS: i64 = 10 * 60 * 1_000;

/// Notes, with the attempt, that a hint will hand the grant out.
pub(super) fn note(tx: &Tx<'_>, subject: &str, at: UnixMs) -> Outcome<()> {
    let Ok(id) = subject.parse::<GrantId>() else {
        return Ok(());
    };
    let Some(row) = grant::by_id(tx, &id)? else {
        return Ok(());
    };
    let heard = gateway::by_id(tx, &row.gateway)?;
    if heard.is_some_and(|g| at.since(g.seen_ms) < NO_LINE_AFTER_MS) {
        hand_out_grant::run(tx, at, &id)?;
    }
    Ok(())
}

/// Hurries a grant to its dock. The acknowledgements carry it too, so this may fail for ever.
pub(super) async fn deliver(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    let Ok(id) = effect.subject.parse::<GrantId>() else {
        return Ok(());
    };
    let row = app.store.read(move |tx| grant::by_id(tx, &id)).await?;
    let usable = |g: &GrantRow| g.state == GrantState::Open && now() < g.expires_ms;
    let wanted = row.filter(|g| g.handed_ms.is_some() && usable(g));
    if let Some(row) = wanted {
        crate::app::crash_point(&app.config, "before_grant_delivery");
        let hint = Hint::Grant(row.token);
        let payload = serde_json::to_vec(&hint).unwrap_or_default();
        if let Err(error) = app.downlink.publish(&row.gateway.to_string(), payload) {
            return Ok(postpone(app, effect, error.to_string()).await?);
        }
        app.metrics.grant_hinted();
    }
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| grant_delivered::run(tx, at, &id))
        .await
}
