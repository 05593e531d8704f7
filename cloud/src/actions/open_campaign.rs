use super::Outcome;
use crate::store::campaign::CampaignRow;
use crate::store::{Tx, campaign};
use shared::ids::{CampaignId, ChainId};
use shared::time::UnixMs;

/// A calendar month of the shop's time zone.
#[derive(Debug, Clone)]
pub struct Month {
    pub name: String,
    pub opens_ms: UnixMs,
    pub closes_ms: UnixMs,
}

/// Opens a chain's campaign for a month unless one already reaches into it.
pub fn run(tx: &Tx<'_>, chain: &ChainId, id: CampaignId, month: &Month) -> Outcome<()> {
    let last = campaign::last_close(tx, chain)?;
    if last.is_some_and(|close| close > month.opens_ms) {
        return Ok(());
    }
    let row = CampaignRow {
        id,
        name: month.name.clone(),
        opens_ms: month.opens_ms,
        closes_ms: month.closes_ms,
    };
    Ok(campaign::insert(tx, chain, &row)?)
}
