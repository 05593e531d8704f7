//! Who of the staff agreed to commit to which list.

use super::commitment::octets;
use super::db::{DbError, Tx, Value};
use cloud_core::raffle::campaign::Approval;
use shared::ids::CampaignId;
use shared::time::UnixMs;

/// Keeps one's word. One who looked at another list before agrees to this one.
pub fn put(tx: &Tx<'_>, campaign: &CampaignId, approval: &Approval) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO campaign_approval (campaign_id, staff_id, root, approved_ms) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (campaign_id, staff_id) DO UPDATE SET \
         root = excluded.root, approved_ms = excluded.approved_ms",
        &[
            Value::text(campaign),
            Value::text(approval.staff),
            approval.root.as_bytes().as_slice().into(),
            approval.approved_ms.0.into(),
        ],
    )
    .map(drop)
}

/// The first came first.
pub fn of(tx: &Tx<'_>, campaign: &CampaignId) -> Result<Vec<Approval>, DbError> {
    tx.all(
        "SELECT staff_id, root, approved_ms FROM campaign_approval WHERE campaign_id = $1 \
         ORDER BY approved_ms, staff_id LIMIT 100",
        &[Value::text(campaign)],
        |row| {
            Ok(Approval {
                staff: row.parsed(0)?,
                root: octets(row, 1)?,
                approved_ms: UnixMs(row.int(2)?),
            })
        },
    )
}
