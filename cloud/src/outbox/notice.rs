//! Tells a rental's payer over one channel.

use crate::actions::settle_notice::{self, Settled};
use crate::actions::{Outcome, Rejection};
use crate::app::{App, Shared, crash_point, now};
use crate::notices::words::{self, About};
use crate::notices::{Contact, Sent};
use crate::store::contact::{self, SealedContact};
use crate::store::notification::{self, NotificationRow};
use crate::store::outbox::{self, EffectRow};
use crate::store::{DbError, Tx, dock, policy, rental};
use cloud_core::notice::{Ended, State, due, spent};
use cloud_core::refund::doubled;
use cloud_core::rental::Rental;
use shared::ids::NotificationId;
use shared::time::UnixMs;

/// A channel that fails is asked again soon, then rarely; a person hears of it after a quarter of an
/// hour.
const RETRY_FIRST_MS: i64 = 5_000;
const RETRY_MAX_MS: i64 = 10 * 60_000;
const MINUTE_MS: i64 = 60_000;

/// A notice with all that is needed to send it.
struct Found {
    row: NotificationRow,
    /// What it warns of lies ahead.
    ahead: bool,
    about: About,
    contact: Option<SealedContact>,
}

pub(super) async fn send(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    let id = effect.subject.parse::<NotificationId>();
    let id = id.map_err(|_| Rejection::UnknownRental)?;
    let found = app.store.read(move |tx| look(tx, &id)).await?;
    let found = found.ok_or(Rejection::UnknownRental)?;
    if found.row.state != State::Waiting {
        return finish(app, effect).await;
    }
    let settled = match before_sending(app, &found, now()) {
        Err(settled) => settled,
        Ok(to) => {
            let begun = found.row.clone();
            let at = now();
            app.store
                .write(move |tx: &Tx<'_>| settle_notice::begin(tx, at, &begun))
                .await?;
            hand_over(app, &found, &to).await
        }
    };
    let (row, at) = (found.row, now());
    app.store
        .write(move |tx: &Tx<'_>| settle_notice::run(tx, at, &row, &settled))
        .await
}

/// Whom to tell, or why nobody is told now.
fn before_sending(app: &App, found: &Found, at: UnixMs) -> Result<Contact, Settled> {
    let row = &found.row;
    if let Some(why) = spent(row.kind, row.created_ms, found.ahead, at) {
        return Err(Settled::Ended(why));
    }
    let sealed = found.contact.as_ref();
    let opened = sealed.and_then(|sealed| {
        let place = (&row.rental, row.channel);
        app.keys.open_contact(&sealed.key, place, &sealed.sealed)
    });
    let contact = opened.and_then(|bytes| Contact::read(&bytes));
    let contact = contact.ok_or(Settled::Ended(Ended::ContactGone))?;
    let when = due(
        at,
        offset_ms(app, at),
        row.channel,
        app.config.notices.quiet_hours,
    );
    if when > at {
        return Err(Settled::Later {
            due: when,
            trouble: None,
        });
    }
    Ok(contact)
}

async fn hand_over(app: &App, found: &Found, to: &Contact) -> Settled {
    let (row, at) = (&found.row, now());
    crash_point(&app.config, "before_notice_sent");
    let sent = match app.channels.line(row.channel) {
        Some(line) => {
            let letter = words::letter(app, row, &found.about, to, at);
            line.send(&letter, to).await
        }
        None => Sent::Later {
            trouble: "channel_off".to_owned(),
            after: None,
        },
    };
    crash_point(&app.config, "after_notice_sent");
    match sent {
        Sent::Accepted => {
            tracing::info!(
                notice.id = %row.id,
                notice.kind = row.kind.as_str(),
                notice.channel = row.channel.as_str(),
                "a payer was told"
            );
            Settled::Told
        }
        Sent::Unreachable => Settled::Ended(Ended::Unreachable),
        Sent::Later { trouble, after } => {
            let pause = doubled(RETRY_FIRST_MS, row.attempts, RETRY_MAX_MS);
            let asked = after.map_or(0, |after| i64::try_from(after.as_millis()).unwrap_or(0));
            tracing::warn!(
                notice.id = %row.id,
                notice.channel = row.channel.as_str(),
                notice.trouble = trouble,
                notice.attempts = row.attempts + 1,
                "a notice is not accepted yet"
            );
            Settled::Later {
                due: now().plus(pause.max(asked)),
                trouble: Some(trouble),
            }
        }
    }
}

/// By how much the shop's clock is ahead of universal time.
fn offset_ms(app: &App, at: UnixMs) -> i64 {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    i64::from(app.zone.to_offset(moment).seconds()) * 1_000
}

fn look(tx: &Tx<'_>, id: &NotificationId) -> Result<Option<Found>, DbError> {
    let Some(row) = notification::by_id(tx, id)? else {
        return Ok(None);
    };
    let Some(rental) = rental::by_id(tx, &row.rental)? else {
        return Ok(None);
    };
    let policy = policy::by_id(tx, &rental.policy)?;
    let lead = policy.map_or(0, |found| found.policy.notice_lead_minutes);
    let at = dock::by_id(tx, &rental.dock)?;
    Ok(Some(Found {
        ahead: matches!(rental.state, Rental::Out { .. }),
        about: About {
            deposit: rental.deposit,
            store_name: at.map(|at| at.store_name).unwrap_or_default(),
            lead_ms: i64::from(lead) * MINUTE_MS,
        },
        contact: contact::sealed(tx, &row.rental, row.channel)?,
        row,
    }))
}

async fn finish(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    let (kind, subject, at) = (effect.kind, effect.subject.clone(), now());
    app.store
        .write(move |tx: &Tx<'_>| Ok(outbox::finish(tx, kind, &subject, at)?))
        .await
}
