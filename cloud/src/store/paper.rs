//! Where a campaign's papers are kept: what proves the ownership of the prizes, the receipts that winners
//! signed, the payment of what nobody claimed.

use super::db::{DbError, Tx, Value};
use shared::ids::CampaignId;
use shared::time::UnixMs;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    Ownership,
    /// The winner of a rank signed for the prize.
    Delivery(u32),
    /// The unclaimed value was paid to the Union.
    Darf,
}

impl Paper {
    fn kind(self) -> (&'static str, u32) {
        match self {
            Self::Ownership => ("ownership", 0),
            Self::Delivery(rank) => ("delivery", rank),
            Self::Darf => ("darf", 0),
        }
    }
}

/// Keeps the first word; an empty one is none.
pub fn put(
    tx: &Tx<'_>,
    campaign: &CampaignId,
    paper: Paper,
    text: &str,
    now: UnixMs,
) -> Result<(), DbError> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let (kind, rank) = paper.kind();
    tx.execute(
        "INSERT INTO campaign_paper (campaign_id, kind, prize_rank, document, noted_ms) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (campaign_id, kind, prize_rank) DO NOTHING",
        &[
            Value::text(campaign),
            kind.into(),
            i64::from(rank).into(),
            text.trim().into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

pub fn of(tx: &Tx<'_>, campaign: &CampaignId, paper: Paper) -> Result<Option<String>, DbError> {
    let (kind, rank) = paper.kind();
    tx.first(
        "SELECT document FROM campaign_paper \
         WHERE campaign_id = $1 AND kind = $2 AND prize_rank = $3",
        &[Value::text(campaign), kind.into(), i64::from(rank).into()],
        |row| row.text(0),
    )
}
