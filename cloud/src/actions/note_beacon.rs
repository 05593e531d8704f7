use super::Outcome;
use super::campaign_step::{By, draw_of, entries_of, save};
use crate::store::{Tx, frozen_entry};
use cloud_core::raffle::beacon::Beacon;
use cloud_core::raffle::campaign::Rejection as Refused;
use cloud_core::rental::Step;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// The public random value that shuffles the list, verified, or its absence near the extraction. Every
/// entry has its place from here on. `by`: none where the clock states the absence.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    (id, beacon): (&CampaignId, Beacon),
    by: Option<&By>,
) -> Outcome<Step<()>> {
    let (_, draw) = draw_of(tx, id)?;
    if draw.committed().is_some_and(|it| it.beacon == Some(beacon)) {
        return Ok(Step::AlreadyApplied);
    }
    let draw = draw.shuffle(beacon, now)?;
    let entries = entries_of(tx, draw.rules())?;
    let order = draw.order(&entries).ok_or(Refused::OtherEntries)?;
    for (index, leaf) in entries.leaves().iter().enumerate() {
        let position = order.position_of(index).ok_or(Refused::OtherEntries)?;
        frozen_entry::set_position(tx, id, leaf, position)?;
    }
    save(tx, id, draw)?;
    if let Some(by) = by {
        by.audit(tx, now, "note_beacon", id)?;
    }
    Ok(Step::Executed(()))
}
