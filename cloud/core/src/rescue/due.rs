//! When the payer is told, and when the rental may be called abandoned.

use crate::policy::Policy;
use shared::time::UnixMs;

const MINUTE_MS: i64 = 60_000;

/// A stretch in which a gateway of the store said nothing, from its last word. None: it still does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dark {
    pub from_ms: UnixMs,
    pub until_ms: Option<UnixMs>,
}

/// Whether the payer knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    NotYet,
    /// The first notice that a channel accepted.
    At(UnixMs),
    /// The payer gave no channel: the rental's page names the moment, and nothing can be sent.
    NoChannel,
}

/// A cart that is out, and all that is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Out<'a> {
    pub pulled_ms: UnixMs,
    /// The store's first closing after the pull, by the policy's clock; none where it does not close.
    pub closes_ms: Option<UnixMs>,
    pub told: Told,
    /// Of every gateway of the store, in any order; they may overlap.
    pub dark: &'a [Dark],
}

/// A moment that a dark gateway may still put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    At(UnixMs),
    /// A gateway is dark: nobody can say yet.
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub notice: Moment,
    /// Where the notice went out in time.
    pub abandonment: Moment,
}

/// Why a rental cannot be called abandoned yet, in the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotYet {
    /// A gateway of the store is dark: the cart may be back.
    Dark,
    TooEarly {
        until_ms: UnixMs,
    },
    NotTold,
    /// The payer was told late, and has the whole lead all the same.
    JustTold {
        until_ms: UnixMs,
    },
}

/// What is due when, by what is known now.
pub fn due(policy: &Policy, out: &Out<'_>) -> Due {
    let nights = in_order(out.dark);
    let allowed = allowed_ms(policy, out);
    let moment = |need_ms| match lit(out.pulled_ms, need_ms, &nights) {
        Some(at) => Moment::At(at),
        None => Moment::Open,
    };
    Due {
        notice: moment(allowed - lead_ms(policy)),
        abandonment: moment(allowed),
    }
}

/// Whether the rental may be called abandoned now.
pub fn declare(policy: &Policy, out: &Out<'_>, now: UnixMs) -> Result<(), NotYet> {
    let nights = in_order(out.dark);
    let dark = nights
        .iter()
        .any(|(from, until)| *from <= now && until.is_none_or(|until| now < until));
    if dark {
        return Err(NotYet::Dark);
    }
    let passed = |since, need_ms| match lit(since, need_ms, &nights) {
        Some(at) if at <= now => Ok(()),
        Some(at) => Err(at),
        // A stretch of darkness that is yet to begin: not a fact, but not in the payer's disfavour.
        None => Err(UnixMs(i64::MAX)),
    };
    passed(out.pulled_ms, allowed_ms(policy, out))
        .map_err(|until_ms| NotYet::TooEarly { until_ms })?;
    match out.told {
        Told::NotYet => Err(NotYet::NotTold),
        Told::At(told) => {
            passed(told, lead_ms(policy)).map_err(|until_ms| NotYet::JustTold { until_ms })
        }
        Told::NoChannel => Ok(()),
    }
}

fn lead_ms(policy: &Policy) -> i64 {
    i64::from(policy.notice_lead_minutes) * MINUTE_MS
}

/// How long the cart may be out: until the policy's time or the closing with its grace, whichever is
/// sooner, but never less than the notice needs.
fn allowed_ms(policy: &Policy, out: &Out<'_>) -> i64 {
    let after = i64::from(policy.abandon_after_minutes) * MINUTE_MS;
    let grace = i64::from(policy.closing_grace_minutes) * MINUTE_MS;
    let closing = out.closes_ms;
    let closing = closing.map_or(after, |at| at.plus(grace).since(out.pulled_ms));
    after.min(closing).max(lead_ms(policy))
}

/// The moment at which `need_ms` of lit time have passed since `since`; none while the last stretch of
/// darkness has no end.
fn lit(since: UnixMs, need_ms: i64, nights: &[(UnixMs, Option<UnixMs>)]) -> Option<UnixMs> {
    let (mut at, mut need) = (since, need_ms);
    for (from, until) in nights {
        if until.is_some_and(|until| until <= at) {
            continue;
        }
        let light = from.since(at).max(0);
        if *from > at && light >= need {
            break;
        }
        need -= light;
        at = (*until)?;
    }
    Some(at.plus(need))
}

/// The stretches in their order. Those that overlap need not be joined: time is counted forward only.
fn in_order(dark: &[Dark]) -> Vec<(UnixMs, Option<UnixMs>)> {
    let real = |span: &&Dark| span.until_ms.is_none_or(|until| until > span.from_ms);
    let mut spans: Vec<_> = dark
        .iter()
        .filter(real)
        .map(|span| (span.from_ms, span.until_ms))
        .collect();
    spans.sort();
    spans
}
