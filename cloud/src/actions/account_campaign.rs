use super::campaign_step::{By, life_of, save, save_certain, wrong_stage};
use super::{Outcome, Rejection};
use crate::store::Tx;
use crate::store::campaign::LifeState;
use cloud_core::raffle::campaign::Campaign;
use cloud_core::raffle::certain::Certain;
use cloud_core::rental::Step;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// The accounts are rendered: of a draw to the authority, under its number.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    (id, protocol): (&CampaignId, &str),
    by: &By,
) -> Outcome<Step<()>> {
    match life_of(tx, id)?.state {
        LifeState::Plain => return Err(wrong_stage().into()),
        LifeState::Draw(Campaign::Accounted(done)) if done.protocol == protocol.trim() => {
            return Ok(Step::AlreadyApplied);
        }
        LifeState::Certain(Certain::Accounted { .. }) => return Ok(Step::AlreadyApplied),
        LifeState::Draw(draw) => save(tx, id, draw.account(protocol, now)?)?,
        LifeState::Certain(certain) => {
            let done = certain.account(now).map_err(Rejection::Certain)?;
            save_certain(tx, id, done)?;
        }
    }
    by.audit(tx, now, "account_campaign", id)?;
    Ok(Step::Executed(()))
}
