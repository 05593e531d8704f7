use super::Outcome;
use super::campaign_step::{draw_of, save};
use super::deliver_prize::finished;
use crate::store::Tx;
use cloud_core::raffle::campaign::Campaign;
use cloud_core::raffle::winners::Delivery;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// What nobody claimed in time is nobody's any more. Answers how many prizes.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &CampaignId) -> Outcome<u32> {
    let (_, mut draw) = draw_of(tx, id)?;
    let Campaign::Drawn(drawn) = &draw else {
        return Ok(0);
    };
    if now < drawn.claim_ends_ms() {
        return Ok(0);
    }
    let open: Vec<u32> = drawn
        .winners
        .iter()
        .filter(|winner| winner.position.is_some() && winner.delivery == Delivery::Pending)
        .map(|winner| winner.rank)
        .collect();
    let mut expired = 0;
    for rank in open {
        draw = draw.expire(rank, now)?;
        expired += 1;
    }
    save(tx, id, finished(draw))?;
    Ok(expired)
}
