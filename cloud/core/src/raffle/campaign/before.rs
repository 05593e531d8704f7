//! From the draft to the commitment.

use super::{Approval, Campaign, CancelReason, Cancelled, Committed, Draft, Rejection, Terms};
use crate::raffle::beacon::{ABSENT_BEFORE_MS, Beacon};
use crate::raffle::commit::Commit;
use crate::raffle::entry::Entries;
use crate::raffle::rules::{Refused, Rules};
use ed25519_dalek::SigningKey;
use shared::octets::Octets;
use shared::time::UnixMs;

/// The law's time between the proof that the prizes are the promoter's and the draw.
pub const OWNERSHIP_BEFORE_MS: i64 = 8 * 24 * 60 * 60 * 1_000;

impl Campaign {
    /// Rules that may still change. The certificate may be missing.
    pub fn draft(rules: Rules) -> Result<Self, Vec<Refused>> {
        rules.check_draft()?;
        Ok(Self::Draft(Draft { rules }))
    }

    /// Other rules for a draft. They must be checked ([`Rules::check_draft`]).
    pub fn redraft(self, rules: Rules) -> Result<Self, Rejection> {
        match self {
            Self::Draft(_) if rules.check_draft().is_ok() => Ok(Self::Draft(Draft { rules })),
            Self::Draft(_) => Err(Rejection::RulesRefused),
            _ => Err(Rejection::WrongStage),
        }
    }

    /// The authority gave its certificate, and the prizes were proven the promoter's at `ownership_ms`.
    pub fn authorise(
        self,
        certificate: &str,
        ownership_ms: UnixMs,
        at_ms: UnixMs,
    ) -> Result<Self, Rejection> {
        let Self::Draft(Draft { mut rules }) = self else {
            return Err(Rejection::WrongStage);
        };
        if at_ms >= rules.closes_ms {
            return Err(Rejection::TooLate);
        }
        certificate.clone_into(&mut rules.certificate);
        rules.check().map_err(|_| Rejection::RulesRefused)?;
        let before_ms = rules.extraction.at_ms.since(ownership_ms);
        if before_ms < OWNERSHIP_BEFORE_MS || ownership_ms > at_ms {
            return Err(Rejection::OwnershipLate);
        }
        Ok(Self::Authorised(Terms {
            rules,
            authorised_ms: at_ms,
            ownership_ms,
        }))
    }

    /// From now on returns earn entries.
    pub fn open(self, at_ms: UnixMs) -> Result<Self, Rejection> {
        let Self::Authorised(terms) = self else {
            return Err(Rejection::WrongStage);
        };
        if at_ms < terms.rules.opens_ms {
            return Err(Rejection::TooEarly);
        }
        if at_ms >= terms.rules.closes_ms {
            return Err(Rejection::TooLate);
        }
        Ok(Self::Open(terms))
    }

    /// The period is over; the grace begins.
    pub fn close(self, at_ms: UnixMs) -> Result<Self, Rejection> {
        let Self::Open(terms) = self else {
            return Err(Rejection::WrongStage);
        };
        if at_ms < terms.rules.closes_ms {
            return Err(Rejection::TooEarly);
        }
        Ok(Self::Closed(terms))
    }

    /// Binds the operator to `entries`, which two of the staff approved. Less than 24 hours before the
    /// planned extraction it moves to a later one by itself: [`Committed::is_moved`].
    pub fn commit(
        self,
        entries: &Entries,
        approvals: &[Approval; 2],
        at_ms: UnixMs,
        operator: &SigningKey,
    ) -> Result<Self, Rejection> {
        let Self::Closed(terms) = self else {
            return Err(Rejection::WrongStage);
        };
        let rules = &terms.rules;
        // Before the end of the list no moment is in this range, so nothing is committed either.
        let approved_in_time = approvals
            .iter()
            .all(|one| (rules.t_close_ms..=at_ms).contains(&one.approved_ms));
        if !approved_in_time {
            return Err(Rejection::TooEarly);
        }
        let [first, second] = approvals;
        if first.staff == second.staff {
            return Err(Rejection::SamePerson);
        }
        if rules.operator_key != Octets::public_key(operator) {
            return Err(Rejection::OtherKey);
        }
        let commit = Commit::new(rules, entries, at_ms, operator);
        if entries.campaign() != &rules.campaign_id
            || entries.per_person_max() > rules.entries_per_person_max
            || approvals.iter().any(|one| one.root != commit.root)
        {
            return Err(Rejection::OtherEntries);
        }
        Ok(Self::Committed(Committed {
            terms,
            commit,
            approved_by: [first.staff, second.staff],
            beacon: None,
            disqualified: Vec::new(),
        }))
    }

    /// Gives every entry its place. A signed round counts until two hours before the extraction, its
    /// absence from then on: nobody may choose, and least of all who knows the extraction.
    pub fn shuffle(self, beacon: Beacon, at_ms: UnixMs) -> Result<Self, Rejection> {
        let Self::Committed(mut committed) = self else {
            return Err(Rejection::WrongStage);
        };
        let drand = committed.terms.rules.drand;
        let due_ms = committed.due_ms();
        let stated_ms = match beacon {
            Beacon::Signed { .. } => drand.round_ms(),
            Beacon::Absent { absent_ms, .. } => absent_ms,
        };
        if at_ms < stated_ms {
            return Err(Rejection::TooEarly);
        }
        let is_signed = matches!(beacon, Beacon::Signed { .. });
        if is_signed && at_ms >= due_ms.plus(-ABSENT_BEFORE_MS) {
            return Err(Rejection::TooLate);
        }
        if committed.beacon.is_some() {
            return Err(Rejection::AlreadyShuffled);
        }
        beacon.randomness(drand.round, due_ms)?;
        committed.beacon = Some(beacon);
        Ok(Self::Committed(committed))
    }

    /// Ends a campaign without a draw. Once people take part it takes the authority, or nobody's part:
    /// `NoEntries` after the grace, when the list is empty.
    pub fn cancel(self, reason: CancelReason, at_ms: UnixMs) -> Result<Self, Rejection> {
        let (rules, is_open, is_over) = match self {
            Self::Draft(draft) => (draft.rules, false, false),
            Self::Authorised(terms) => (terms.rules, false, false),
            Self::Open(terms) => (terms.rules, true, false),
            Self::Closed(terms) => {
                let is_over = at_ms >= terms.rules.t_close_ms;
                (terms.rules, true, is_over)
            }
            _ => return Err(Rejection::WrongStage),
        };
        let is_taken = match reason {
            CancelReason::Withdrawn => !is_open,
            CancelReason::Authority => true,
            CancelReason::NoEntries => is_over,
        };
        if !is_taken {
            return Err(Rejection::ReasonNotTaken);
        }
        Ok(Self::Cancelled(Cancelled {
            rules,
            reason,
            cancelled_ms: at_ms,
        }))
    }
}
