use super::campaign_step::{By, save, save_certain, wrong_stage};
use super::{Outcome, Rejection};
use crate::store::campaign::{CampaignRow, LifeRow, LifeState};
use crate::store::{Tx, campaign};
use cloud_core::raffle::campaign::{Campaign, Rejection as Refused};
use cloud_core::raffle::certain::{Certain, Offer};
use cloud_core::raffle::rules::Rules;
use cloud_core::rental::Step;
use shared::ids::{CampaignId, ChainId};
use shared::time::UnixMs;

/// What is planned. Both name their campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    Draw(Box<Rules>),
    Certain(Offer),
}

#[derive(Debug, Clone)]
pub struct DraftCampaign {
    pub chain: ChainId,
    pub plan: Plan,
    pub by: By,
}

/// More than a chain has in twenty years.
const CAMPAIGNS_MAX: u16 = 1_000;

/// Plans a campaign, or plans it otherwise while nobody was promised anything: within the period of
/// one that is there, or in a period of its own, for which months without a plan make room.
pub fn run(tx: &Tx<'_>, now: UnixMs, wanted: &DraftCampaign) -> Outcome<Step<()>> {
    let plan = &wanted.plan;
    let id = plan.id();
    let state = plan.drafted()?;
    match campaign::life(tx, &id)? {
        Some(row) if row.chain != wanted.chain => return Err(Rejection::UnknownCampaign.into()),
        Some(row) if row.state == state => return Ok(Step::AlreadyApplied),
        Some(row) => replan(tx, &row, plan, state)?,
        None => {
            let (opens_ms, closes_ms) = plan.period();
            make_room(tx, now, &wanted.chain, (opens_ms, closes_ms))?;
            let row = CampaignRow {
                id,
                name: plan.name().to_owned(),
                opens_ms,
                closes_ms,
            };
            campaign::insert_planned(tx, &wanted.chain, &row, &state)?;
        }
    }
    wanted.by.audit(tx, now, "draft_campaign", &id)?;
    Ok(Step::Executed(()))
}

fn replan(tx: &Tx<'_>, row: &LifeRow, plan: &Plan, state: LifeState) -> Outcome<()> {
    let is_draft = match &row.state {
        LifeState::Plain | LifeState::Draw(Campaign::Draft(_)) => true,
        LifeState::Certain(Certain::Draft { .. }) => row.published_ms.is_none(),
        LifeState::Draw(_) | LifeState::Certain(_) => false,
    };
    if !is_draft {
        return Err(wrong_stage().into());
    }
    let (opens_ms, closes_ms) = plan.period();
    if opens_ms < row.row.opens_ms || closes_ms > row.row.closes_ms {
        return Err(Rejection::CampaignOverlaps.into());
    }
    match state {
        LifeState::Draw(draw) => save(tx, &row.row.id, draw),
        LifeState::Certain(certain) => save_certain(tx, &row.row.id, certain),
        LifeState::Plain => Ok(()),
    }
}

/// Months without a plan give way: one that runs ends earlier, one that is to come goes.
fn make_room(
    tx: &Tx<'_>,
    now: UnixMs,
    chain: &ChainId,
    (opens_ms, closes_ms): (UnixMs, UnixMs),
) -> Outcome<()> {
    for other in campaign::live(tx, chain, CAMPAIGNS_MAX)? {
        let there = &other.row;
        if there.closes_ms <= opens_ms || there.opens_ms >= closes_ms {
            continue;
        }
        let is_plain = other.state == LifeState::Plain;
        let made = if is_plain && there.opens_ms < opens_ms && opens_ms >= now {
            campaign::cut(tx, &there.id, opens_ms)?;
            true
        } else {
            is_plain && there.opens_ms >= opens_ms && campaign::delete_empty(tx, &there.id)?
        };
        if !made {
            return Err(Rejection::CampaignOverlaps.into());
        }
    }
    Ok(())
}

impl Plan {
    pub fn id(&self) -> CampaignId {
        match self {
            Self::Draw(rules) => rules.campaign_id,
            Self::Certain(offer) => offer.campaign_id,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Draw(rules) => &rules.name,
            Self::Certain(offer) => &offer.name,
        }
    }

    /// From the first moment to the first one after it.
    fn period(&self) -> (UnixMs, UnixMs) {
        let (opens_ms, closes_ms) = match self {
            Self::Draw(rules) => (rules.opens_ms, rules.closes_ms),
            Self::Certain(offer) => (offer.opens_ms, offer.closes_ms),
        };
        (opens_ms, closes_ms.plus(1))
    }

    fn drafted(&self) -> Outcome<LifeState> {
        let refused = || Rejection::Campaign(Refused::RulesRefused);
        Ok(match self {
            Self::Draw(rules) => {
                let draft = Campaign::draft(rules.as_ref().clone());
                LifeState::Draw(draft.map_err(|_| refused())?)
            }
            Self::Certain(offer) => {
                let draft = Certain::draft(offer.clone());
                LifeState::Certain(draft.map_err(|_| refused())?)
            }
        })
    }
}
