use super::campaign_step::{draw_of, entries_of, save};
use super::{Outcome, award_prizes};
use crate::keys::Keys;
use crate::store::Tx;
use cloud_core::raffle::campaign::{Campaign, Rejection as Refused};
use cloud_core::rental::Step;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// Reckons the winners, makes their vouchers and tells them.
pub fn run(tx: &Tx<'_>, now: UnixMs, keys: &Keys, id: &CampaignId) -> Outcome<Step<()>> {
    let (_, draw) = draw_of(tx, id)?;
    if draw.drawn().is_some() {
        return Ok(Step::AlreadyApplied);
    }
    if !matches!(draw, Campaign::Entered(_)) {
        return Err(Refused::WrongStage.into());
    }
    let entries = entries_of(tx, draw.rules())?;
    let draw = draw.draw(&entries, now)?;
    let drawn = draw.drawn().ok_or(Refused::WrongStage)?;
    award_prizes::run(tx, now, keys, (id, drawn))?;
    save(tx, id, draw)?;
    Ok(Step::Executed(()))
}

/// Draws where the extractions so far decide. False: the next one does.
pub fn if_decided(tx: &Tx<'_>, now: UnixMs, keys: &Keys, id: &CampaignId) -> Outcome<bool> {
    match run(tx, now, keys, id) {
        Ok(_) => Ok(true),
        Err(super::Failure::Rejected(super::Rejection::Campaign(Refused::Undecided))) => Ok(false),
        Err(failure) => Err(failure),
    }
}
