//! A cart that stays out: the payer is told, and later the rental counts as abandoned. Shape: what is
//! due is read first, then each rental is looked at again in the transaction that changes it. Bounded
//! by the carts that are out.
//!
//! Invariant: time in which a dock of the store was dark does not count, and while one is dark nothing
//! is abandoned. A rental without a deposit has none to forfeit and is never abandoned.

use super::{Outcome, Rejection, tell};
use crate::live::Topic;
use crate::store::rental::RentalRow;
use crate::store::{Tx, contact, notification, policy, rental, silence};
use cloud_core::notice::{Kind, Notice};
use cloud_core::policy::Policy;
use cloud_core::rental::Step;
use cloud_core::rescue::{Moment, Out, Told, declare, due};
use jiff::tz::TimeZone;
use shared::ids::RentalId;
use shared::time::UnixMs;

/// More carts than the shops of a chain have out at one time.
const ROWS_MAX: u16 = 5_000;

/// What is to be done about a rental now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Tell { abandoned_at_ms: UnixMs },
    Abandon,
}

/// The rentals about which something is to be done.
pub fn due_now(tx: &Tx<'_>, now: UnixMs, zone: &TimeZone) -> Outcome<Vec<RentalId>> {
    let mut found = Vec::new();
    for row in rental::out_with_deposit(tx, now, ROWS_MAX)? {
        if look(tx, now, zone, &row)?.is_some() {
            found.push(row.id);
        }
    }
    Ok(found)
}

/// Looks again, and does it. None: nothing is to be done any more.
pub fn run(tx: &Tx<'_>, now: UnixMs, zone: &TimeZone, id: &RentalId) -> Outcome<Option<Act>> {
    let row = rental::by_id(tx, id)?.ok_or(Rejection::UnknownRental)?;
    let act = look(tx, now, zone, &row)?;
    match act {
        Some(Act::Tell { abandoned_at_ms }) => {
            let near = Notice::AbandonmentNear {
                at_ms: abandoned_at_ms,
            };
            tell::run(tx, now, id, near)?;
        }
        Some(Act::Abandon) => {
            if let Step::Executed(_) = row.state.abandon(now)? {
                rental::set_abandoned(tx, id, now)?;
                tell::run(tx, now, id, Notice::Abandoned)?;
            }
        }
        None => return Ok(None),
    }
    tx.touch(Topic::Rental(*id));
    Ok(act)
}

/// When the rental may be called abandoned, as far as that is known: for its page.
pub fn abandoned_at(
    tx: &Tx<'_>,
    now: UnixMs,
    zone: &TimeZone,
    row: &RentalRow,
) -> Outcome<Option<UnixMs>> {
    if row.e2eid.is_none() {
        return Ok(None);
    }
    let Some(known) = Known::of(tx, now, zone, row)? else {
        return Ok(None);
    };
    Ok(match due(&known.policy, &known.out()).abandonment {
        Moment::At(at) => Some(at),
        Moment::Open => None,
    })
}

fn look(tx: &Tx<'_>, now: UnixMs, zone: &TimeZone, row: &RentalRow) -> Outcome<Option<Act>> {
    let Some(known) = Known::of(tx, now, zone, row)? else {
        return Ok(None);
    };
    let out = known.out();
    if declare(&known.policy, &out, now).is_ok() {
        return Ok(Some(Act::Abandon));
    }
    let due = due(&known.policy, &out);
    let is_due = matches!(due.notice, Moment::At(at) if at <= now);
    if !is_due || known.told != Told::NotYet || !untold(tx, &row.id)? {
        return Ok(None);
    }
    // Who is told late has the whole lead all the same.
    let whole = now.plus(i64::from(known.policy.notice_lead_minutes) * 60_000);
    let abandoned_at_ms = match due.abandonment {
        Moment::At(at) => at.max(whole),
        Moment::Open => whole,
    };
    Ok(Some(Act::Tell { abandoned_at_ms }))
}

/// Whether the payer gave a channel that knows nothing of it yet.
fn untold(tx: &Tx<'_>, id: &RentalId) -> Outcome<bool> {
    let sent = notification::of_rental(tx, id)?;
    let sent = |channel| {
        let mut rows = sent.iter();
        rows.any(|row| row.kind == Kind::AbandonmentNear && row.channel == channel)
    };
    let given = contact::channels(tx, id)?;
    Ok(given.into_iter().any(|channel| !sent(channel)))
}

/// All that is known of a cart that is out.
struct Known {
    policy: Policy,
    pulled_ms: UnixMs,
    closes_ms: Option<UnixMs>,
    told: Told,
    dark: Vec<cloud_core::rescue::Dark>,
}

impl Known {
    fn of(tx: &Tx<'_>, now: UnixMs, zone: &TimeZone, row: &RentalRow) -> Outcome<Option<Self>> {
        let cloud_core::rental::Rental::Out { since_ms, .. } = row.state else {
            return Ok(None);
        };
        let policy = policy::by_id(tx, &row.policy)?.ok_or(Rejection::UnknownRental)?;
        Ok(Some(Self {
            closes_ms: next_closing(&policy.policy, since_ms, zone),
            policy: policy.policy,
            pulled_ms: since_ms,
            told: notification::standing(tx, &row.id, Kind::AbandonmentNear)?,
            dark: silence::of_store(tx, &row.store, since_ms, now)?,
        }))
    }

    fn out(&self) -> Out<'_> {
        Out {
            pulled_ms: self.pulled_ms,
            closes_ms: self.closes_ms,
            told: self.told,
            dark: &self.dark,
        }
    }
}

/// The store's first closing after `since`, by the shop's clock.
fn next_closing(policy: &Policy, since: UnixMs, zone: &TimeZone) -> Option<UnixMs> {
    let minute = i64::from(policy.closes_at_minute?);
    let pulled = jiff::Timestamp::from_millisecond(since.0).ok()?;
    let mut day = pulled.to_zoned(zone.clone()).date();
    // Where a clock is set back the second try is on the day after the next.
    for _ in 0..3 {
        let start = day.to_zoned(zone.clone()).ok()?;
        let hours = i8::try_from(minute / 60).ok()?;
        let minutes = i8::try_from(minute % 60).ok()?;
        let at = start.with().hour(hours).minute(minutes).build().ok()?;
        let closes = UnixMs(at.timestamp().as_millisecond());
        if closes > since {
            return Some(closes);
        }
        day = day.tomorrow().ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_closes_by_its_own_clock_and_each_day_anew() {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        let at = |text: &str| {
            let moment: jiff::Timestamp = text.parse().unwrap();
            UnixMs(moment.as_millisecond())
        };
        let closing = |minute, since| {
            let policy = Policy {
                closes_at_minute: minute,
                ..Policy::DEFAULT
            };
            next_closing(&policy, at(since), &zone)
        };
        for (minute, since, closes) in [
            (None, "2026-11-20T18:00:00-03:00", None),
            (
                Some(1_320),
                "2026-11-20T18:00:00-03:00",
                Some("2026-11-20T22:00:00-03:00"),
            ),
            (
                Some(1_320),
                "2026-11-20T22:00:00-03:00",
                Some("2026-11-21T22:00:00-03:00"),
            ),
            (
                Some(30),
                "2026-11-20T23:59:00-03:00",
                Some("2026-11-21T00:30:00-03:00"),
            ),
        ] {
            assert_eq!(closing(minute, since), closes.map(at), "{minute:?} {since}");
        }
    }
}
