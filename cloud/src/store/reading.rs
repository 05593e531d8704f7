//! What was read of extractions, before two who agree make a record of it.

use super::db::{DbError, Tx, Value, unreadable};
use cloud_core::raffle::campaign::reading::{Reader, Reading};
use shared::ids::CampaignId;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct ReadingRow {
    /// Of the record that it is for.
    pub sequence: u32,
    pub replaces: Option<u32>,
    pub reading: Reading,
    pub reason: String,
    /// What the reader kept, of which the record holds the hash.
    pub evidence: String,
    pub read_ms: UnixMs,
}

/// Keeps what one reader read at one source; who reads again corrects it, until a record is made of it.
pub fn put(tx: &Tx<'_>, campaign: &CampaignId, row: &ReadingRow) -> Result<(), DbError> {
    let text = serde_json::to_string(&row.reading).map_err(|e| unreadable(5, e))?;
    let reader = reader_of(&row.reading.by);
    if reader != FETCH {
        // A person has one word a record, whatever name the evidence has.
        tx.execute(
            "DELETE FROM campaign_reading WHERE campaign_id = $1 AND sequence = $2 AND reader = $3",
            &[
                Value::text(campaign),
                i64::from(row.sequence).into(),
                reader.as_str().into(),
            ],
        )?;
    }
    tx.execute(
        "INSERT INTO campaign_reading (campaign_id, sequence, reader, name, replaces, reading, \
         reason, evidence, read_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (campaign_id, sequence, reader, name) DO UPDATE SET \
         replaces = excluded.replaces, reading = excluded.reading, reason = excluded.reason, \
         evidence = excluded.evidence, read_ms = excluded.read_ms",
        &[
            Value::text(campaign),
            i64::from(row.sequence).into(),
            reader.into(),
            row.reading.name.as_str().into(),
            i64::from(row.replaces.unwrap_or(0)).into(),
            text.into(),
            row.reason.as_str().into(),
            row.evidence.as_str().into(),
            row.read_ms.0.into(),
        ],
    )
    .map(drop)
}

/// The readings for one record, the first first.
pub fn of(tx: &Tx<'_>, campaign: &CampaignId, sequence: u32) -> Result<Vec<ReadingRow>, DbError> {
    tx.all(
        "SELECT sequence, replaces, reading, reason, evidence, read_ms FROM campaign_reading \
         WHERE campaign_id = $1 AND sequence = $2 ORDER BY read_ms, reader, name LIMIT 100",
        &[Value::text(campaign), i64::from(sequence).into()],
        |row| {
            let reading = serde_json::from_str(&row.text(2)?).map_err(|e| unreadable(2, e))?;
            let replaces = u32::try_from(row.int(1)?).map_err(|e| unreadable(1, e))?;
            Ok(ReadingRow {
                sequence: u32::try_from(row.int(0)?).map_err(|e| unreadable(0, e))?,
                replaces: Some(replaces).filter(|number| *number > 0),
                reading,
                reason: row.text(3)?,
                evidence: row.text(4)?,
                read_ms: UnixMs(row.int(5)?),
            })
        },
    )
}

const FETCH: &str = "fetch";

fn reader_of(by: &Reader) -> String {
    match by {
        Reader::Fetch => FETCH.to_owned(),
        Reader::Staff(staff) => staff.to_string(),
    }
}
