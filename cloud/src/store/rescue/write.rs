use super::super::db::{DbError, Tx, Value};
use super::super::rental::Place;
use super::{RescueState, objection_code};
use cloud_core::rescue::Objection;
use shared::ids::{PersonId, RentalId, StaffId};
use shared::money::Centavos;
use shared::time::UnixMs;

pub struct NewRescue<'a> {
    pub rental: RentalId,
    pub place: Place,
    pub docked_ms: UnixMs,
    pub claim_until_ms: UnixMs,
    pub service: bool,
    pub doubt: Option<&'a str>,
}

/// Begins one. It is open until something is decided.
pub fn insert(tx: &Tx<'_>, new: &NewRescue<'_>) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO rescue (rental_id, gateway_id, seq, docked_ms, claim_until_ms, service, doubt, \
         state, finder_centavos, prize_centavos, objection) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', 0, 0, 'none')",
        &[
            Value::text(new.rental),
            Value::text(new.place.gateway),
            Value::count(new.place.seq),
            new.docked_ms.0.into(),
            new.claim_until_ms.0.into(),
            i64::from(new.service).into(),
            new.doubt.into(),
        ],
    )
    .map(drop)
}

pub fn set_state(tx: &Tx<'_>, rental: &RentalId, state: RescueState) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rescue SET state = $1 WHERE rental_id = $2",
        &[state.as_str().into(), Value::text(rental)],
    )
    .map(drop)
}

/// Who says to have found it.
pub struct Claimed {
    pub finder: Option<PersonId>,
    /// Absent for a voucher.
    pub key_index: Option<[u8; 32]>,
    pub at: UnixMs,
}

pub fn set_claim(tx: &Tx<'_>, rental: &RentalId, claimed: &Claimed) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rescue SET finder_id = $1, key_index = $2, claimed_ms = $3 WHERE rental_id = $4",
        &[
            claimed.finder.map_or(Value::Null, Value::text),
            claimed.key_index.as_ref().map(<[u8; 32]>::as_slice).into(),
            claimed.at.0.into(),
            Value::text(rental),
        ],
    )
    .map(drop)
}

/// A decision with everything it was made of.
pub struct Decision<'a> {
    pub state: RescueState,
    pub refusal: Option<&'a str>,
    pub inputs: &'a str,
    pub outcome: &'a str,
    pub finder_share: Centavos,
    pub prize_share: Centavos,
    pub pay_from_ms: Option<UnixMs>,
}

pub fn set_decision(
    tx: &Tx<'_>,
    rental: &RentalId,
    decision: &Decision<'_>,
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rescue SET state = $1, refusal = $2, inputs = $3, outcome = $4, \
         finder_centavos = $5, prize_centavos = $6, pay_from_ms = $7, decided_ms = $8 \
         WHERE rental_id = $9",
        &[
            decision.state.as_str().into(),
            decision.refusal.into(),
            decision.inputs.into(),
            decision.outcome.into(),
            decision.finder_share.get().into(),
            decision.prize_share.get().into(),
            decision.pay_from_ms.map(|at| at.0).into(),
            now.0.into(),
            Value::text(rental),
        ],
    )
    .map(drop)
}

/// The finder's voucher was redeemed, or ended unused.
pub fn set_released(tx: &Tx<'_>, rental: &RentalId, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rescue SET released_ms = $1 WHERE rental_id = $2",
        &[now.0.into(), Value::text(rental)],
    )
    .map(drop)
}

/// The payer objects.
pub fn object(tx: &Tx<'_>, rental: &RentalId, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rescue SET objection = 'open', objected_ms = $1 WHERE rental_id = $2",
        &[now.0.into(), Value::text(rental)],
    )
    .map(drop)
}

/// A person decided.
pub fn judge(
    tx: &Tx<'_>,
    rental: &RentalId,
    (state, objection): (RescueState, Objection),
    (by, now): (&StaffId, UnixMs),
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rescue SET state = $1, objection = $2, judged_ms = $3, judged_by = $4 \
         WHERE rental_id = $5",
        &[
            state.as_str().into(),
            objection_code(objection).into(),
            now.0.into(),
            Value::text(by),
            Value::text(rental),
        ],
    )
    .map(drop)
}
