//! Campaigns, and the entries that honoured returns earned in them.

mod life;

pub use life::{
    Intake, LifeRow, LifeState, Version, Window, cut, delete_empty, insert_planned, intake, life,
    live, set_frozen, set_published, set_state, unfinished, version,
};

use super::commitment::octets;
use super::db::{DbError, Row, Tx, Value, unreadable};
use cloud_core::raffle::eligible::Outside;
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

/// The campaign of a chain whose period a moment lies in.
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
    pub salt: [u8; 16],
    pub created_ms: UnixMs,
    /// The last moment at which it may become somebody's, or nobody's.
    pub until_ms: UnixMs,
    pub frozen_ms: Option<UnixMs>,
    /// The campaign for which it was too late, or could not be decided in time.
    pub moved_from: Option<CampaignId>,
    /// Why it does not stand in the frozen list.
    pub outside: Option<Outside>,
}

impl EntryRow {
    /// Whether its list may still change at a moment.
    pub fn is_open(&self, now: UnixMs) -> bool {
        self.frozen_ms.is_none() && now <= self.until_ms
    }
}

pub struct NewEntry<'a> {
    pub id: EntryId,
    pub rental: RentalId,
    pub intake: &'a Intake,
    pub person: Option<PersonId>,
    pub salt: [u8; 16],
}

pub fn insert_entry(tx: &Tx<'_>, new: &NewEntry<'_>, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO entry (rental_id, id, campaign_id, person_id, salt, created_ms, after_ms, \
         moved_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            Value::text(new.rental),
            Value::text(new.id),
            Value::text(new.intake.campaign),
            new.person.map_or(Value::Null, Value::text),
            new.salt.as_slice().into(),
            now.0.into(),
            new.intake.after_ms.map(|at| at.0).into(),
            new.intake.late_for.map_or(Value::Null, Value::text),
        ],
    )
    .map(drop)
}

pub fn entry_of(tx: &Tx<'_>, rental: &RentalId) -> Result<Option<EntryRow>, DbError> {
    tx.first(
        "SELECT c.id, c.name, c.opens_ms, c.closes_ms, e.id, e.person_id, e.created_ms, \
         coalesce(c.t_close_ms, c.closes_ms - 1), c.frozen_ms, e.moved_from, e.outside, e.salt \
         FROM entry e JOIN campaign c ON c.id = e.campaign_id WHERE e.rental_id = $1",
        &[Value::text(rental)],
        |row| {
            Ok(EntryRow {
                campaign: read(row)?,
                id: row.parsed(4)?,
                person: row.opt_parsed(5)?,
                created_ms: UnixMs(row.int(6)?),
                until_ms: UnixMs(row.int(7)?),
                frozen_ms: row.opt_int(8)?.map(UnixMs),
                moved_from: row.opt_parsed(9)?,
                outside: row.opt_text(10)?.as_deref().map(outside_of).transpose()?,
                salt: octets::<16>(row, 11)?.0,
            })
        },
    )
}

/// An entry of a campaign that is being frozen, with what is known of its return.
#[derive(Debug, Clone)]
pub struct CandidateRow {
    pub rental: RentalId,
    pub person: Option<PersonId>,
    pub salt: [u8; 16],
    pub after_ms: Option<UnixMs>,
    pub created_ms: UnixMs,
    pub is_moved: bool,
    pub is_honoured: bool,
    pub store_name: String,
    /// The gateway's signed line, where its journal has told of the return and it counted.
    pub line: Option<String>,
}

/// Every entry of a campaign, in the order in which they became known.
pub fn candidates(tx: &Tx<'_>, campaign: &CampaignId) -> Result<Vec<CandidateRow>, DbError> {
    tx.all(
        "SELECT e.rental_id, e.person_id, e.salt, e.after_ms, e.created_ms, e.moved_from, \
         CASE WHEN r.state IN ('closed', 'rescued') OR (r.state = 'returned' AND r.review IS NULL) \
         THEN 1 ELSE 0 END, s.name, g.line \
         FROM entry e JOIN rental r ON r.id = e.rental_id \
         LEFT JOIN gateway_event g ON g.gateway_id = r.returned_gateway AND g.seq = r.returned_seq \
         AND g.outcome <> 'quarantined' \
         LEFT JOIN gateway w ON w.id = r.returned_gateway LEFT JOIN dock d ON d.id = w.dock_id \
         JOIN store s ON s.id = coalesce(d.store_id, r.store_id) \
         WHERE e.campaign_id = $1 ORDER BY e.created_ms, e.id LIMIT $2",
        &[Value::text(campaign), CANDIDATES_MAX.into()],
        |row| {
            Ok(CandidateRow {
                rental: row.parsed(0)?,
                person: row.opt_parsed(1)?,
                salt: octets::<16>(row, 2)?.0,
                after_ms: row.opt_int(3)?.map(UnixMs),
                created_ms: UnixMs(row.int(4)?),
                is_moved: row.opt_text(5)?.is_some(),
                is_honoured: row.int(6)? == 1,
                store_name: row.text(7)?,
                line: row.opt_text(8)?,
            })
        },
    )
}

/// The name of the store that a rental's cart came back to; of the rental's own where none is known.
pub fn store_of_return(tx: &Tx<'_>, rental: &RentalId) -> Result<Option<String>, DbError> {
    tx.first(
        "SELECT s.name FROM rental r LEFT JOIN gateway w ON w.id = r.returned_gateway \
         LEFT JOIN dock d ON d.id = w.dock_id \
         JOIN store s ON s.id = coalesce(d.store_id, r.store_id) WHERE r.id = $1",
        &[Value::text(rental)],
        |row| row.text(0),
    )
}

/// The return whose entry in a campaign, or moved from it, ends in these 60 bits.
pub fn rental_by_code(
    tx: &Tx<'_>,
    campaign: &CampaignId,
    tail: u64,
) -> Result<Option<RentalId>, DbError> {
    let digits = format!("{tail:015x}");
    let (high, low) = digits.split_at(3);
    tx.first(
        "SELECT rental_id FROM entry WHERE (campaign_id = $1 OR moved_from = $2) \
         AND substr(id, 21, 3) = $3 AND substr(id, 25) = $4 LIMIT 1",
        &[
            Value::text(campaign),
            Value::text(campaign),
            high.into(),
            low.into(),
        ],
        |row| row.parsed(0),
    )
}

/// A dock that has not told everything that happened until a moment.
#[derive(Debug, Clone)]
pub struct DarkRow {
    pub dock_name: String,
    pub store_name: String,
    /// Until when it has. None: it never had nothing more to tell.
    pub told_ms: Option<UnixMs>,
}

/// The docks of a chain that are dark so, by name.
pub fn dark_docks(tx: &Tx<'_>, chain: &ChainId, until: UnixMs) -> Result<Vec<DarkRow>, DbError> {
    tx.all(
        "SELECT d.name, s.name, g.drained_ms FROM gateway g JOIN dock d ON d.id = g.dock_id \
         JOIN store s ON s.id = d.store_id \
         WHERE s.chain_id = $1 AND g.state = 'active' AND g.drained_ms < $2 \
         ORDER BY s.name, d.name LIMIT 1000",
        &[Value::text(chain), until.0.into()],
        |row| {
            Ok(DarkRow {
                dock_name: row.text(0)?,
                store_name: row.text(1)?,
                told_ms: Some(UnixMs(row.int(2)?)).filter(|at| *at > UnixMs(0)),
            })
        },
    )
}

/// More than a campaign's list may hold: one that is longer is refused, not cut.
const CANDIDATES_MAX: i64 = 2_000_000;

pub fn set_outside(tx: &Tx<'_>, rental: &RentalId, why: Outside) -> Result<(), DbError> {
    tx.execute(
        "UPDATE entry SET outside = $1 WHERE rental_id = $2",
        &[why.as_str().into(), Value::text(rental)],
    )
    .map(drop)
}

/// It joins another campaign.
pub fn set_moved(
    tx: &Tx<'_>,
    rental: &RentalId,
    (from, to): (&CampaignId, &CampaignId),
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE entry SET campaign_id = $1, moved_from = $2 WHERE rental_id = $3",
        &[Value::text(to), Value::text(from), Value::text(rental)],
    )
    .map(drop)
}

/// How many entries a campaign has so far.
pub fn entries_count(tx: &Tx<'_>, campaign: &CampaignId) -> Result<u64, DbError> {
    let found = tx.first(
        "SELECT count(*) FROM entry WHERE campaign_id = $1",
        &[Value::text(campaign)],
        |row| row.count(0),
    )?;
    Ok(found.unwrap_or(0))
}

/// How many were left out of a frozen list, by reason.
pub fn outside_counts(tx: &Tx<'_>, campaign: &CampaignId) -> Result<Vec<(Outside, u64)>, DbError> {
    tx.all(
        "SELECT outside, count(*) FROM entry WHERE campaign_id = $1 AND outside IS NOT NULL \
         GROUP BY outside ORDER BY outside",
        &[Value::text(campaign)],
        |row| Ok((outside_of(&row.text(0)?)?, row.count(1)?)),
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

fn outside_of(code: &str) -> Result<Outside, DbError> {
    let found = Outside::ALL.into_iter().find(|why| why.as_str() == code);
    found.ok_or_else(|| unreadable(0, "no such reason"))
}

fn read(row: &Row<'_>) -> Result<CampaignRow, DbError> {
    Ok(CampaignRow {
        id: row.parsed(0)?,
        name: row.text(1)?,
        opens_ms: UnixMs(row.int(2)?),
        closes_ms: UnixMs(row.int(3)?),
    })
}
