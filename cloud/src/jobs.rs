//! What happens by the clock.

use crate::actions::abandon_rental::{self, Act};
use crate::actions::open_campaign::{self, Month};
use crate::actions::watch_campaigns::{self, Due};
use crate::actions::{
    Failure, Outcome, begin_campaign, close_campaign, draw_campaign, expire_prizes, expire_voucher,
    extend_grant, freeze_campaign, lapse_grant, lend_vouchers, name_vouchers, note_beacon,
    rescue_cart, watch_certificate, watch_notices, watch_payouts, watch_refunds, watch_rescues,
};
use crate::app::{Shared, now};
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::persons::{self, Erased};
use crate::store::{Tx, dock, staff, voucher};
use cloud_core::raffle::beacon::Beacon;
use jiff::Zoned;
use jiff::tz::TimeZone;
use shared::ids::{CampaignId, ChainId};
use shared::time::UnixMs;
use std::collections::BTreeSet;
use std::time::Duration;

const LAPSE_EVERY: Duration = Duration::from_secs(2);
const REFUNDS_EVERY: Duration = Duration::from_secs(15);
/// A quarter of a minute: a claim and a notice are due to the minute.
const RESCUES_EVERY: Duration = Duration::from_secs(15);
/// Periods begin and end by the minute.
const CAMPAIGNS_EVERY: Duration = Duration::from_secs(20);
/// Vouchers ended in one run of the clock; the rest is an hour late.
const VOUCHERS_AT_ONCE: u16 = 500;
const HOURLY: Duration = Duration::from_secs(3_600);

pub async fn run(app: Shared) {
    let mut lapse = tokio::time::interval(LAPSE_EVERY);
    let mut refunds = tokio::time::interval(REFUNDS_EVERY);
    let mut rescues = tokio::time::interval(RESCUES_EVERY);
    let mut campaigns = tokio::time::interval(CAMPAIGNS_EVERY);
    let mut hourly = tokio::time::interval(HOURLY);
    loop {
        let done = tokio::select! {
            _ = lapse.tick() => lapse_grants(&app).await,
            _ = refunds.tick() => look_at_what_is_late(&app).await,
            _ = rescues.tick() => look_at_carts_out(&app).await,
            _ = campaigns.tick() => look_at_campaigns(&app, now()).await,
            _ = hourly.tick() => every_hour(&app).await,
            () = app.stopping.wait() => return,
        };
        if let Err(error) = done {
            tracing::error!(error = %error, "a job by the clock failed; it runs again");
        }
    }
}

async fn lapse_grants(app: &Shared) -> Outcome<()> {
    let at = now();
    let extending = Shared::clone(app);
    let extended = app
        .store
        .write(move |tx: &Tx<'_>| extend_grant::run(tx, at, &extending.keys))
        .await?;
    if extended > 0 {
        tracing::info!(
            grants.extended = extended,
            "docks fell silent with grants on their way"
        );
    }
    let lapsed = app
        .store
        .write(move |tx: &Tx<'_>| lapse_grant::run(tx, at))
        .await?;
    if lapsed > 0 {
        tracing::info!(grants.lapsed = lapsed, "paid releases that never happened");
    }
    Ok(())
}

/// A certificate that ends takes every payment and every refund with it.
pub async fn watch_certificates(app: &Shared, at: UnixMs) -> Outcome<()> {
    let endings = app.endings.clone();
    let standing = app
        .store
        .write(move |tx: &Tx<'_>| watch_certificate::run(tx, at, &endings))
        .await?;
    if standing > 0 {
        tracing::warn!(
            certificates = standing,
            "a certificate between us and the bank ends within 30 days"
        );
    }
    Ok(())
}

async fn look_at_what_is_late(app: &Shared) -> Outcome<()> {
    let at = now();
    look_at_notices(app, at).await?;
    let late = app
        .store
        .write(move |tx: &Tx<'_>| watch_refunds::run(tx, at))
        .await?;
    if late > 0 {
        tracing::warn!(refunds.late = late, "refunds that a person must see");
    }
    let late = app
        .store
        .write(move |tx: &Tx<'_>| watch_payouts::run(tx, at))
        .await?;
    if late > 0 {
        tracing::warn!(payouts.late = late, "payouts that a person must see");
    }
    let waiting = app
        .store
        .write(move |tx: &Tx<'_>| watch_rescues::run(tx, at))
        .await?;
    if waiting > 0 {
        tracing::warn!(
            rescues.waiting = waiting,
            "rescues that a person must decide"
        );
    }
    Ok(())
}

async fn look_at_notices(app: &Shared, at: UnixMs) -> Outcome<()> {
    let failing = app
        .store
        .write(move |tx: &Tx<'_>| watch_notices::run(tx, at))
        .await?;
    if failing > 0 {
        tracing::warn!(
            notices.channels_failing = failing,
            "payers who cannot be told"
        );
    }
    Ok(())
}

/// Payers are told, rentals abandoned, and codes that nobody used in time run out. What is due is read
/// first; each rental is decided in a transaction of its own.
async fn look_at_carts_out(app: &Shared) -> Outcome<()> {
    let at = now();
    let zone = app.zone.clone();
    let due = app
        .store
        .read(move |tx| Ok(abandon_rental::due_now(tx, at, &zone)))
        .await
        .map_err(Failure::from)??;
    let (mut told, mut abandoned) = (0, 0);
    for id in due {
        let zone = app.zone.clone();
        let act = app
            .store
            .write(move |tx: &Tx<'_>| abandon_rental::run(tx, at, &zone, &id))
            .await?;
        match act {
            Some(Act::Tell { .. }) => told += 1,
            Some(Act::Abandon) => abandoned += 1,
            None => {}
        }
    }
    let lapsed = app
        .store
        .write(move |tx: &Tx<'_>| rescue_cart::lapse(tx, at))
        .await?;
    if told + abandoned + lapsed > 0 {
        tracing::info!(
            payers.told = told,
            rentals.abandoned = abandoned,
            rescues.unclaimed = lapsed,
            "carts that stay out"
        );
    }
    Ok(())
}

/// What campaigns wait for is read first; each takes its next step in a transaction of its own.
pub async fn look_at_campaigns(app: &Shared, at: UnixMs) -> Outcome<()> {
    let due = app
        .store
        .write(move |tx: &Tx<'_>| watch_campaigns::run(tx, at))
        .await?;
    for (id, due) in due {
        let keys = Shared::clone(app);
        let taken = app
            .store
            .write(move |tx: &Tx<'_>| take_step(tx, at, &keys.keys, (&id, due)))
            .await;
        // One that cannot go on holds up no other.
        if let Err(error) = taken {
            tracing::error!(
                campaign.id = %id, campaign.step = ?due, error = %error,
                "a campaign cannot take its step; it is tried again"
            );
        } else {
            tracing::info!(campaign.id = %id, campaign.step = ?due, "a campaign moved on");
        }
    }
    let keys = Shared::clone(app);
    app.store
        .write(move |tx: &Tx<'_>| {
            name_vouchers::run(tx, &keys.keys)?;
            lend_vouchers::run(tx, at, &keys.keys)
        })
        .await?;
    Ok(())
}

/// A step that needs nobody.
pub fn take_step(
    tx: &Tx<'_>,
    at: UnixMs,
    keys: &Keys,
    (id, due): (&CampaignId, Due),
) -> Outcome<()> {
    match due {
        Due::Begin => begin_campaign::run(tx, at, id).map(drop),
        Due::Close => close_campaign::run(tx, at, id).map(drop),
        Due::Freeze => freeze_campaign::run(tx, at, keys, id).map(drop),
        Due::ShuffleAbsent { round } => {
            let absent = Beacon::Absent {
                round,
                absent_ms: at,
            };
            note_beacon::run(tx, at, (id, absent), None).map(drop)
        }
        Due::Draw => draw_campaign::run(tx, at, keys, id).map(drop),
        Due::Expire => expire_prizes::run(tx, at, id).map(drop),
    }
}

/// Each voucher in a transaction of its own.
async fn end_vouchers(app: &Shared, at: UnixMs) -> Outcome<()> {
    let over = app
        .store
        .read(move |tx| voucher::overdue(tx, at, VOUCHERS_AT_ONCE))
        .await?;
    let mut ended = 0;
    for id in over {
        let went = app
            .store
            .write(move |tx: &Tx<'_>| expire_voucher::run(tx, at, &id))
            .await?;
        ended += usize::from(went.is_some());
    }
    if ended > 0 {
        tracing::info!(
            vouchers.ended = ended,
            "nobody came with them; their worth is the prizes'"
        );
    }
    Ok(())
}

async fn every_hour(app: &Shared) -> Outcome<()> {
    let at = now();
    end_vouchers(app, at).await?;
    watch_certificates(app, at).await?;
    app.store
        .write(move |tx: &Tx<'_>| -> Outcome<()> {
            staff::delete_expired_sessions(tx, at)?;
            Ok(())
        })
        .await?;
    let erased = Erased::beside(&app.config.key_file);
    if let Err(error) = persons::erase_again(&app.store, &erased).await {
        tracing::error!(error = %error, "persons who were erased before a restore may be back");
    }
    match persons::forget(&app.store, &erased, at).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(
            persons.forgotten = count,
            "nothing depends on them any more"
        ),
        Err(error) => tracing::error!(error = %error, "persons are known for too long"),
    }
    match persons::forget_contacts(&app.store, at).await? {
        0 => {}
        count => tracing::info!(contacts.forgotten = count, "their rentals are over"),
    }
    persons::forget_pseudonyms(&app.store, at).await?;
    app.store.scrub().await?;
    let docks = app.store.read(dock::all).await?;
    let chains: BTreeSet<ChainId> = docks.into_iter().map(|d| d.chain).collect();
    for chain in chains {
        let this = month_of(at, &app.zone);
        // The next one too, so that its first minute finds it.
        let next = month_of(this.closes_ms, &app.zone);
        for month in [this, next] {
            let id = Entropy::default().id(CampaignId::new, at);
            app.store
                .write(move |tx: &Tx<'_>| open_campaign::run(tx, &chain, id, &month))
                .await?;
        }
    }
    Ok(())
}

/// When the day around a moment began, in the shop's time zone.
pub fn day_of(at: UnixMs, zone: &TimeZone) -> UnixMs {
    let moment = jiff::Timestamp::from_millisecond(at.0)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(zone.clone());
    let start = moment.start_of_day().unwrap_or(moment);
    UnixMs(start.timestamp().as_millisecond())
}

/// The calendar month around a moment, in the shop's time zone.
pub fn month_of(at: UnixMs, zone: &TimeZone) -> Month {
    let moment = jiff::Timestamp::from_millisecond(at.0)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_zoned(zone.clone());
    let first = moment.first_of_month().and_then(|day| day.start_of_day());
    let opens = first.unwrap_or(moment);
    let closes = opens
        .checked_add(jiff::Span::new().months(1))
        .unwrap_or_else(|_| opens.clone());
    let ms = |day: &Zoned| UnixMs(day.timestamp().as_millisecond());
    Month {
        name: format!("Volta Premiada {:02}/{}", opens.month(), opens.year()),
        opens_ms: ms(&opens),
        closes_ms: ms(&closes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_and_ends_at_the_shops_midnight() {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        let november = month_of(UnixMs(1_795_000_000_000), &zone);
        assert_eq!(november.name, "Volta Premiada 11/2026");
        assert_eq!(november.opens_ms, UnixMs(1_793_502_000_000));
        assert_eq!(november.closes_ms, UnixMs(1_796_094_000_000));
    }
}
