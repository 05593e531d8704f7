//! What a winner gets, or everybody of a certain prize: goods of a fixed value, for a code that serves
//! once. The code is only known as a hash, and made when somebody first needs it.

use super::db::{DbError, Row, Tx, Value, unreadable};
use shared::ids::{CampaignId, PersonId, RentalId, StaffId};
use shared::money::Centavos;
use shared::time::UnixMs;

/// Which prize of which return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrizeOf {
    pub campaign: CampaignId,
    /// From 1; 0 of a certain prize.
    pub rank: u32,
    pub rental: RentalId,
}

#[derive(Debug, Clone)]
pub struct PrizeVoucherRow {
    pub of: PrizeOf,
    pub person: Option<PersonId>,
    pub amount: Centavos,
    pub made_ms: UnixMs,
    /// From this moment on it is worth nothing.
    pub lapses_ms: UnixMs,
    pub redeemed_ms: Option<UnixMs>,
    /// The prize went on to somebody else.
    pub void_ms: Option<UnixMs>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT campaign_id, prize_rank, rental_id, person_id, amount_centavos, made_ms, \
             lapses_ms, redeemed_ms, void_ms FROM prize_voucher ",
            $tail
        )
    };
}

/// False: this return has this prize already.
pub fn insert(
    tx: &Tx<'_>,
    of: &PrizeOf,
    person: Option<&PersonId>,
    (amount, lapses): (Centavos, UnixMs),
    now: UnixMs,
) -> Result<bool, DbError> {
    let added = tx.execute(
        "INSERT INTO prize_voucher (campaign_id, prize_rank, rental_id, person_id, \
         amount_centavos, made_ms, lapses_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (campaign_id, prize_rank, rental_id) DO NOTHING",
        &[
            Value::text(of.campaign),
            i64::from(of.rank).into(),
            Value::text(of.rental),
            person.map_or(Value::Null, Value::text),
            amount.get().into(),
            now.0.into(),
            lapses.0.into(),
        ],
    )?;
    Ok(added > 0)
}

/// Those without a code yet.
pub fn unnamed(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<PrizeOf>, DbError> {
    tx.all(
        "SELECT campaign_id, prize_rank, rental_id FROM prize_voucher WHERE code_hash IS NULL \
         ORDER BY made_ms LIMIT $1",
        &[i64::from(rows_max).into()],
        prize_of,
    )
}

pub fn set_code(tx: &Tx<'_>, of: &PrizeOf, code_hash: &[u8; 32]) -> Result<(), DbError> {
    tx.execute(
        "UPDATE prize_voucher SET code_hash = $1 \
         WHERE campaign_id = $2 AND prize_rank = $3 AND rental_id = $4",
        &[
            code_hash.as_slice().into(),
            Value::text(of.campaign),
            i64::from(of.rank).into(),
            Value::text(of.rental),
        ],
    )
    .map(drop)
}

pub fn of(tx: &Tx<'_>, of: &PrizeOf) -> Result<Option<PrizeVoucherRow>, DbError> {
    tx.first(
        select!("WHERE campaign_id = $1 AND prize_rank = $2 AND rental_id = $3"),
        &[
            Value::text(of.campaign),
            i64::from(of.rank).into(),
            Value::text(of.rental),
        ],
        read,
    )
}

pub fn by_code(tx: &Tx<'_>, code_hash: &[u8; 32]) -> Result<Option<PrizeVoucherRow>, DbError> {
    tx.first(
        select!("WHERE code_hash = $1"),
        &[code_hash.as_slice().into()],
        read,
    )
}

/// The last that were redeemed, the latest first, with their campaigns' names.
pub fn redeemed(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<(PrizeVoucherRow, String)>, DbError> {
    tx.all(
        "SELECT v.campaign_id, v.prize_rank, v.rental_id, v.person_id, v.amount_centavos, \
         v.made_ms, v.lapses_ms, v.redeemed_ms, v.void_ms, c.name FROM prize_voucher v \
         JOIN campaign c ON c.id = v.campaign_id WHERE v.redeemed_ms IS NOT NULL \
         ORDER BY v.redeemed_ms DESC LIMIT $1",
        &[i64::from(rows_max).into()],
        |row| Ok((read(row)?, row.text(9)?)),
    )
}

/// What a return earned: its certain prize, or what it won.
pub fn of_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Vec<PrizeVoucherRow>, DbError> {
    tx.all(
        select!("WHERE rental_id = $1 ORDER BY campaign_id, prize_rank LIMIT 20"),
        &[Value::text(rental)],
        read,
    )
}

/// Those of a draw, by rank; the ones that went on to somebody else too.
pub fn of_campaign(tx: &Tx<'_>, campaign: &CampaignId) -> Result<Vec<PrizeVoucherRow>, DbError> {
    tx.all(
        select!(
            "WHERE campaign_id = $1 AND prize_rank > 0 ORDER BY prize_rank, made_ms LIMIT 2000"
        ),
        &[Value::text(campaign)],
        read,
    )
}

/// How many vouchers a person has in a campaign.
pub fn count_of(tx: &Tx<'_>, campaign: &CampaignId, person: &PersonId) -> Result<u32, DbError> {
    let found = tx.first(
        "SELECT count(*) FROM prize_voucher WHERE campaign_id = $1 AND person_id = $2",
        &[Value::text(campaign), Value::text(person)],
        |row| row.count(0),
    )?;
    Ok(u32::try_from(found.unwrap_or(0)).unwrap_or(u32::MAX))
}

/// `by` none: at a gateway, whose journal says by whom.
pub fn set_redeemed(
    tx: &Tx<'_>,
    of: &PrizeOf,
    by: Option<&StaffId>,
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE prize_voucher SET redeemed_ms = $1, redeemed_by = $2 \
         WHERE campaign_id = $3 AND prize_rank = $4 AND rental_id = $5 AND redeemed_ms IS NULL",
        &[
            now.0.into(),
            by.map_or(Value::Null, Value::text),
            Value::text(of.campaign),
            i64::from(of.rank).into(),
            Value::text(of.rental),
        ],
    )
    .map(drop)
}

/// The prize of this rank is somebody else's now, or nobody's.
pub fn set_void(tx: &Tx<'_>, of: &PrizeOf, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE prize_voucher SET void_ms = $1 \
         WHERE campaign_id = $2 AND prize_rank = $3 AND rental_id = $4 AND void_ms IS NULL",
        &[
            now.0.into(),
            Value::text(of.campaign),
            i64::from(of.rank).into(),
            Value::text(of.rental),
        ],
    )
    .map(drop)
}

/// Nothing that a return earned is worth anything any more, but what was used.
pub fn void_of(tx: &Tx<'_>, rental: &RentalId, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE prize_voucher SET void_ms = $1 \
         WHERE rental_id = $2 AND redeemed_ms IS NULL AND void_ms IS NULL",
        &[now.0.into(), Value::text(rental)],
    )
    .map(drop)
}

/// A correction gave the prize back to whom it was taken from.
pub fn set_valid(tx: &Tx<'_>, of: &PrizeOf) -> Result<(), DbError> {
    tx.execute(
        "UPDATE prize_voucher SET void_ms = NULL \
         WHERE campaign_id = $1 AND prize_rank = $2 AND rental_id = $3",
        &[
            Value::text(of.campaign),
            i64::from(of.rank).into(),
            Value::text(of.rental),
        ],
    )
    .map(drop)
}

/// Of a certain prize: how many were given, used and lapsed unused by `now`, and what those used were
/// worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Given {
    pub given: u64,
    pub redeemed: u64,
    pub lapsed: u64,
    pub redeemed_amount: Centavos,
}

pub fn given(tx: &Tx<'_>, campaign: &CampaignId, now: UnixMs) -> Result<Given, DbError> {
    let found = tx.first(
        "SELECT count(*), count(redeemed_ms), \
         coalesce(sum(CASE WHEN redeemed_ms IS NULL AND lapses_ms <= $1 THEN 1 ELSE 0 END), 0), \
         coalesce(sum(CASE WHEN redeemed_ms IS NULL THEN 0 ELSE amount_centavos END), 0) \
         FROM prize_voucher WHERE campaign_id = $2",
        &[now.0.into(), Value::text(campaign)],
        |row| {
            Ok(Given {
                given: row.count(0)?,
                redeemed: row.count(1)?,
                lapsed: row.count(2)?,
                redeemed_amount: Centavos::new(row.int(3)?),
            })
        },
    )?;
    Ok(found.unwrap_or_default())
}

/// Not used, the oldest first: those that lapsed and those that may still be used.
pub fn unclaimed(
    tx: &Tx<'_>,
    campaign: &CampaignId,
    rows_max: u16,
) -> Result<Vec<PrizeVoucherRow>, DbError> {
    tx.all(
        select!(
            "WHERE campaign_id = $1 AND redeemed_ms IS NULL AND void_ms IS NULL \
             ORDER BY lapses_ms, prize_rank LIMIT $2"
        ),
        &[Value::text(campaign), i64::from(rows_max).into()],
        read,
    )
}

pub(super) fn prize_of(row: &Row<'_>) -> Result<PrizeOf, DbError> {
    Ok(PrizeOf {
        campaign: row.parsed(0)?,
        rank: u32::try_from(row.int(1)?).map_err(|e| unreadable(1, e))?,
        rental: row.parsed(2)?,
    })
}

fn read(row: &Row<'_>) -> Result<PrizeVoucherRow, DbError> {
    Ok(PrizeVoucherRow {
        of: prize_of(row)?,
        person: row.opt_parsed(3)?,
        amount: Centavos::new(row.int(4)?),
        made_ms: UnixMs(row.int(5)?),
        lapses_ms: UnixMs(row.int(6)?),
        redeemed_ms: row.opt_int(7)?.map(UnixMs),
        void_ms: row.opt_int(8)?.map(UnixMs),
    })
}
