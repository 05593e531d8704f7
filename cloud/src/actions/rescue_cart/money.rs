//! The parts of a divided deposit: booked, entered, held, called off.

use super::weigh;
use crate::actions::accept_events::Batch;
use crate::actions::{Outcome, Rejection, order_payout, return_cart, watch_rescues};
use crate::store::payout::{Debt, PayoutRow};
use crate::store::rental::RentalRow;
use crate::store::rescue::{RescueRow, RescueState};
use crate::store::{Tx, campaign, ledger, payout, prize_voucher, rental, rescue};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::payout::{Hold, PayoutState};
use cloud_core::rescue::{Release, Split, release};
use shared::ids::{PersonId, RentalId};
use shared::money::Centavos;
use shared::time::UnixMs;

pub(super) fn book_shares(tx: &Tx<'_>, now: UnixMs, row: &RentalRow, split: &Split) -> Outcome<()> {
    book(tx, now, row, (TransferKind::FinderShare, split.finder))?;
    book(tx, now, row, (TransferKind::PrizeShare, split.prize_fund))
}

/// Nothing is not booked.
fn book(
    tx: &Tx<'_>,
    now: UnixMs,
    row: &RentalRow,
    (kind, amount): (TransferKind, Centavos),
) -> Outcome<()> {
    if let Ok(transfer) = Transfer::new(kind, row.store, amount) {
        ledger::book(tx, &transfer, &row.id.to_string(), now)?;
    }
    Ok(())
}

/// The one entry of this return.
pub(super) fn enter(batch: &mut Batch<'_, '_>, row: &RentalRow, finder: &PersonId) -> Outcome<()> {
    return_cart::enter(batch, row, Some(*finder))
}

/// Takes a divided deposit together again: it is owed to its payer, and nothing leaves to the finder.
/// Refused where the finder's part may have left.
pub(in crate::actions) fn undo(tx: &Tx<'_>, now: UnixMs, row: &RentalRow) -> Outcome<()> {
    let found = weigh::back(tx, row)?;
    if found.released_ms.is_some() {
        return Err(Rejection::FinderPaid.into());
    }
    if let Some(order) = order_of(tx, &row.id)? {
        if !order.state.is_unsent() && order.state != PayoutState::Void {
            return Err(Rejection::FinderPaid.into());
        }
        order_payout::void(tx, now, &order.id)?;
    }
    let parts = [
        (TransferKind::FinderShareBack, found.finder_share),
        (TransferKind::PrizeShareBack, found.prize_share),
    ];
    for part in parts {
        book(tx, now, row, part)?;
    }
    // A list that is frozen stands; an entry that may still win is not the finder's.
    if let Some(entry) = campaign::entry_of(tx, &row.id)?
        && entry.is_open(now)
    {
        campaign::withdraw(tx, &row.id)?;
        prize_voucher::void_of(tx, &row.id, now)?;
    }
    rescue::set_state(tx, &row.id, RescueState::Overturned)?;
    Ok(rental::set_overturned(tx, &row.id)?)
}

/// Nobody earns anything of this cart: what was held for a finder ends.
pub(in crate::actions) fn call_off(tx: &Tx<'_>, now: UnixMs, row: &RentalRow) -> Outcome<()> {
    match order_of(tx, &row.id)? {
        Some(order) => order_payout::void(tx, now, &order.id),
        None => Ok(()),
    }
}

/// Whether what the finder was promised is held for somebody's objection.
pub(in crate::actions) fn is_held(tx: &Tx<'_>, found: &RescueRow) -> Outcome<bool> {
    let order = order_of(tx, &found.rental)?;
    Ok(order.is_some_and(|order| order.state == PayoutState::Held(Hold::Objection)))
}

/// The order that pays the finder of a rental's cart, if there is one.
fn order_of(tx: &Tx<'_>, rental: &RentalId) -> Outcome<Option<PayoutRow>> {
    let orders = payout::of_debt(tx, &Debt::Finder(*rental))?;
    Ok(orders.into_iter().next_back())
}

/// Looks at everything that a finder still waits for, after something was said against one of it or
/// decided: one payer who objects holds it all.
pub(in crate::actions) fn release_all_of(
    tx: &Tx<'_>,
    now: UnixMs,
    finder: &PersonId,
) -> Outcome<()> {
    for order in payout::unsent_of(tx, finder)? {
        let Debt::Finder(id) = order.debt else {
            continue;
        };
        let row = rental::by_id(tx, &id)?.ok_or(Rejection::UnknownRental)?;
        match may_leave(tx, now, &row)? {
            Release::Void => {}
            Release::Hold => {
                if order.state == PayoutState::Waiting {
                    order_payout::hold(tx, now, &order.id, Hold::Objection)?;
                }
            }
            Release::Wait { .. } | Release::Pay => order_payout::unhold(tx, now, &order.id)?,
        }
        watch_rescues::look(tx, now, &id)?;
    }
    Ok(())
}

/// Whether a finder's part may leave now.
pub(in crate::actions) fn may_leave(tx: &Tx<'_>, now: UnixMs, row: &RentalRow) -> Outcome<Release> {
    let found = weigh::back(tx, row)?;
    let (Some(finder), Some(pay_from_ms)) = (found.finder, found.pay_from_ms) else {
        return Ok(Release::Hold);
    };
    if found.state != RescueState::Rescued {
        return Ok(Release::Hold);
    }
    let policy = weigh::policy_of(tx, row)?;
    let who = (&finder, found.key_index.as_ref());
    let record = weigh::record_of(tx, (row, &policy), who, (now, now))?;
    Ok(release(pay_from_ms, found.objection, &record, now))
}
