use super::Outcome;
use super::campaign_step::{draw_of, save};
use super::deliver_prize::finished;
use crate::store::gateway::GatewayState;
use crate::store::prize_voucher::PrizeOf;
use crate::store::{Tx, frozen_entry, gateway, voucher_loan};
use cloud_core::raffle::campaign::Campaign;
use cloud_core::raffle::loan::{self, NotHere};
use cloud_core::raffle::winners::Delivery;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// What nobody claimed in time is nobody's any more; what is at a dock waits until that has told.
/// Answers how many prizes.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &CampaignId) -> Outcome<u32> {
    let (_, mut draw) = draw_of(tx, id)?;
    let Campaign::Drawn(drawn) = &draw else {
        return Ok(0);
    };
    if now < drawn.claim_ends_ms() {
        return Ok(0);
    }
    let before = draw.clone();
    let mut open = Vec::new();
    for winner in &drawn.winners {
        let Some(position) = winner.position else {
            continue;
        };
        if winner.delivery == Delivery::Pending && !may_be_used(tx, id, (winner.rank, position))? {
            open.push(winner.rank);
        }
    }
    let mut expired = 0;
    for rank in open {
        draw = draw.expire(rank, now)?;
        expired += 1;
    }
    let after = finished(draw);
    if after != before {
        save(tx, id, after)?;
    }
    Ok(expired)
}

/// A dock may have redeemed it in time, and can still say so.
fn may_be_used(tx: &Tx<'_>, id: &CampaignId, (rank, position): (u32, u32)) -> Outcome<bool> {
    let Some(row) = frozen_entry::at_position(tx, id, position)? else {
        return Ok(false);
    };
    let of = PrizeOf {
        campaign: *id,
        rank,
        rental: row.rental,
    };
    let Some(row) = voucher_loan::of(tx, &of)? else {
        return Ok(false);
    };
    let at = gateway::by_id(tx, &row.gateway)?;
    let serves = at.is_some_and(|at| at.state == GatewayState::Active);
    Ok(serves && loan::here(Some(row.loan)) == Err(NotHere::AtDock))
}
