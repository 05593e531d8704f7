use super::postpone;
use crate::actions::{Outcome, grant_delivered};
use crate::app::{Shared, now};
use crate::store::grant::GrantState;
use crate::store::outbox::EffectRow;
use crate::store::{Tx, grant};
use shared::ids::GrantId;
use shared::sync::Hint;

/// Hurries a grant to its dock. The acknowledgements carry it too, so this may fail for ever.
pub(super) async fn deliver(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    let Ok(id) = effect.subject.parse::<GrantId>() else {
        return Ok(());
    };
    let row = app.store.read(move |tx| grant::by_id(tx, &id)).await?;
    let wanted = row.filter(|g| g.state == GrantState::Open && now() < g.expires_ms);
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
