//! A manager decides what the rules leave to a person: an objection of the payer, a docking that only
//! a person can believe, a finder against whom something speaks.
//!
//! Invariant: who may never earn (staff, the payer, a service-mode insertion, nobody) does not earn by
//! a manager's word either.

use super::rescue_cart::{self, Case};
use super::{Outcome, Rejection, order_refund, tell, watch_rescues};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::rental::RentalRow;
use crate::store::rescue::{Decision as Stored, RescueRow, RescueState};
use crate::store::{Tx, alarm, payment, rental, rescue, staff};
use cloud_core::notice::Notice;
use cloud_core::rental::Rental;
use cloud_core::rescue::{
    Decided, Decision, Entry, Inputs, Objection, Outcome as Verdict, Refusal, Split,
};
use shared::ids::{RentalId, StaffId};
use shared::time::UnixMs;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// The deposit is the payer's.
    ForPayer,
    /// What the finder was promised is right; where nobody may earn, nobody does.
    AgainstPayer,
}

/// What speaks against a finder whatever a manager says.
const FOR_EVER: [Refusal; 6] = [
    Refusal::ServiceMode,
    Refusal::NoClaim,
    Refusal::ClaimLate,
    Refusal::Staff,
    Refusal::SameCpf,
    Refusal::SameKey,
];

pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    (id, judgement): (&RentalId, Judgement),
    (by, audit_id): (&StaffId, &str),
) -> Outcome<()> {
    let found = rescue::of_rental(tx, id)?.ok_or(Rejection::UnknownRescue)?;
    if !is_for_a_person(tx, &found)? {
        return Err(Rejection::NothingToJudge.into());
    }
    let row = rental::by_id(tx, id)?.ok_or(Rejection::UnknownRental)?;
    let contested = found.objection == Objection::Open;
    let action = match judgement {
        Judgement::ForPayer => {
            for_payer(tx, now, (&row, &found), by)?;
            "rescue_for_payer"
        }
        Judgement::AgainstPayer => {
            against_payer(tx, now, (&row, &found), by)?;
            "rescue_against_payer"
        }
    };
    staff::audit(tx, audit_id, Some(by), action, &id.to_string(), now)?;
    let upheld = judgement == Judgement::ForPayer;
    if contested {
        tell::run(tx, now, id, Notice::ContestDecided { upheld })?;
    } else if upheld {
        tell::run(tx, now, id, Notice::LateReturnRefunded)?;
    }
    if let Some(finder) = found.finder {
        rescue_cart::release_all_of(tx, now, &finder)?;
    }
    alarm::clear(tx, AlarmKind::ReturnContradicted, &id.to_string(), now)?;
    watch_rescues::look(tx, now, id)?;
    tx.touch(Topic::Rental(*id));
    Ok(())
}

/// Whether it waits for a person now. While a code is good, its claim comes first.
pub fn is_for_a_person(tx: &Tx<'_>, found: &RescueRow) -> Outcome<bool> {
    if found.state == RescueState::Open {
        return Ok(false);
    }
    Ok(found.state == RescueState::Review
        || found.objection == Objection::Open
        || rescue_cart::is_held(tx, found)?)
}

fn for_payer(
    tx: &Tx<'_>,
    now: UnixMs,
    (row, found): (&RentalRow, &RescueRow),
    by: &StaffId,
) -> Outcome<()> {
    if row.state == Rental::Rescued {
        rescue_cart::undo(tx, now, row)?;
        let e2eid = row.e2eid.as_deref().unwrap_or_default();
        let paid = payment::by_e2eid(tx, e2eid)?.ok_or(Rejection::UnknownRental)?;
        if !order_refund::first(tx, now, &row.id, &paid)? {
            rental::set_ended(tx, &row.id, &Rental::Closed, now)?;
        }
    } else {
        rescue_cart::call_off(tx, now, row)?;
        rescue_cart::with_batch(tx, now, found, |batch, row, _| {
            rescue_cart::come_back(batch, row, false)
        })?;
    }
    let objection = match found.objection {
        Objection::Open => Objection::Upheld,
        other => other,
    };
    let end = (RescueState::Overturned, objection);
    Ok(rescue::judge(tx, &row.id, end, (by, now))?)
}

fn against_payer(
    tx: &Tx<'_>,
    now: UnixMs,
    (row, found): (&RentalRow, &RescueRow),
    by: &StaffId,
) -> Outcome<()> {
    let state = match found.state {
        RescueState::Review if found.finder.is_some() && may_earn(found) => {
            reward(tx, now, found)?;
            RescueState::Rescued
        }
        RescueState::Review => {
            rescue_cart::call_off(tx, now, row)?;
            if found.objection == Objection::None {
                tell::run(tx, now, &row.id, Notice::CartBackUnclaimed)?;
            }
            RescueState::Unclaimed
        }
        other => other,
    };
    // A person looked: what other payers say of this finder does not hold this one any more.
    let looked = state == RescueState::Rescued || found.objection == Objection::Open;
    let objection = if looked {
        Objection::Dismissed
    } else {
        found.objection
    };
    Ok(rescue::judge(tx, &row.id, (state, objection), (by, now))?)
}

fn may_earn(found: &RescueRow) -> bool {
    let decided = found
        .outcome
        .as_deref()
        .map(serde_json::from_str::<Decided>);
    let Some(Ok(decided)) = decided else {
        return false;
    };
    let against = |why: &Refusal| decided.refusals.iter().any(|code| code == why.as_str());
    !FOR_EVER.iter().any(against)
}

/// The division that the rules had left to a person. The inputs stay as they were.
fn reward(tx: &Tx<'_>, now: UnixMs, found: &RescueRow) -> Outcome<()> {
    let finder = found.finder.ok_or(Rejection::UnknownPerson)?;
    let inputs: Option<Inputs> = found
        .inputs
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok());
    let claimed = inputs.and_then(|inputs| inputs.claim).map(|c| c.at_ms);
    let claimed_ms = claimed.ok_or(Rejection::NothingToJudge)?;
    rescue_cart::with_batch(tx, now, found, |batch, row, policy| {
        let case = Case::of_docking(tx, row, found)?;
        let delay_ms = i64::from(policy.payout_delay_hours) * 3_600_000;
        let pay_from_ms = claimed_ms.plus(delay_ms);
        let decision = Decision {
            outcome: Verdict::Rescued { pay_from_ms },
            entry: Entry::Finder,
            split: Split::of_rescue(case.deposit(), policy.finder_share_basis_points),
            refusals: Vec::new(),
        };
        let outcome = serde_json::to_string(&Decided::of(&decision));
        let stored = Stored {
            state: RescueState::Rescued,
            refusal: None,
            inputs: found.inputs.as_deref().unwrap_or_default(),
            outcome: &outcome.expect("integers and codes are JSON"),
            finder_share: decision.split.finder,
            prize_share: decision.split.prize_fund,
            pay_from_ms: Some(pay_from_ms),
        };
        rescue::set_decision(tx, &row.id, &stored, now)?;
        rescue_cart::divide(batch, row, &finder, &decision)
    })
}
