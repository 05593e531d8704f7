//! An abandoned cart that somebody put into a bay: who claims what, and what was decided.

mod record;
mod write;

pub use record::{Asked, keys_of, record};
pub use write::{
    Claimed, Decision, NewRescue, insert, judge, object, set_claim, set_decision, set_released,
    set_state,
};

use super::db::{DbError, Row, Tx, Value, unreadable};
use super::rental::Place;
use cloud_core::rescue::Objection;
use shared::ids::{PersonId, RentalId};
use shared::money::Centavos;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct RescueRow {
    pub rental: RentalId,
    pub place: Place,
    pub docked_ms: UnixMs,
    pub claim_until_ms: UnixMs,
    /// Staff put it in.
    pub service: bool,
    pub doubt: Option<String>,
    pub state: RescueState,
    /// The first reason against a finder, by its code.
    pub refusal: Option<String>,
    pub finder: Option<PersonId>,
    pub key_index: Option<[u8; 32]>,
    pub claimed_ms: Option<UnixMs>,
    pub decided_ms: Option<UnixMs>,
    pub inputs: Option<String>,
    pub outcome: Option<String>,
    pub finder_share: Centavos,
    pub prize_share: Centavos,
    pub pay_from_ms: Option<UnixMs>,
    pub released_ms: Option<UnixMs>,
    pub objection: Objection,
    pub objected_ms: Option<UnixMs>,
    pub judged_ms: Option<UnixMs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RescueState {
    /// Whoever brought it may still say who they are.
    Open,
    /// It was docked before the abandonment after all.
    InTime,
    /// The payer brought it.
    Late,
    Rescued,
    /// Nobody earns anything; the payer may object.
    Unclaimed,
    /// A person decides.
    Review,
    /// The payer was right: nobody else has anything of it.
    Overturned,
}

impl RescueState {
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::InTime,
        Self::Late,
        Self::Rescued,
        Self::Unclaimed,
        Self::Review,
        Self::Overturned,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InTime => "in_time",
            Self::Late => "late",
            Self::Rescued => "rescued",
            Self::Unclaimed => "unclaimed",
            Self::Review => "review",
            Self::Overturned => "overturned",
        }
    }
}

const OBJECTIONS: [(Objection, &str); 4] = [
    (Objection::None, "none"),
    (Objection::Open, "open"),
    (Objection::Upheld, "upheld"),
    (Objection::Dismissed, "dismissed"),
];

pub(super) fn objection_code(of: Objection) -> &'static str {
    let found = OBJECTIONS.into_iter().find(|(known, _)| *known == of);
    found.map_or("open", |(_, code)| code)
}

/// What a person must look at: `judge_rescue::is_for_a_person` says it of one.
macro_rules! waits {
    () => {
        "(state = 'review' OR (objection = 'open' AND state <> 'open') \
         OR rental_id IN (SELECT p.reference FROM payout p WHERE p.purpose = 'finder' \
         AND p.state = 'held' AND p.reason = 'objection'))"
    };
}

macro_rules! select {
    ($($tail:tt)*) => {
        concat!(
            "SELECT rental_id, gateway_id, seq, docked_ms, claim_until_ms, service, doubt, state, \
             refusal, finder_id, key_index, claimed_ms, decided_ms, inputs, outcome, \
             finder_centavos, prize_centavos, pay_from_ms, released_ms, objection, objected_ms, \
             judged_ms FROM rescue ",
            $($tail)*
        )
    };
}

pub fn of_rental(tx: &Tx<'_>, rental: &RentalId) -> Result<Option<RescueRow>, DbError> {
    tx.first(
        select!("WHERE rental_id = $1"),
        &[Value::text(rental)],
        read,
    )
}

/// The one that an event of a dock began.
pub fn at(tx: &Tx<'_>, place: &Place) -> Result<Option<RescueRow>, DbError> {
    tx.first(
        select!("WHERE gateway_id = $1 AND seq = $2"),
        &[Value::text(place.gateway), Value::count(place.seq)],
        read,
    )
}

/// Those of which this person said to be the finder, the latest first.
pub fn found_by(tx: &Tx<'_>, finder: &PersonId, rows_max: u16) -> Result<Vec<RescueRow>, DbError> {
    tx.all(
        select!("WHERE finder_id = $1 ORDER BY docked_ms DESC, rental_id LIMIT $2"),
        &[Value::text(finder), i64::from(rows_max).into()],
        read,
    )
}

/// Those whose codes were good until `since` at least, the latest first.
pub fn recent(tx: &Tx<'_>, since: UnixMs, rows_max: u16) -> Result<Vec<RescueRow>, DbError> {
    tx.all(
        select!("WHERE claim_until_ms >= $1 ORDER BY claim_until_ms DESC LIMIT $2"),
        &[since.0.into(), i64::from(rows_max).into()],
        read,
    )
}

/// Those that nobody claimed in time.
pub fn lapsed(tx: &Tx<'_>, now: UnixMs, rows_max: u16) -> Result<Vec<RescueRow>, DbError> {
    tx.all(
        select!("WHERE state = 'open' AND claim_until_ms < $1 ORDER BY claim_until_ms LIMIT $2"),
        &[now.0.into(), i64::from(rows_max).into()],
        read,
    )
}

/// Whether an objection could still change anything.
pub fn may_object(tx: &Tx<'_>, found: &RescueRow) -> Result<bool, DbError> {
    if found.objection != Objection::None {
        return Ok(false);
    }
    Ok(match found.state {
        RescueState::Open | RescueState::Unclaimed | RescueState::Review => true,
        RescueState::Rescued => {
            let orders = super::payout::of_rental(tx, &found.rental)?;
            found.released_ms.is_none() && orders.iter().all(|order| order.state.is_unsent())
        }
        RescueState::InTime | RescueState::Late | RescueState::Overturned => false,
    })
}

/// What a person must look at, the oldest first.
pub fn queue(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<RescueRow>, DbError> {
    tx.all(
        select!(
            "WHERE ",
            waits!(),
            " ORDER BY docked_ms, rental_id LIMIT $1"
        ),
        &[i64::from(rows_max).into()],
        read,
    )
}

/// Those of the queue that no open alarm speaks of, and those out of it that one still speaks of.
pub fn misjudged(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<RentalId>, DbError> {
    let silent = tx.all(
        concat!(
            "SELECT rental_id FROM rescue WHERE ",
            waits!(),
            " AND NOT EXISTS (SELECT 1 FROM alarm a WHERE a.kind = 'rescue_waiting' \
             AND a.subject = rental_id AND a.cleared_ms IS NULL) ORDER BY docked_ms LIMIT $1"
        ),
        &[i64::from(rows_max).into()],
        |row| row.parsed(0),
    )?;
    let mut found = silent;
    found.extend(tx.all(
        concat!(
            "SELECT rental_id FROM rescue WHERE NOT ",
            waits!(),
            " AND EXISTS (SELECT 1 FROM alarm a WHERE a.kind = 'rescue_waiting' \
             AND a.subject = rental_id AND a.cleared_ms IS NULL) ORDER BY docked_ms LIMIT $1"
        ),
        &[i64::from(rows_max).into()],
        |row| row.parsed::<RentalId>(0),
    )?);
    Ok(found)
}

/// What was decided, the latest first.
pub fn decided(tx: &Tx<'_>, rows_max: u16) -> Result<Vec<RescueRow>, DbError> {
    tx.all(
        select!(
            "WHERE decided_ms IS NOT NULL AND state <> 'review' AND objection <> 'open' \
             ORDER BY decided_ms DESC, rental_id LIMIT $1"
        ),
        &[i64::from(rows_max).into()],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<RescueRow, DbError> {
    let time = |column| row.opt_int(column).map(|ms| ms.map(UnixMs));
    let (state, said) = (row.text(7)?, row.text(19)?);
    let state = RescueState::ALL.into_iter().find(|s| s.as_str() == state);
    let objection = OBJECTIONS.into_iter().find(|(_, code)| *code == said);
    let key = row.opt_bytes(10)?;
    let key = key.map(<[u8; 32]>::try_from);
    Ok(RescueRow {
        rental: row.parsed(0)?,
        place: Place {
            gateway: row.parsed(1)?,
            seq: row.count(2)?,
        },
        docked_ms: UnixMs(row.int(3)?),
        claim_until_ms: UnixMs(row.int(4)?),
        service: row.int(5)? != 0,
        doubt: row.opt_text(6)?,
        state: state.ok_or_else(|| unreadable(7, "no such state of a rescue"))?,
        refusal: row.opt_text(8)?,
        finder: row.opt_parsed(9)?,
        key_index: key
            .transpose()
            .map_err(|_| unreadable(10, "an index has 32 bytes"))?,
        claimed_ms: time(11)?,
        decided_ms: time(12)?,
        inputs: row.opt_text(13)?,
        outcome: row.opt_text(14)?,
        finder_share: Centavos::new(row.int(15)?),
        prize_share: Centavos::new(row.int(16)?),
        pay_from_ms: time(17)?,
        released_ms: time(18)?,
        objection: objection
            .map(|(known, _)| known)
            .ok_or_else(|| unreadable(19, "no such objection"))?,
        objected_ms: time(20)?,
        judged_ms: time(21)?,
    })
}
