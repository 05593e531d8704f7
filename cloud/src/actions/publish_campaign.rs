use super::campaign_step::{By, life_of, save_certain, wrong_stage};
use super::{Outcome, Rejection};
use crate::store::campaign::LifeState;
use crate::store::{Tx, campaign};
use cloud_core::raffle::campaign::Rejection as Refused;
use cloud_core::raffle::canonical;
use cloud_core::raffle::certain::Certain;
use cloud_core::rental::Step;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// Publishes the offer of a certain prize: it cannot be changed any more, and the clock opens it. What
/// is drawn is published by its authorisation.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &CampaignId, by: &By) -> Outcome<Step<()>> {
    let row = life_of(tx, id)?;
    let LifeState::Certain(certain) = row.state else {
        return Err(wrong_stage().into());
    };
    if row.published_ms.is_some() {
        return Ok(Step::AlreadyApplied);
    }
    if now >= certain.offer().closes_ms {
        return Err(Refused::TooLate.into());
    }
    let text = canonical::text(certain.offer());
    let text = text.map_err(|_| Rejection::Campaign(Refused::RulesRefused))?;
    campaign::set_published(tx, id, &text, now)?;
    let certain = match certain {
        draft @ Certain::Draft { .. } if now >= draft.offer().opens_ms => {
            draft.open(now).map_err(Rejection::Certain)?
        }
        other => other,
    };
    save_certain(tx, id, certain)?;
    by.audit(tx, now, "publish_campaign", id)?;
    Ok(Step::Executed(()))
}
