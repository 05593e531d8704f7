use super::campaign_step::{By, draw_of, save};
use super::{Outcome, recall_voucher};
use crate::store::prize_voucher::{self, PrizeOf};
use crate::store::{Tx, frozen_entry};
use cloud_core::raffle::campaign::Campaign;
use cloud_core::raffle::winners::{Delivery, Winner};
use cloud_core::rental::Step;
use shared::ids::{CampaignId, StaffId};
use shared::time::UnixMs;

/// The winner of a rank has the prize, by the voucher or over the store's desk: it is used either way.
pub fn run(tx: &Tx<'_>, now: UnixMs, (id, rank): (&CampaignId, u32), by: &By) -> Outcome<Step<()>> {
    let step = settle(tx, now, (id, rank), Some(&by.staff))?;
    if step == Step::Executed(()) {
        by.audit(tx, now, "deliver_prize", id)?;
    }
    Ok(step)
}

/// The same, audited by whoever calls. `by` none: a gateway redeemed the voucher. Nobody else gives what
/// is at one.
pub(super) fn settle(
    tx: &Tx<'_>,
    now: UnixMs,
    (id, rank): (&CampaignId, u32),
    by: Option<&StaffId>,
) -> Outcome<Step<()>> {
    let (_, draw) = draw_of(tx, id)?;
    let winner = draw
        .drawn()
        .and_then(|drawn| drawn.winners.iter().find(|winner| winner.rank == rank))
        .cloned();
    let is_delivered = |one: &Winner| one.delivery == Delivery::Delivered;
    if winner.as_ref().is_some_and(is_delivered) {
        return Ok(Step::AlreadyApplied);
    }
    let draw = draw.deliver(rank, now)?;
    if let Some(position) = winner.and_then(|winner| winner.position)
        && let Some(row) = frozen_entry::at_position(tx, id, position)?
    {
        let of = PrizeOf {
            campaign: *id,
            rank,
            rental: row.rental,
        };
        if by.is_some() {
            recall_voucher::must_be_here(tx, &of)?;
        }
        prize_voucher::set_redeemed(tx, &of, by, now)?;
    }
    save(tx, id, finished(draw))?;
    Ok(Step::Executed(()))
}

/// Every prize is settled: nothing is left but the accounts.
pub(super) fn finished(draw: Campaign) -> Campaign {
    draw.clone().finish().unwrap_or(draw)
}
