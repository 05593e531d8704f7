//! Tells a rental's payer over one channel.

use crate::actions::settle_notice::{self, Settled};
use crate::actions::{Outcome, Rejection};
use crate::app::{Shared, now};
use crate::store::contact::{self, SealedContact};
use crate::store::notification::{self, NotificationRow};
use crate::store::outbox::{self, EffectRow};
use crate::store::{DbError, Tx, rental};
use cloud_core::notice::{Ended, State, spent};
use cloud_core::refund::doubled;
use cloud_core::rental::Rental;
use shared::ids::NotificationId;

/// A channel that fails is asked again soon, then rarely; a person hears of it after a quarter of an
/// hour.
const RETRY_FIRST_MS: i64 = 5_000;
const RETRY_MAX_MS: i64 = 10 * 60_000;

/// A notice with all that is needed to send it.
struct Found {
    row: NotificationRow,
    /// What it warns of lies ahead.
    ahead: bool,
    contact: Option<SealedContact>,
}

pub(super) async fn send(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    let id: NotificationId = effect
        .subject
        .parse()
        .map_err(|_| Rejection::UnknownRental)?;
    let found = app.store.read(move |tx| look(tx, &id)).await?;
    let Found {
        row,
        ahead,
        contact,
    } = found.ok_or(Rejection::UnknownRental)?;
    if row.state != State::Waiting {
        return finish(app, effect).await;
    }
    let at = now();
    if let Some(why) = spent(row.kind, row.created_ms, ahead, at) {
        return settle(app, row, Settled::Ended(why)).await;
    }
    let Some(_contact) = contact else {
        return settle(app, row, Settled::Ended(Ended::ContactGone)).await;
    };
    let pause = doubled(RETRY_FIRST_MS, row.attempts, RETRY_MAX_MS);
    let later = Settled::Later {
        due: at.plus(pause),
        trouble: Some("channel_off".to_owned()),
    };
    settle(app, row, later).await
}

fn look(tx: &Tx<'_>, id: &NotificationId) -> Result<Option<Found>, DbError> {
    let Some(row) = notification::by_id(tx, id)? else {
        return Ok(None);
    };
    let Some(rental) = rental::by_id(tx, &row.rental)? else {
        return Ok(None);
    };
    Ok(Some(Found {
        ahead: matches!(rental.state, Rental::Out { .. }),
        contact: contact::sealed(tx, &row.rental, row.channel)?,
        row,
    }))
}

async fn settle(app: &Shared, row: NotificationRow, settled: Settled) -> Outcome<()> {
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| settle_notice::run(tx, at, &row, &settled))
        .await
}

async fn finish(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    let (kind, subject, at) = (effect.kind, effect.subject.clone(), now());
    app.store
        .write(move |tx: &Tx<'_>| Ok(outbox::finish(tx, kind, &subject, at)?))
        .await
}
