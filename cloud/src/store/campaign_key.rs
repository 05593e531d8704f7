//! The keys of campaigns' pseudonyms, sealed.

use super::db::{DbError, Row, Tx, Value, unreadable};
use crate::keys::SealedCampaignKey;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// Keeps a campaign's key. False: it has one.
pub fn insert(
    tx: &Tx<'_>,
    campaign: &CampaignId,
    key: &SealedCampaignKey,
) -> Result<bool, DbError> {
    let added = tx.execute(
        "INSERT INTO campaign_key (campaign_id, seal, sealed) VALUES ($1, $2, $3) \
         ON CONFLICT (campaign_id) DO NOTHING",
        &[
            Value::text(campaign),
            i64::from(key.seal).into(),
            key.sealed.as_slice().into(),
        ],
    )?;
    Ok(added > 0)
}

/// None: there was none, or it was destroyed.
pub fn of(tx: &Tx<'_>, campaign: &CampaignId) -> Result<Option<SealedCampaignKey>, DbError> {
    tx.first(
        "SELECT campaign_id, seal, sealed FROM campaign_key WHERE campaign_id = $1",
        &[Value::text(campaign)],
        |row| keyed(row).map(|(_, key)| key),
    )
}

/// Keys under an older secret than `newest`.
pub fn before(
    tx: &Tx<'_>,
    newest: u32,
    rows_max: u16,
) -> Result<Vec<(CampaignId, SealedCampaignKey)>, DbError> {
    tx.all(
        "SELECT campaign_id, seal, sealed FROM campaign_key WHERE seal < $1 \
         ORDER BY campaign_id LIMIT $2",
        &[i64::from(newest).into(), i64::from(rows_max).into()],
        keyed,
    )
}

pub fn set(tx: &Tx<'_>, campaign: &CampaignId, key: &SealedCampaignKey) -> Result<(), DbError> {
    tx.execute(
        "UPDATE campaign_key SET seal = $1, sealed = $2 WHERE campaign_id = $3",
        &[
            i64::from(key.seal).into(),
            key.sealed.as_slice().into(),
            Value::text(campaign),
        ],
    )
    .map(drop)
}

/// Destroys the keys of campaigns that closed before `closed`, except of those that go on. Answers how
/// many.
pub fn destroy(tx: &Tx<'_>, closed: UnixMs) -> Result<usize, DbError> {
    tx.execute(
        "DELETE FROM campaign_key WHERE campaign_id IN (SELECT id FROM campaign \
         WHERE closes_ms < $1 AND stage IN ('accounted', 'cancelled'))",
        &[closed.0.into()],
    )
}

fn keyed(row: &Row<'_>) -> Result<(CampaignId, SealedCampaignKey), DbError> {
    let seal = u32::try_from(row.int(1)?).map_err(|e| unreadable(1, e))?;
    let sealed = row.bytes(2)?;
    Ok((row.parsed(0)?, SealedCampaignKey { seal, sealed }))
}
