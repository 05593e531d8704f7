//! What campaigns wait for: the steps that the clock takes by itself, and the alarms for those that a
//! person must take.

use super::Outcome;
use crate::store::alarm::{self, AlarmKind};
use crate::store::campaign::{LifeRow, LifeState};
use crate::store::{Tx, campaign};
use cloud_core::raffle::beacon::ABSENT_BEFORE_MS;
use cloud_core::raffle::campaign::Campaign;
use cloud_core::raffle::campaign::deadline::{self, Deadline, Step};
use cloud_core::raffle::certain::Certain;
use cloud_core::raffle::result;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// A step that needs nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    Begin,
    Close,
    Freeze,
    /// No verified round came in time: the list is shuffled without one.
    ShuffleAbsent {
        round: u64,
    },
    Draw,
    Expire,
}

const MINUTE_MS: i64 = 60 * 1_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Raises and clears alarms, and answers what is due, each campaign's next step alone.
pub fn run(tx: &Tx<'_>, now: UnixMs) -> Outcome<Vec<(CampaignId, Due)>> {
    let mut found = Vec::new();
    for row in campaign::unfinished(tx)? {
        if let Some(due) = due(&row, now) {
            found.push((row.row.id, due));
        }
        warn(tx, &row, now)?;
    }
    Ok(found)
}

fn due(row: &LifeRow, now: UnixMs) -> Option<Due> {
    match &row.state {
        LifeState::Plain => None,
        LifeState::Certain(certain) => of_certain(certain, row.published_ms.is_some(), now),
        LifeState::Draw(draw) => of_draw(draw, row.frozen_ms.is_some(), now),
    }
}

fn of_certain(certain: &Certain, is_published: bool, now: UnixMs) -> Option<Due> {
    let offer = certain.offer();
    match certain {
        Certain::Draft { .. }
            if is_published && (offer.opens_ms..offer.closes_ms).contains(&now) =>
        {
            Some(Due::Begin)
        }
        Certain::Open { .. } if now >= offer.closes_ms => Some(Due::Close),
        _ => None,
    }
}

fn of_draw(draw: &Campaign, is_frozen: bool, now: UnixMs) -> Option<Due> {
    let rules = draw.rules();
    let (is_due, due) = match draw {
        Campaign::Authorised(_) => {
            let is_time = (rules.opens_ms..rules.closes_ms).contains(&now);
            (is_time, Due::Begin)
        }
        Campaign::Open(_) => (now >= rules.closes_ms, Due::Close),
        Campaign::Closed(_) => (now > rules.t_close_ms && !is_frozen, Due::Freeze),
        Campaign::Committed(committed) => {
            let absent_ms = committed.due_ms().plus(-ABSENT_BEFORE_MS);
            let is_absent = committed.beacon.is_none() && now >= absent_ms;
            let round = rules.drand.round;
            (is_absent, Due::ShuffleAbsent { round })
        }
        Campaign::Entered(entered) => {
            let n = entered.committed.n();
            let is_decided = result::decision(&entered.records, n).is_some();
            (is_decided, Due::Draw)
        }
        Campaign::Drawn(drawn) => (now >= drawn.claim_ends_ms(), Due::Expire),
        Campaign::Draft(_)
        | Campaign::Delivered(_)
        | Campaign::Accounted(_)
        | Campaign::Cancelled(_) => (false, Due::Expire),
    };
    is_due.then_some(due)
}

/// One alarm a campaign: the step that somebody must take soon, or should have taken.
fn warn(tx: &Tx<'_>, row: &LifeRow, now: UnixMs) -> Outcome<()> {
    let subject = row.row.id.to_string();
    let next = match &row.state {
        LifeState::Draw(draw) => deadline::next(draw),
        LifeState::Plain | LifeState::Certain(_) => None,
    };
    let Some(next) = next.filter(|next| now >= warn_from(next)) else {
        return Ok(alarm::clear(tx, AlarmKind::CampaignDue, &subject, now)?);
    };
    let how = if now >= next.until_ms { "late" } else { "due" };
    let detail = format!("{} {how}: {}", next.step.as_str(), row.row.name);
    Ok(alarm::raise(
        tx,
        AlarmKind::CampaignDue,
        &subject,
        &detail,
        now,
    )?)
}

/// When a person is told that a step waits for them.
fn warn_from(next: &Deadline) -> UnixMs {
    match next.step {
        // The certificate takes the authority weeks.
        Step::Authorise => next.until_ms.plus(-14 * DAY_MS),
        // Done by the clock.
        Step::Open | Step::Close | Step::Draw => next.until_ms,
        // Two people must find the time before the last day.
        Step::Commit => next.from_ms.plus(15 * MINUTE_MS),
        Step::Shuffle => next.from_ms.plus(10 * MINUTE_MS),
        Step::Enter => next.from_ms.plus(2 * HOUR_MS),
        Step::Deliver => next.until_ms.plus(-30 * DAY_MS),
        Step::Account => next.until_ms.plus(-15 * DAY_MS),
    }
}
