use super::campaign_step::{life_of, save, save_certain, wrong_stage};
use super::{Outcome, Rejection};
use crate::store::Tx;
use crate::store::campaign::LifeState;
use cloud_core::raffle::campaign::Campaign;
use cloud_core::raffle::certain::Certain;
use cloud_core::rental::Step;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// The period is over. What docks without internet tell of it counts until the list is frozen.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &CampaignId) -> Outcome<Step<()>> {
    match life_of(tx, id)?.state {
        LifeState::Draw(draw @ Campaign::Open(_)) => {
            save(tx, id, draw.close(now)?)?;
            Ok(Step::Executed(()))
        }
        LifeState::Certain(certain @ Certain::Open { .. }) => {
            let closed = certain.close(now).map_err(Rejection::Certain)?;
            save_certain(tx, id, closed)?;
            Ok(Step::Executed(()))
        }
        LifeState::Plain
        | LifeState::Draw(Campaign::Draft(_) | Campaign::Authorised(_))
        | LifeState::Certain(Certain::Draft { .. }) => Err(wrong_stage().into()),
        LifeState::Draw(_) | LifeState::Certain(_) => Ok(Step::AlreadyApplied),
    }
}
