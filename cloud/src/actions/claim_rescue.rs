//! Somebody who stood at the dock says who they are: the payer, or a finder who wants the share.
//! Invariant: one claim a docking, decided at once with what is known then.

use super::rescue_cart::{self, Case};
use super::take_cart::{NewPerson, recognise};
use super::{Outcome, Rejection, order_payout};
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::store::payout::Debt;
use crate::store::rental::{Place, RentalRow};
use crate::store::rescue::{Claimed, RescueRow, RescueState};
use crate::store::{Tx, person_field, rescue, voucher, worker};
use cloud_core::payout::Hold;
use cloud_core::policy::Policy;
use cloud_core::rescue::{
    Claim, Claimant, Decision, Finder, Mark, Outcome as Verdict, Reward, Split, voucher_until,
};
use shared::document::Cpf;
use shared::ids::{PersonId, RentalId};
use shared::money::Centavos;
use shared::pix_key::PixKey;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct ClaimRescue {
    /// The docking that the dock's word speaks of.
    pub place: Place,
    pub by: By,
    /// When the shop's day began.
    pub today_ms: UnixMs,
}

#[derive(Debug, Clone)]
pub enum By {
    /// Whoever has the secret of this rental.
    Payer(RentalId),
    Finder(FinderClaim),
}

#[derive(Debug, Clone)]
pub struct FinderClaim {
    pub cpf: Cpf,
    /// The person's id if nobody is known by this CPF yet.
    pub person: PersonId,
    pub wanted: Wanted,
}

#[derive(Debug, Clone)]
pub enum Wanted {
    Key(PixKey),
    /// The hash of the code that is shown once.
    Voucher([u8; 32]),
}

/// Answers what became of it.
pub fn run(tx: &Tx<'_>, now: UnixMs, keys: &Keys, claim: &ClaimRescue) -> Outcome<RescueState> {
    let found = rescue::at(tx, &claim.place)?.ok_or(Rejection::UnknownRescue)?;
    if !is_open(&found) {
        return Err(Rejection::RescueDecided.into());
    }
    match &claim.by {
        By::Payer(rental) => by_payer(tx, now, keys, (&found, rental))?,
        By::Finder(finder) => by_finder(tx, now, keys, (&found, finder, claim.today_ms))?,
    }
    let after = rescue::of_rental(tx, &found.rental)?.ok_or(Rejection::UnknownRescue)?;
    Ok(after.state)
}

/// Nobody has claimed it, and nothing but doubts of the dock was decided.
pub fn is_open(found: &RescueRow) -> bool {
    let doubted = found.state == RescueState::Review && found.doubt.is_some();
    found.claimed_ms.is_none() && (found.state == RescueState::Open || doubted)
}

fn by_payer(
    tx: &Tx<'_>,
    now: UnixMs,
    keys: &Keys,
    (found, rental): (&RescueRow, &RentalId),
) -> Outcome<()> {
    if *rental != found.rental {
        return Err(Rejection::UnknownRescue.into());
    }
    let claimed = Claimed {
        finder: None,
        key_index: None,
        at: now,
    };
    rescue::set_claim(tx, rental, &claimed)?;
    let claim = Claim {
        at_ms: now,
        by: Claimant::Payer,
    };
    rescue_cart::with_batch(tx, now, found, |batch, row, policy| {
        let case = Case::of_claim(tx, keys, row, found)?;
        let decision = case.decide(Some(claim), policy);
        rescue_cart::settle(batch, found, policy, (case.inputs(Some(claim)), &decision))
    })
}

fn by_finder(
    tx: &Tx<'_>,
    now: UnixMs,
    keys: &Keys,
    (found, finder, today_ms): (&RescueRow, &FinderClaim, UnixMs),
) -> Outcome<()> {
    let key = match &finder.wanted {
        Wanted::Key(key) if !key.may_be_of(&finder.cpf) => {
            return Err(Rejection::KeyOfAnother.into());
        }
        Wanted::Key(key) => Some(key),
        Wanted::Voucher(_) => None,
    };
    let new = NewPerson::of(keys, &finder.cpf, finder.person, &mut Entropy::default());
    let person = recognise(tx, &new, now)?;
    let key_index = key.map(|key| keys.pix_key_index(key));
    let claimed = Claimed {
        finder: Some(person),
        key_index,
        at: now,
    };
    rescue::set_claim(tx, &found.rental, &claimed)?;
    let found = rescue::of_rental(tx, &found.rental)?.ok_or(Rejection::UnknownRescue)?;
    rescue_cart::with_batch(tx, now, &found, |batch, row, policy| {
        let who = (&person, key_index.as_ref());
        let record = rescue_cart::record_of(tx, (row, policy), who, (now, today_ms))?;
        let claim = Claim {
            at_ms: now,
            by: Claimant::Finder(Finder {
                cpf: Mark(new.cpf_index),
                reward: key_index.map_or(Reward::Voucher, |index| Reward::Key(Mark(index))),
                staff: worker::is_known(tx, &new.cpf_index)?,
                record,
            }),
        };
        let case = Case::of_claim(tx, keys, row, &found)?;
        let decision = case.decide(Some(claim), policy);
        let inputs = case.inputs(Some(claim));
        rescue_cart::settle(batch, &found, policy, (inputs, &decision))?;
        let promised = (&decision, case.deposit());
        let to = (person, &finder.wanted);
        promise(tx, (now, keys), (row, policy), to, promised)
    })?;
    rescue_cart::release_all_of(tx, now, &person)
}

/// Orders the finder's part. What a person must look at first is ordered too, and held: the key is
/// known only now.
fn promise(
    tx: &Tx<'_>,
    (now, keys): (UnixMs, &Keys),
    (row, policy): (&RentalRow, &Policy),
    (person, wanted): (PersonId, &Wanted),
    (decision, deposit): (&Decision, Centavos),
) -> Outcome<()> {
    let split = Split::of_rescue(deposit, policy.finder_share_basis_points);
    let delay_ms = i64::from(policy.payout_delay_hours) * 3_600_000;
    let (pay_from_ms, hold) = match decision.outcome {
        Verdict::Rescued { pay_from_ms } => (pay_from_ms, None),
        Verdict::Review => (now.plus(delay_ms), Some(Hold::Objection)),
        Verdict::InTime | Verdict::Late | Verdict::Unclaimed => return Ok(()),
    };
    if !split.finder.is_positive() {
        return Ok(());
    }
    let key = match wanted {
        Wanted::Voucher(hash) => {
            let until = voucher_until(pay_from_ms);
            let worth = (&row.id, split.finder);
            return Ok(voucher::insert(tx, hash, worth, (now, until))?);
        }
        Wanted::Key(key) => key,
    };
    let own = person_field::key_of(tx, &person)?.ok_or(Rejection::UnknownPerson)?;
    let sealed = keys.seal_pix_key(key, person, &own, &mut Entropy::default());
    let order = order_payout::Order {
        debt: Debt::Finder(row.id),
        rental: row.id,
        store: row.store,
        person,
        key: sealed.ok_or(Rejection::UnknownPerson)?,
        amount: split.finder,
        pay_from_ms,
        hold,
    };
    order_payout::run(tx, now, &order).map(drop)
}
