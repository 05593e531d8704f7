//! What must happen next, by when, and what that means when it did not.

use super::Campaign;
use super::before::OWNERSHIP_BEFORE_MS;
use crate::raffle::beacon::ABSENT_BEFORE_MS;
use crate::raffle::commit::BEFORE_EXTRACTION_MS;
use crate::raffle::rules::day::DAY_MS;
use serde::{Deserialize, Serialize};
use shared::time::UnixMs;

/// Two sources tell an extraction within the evening; by the next one somebody must have looked.
const RESULT_MS: i64 = DAY_MS;
/// Opening and closing are done by the clock; an hour later a person must know.
const BY_THE_CLOCK_MS: i64 = 60 * 60 * 1_000;

/// The step that a campaign waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The certificate and the proof of ownership. Late: the draw must be planned anew.
    Authorise,
    Open,
    Close,
    /// Late: a later extraction decides.
    Commit,
    /// Late: the list is shuffled without a beacon.
    Shuffle,
    Enter,
    Draw,
    /// Late: what is not claimed goes to the Union.
    Deliver,
    Account,
}

impl Step {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authorise => "authorise",
            Self::Open => "open",
            Self::Close => "close",
            Self::Commit => "commit",
            Self::Shuffle => "shuffle",
            Self::Enter => "enter",
            Self::Draw => "draw",
            Self::Deliver => "deliver",
            Self::Account => "account",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    pub step: Step,
    /// Before this moment the step is refused.
    pub from_ms: UnixMs,
    /// From this moment on it is late.
    pub until_ms: UnixMs,
}

/// The next step. None: nothing is to come.
pub fn next(campaign: &Campaign) -> Option<Deadline> {
    let rules = campaign.rules();
    let (step, from_ms, until_ms) = match campaign {
        Campaign::Draft(_) => {
            let proof_ms = rules.extraction.at_ms.plus(-OWNERSHIP_BEFORE_MS);
            (Step::Authorise, UnixMs(0), proof_ms.min(rules.opens_ms))
        }
        Campaign::Authorised(_) => {
            let until_ms = rules.opens_ms.plus(BY_THE_CLOCK_MS);
            (Step::Open, rules.opens_ms, until_ms)
        }
        Campaign::Open(_) => {
            let until_ms = rules.closes_ms.plus(BY_THE_CLOCK_MS);
            (Step::Close, rules.closes_ms, until_ms)
        }
        Campaign::Closed(_) => {
            // The last moment at which the planned extraction still decides is in time.
            let until_ms = rules.extraction.at_ms.plus(1 - BEFORE_EXTRACTION_MS);
            (Step::Commit, rules.t_close_ms, until_ms)
        }
        Campaign::Committed(committed) if committed.beacon.is_none() => {
            let until_ms = committed.due_ms().plus(-ABSENT_BEFORE_MS);
            (Step::Shuffle, rules.drand.round_ms(), until_ms)
        }
        Campaign::Committed(committed) => {
            let due_ms = committed.due_ms();
            (Step::Enter, due_ms, due_ms.plus(RESULT_MS))
        }
        Campaign::Entered(entered) => {
            let from_ms = entered.records.last()?.entered_ms;
            (Step::Draw, from_ms, from_ms.plus(BY_THE_CLOCK_MS))
        }
        Campaign::Drawn(drawn) => (Step::Deliver, drawn.drawn_ms, drawn.claim_ends_ms()),
        Campaign::Delivered(drawn) => (Step::Account, drawn.drawn_ms, drawn.accounts_by_ms()),
        Campaign::Accounted(_) | Campaign::Cancelled(_) => return None,
    };
    Some(Deadline {
        step,
        from_ms,
        until_ms,
    })
}

/// The step that is late at `now_ms`.
pub fn late(campaign: &Campaign, now_ms: UnixMs) -> Option<Step> {
    let next = next(campaign)?;
    (now_ms >= next.until_ms).then_some(next.step)
}
