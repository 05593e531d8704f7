use super::db::{DbError, Row, Tx, Value, unreadable};
use shared::commitment::Commitment;
use shared::ids::{CampaignId, StoreId};
use shared::octets::Octets;
use shared::time::UnixMs;
use shared::witness::{COMMITMENTS_SHOWN_MAX, Promise, Shown};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitmentRow {
    pub promise: Promise,
    pub committed_ms: UnixMs,
}

/// Binds a campaign to its list. False: it is bound already, and nothing was changed.
pub fn insert(tx: &Tx<'_>, row: &CommitmentRow) -> Result<bool, DbError> {
    let Promise {
        commitment,
        signature,
    } = &row.promise;
    let inserted = tx.execute(
        "INSERT INTO commitment (campaign_id, rules_hash, n, root, committed_ms, signature) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (campaign_id) DO NOTHING",
        &[
            Value::text(commitment.campaign),
            commitment.rules_hash.as_bytes().as_slice().into(),
            Value::count(commitment.n),
            commitment.root.as_bytes().as_slice().into(),
            row.committed_ms.0.into(),
            signature.as_bytes().as_slice().into(),
        ],
    )?;
    Ok(inserted == 1)
}

pub fn of(tx: &Tx<'_>, campaign: &CampaignId) -> Result<Option<CommitmentRow>, DbError> {
    tx.first(
        "SELECT campaign_id, rules_hash, n, root, signature, committed_ms FROM commitment \
         WHERE campaign_id = $1",
        &[Value::text(campaign)],
        |row| {
            Ok(CommitmentRow {
                promise: promise(row)?,
                committed_ms: UnixMs(row.int(5)?),
            })
        },
    )
}

/// What the gateways of a store's chain are shown: the newest first, at most
/// [`COMMITMENTS_SHOWN_MAX`].
pub fn newest(tx: &Tx<'_>, store: &StoreId) -> Result<Vec<Shown>, DbError> {
    let rows_max = i64::try_from(COMMITMENTS_SHOWN_MAX).unwrap_or(i64::MAX);
    tx.all(
        "SELECT k.campaign_id, k.rules_hash, k.n, k.root, k.signature, c.name FROM commitment k \
         JOIN campaign c ON c.id = k.campaign_id JOIN store s ON s.chain_id = c.chain_id \
         WHERE s.id = $1 \
         ORDER BY k.committed_ms DESC, k.campaign_id LIMIT $2",
        &[Value::text(store), rows_max.into()],
        |row| {
            Ok(Shown {
                promise: promise(row)?,
                name: row.text(5)?,
            })
        },
    )
}

fn promise(row: &Row<'_>) -> Result<Promise, DbError> {
    Ok(Promise {
        commitment: read(row)?,
        signature: octets(row, 4)?,
    })
}

/// The first four columns: campaign, hash of the rules, number of entries, root.
pub(super) fn read(row: &Row<'_>) -> Result<Commitment, DbError> {
    Ok(Commitment {
        campaign: row.parsed(0)?,
        rules_hash: octets(row, 1)?,
        n: row.count(2)?,
        root: octets(row, 3)?,
    })
}

pub(super) fn octets<const N: usize>(row: &Row<'_>, column: usize) -> Result<Octets<N>, DbError> {
    let bytes = row.bytes(column)?;
    let found = bytes.len();
    let bytes = bytes.try_into();
    bytes
        .map(Octets)
        .map_err(|_| unreadable(column, format_args!("{found} bytes instead of {N}")))
}
