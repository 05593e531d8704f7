use super::campaign_step::{life_of, save, save_certain, wrong_stage};
use super::{Outcome, Rejection};
use crate::store::Tx;
use crate::store::campaign::LifeState;
use cloud_core::raffle::campaign::Campaign;
use cloud_core::raffle::certain::Certain;
use cloud_core::rental::Step;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// The period begins: returns earn entries, or the voucher that everybody gets.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &CampaignId) -> Outcome<Step<()>> {
    let row = life_of(tx, id)?;
    match row.state {
        LifeState::Draw(Campaign::Draft(_)) | LifeState::Plain => Err(wrong_stage().into()),
        LifeState::Draw(draw @ Campaign::Authorised(_)) => {
            save(tx, id, draw.open(now)?)?;
            Ok(Step::Executed(()))
        }
        LifeState::Certain(certain @ Certain::Draft { .. }) => {
            if row.published_ms.is_none() {
                return Err(wrong_stage().into());
            }
            let open = certain.open(now).map_err(Rejection::Certain)?;
            save_certain(tx, id, open)?;
            Ok(Step::Executed(()))
        }
        LifeState::Draw(_) | LifeState::Certain(_) => Ok(Step::AlreadyApplied),
    }
}
