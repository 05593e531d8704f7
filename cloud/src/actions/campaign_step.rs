//! What the steps of a campaign's life share: load, save, and the list as it was frozen.

use super::{Outcome, Rejection};
use crate::store::campaign::{LifeRow, LifeState};
use crate::store::{Tx, campaign, frozen_entry, staff};
use cloud_core::raffle::campaign::{Campaign, Rejection as Refused};
use cloud_core::raffle::certain::Certain;
use cloud_core::raffle::entry::{Entries, EntriesRefused};
use cloud_core::raffle::rules::Rules;
use shared::ids::{CampaignId, StaffId};
use shared::time::UnixMs;

/// Who of the staff does it, and the id of the line in the audit.
#[derive(Debug, Clone)]
pub struct By {
    pub staff: StaffId,
    pub audit_id: String,
}

impl By {
    pub(super) fn audit(
        &self,
        tx: &Tx<'_>,
        now: UnixMs,
        verb: &str,
        id: &CampaignId,
    ) -> Outcome<()> {
        let (by, subject) = (Some(&self.staff), id.to_string());
        Ok(staff::audit(tx, &self.audit_id, by, verb, &subject, now)?)
    }
}

pub(super) fn life_of(tx: &Tx<'_>, id: &CampaignId) -> Outcome<LifeRow> {
    Ok(campaign::life(tx, id)?.ok_or(Rejection::UnknownCampaign)?)
}

/// A campaign in which something is drawn.
pub(super) fn draw_of(tx: &Tx<'_>, id: &CampaignId) -> Outcome<(LifeRow, Campaign)> {
    let row = life_of(tx, id)?;
    match row.state.clone() {
        LifeState::Draw(draw) => Ok((row, draw)),
        LifeState::Plain | LifeState::Certain(_) => Err(wrong_stage().into()),
    }
}

pub(super) fn save(tx: &Tx<'_>, id: &CampaignId, draw: Campaign) -> Outcome<()> {
    let name = draw.rules().name.clone();
    let state = LifeState::Draw(draw);
    Ok(campaign::set_state(tx, id, (&name, &state))?)
}

pub(super) fn save_certain(tx: &Tx<'_>, id: &CampaignId, certain: Certain) -> Outcome<()> {
    let name = certain.offer().name.clone();
    let state = LifeState::Certain(certain);
    Ok(campaign::set_state(tx, id, (&name, &state))?)
}

/// The list as it was frozen.
pub(super) fn entries_of(tx: &Tx<'_>, rules: &Rules) -> Outcome<Entries> {
    let all = frozen_entry::all(tx, &rules.campaign_id)?;
    let list = Entries::new(&rules.campaign_id, rules.entries_per_person_max, all);
    Ok(list.map_err(Rejection::Entries)?)
}

pub(super) fn wrong_stage() -> Rejection {
    Rejection::Campaign(Refused::WrongStage)
}

impl From<Refused> for super::Failure {
    fn from(why: Refused) -> Self {
        Self::Rejected(Rejection::Campaign(why))
    }
}

impl From<EntriesRefused> for super::Failure {
    fn from(why: EntriesRefused) -> Self {
        Self::Rejected(Rejection::Entries(why))
    }
}
