use super::db::{DbError, Row, Tx, Value};
use shared::ids::{CampaignId, ChainId, EntryId, PersonId, RentalId};
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct CampaignRow {
    pub id: CampaignId,
    pub name: String,
    pub opens_ms: UnixMs,
    pub closes_ms: UnixMs,
}

pub fn insert(tx: &Tx<'_>, chain: &ChainId, campaign: &CampaignRow) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO campaign (id, chain_id, name, opens_ms, closes_ms) VALUES ($1, $2, $3, $4, $5)",
        &[
            Value::text(campaign.id),
            Value::text(chain),
            campaign.name.as_str().into(),
            campaign.opens_ms.0.into(),
            campaign.closes_ms.0.into(),
        ],
    )
    .map(drop)
}

/// The campaign a return of the chain counts for at a moment.
pub fn running(tx: &Tx<'_>, chain: &ChainId, at: UnixMs) -> Result<Option<CampaignRow>, DbError> {
    tx.first(
        "SELECT id, name, opens_ms, closes_ms FROM campaign \
         WHERE chain_id = $1 AND opens_ms <= $2 AND closes_ms > $2 ORDER BY opens_ms LIMIT 1",
        &[Value::text(chain), at.0.into()],
        read,
    )
}

/// When the last campaign of a chain closes.
pub fn last_close(tx: &Tx<'_>, chain: &ChainId) -> Result<Option<UnixMs>, DbError> {
    tx.first(
        "SELECT closes_ms FROM campaign WHERE chain_id = $1 ORDER BY closes_ms DESC LIMIT 1",
        &[Value::text(chain)],
        |row| row.int(0).map(UnixMs),
    )
}

/// The names of the latest campaigns, for pages that know their ids.
pub fn names(tx: &Tx<'_>) -> Result<Vec<(CampaignId, String)>, DbError> {
    tx.all(
        "SELECT id, name FROM campaign ORDER BY opens_ms DESC LIMIT 500",
        &[],
        |row| Ok((row.parsed(0)?, row.text(1)?)),
    )
}

/// One honoured return's place in a campaign.
#[derive(Debug, Clone)]
pub struct EntryRow {
    pub id: EntryId,
    pub campaign: CampaignRow,
    pub person: Option<PersonId>,
    pub created_ms: UnixMs,
}

pub fn insert_entry(
    tx: &Tx<'_>,
    id: &EntryId,
    rental: &RentalId,
    campaign: &CampaignId,
    person: Option<&PersonId>,
    salt: &[u8; 16],
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO entry (rental_id, id, campaign_id, person_id, salt, created_ms) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            Value::text(rental),
            Value::text(id),
            Value::text(campaign),
            person.map_or(Value::Null, Value::text),
            salt.as_slice().into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

pub fn entry_of(tx: &Tx<'_>, rental: &RentalId) -> Result<Option<EntryRow>, DbError> {
    tx.first(
        "SELECT c.id, c.name, c.opens_ms, c.closes_ms, e.id, e.person_id, e.created_ms \
         FROM entry e JOIN campaign c ON c.id = e.campaign_id WHERE e.rental_id = $1",
        &[Value::text(rental)],
        |row| {
            Ok(EntryRow {
                campaign: read(row)?,
                id: row.parsed(4)?,
                person: row.opt_parsed(5)?,
                created_ms: UnixMs(row.int(6)?),
            })
        },
    )
}

pub fn claim(tx: &Tx<'_>, rental: &RentalId, person: &PersonId) -> Result<usize, DbError> {
    tx.execute(
        "UPDATE entry SET person_id = $1 WHERE rental_id = $2 AND person_id IS NULL",
        &[Value::text(person), Value::text(rental)],
    )
}

/// The return was no finder's after all.
pub fn withdraw(tx: &Tx<'_>, rental: &RentalId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM entry WHERE rental_id = $1",
        &[Value::text(rental)],
    )
    .map(drop)
}

fn read(row: &Row<'_>) -> Result<CampaignRow, DbError> {
    Ok(CampaignRow {
        id: row.parsed(0)?,
        name: row.text(1)?,
        opens_ms: UnixMs(row.int(2)?),
        closes_ms: UnixMs(row.int(3)?),
    })
}
