//! What a paid customer's phone carries to a dock that does not answer.

use crate::actions::{Failure, hand_out_grant};
use crate::app::App;
use crate::store::Tx;
use crate::store::gateway::{GatewayRow, GatewayState};
use crate::store::grant::{GrantRow, GrantState};
use crate::store::story::RentalStory;
use cloud_core::offline::carried_until;
use cloud_core::placement::DARK_AFTER_MS;
use shared::grant::Grant;
use shared::offline::SharedSecret;
use shared::time::UnixMs;
use web::customer::{CarryView, CarryWhy};

/// What shows a grant to a customer writes down first that it does. Where it may not leave any more,
/// the story is told without it.
pub async fn hand_out(app: &App, story: &mut RentalStory, now: UnixMs) -> Result<(), Failure> {
    let kept = story.grant.as_ref().filter(|g| g.handed_ms.is_none());
    let Some(id) = kept.map(|grant| grant.id) else {
        return Ok(());
    };
    if view(app, story, now).is_none() {
        return Ok(());
    }
    let usable = app
        .store
        .write(move |tx: &Tx<'_>| hand_out_grant::run(tx, now, &id))
        .await?;
    if !usable && let Some(grant) = story.grant.as_mut() {
        grant.state = GrantState::Over;
    }
    Ok(())
}

/// A bay that was told opens in a second or two; after this the customer is given the means.
const SLOW_AFTER_MS: i64 = 10_000;

pub fn view(app: &App, story: &RentalStory, now: UnixMs) -> Option<CarryView> {
    let grant = story.grant.as_ref()?;
    let gateway = story.gateway.as_ref()?;
    let usable = grant.state == GrantState::Open && grant.expires_ms > now;
    if !usable || gateway.id != grant.gateway || gateway.state != GatewayState::Active {
        return None;
    }
    let why = if is_dark(Some(gateway), now) {
        CarryWhy::Dark
    } else if now.since(story.rental.paid_ms?) >= SLOW_AFTER_MS {
        CarryWhy::Slow
    } else {
        return None;
    };
    let carried = Grant::carried(&grant.token)?;
    let link = gateway.local_url.as_ref();
    Some(CarryView {
        why,
        code: code(app, grant, gateway),
        link: link.map(|url| format!("{url}/g/{carried}")),
        carried,
        until_ms: grant.expires_ms,
    })
}

pub fn is_dark(gateway: Option<&GatewayRow>, now: UnixMs) -> bool {
    gateway.is_none_or(|gateway| now.since(gateway.seen_ms) >= DARK_AFTER_MS)
}

/// A code is taken to the end of its last period whatever the grant says: it is shown only for a
/// grant that lives as long.
fn code(app: &App, grant: &GrantRow, gateway: &GatewayRow) -> Option<String> {
    if grant.serial == 0 || grant.expires_ms < carried_until(grant.issued_ms) {
        return None;
    }
    let secret = SharedSecret::between(app.keys.signing(), &gateway.public_key);
    Some(secret.release_code(grant.serial, grant.bay, grant.issued_ms))
}
