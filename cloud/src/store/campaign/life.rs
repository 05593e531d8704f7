//! How far a campaign has come: what the core decided, as one document, beside what queries need.

use super::CampaignRow;
use crate::store::db::{DbError, Row, Tx, Value, unreadable};
use cloud_core::raffle::campaign::Campaign;
use cloud_core::raffle::certain::Certain;
use serde::de::DeserializeOwned;
use shared::ids::{CampaignId, ChainId};
use shared::time::UnixMs;

/// What is planned for a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, for as long as an action or a page takes"
)]
pub enum LifeState {
    /// Nothing: returns are noted, and no draw is promised.
    Plain,
    Draw(Campaign),
    Certain(Certain),
}

#[derive(Debug, Clone)]
pub struct LifeRow {
    pub row: CampaignRow,
    pub chain: ChainId,
    pub state: LifeState,
    /// The rules as they were published.
    pub rules: Option<String>,
    pub published_ms: Option<UnixMs>,
    pub t_close_ms: Option<UnixMs>,
    pub frozen_ms: Option<UnixMs>,
    /// Grows with every step.
    pub revision: u64,
}

impl LifeState {
    /// `draw` or `certain`; none where nothing is planned.
    pub fn mode(&self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Draw(_) => Some("draw"),
            Self::Certain(_) => Some("certain"),
        }
    }

    pub fn stage(&self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Draw(campaign) => Some(campaign.stage()),
            Self::Certain(certain) => Some(certain.stage()),
        }
    }

    fn text(&self) -> Result<Option<String>, DbError> {
        let text = match self {
            Self::Plain => return Ok(None),
            Self::Draw(campaign) => serde_json::to_string(campaign),
            Self::Certain(certain) => serde_json::to_string(certain),
        };
        text.map(Some).map_err(|e| unreadable(0, e))
    }

    /// The last moment at which a return may become known. None: the campaign's end.
    fn t_close_ms(&self) -> Option<UnixMs> {
        match self {
            Self::Draw(Campaign::Cancelled(_)) => None,
            Self::Draw(campaign) => Some(campaign.rules().t_close_ms),
            Self::Plain | Self::Certain(_) => None,
        }
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, name, opens_ms, closes_ms, chain_id, mode, state, rules, published_ms, \
             t_close_ms, frozen_ms, revision FROM campaign ",
            $tail
        )
    };
}

pub fn life(tx: &Tx<'_>, id: &CampaignId) -> Result<Option<LifeRow>, DbError> {
    tx.first(select!("WHERE id = $1"), &[Value::text(id)], read)
}

/// Tells one state of a campaign, and of who witnessed it, from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    pub revision: u64,
    pub witnesses: u64,
}

pub fn version(tx: &Tx<'_>, id: &CampaignId) -> Result<Option<Version>, DbError> {
    tx.first(
        "SELECT revision, (SELECT count(*) FROM witness w WHERE w.campaign_id = campaign.id) \
         FROM campaign WHERE id = $1",
        &[Value::text(id)],
        |row| {
            Ok(Version {
                revision: row.count(0)?,
                witnesses: row.count(1)?,
            })
        },
    )
}

/// The campaigns of a chain, the newest first.
pub fn live(tx: &Tx<'_>, chain: &ChainId, rows_max: u16) -> Result<Vec<LifeRow>, DbError> {
    tx.all(
        select!("WHERE chain_id = $1 ORDER BY opens_ms DESC, id LIMIT $2"),
        &[Value::text(chain), i64::from(rows_max).into()],
        read,
    )
}

/// Those that go on, and those that ended with an alarm open.
pub fn unfinished(tx: &Tx<'_>) -> Result<Vec<LifeRow>, DbError> {
    tx.all(
        select!(
            "WHERE stage IS NOT NULL AND (stage NOT IN ('accounted', 'cancelled', 'withdrawn') \
             OR EXISTS (SELECT 1 FROM alarm a WHERE a.kind = 'campaign_due' \
             AND a.subject = campaign.id AND a.cleared_ms IS NULL)) ORDER BY opens_ms LIMIT 200"
        ),
        &[],
        read,
    )
}

/// A campaign that was planned for a period of its own.
pub fn insert_planned(
    tx: &Tx<'_>,
    chain: &ChainId,
    row: &CampaignRow,
    state: &LifeState,
) -> Result<(), DbError> {
    super::insert(tx, chain, row)?;
    set_state(tx, &row.id, (&row.name, state))
}

/// What the core decided, and the name that its rules give the campaign.
pub fn set_state(
    tx: &Tx<'_>,
    id: &CampaignId,
    (name, state): (&str, &LifeState),
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE campaign SET name = $1, mode = $2, stage = $3, state = $4, t_close_ms = $5, \
         revision = revision + 1 WHERE id = $6",
        &[
            name.into(),
            state.mode().into(),
            state.stage().into(),
            state.text()?.into(),
            state.t_close_ms().map(|at| at.0).into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

/// Keeps the rules as they were published. They are never changed.
pub fn set_published(
    tx: &Tx<'_>,
    id: &CampaignId,
    rules: &str,
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE campaign SET rules = $1, published_ms = $2 WHERE id = $3 AND rules IS NULL",
        &[rules.into(), now.0.into(), Value::text(id)],
    )
    .map(drop)
}

pub fn set_frozen(tx: &Tx<'_>, id: &CampaignId, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE campaign SET frozen_ms = $1, revision = revision + 1 \
         WHERE id = $2 AND frozen_ms IS NULL",
        &[now.0.into(), Value::text(id)],
    )
    .map(drop)
}

/// Ends a campaign of which nothing is planned earlier.
pub fn cut(tx: &Tx<'_>, id: &CampaignId, closes: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE campaign SET closes_ms = $1 WHERE id = $2 AND state IS NULL",
        &[closes.0.into(), Value::text(id)],
    )
    .map(drop)
}

/// Removes a campaign of which nothing is planned and in which nobody takes part. False: there is one.
pub fn delete_empty(tx: &Tx<'_>, id: &CampaignId) -> Result<bool, DbError> {
    let gone = tx.execute(
        "DELETE FROM campaign WHERE id = $1 AND state IS NULL \
         AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.campaign_id = campaign.id)",
        &[Value::text(id)],
    )?;
    Ok(gone > 0)
}

/// Where a return takes part, and what is known of its time.
#[derive(Debug, Clone)]
pub struct Intake {
    pub campaign: CampaignId,
    pub after_ms: Option<UnixMs>,
    /// The campaign for which it was too late.
    pub late_for: Option<CampaignId>,
    /// Everybody gets a voucher there.
    pub is_certain: bool,
}

/// A campaign as a return sees it.
#[derive(Debug, Clone)]
pub struct Window {
    pub id: CampaignId,
    pub opens_ms: UnixMs,
    pub closes_ms: UnixMs,
    pub t_close_ms: UnixMs,
    pub frozen_ms: Option<UnixMs>,
    pub is_certain: bool,
}

/// The campaigns of a chain that were not over for good at `since`, by opening.
pub fn intake(tx: &Tx<'_>, chain: &ChainId, since: UnixMs) -> Result<Vec<Window>, DbError> {
    tx.all(
        "SELECT id, opens_ms, closes_ms, coalesce(t_close_ms, closes_ms - 1), frozen_ms, \
         coalesce(mode, '') FROM campaign WHERE chain_id = $1 AND closes_ms > $2 \
         ORDER BY opens_ms LIMIT 100",
        &[Value::text(chain), since.0.into()],
        |row| {
            Ok(Window {
                id: row.parsed(0)?,
                opens_ms: UnixMs(row.int(1)?),
                closes_ms: UnixMs(row.int(2)?),
                t_close_ms: UnixMs(row.int(3)?),
                frozen_ms: row.opt_int(4)?.map(UnixMs),
                is_certain: row.text(5)? == "certain",
            })
        },
    )
}

fn read(row: &Row<'_>) -> Result<LifeRow, DbError> {
    let mode = row.opt_text(5)?;
    let state = match (mode.as_deref(), row.opt_text(6)?) {
        (Some("draw"), Some(text)) => LifeState::Draw(stored(&text)?),
        (Some("certain"), Some(text)) => LifeState::Certain(stored(&text)?),
        (None, None) => LifeState::Plain,
        _ => return Err(unreadable(5, "no such kind of campaign")),
    };
    Ok(LifeRow {
        row: super::read(row)?,
        chain: row.parsed(4)?,
        state,
        rules: row.opt_text(7)?,
        published_ms: row.opt_int(8)?.map(UnixMs),
        t_close_ms: row.opt_int(9)?.map(UnixMs),
        frozen_ms: row.opt_int(10)?.map(UnixMs),
        revision: row.count(11)?,
    })
}

fn stored<T: DeserializeOwned>(text: &str) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|e| unreadable(6, e))
}
