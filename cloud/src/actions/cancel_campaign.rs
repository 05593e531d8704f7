use super::campaign_step::{By, life_of, save, save_certain, wrong_stage};
use super::{Outcome, Rejection};
use crate::store::campaign::LifeState;
use crate::store::{Tx, campaign};
use cloud_core::raffle::campaign::{Campaign, CancelReason};
use cloud_core::raffle::certain::Certain;
use cloud_core::rental::Step;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// Ends a campaign without a draw. A draft that nobody could read leaves no trace but its period.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    (id, reason): (&CampaignId, CancelReason),
    by: &By,
) -> Outcome<Step<()>> {
    let row = life_of(tx, id)?;
    match row.state {
        LifeState::Plain => return Err(wrong_stage().into()),
        LifeState::Draw(Campaign::Cancelled(_)) | LifeState::Certain(Certain::Withdrawn { .. }) => {
            return Ok(Step::AlreadyApplied);
        }
        LifeState::Draw(Campaign::Draft(_)) => {
            campaign::set_state(tx, id, (&row.row.name, &LifeState::Plain))?;
        }
        LifeState::Draw(draw) => save(tx, id, draw.cancel(reason, now)?)?,
        LifeState::Certain(certain) => {
            let gone = certain.withdraw().map_err(Rejection::Certain)?;
            save_certain(tx, id, gone)?;
        }
    }
    by.audit(tx, now, "cancel_campaign", id)?;
    Ok(Step::Executed(()))
}
