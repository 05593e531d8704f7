//! Somebody whom we owe says where the money goes: the customer of a deposit that no devolução can
//! bring, or the receiver of a payout that did not arrive.

use super::order_payout::{self, Order};
use super::settle_payout::left_of;
use super::take_cart::{NewPerson, recognise};
use super::{Outcome, Rejection};
use crate::keys::{PersonKey, SealedPixKey};
use crate::store::payout::{Debt, PayoutRow};
use crate::store::refund::RefundRow;
use crate::store::rental::RentalRow;
use crate::store::{Tx, bank_return, payment, payout, person_field, refund, rental};
use cloud_core::payout::{Hold, PayoutState, Refusal};
use cloud_core::refund::{RefundState, Refusal as RefundRefusal};
use shared::ids::{PayoutId, PersonId, RentalId};
use shared::money::Centavos;
use shared::time::UnixMs;

/// Keys that the directory did not know, or of somebody else, from one person or for one debt in 24
/// hours: each costs twenty look-ups of the directory's budget, and an empty one stops every payout.
pub const WRONG_KEYS_MAX: u64 = 3;

const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// Who the receiver is, and the key that seals what is known of them. The Pix key is sealed with it
/// before it is stored anywhere.
pub fn know(tx: &Tx<'_>, now: UnixMs, new: &NewPerson) -> Outcome<(PersonId, PersonKey)> {
    let person = recognise(tx, new, now)?;
    let own = person_field::key_of(tx, &person)?;
    Ok((person, own.ok_or(Rejection::UnknownPerson)?))
}

/// Orders what is owed of a rental's Pix and not under way, to this key. Answers how many payouts.
pub fn owed(tx: &Tx<'_>, now: UnixMs, id: &RentalId, key: &SealedPixKey) -> Outcome<usize> {
    let row = rental::by_id(tx, id)?.ok_or(Rejection::UnknownRental)?;
    let mut ordered = 0;
    for order in refund::of_rental(tx, id)? {
        let debt = Debt::Owed(order.e2eid.clone());
        let last = payout::of_debt(tx, &debt)?.pop();
        let alive = last.is_some_and(|last| last.state.is_alive());
        if order.state == RefundState::Owed && !alive {
            one(tx, now, (&row, &order), key)?;
            ordered += 1;
        }
    }
    if ordered == 0 {
        return Err(Rejection::NothingOwed.into());
    }
    Ok(ordered)
}

/// Orders what is left of a debt again, to another key, after the last order of it brought nothing or
/// came back.
pub fn again(tx: &Tx<'_>, now: UnixMs, debt: &Debt, key: &SealedPixKey) -> Outcome<PayoutId> {
    let orders = payout::of_debt(tx, debt)?;
    let last = orders.last().ok_or(Rejection::UnknownPayout)?;
    if matches!(debt, Debt::Finder(_)) && last.person != key.person {
        return Err(Rejection::PayoutOrdered.into());
    }
    anew(tx, now, (&orders, last), key, None)
}

fn one(
    tx: &Tx<'_>,
    now: UnixMs,
    (row, order): (&RentalRow, &RefundRow),
    key: &SealedPixKey,
) -> Outcome<PayoutId> {
    let debt = Debt::Owed(order.e2eid.clone());
    // Money that may be back already, or that is suspected, leaves only after a look.
    let looked_at = matches!(
        order.reason,
        Some(RefundRefusal::Duplicate | RefundRefusal::Fraud)
    );
    let hold = looked_at.then_some(Hold::Review);
    let orders = payout::of_debt(tx, &debt)?;
    if let Some(last) = orders.last() {
        return anew(tx, now, (&orders, last), key, hold);
    }
    check_keys(tx, now, &debt, key)?;
    let paid = payment::by_e2eid(tx, &order.e2eid)?.ok_or(Rejection::UnknownRefund)?;
    let left = bank_return::remaining(tx, &order.e2eid, paid.amount)?.left;
    let first = Order {
        debt,
        rental: row.id,
        store: row.store,
        person: key.person,
        key: key.clone(),
        amount: positive(order.amount.min(left))?,
        pay_from_ms: now,
        hold,
    };
    order_payout::run(tx, now, &first)
}

fn anew(
    tx: &Tx<'_>,
    now: UnixMs,
    (orders, last): (&[PayoutRow], &PayoutRow),
    key: &SealedPixKey,
    hold: Option<Hold>,
) -> Outcome<PayoutId> {
    let hold = match last.state {
        PayoutState::Refused(Refusal::Fraud | Refusal::Duplicate) => Some(Hold::Review),
        PayoutState::Refused(_) => hold,
        // Why it came back is for a person to find out first.
        PayoutState::Returned => Some(Hold::Review),
        PayoutState::Void if matches!(last.debt, Debt::Owed(_)) => Some(Hold::Review),
        _ => return Err(Rejection::PayoutOrdered.into()),
    };
    check_keys(tx, now, &last.debt, key)?;
    let left = positive(left_of(tx, orders)?)?;
    order_payout::anew(tx, now, last, (left, key.clone()), (now, hold))
}

fn check_keys(tx: &Tx<'_>, now: UnixMs, debt: &Debt, key: &SealedPixKey) -> Outcome<()> {
    let wrong = payout::wrong_keys_since(tx, debt, &key.person, now.plus(-DAY_MS))?;
    if wrong >= WRONG_KEYS_MAX {
        return Err(Rejection::TooManyKeys.into());
    }
    Ok(())
}

fn positive(amount: Centavos) -> Outcome<Centavos> {
    match amount.is_positive() {
        true => Ok(amount),
        false => Err(Rejection::NothingOwed.into()),
    }
}
