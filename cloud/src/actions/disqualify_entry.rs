use super::campaign_step::{By, draw_of, entries_of, save};
use super::{Outcome, award_prizes};
use crate::keys::Keys;
use crate::store::Tx;
use cloud_core::rental::Step;
use shared::ids::CampaignId;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct DisqualifyEntry {
    pub id: CampaignId,
    pub position: u32,
    /// One that the rules publish.
    pub code: String,
    pub by: By,
}

/// Passes an entry over. After the draw its prize goes to the first alternate, and no other moves.
pub fn run(tx: &Tx<'_>, now: UnixMs, keys: &Keys, wanted: &DisqualifyEntry) -> Outcome<Step<()>> {
    let (_, draw) = draw_of(tx, &wanted.id)?;
    let is_noted = draw.committed().is_some_and(|committed| {
        let mut all = committed.disqualified.iter();
        all.any(|one| one.position == wanted.position && one.code == wanted.code)
    });
    if is_noted {
        return Ok(Step::AlreadyApplied);
    }
    let entries = entries_of(tx, draw.rules())?;
    let draw = draw.disqualify(wanted.position, &wanted.code, &entries, now)?;
    if let Some(drawn) = draw.drawn() {
        award_prizes::run(tx, now, keys, (&wanted.id, drawn))?;
    }
    save(tx, &wanted.id, draw)?;
    wanted.by.audit(tx, now, "disqualify_entry", &wanted.id)?;
    Ok(Step::Executed(()))
}
