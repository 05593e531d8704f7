//! An abandoned cart is docked, claimed or not, and its deposit goes where the rules say. Shape: the
//! docking opens a row; a claim, the end of its time or a person closes it. Each decision is stored with
//! its inputs in the transaction that moves the money.
//!
//! Invariant: the parts of a divided deposit sum to what of it is left with us; each is booked once for
//! its rental. What leaves to a finder is ordered here and sent by the outbox, not before its time.

mod money;
mod weigh;

pub(super) use money::{call_off, is_held, may_leave, release_all_of, undo};
pub(super) use weigh::{Case, record_of};

use super::accept_events::Batch;
use super::return_cart::{self, Return};
use super::{Outcome, Rejection, tell, watch_rescues};
use crate::entropy::Entropy;
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::gateway::GatewayRow;
use crate::store::rental::{Place, RentalRow, review_code};
use crate::store::rescue::{Decision as Stored, NewRescue, RescueRow, RescueState};
use crate::store::{Tx, alarm, gateway, rental, rescue};
use cloud_core::notice::Notice;
use cloud_core::offline::Claim;
use cloud_core::policy::Policy;
use cloud_core::rental::{Review, Step};
use cloud_core::rescue::{Decided, Decision, Inputs, Insertion, Outcome as Verdict, Refusal};
use shared::ids::{BayNo, PersonId, RentalId};
use shared::time::{ClockQuality, UnixMs};

/// Rows closed in one transaction.
const LAPSED_MAX: u16 = 200;

/// What a dock says of an abandoned cart.
pub(super) struct Found {
    pub(super) place: Place,
    pub(super) bay: Option<BayNo>,
    pub(super) claim: Claim,
    pub(super) insertion: Insertion,
    /// Why nobody but a person can say that it is the cart, and that it came after the pull.
    pub(super) doubt: Option<Review>,
}

/// Somebody put the abandoned cart of `row` into a bay.
pub(super) fn found(batch: &mut Batch<'_, '_>, row: &RentalRow, of: &Found) -> Outcome<Return> {
    let Step::Executed(_) = row.state.bring()? else {
        return Ok(Return::AlreadyApplied);
    };
    let (tx, now) = (batch.tx, batch.now);
    let policy = weigh::policy_of(tx, row)?;
    let docked_ms = docked_ms(batch.gateway, of.claim, now);
    let doubt = of.doubt.map(review_code);
    rental::set_brought(tx, &row.id, (of.place, of.bay), docked_ms)?;
    let valid_ms = i64::from(policy.claim_valid_minutes) * 60_000;
    let new = NewRescue {
        rental: row.id,
        place: of.place,
        docked_ms,
        claim_until_ms: docked_ms.plus(valid_ms),
        service: of.insertion == Insertion::Service,
        doubt,
    };
    rescue::insert(tx, &new)?;
    if let Some(why) = doubt {
        let subject = row.id.to_string();
        alarm::raise(tx, AlarmKind::ReturnContradicted, &subject, why, now)?;
    }
    tx.touch(Topic::Rental(row.id));
    let back = weigh::back(tx, row)?;
    let case = Case::of_docking(tx, row, &back)?;
    let decision = case.decide(None, &policy);
    let waits = decision.refusals.first() == Some(&Refusal::NoClaim);
    if waits {
        return Ok(Return::Found);
    }
    settle(batch, &back, &policy, (case.inputs(None), &decision))?;
    Ok(match decision.outcome {
        Verdict::InTime => Return::Applied,
        Verdict::Review => Return::Held,
        Verdict::Late | Verdict::Rescued { .. } | Verdict::Unclaimed => Return::Found,
    })
}

/// When it was docked: as the dock says where its clock is good, but not before it had told everything;
/// where it is not, the earliest moment it can have been, which is the payer's advantage.
fn docked_ms(gateway: &GatewayRow, claim: Claim, now: UnixMs) -> UnixMs {
    let earliest = gateway.drained_ms.min(now);
    let said = match claim {
        Claim::Stamped(at, ClockQuality::Server | ClockQuality::Floor) | Claim::Bare(at) => at,
        Claim::Stamped(_, ClockQuality::Unset) | Claim::None => earliest,
    };
    said.clamp(earliest, now)
}

/// The time to claim is over: nobody earns anything. Answers how many.
pub fn lapse(tx: &Tx<'_>, now: UnixMs) -> Outcome<usize> {
    let over = rescue::lapsed(tx, now, LAPSED_MAX)?;
    for found in &over {
        with_batch(tx, now, found, |batch, row, policy| {
            let case = Case::of_docking(tx, row, found)?;
            let decision = case.decide(None, policy);
            settle(batch, found, policy, (case.inputs(None), &decision))
        })?;
    }
    Ok(over.len())
}

/// Runs `work` as the gateway's events do that told of the docking.
pub(super) fn with_batch<T>(
    tx: &Tx<'_>,
    now: UnixMs,
    found: &RescueRow,
    work: impl FnOnce(&mut Batch<'_, '_>, &RentalRow, &Policy) -> Outcome<T>,
) -> Outcome<T> {
    let row = rental::by_id(tx, &found.rental)?.ok_or(Rejection::UnknownRental)?;
    let gateway = gateway::by_id(tx, &found.place.gateway)?.ok_or(Rejection::UnknownGateway)?;
    let policy = weigh::policy_of(tx, &row)?;
    let mut entropy = Entropy::default();
    let mut batch = Batch::new(tx, now, &gateway, &mut entropy);
    work(&mut batch, &row, &policy)
}

/// Stores a decision and moves what it moves. The finder's own money is `pay`'s.
pub(super) fn settle(
    batch: &mut Batch<'_, '_>,
    found: &RescueRow,
    policy: &Policy,
    (inputs, decision): (Inputs, &Decision),
) -> Outcome<()> {
    let (tx, now) = (batch.tx, batch.now);
    debug_assert_eq!(inputs.decide(policy), *decision, "a decision is made again");
    let row = rental::by_id(tx, &found.rental)?.ok_or(Rejection::UnknownRental)?;
    store(tx, now, &row.id, (inputs, decision))?;
    match decision.outcome {
        Verdict::InTime | Verdict::Late => {
            let entry = decision.entry == cloud_core::rescue::Entry::Payer;
            come_back(batch, &row, entry)?;
            if decision.outcome == Verdict::Late {
                tell::run(tx, now, &row.id, Notice::LateReturnRefunded)?;
            }
        }
        Verdict::Rescued { .. } => {
            let finder = found.finder.ok_or(Rejection::UnknownPerson)?;
            divide(batch, &row, &finder, decision)?;
        }
        Verdict::Unclaimed => {
            tell::run(tx, now, &row.id, Notice::CartBackUnclaimed)?;
        }
        Verdict::Review => {}
    }
    watch_rescues::look(tx, now, &row.id)?;
    tx.touch(Topic::Rental(row.id));
    Ok(())
}

/// The deposit goes back to its payer, whole.
pub(super) fn come_back(batch: &mut Batch<'_, '_>, row: &RentalRow, entry: bool) -> Outcome<()> {
    if let Step::Executed((_, effects)) = row.state.come_back(entry)? {
        rental::set_come_back(batch.tx, &row.id)?;
        return_cart::honour(batch, row, effects.entry)?;
    }
    Ok(())
}

/// The deposit is divided, and the return's one entry is the finder's.
pub(super) fn divide(
    batch: &mut Batch<'_, '_>,
    row: &RentalRow,
    finder: &PersonId,
    decision: &Decision,
) -> Outcome<()> {
    let (tx, now) = (batch.tx, batch.now);
    let Step::Executed(next) = row.state.rescue()? else {
        return Ok(());
    };
    rental::set_ended(tx, &row.id, &next, now)?;
    money::book_shares(tx, now, row, &decision.split)?;
    money::enter(batch, row, finder)?;
    let subject = row.id.to_string();
    alarm::clear(tx, AlarmKind::ReturnContradicted, &subject, now)?;
    alarm::clear(tx, AlarmKind::RentedCartPlaced, &subject, now)?;
    tell::run(tx, now, &row.id, Notice::Rescued)?;
    Ok(())
}

pub(super) fn store(
    tx: &Tx<'_>,
    now: UnixMs,
    id: &RentalId,
    (inputs, decision): (Inputs, &Decision),
) -> Outcome<()> {
    let json = "integers, flags and codes are JSON";
    let decided = Decided::of(decision);
    let stored = Stored {
        state: match decision.outcome {
            Verdict::InTime => RescueState::InTime,
            Verdict::Late => RescueState::Late,
            Verdict::Rescued { .. } => RescueState::Rescued,
            Verdict::Unclaimed => RescueState::Unclaimed,
            Verdict::Review => RescueState::Review,
        },
        refusal: decision.refusals.first().map(|why| why.as_str()),
        inputs: &serde_json::to_string(&inputs).expect(json),
        outcome: &serde_json::to_string(&decided).expect(json),
        finder_share: decision.split.finder,
        prize_share: decision.split.prize_fund,
        pay_from_ms: decided.pay_from_ms,
    };
    Ok(rescue::set_decision(tx, id, &stored, now)?)
}
