use super::Outcome;
use super::campaign_step::{By, draw_of, save};
use crate::store::paper::Paper;
use crate::store::{Tx, campaign, paper};
use cloud_core::raffle::campaign::{Campaign, Rejection as Refused};
use cloud_core::rental::Step;
use shared::ids::CampaignId;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct AuthoriseCampaign {
    pub id: CampaignId,
    pub certificate: String,
    /// When the promoter proved that the prizes are its own.
    pub ownership_ms: UnixMs,
    /// What proves it, and where that is kept.
    pub ownership_document: String,
    pub by: By,
}

/// The authority gave its certificate: the rules are published as they are, and never change. It is
/// refused once the period has begun, because nobody takes part under rules that nobody could read.
pub fn run(tx: &Tx<'_>, now: UnixMs, wanted: &AuthoriseCampaign) -> Outcome<Step<()>> {
    let (id, certificate) = (&wanted.id, wanted.certificate.trim());
    let (_, draw) = draw_of(tx, id)?;
    let is_draft = matches!(draw, Campaign::Draft(_));
    if !is_draft && draw.rules().certificate == certificate {
        return Ok(Step::AlreadyApplied);
    }
    if is_draft && draw.rules().opens_ms < now {
        return Err(Refused::TooLate.into());
    }
    let draw = draw.authorise(certificate, wanted.ownership_ms, now)?;
    campaign::set_published(tx, id, &draw.rules().text_to_publish(), now)?;
    save(tx, id, draw)?;
    let proof = &wanted.ownership_document;
    paper::put(tx, id, Paper::Ownership, proof, now)?;
    wanted.by.audit(tx, now, "authorise_campaign", id)?;
    Ok(Step::Executed(()))
}
