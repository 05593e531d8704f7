macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, store_id, dock_id, bay_no, policy_id, person_id, deposit_centavos, state, \
             e2eid, review, cancel_reason, tag, created_ms, paid_ms, out_ms, out_gateway, out_seq, \
             returned_ms, returned_gateway, returned_seq, returned_bay, ended_ms, backing, card_key, \
             abandoned_ms FROM rental ",
            $tail
        )
    };
}

mod abandoned;
mod by_card;
mod held;

pub use abandoned::{
    out_with_deposit, set_abandoned, set_brought, set_come_back, set_overturned, token_hash_of,
};
pub use by_card::{insert_by_card, out_by_card};
pub use held::{held_and_shown, held_of};

use super::db::{DbError, Row, Tx, Value};
use cloud_core::rental::{Backing, CancelReason, Rental, Review};
use shared::allowance::CardKey;
use shared::event::Contradiction;
use shared::ids::{BayNo, DockId, GatewayId, PersonId, PolicyId, RentalId, StoreId, TagUid};
use shared::money::Centavos;
use shared::time::UnixMs;

/// A rental as a page or an action needs it.
#[derive(Debug, Clone)]
pub struct RentalRow {
    pub id: RentalId,
    pub store: StoreId,
    pub dock: DockId,
    pub bay: BayNo,
    pub policy: PolicyId,
    pub person: Option<PersonId>,
    pub deposit: Centavos,
    pub state: Rental,
    pub e2eid: Option<String>,
    pub tag: Option<TagUid>,
    pub created_ms: UnixMs,
    pub paid_ms: Option<UnixMs>,
    pub out_ms: Option<UnixMs>,
    pub out: Option<Place>,
    pub returned_ms: Option<UnixMs>,
    pub returned: Option<Place>,
    pub returned_bay: Option<BayNo>,
    pub ended_ms: Option<UnixMs>,
    pub backing: Backing,
    pub card: Option<CardKey>,
    /// When it counted as abandoned, whatever became of it after.
    pub abandoned_ms: Option<UnixMs>,
}

/// An event's place in a gateway's journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub gateway: GatewayId,
    pub seq: u64,
}

pub struct NewRental {
    pub id: RentalId,
    pub token_hash: [u8; 32],
    pub store: StoreId,
    pub dock: DockId,
    pub bay: BayNo,
    pub policy: PolicyId,
    pub person: Option<PersonId>,
    pub deposit: Centavos,
}

pub fn insert(tx: &Tx<'_>, new: &NewRental, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO rental (id, token_hash, store_id, dock_id, bay_no, policy_id, person_id, \
         deposit_centavos, state, created_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'awaiting_payment', $9)",
        &[
            Value::text(new.id),
            new.token_hash.as_slice().into(),
            Value::text(new.store),
            Value::text(new.dock),
            i64::from(new.bay.get()).into(),
            Value::text(new.policy),
            new.person.map_or(Value::Null, Value::text),
            new.deposit.get().into(),
            now.0.into(),
        ],
    )?;
    Ok(())
}

pub fn by_id(tx: &Tx<'_>, id: &RentalId) -> Result<Option<RentalRow>, DbError> {
    tx.first(select!("WHERE id = $1"), &[Value::text(id)], read)
}

pub fn by_token(tx: &Tx<'_>, token_hash: &[u8; 32]) -> Result<Option<RentalRow>, DbError> {
    tx.first(
        select!("WHERE token_hash = $1"),
        &[token_hash.as_slice().into()],
        read,
    )
}

/// The one rental under which a cart is out, abandoned or not, or back under review.
pub fn by_out_tag(tx: &Tx<'_>, tag: &TagUid) -> Result<Option<RentalRow>, DbError> {
    tx.first(select!("WHERE out_tag = $1"), &[Value::text(tag)], read)
}

/// The newest rentals, of one state if it is named, created before `before`.
pub fn newest(
    tx: &Tx<'_>,
    state: Option<&str>,
    before: UnixMs,
    rows_max: u16,
) -> Result<Vec<RentalRow>, DbError> {
    let rows_max = i64::from(rows_max);
    match state {
        Some(state) => tx.all(
            select!("WHERE created_ms < $1 AND state = $2 ORDER BY created_ms DESC LIMIT $3"),
            &[before.0.into(), state.into(), rows_max.into()],
            read,
        ),
        None => tx.all(
            select!("WHERE created_ms < $1 ORDER BY created_ms DESC LIMIT $2"),
            &[before.0.into(), rows_max.into()],
            read,
        ),
    }
}

/// Rentals paid before `before` of which no dock has said what became of them.
pub fn unresolved(tx: &Tx<'_>, before: UnixMs, rows_max: u16) -> Result<Vec<RentalRow>, DbError> {
    tx.all(
        select!("WHERE state = 'paid' AND paid_ms < $1 ORDER BY paid_ms LIMIT $2"),
        &[before.0.into(), i64::from(rows_max).into()],
        read,
    )
}

pub fn set_paid(
    tx: &Tx<'_>,
    id: &RentalId,
    e2eid: &str,
    bay: BayNo,
    at: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rental SET state = 'paid', e2eid = $1, bay_no = $2, paid_ms = $3 WHERE id = $4",
        &[
            e2eid.into(),
            i64::from(bay.get()).into(),
            at.0.into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

pub fn set_out(
    tx: &Tx<'_>,
    id: &RentalId,
    tag: &TagUid,
    place: Place,
    at: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rental SET state = 'out', out_tag = $1, tag = $2, out_ms = $3, out_gateway = $4, \
         out_seq = $5 WHERE id = $6",
        &[
            Value::text(tag),
            Value::text(tag),
            at.0.into(),
            Value::text(place.gateway),
            Value::count(place.seq),
            Value::text(id),
        ],
    )
    .map(drop)
}

/// Which cart left, when another rental holds its tag by now.
pub fn set_pulled(
    tx: &Tx<'_>,
    id: &RentalId,
    tag: &TagUid,
    place: Place,
    at: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rental SET tag = $1, out_ms = $2, out_gateway = $3, out_seq = $4 WHERE id = $5",
        &[
            Value::text(tag),
            at.0.into(),
            Value::text(place.gateway),
            Value::count(place.seq),
            Value::text(id),
        ],
    )
    .map(drop)
}

/// Where and when a cart came back, and whether somebody must look first.
pub struct Returned {
    pub place: Place,
    pub bay: Option<BayNo>,
    pub at: UnixMs,
    pub review: Option<Review>,
}

/// The tag stays with a rental under review, so that a later agreement of the sensors finds it;
/// not where it was pulled again and now belongs to another rental.
pub fn set_returned(tx: &Tx<'_>, id: &RentalId, back: &Returned) -> Result<(), DbError> {
    let keeps_tag = matches!(
        back.review,
        Some(Review::Contradicted(_) | Review::ToldLate | Review::Unproven)
    );
    tx.execute(
        "UPDATE rental SET state = 'returned', review = $1, \
         out_tag = CASE WHEN CAST($2 AS BIGINT) = 1 THEN out_tag END, returned_ms = $3, returned_gateway = $4, \
         returned_seq = $5, returned_bay = $6 WHERE id = $7",
        &[
            back.review.map(review_code).into(),
            i64::from(keeps_tag).into(),
            back.at.0.into(),
            Value::text(back.place.gateway),
            Value::count(back.place.seq),
            back.bay.map(|b| i64::from(b.get())).into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

/// The cart left under another rental while this one's return is under review.
pub fn release_tag(tx: &Tx<'_>, id: &RentalId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rental SET out_tag = NULL WHERE id = $1",
        &[Value::text(id)],
    )
    .map(drop)
}

/// A person ended the rental of a cart that no dock will report.
pub fn set_given_up(tx: &Tx<'_>, id: &RentalId, at: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rental SET state = 'returned', review = NULL, out_tag = NULL, returned_ms = $1 \
         WHERE id = $2",
        &[at.0.into(), Value::text(id)],
    )
    .map(drop)
}

/// A person honoured a return that was under review.
pub fn set_approved(tx: &Tx<'_>, id: &RentalId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rental SET review = NULL, out_tag = NULL WHERE id = $1",
        &[Value::text(id)],
    )
    .map(drop)
}

/// Closed, rescued, expired or cancelled.
pub fn set_ended(tx: &Tx<'_>, id: &RentalId, state: &Rental, at: UnixMs) -> Result<(), DbError> {
    let reason = match state {
        Rental::Cancelled { reason } => Some(reason.as_str()),
        _ => None,
    };
    tx.execute(
        "UPDATE rental SET state = $1, cancel_reason = $2, ended_ms = $3 WHERE id = $4",
        &[
            state.state().into(),
            reason.into(),
            at.0.into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

pub fn set_person(tx: &Tx<'_>, id: &RentalId, person: &PersonId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE rental SET person_id = $1 WHERE id = $2",
        &[Value::text(person), Value::text(id)],
    )
    .map(drop)
}

pub fn review_code(review: Review) -> &'static str {
    match review {
        Review::Contradicted(Contradiction::TagWithoutCart) => "tag_without_cart",
        Review::Contradicted(Contradiction::CartWithoutTag) => "cart_without_tag",
        Review::Contradicted(Contradiction::BoltNotEngaged) => "bolt_not_engaged",
        Review::Contradicted(Contradiction::TagInTwoBays) => "tag_in_two_bays",
        Review::PulledAgain => "pulled_again",
        Review::ToldLate => "told_late",
        Review::Unproven => "unproven",
    }
}

/// The reverse of `review_code`.
pub fn review_of(code: &str) -> Option<Review> {
    Some(match code {
        "tag_without_cart" => Review::Contradicted(Contradiction::TagWithoutCart),
        "cart_without_tag" => Review::Contradicted(Contradiction::CartWithoutTag),
        "bolt_not_engaged" => Review::Contradicted(Contradiction::BoltNotEngaged),
        "tag_in_two_bays" => Review::Contradicted(Contradiction::TagInTwoBays),
        "pulled_again" => Review::PulledAgain,
        "told_late" => Review::ToldLate,
        "unproven" => Review::Unproven,
        _ => return None,
    })
}

fn read(row: &Row<'_>) -> Result<RentalRow, DbError> {
    let tag: Option<TagUid> = row.opt_parsed(11)?;
    let time = |column| row.opt_int(column).map(|ms| ms.map(UnixMs));
    let place = |gateway, seq| -> Result<Option<Place>, DbError> {
        let found: Option<GatewayId> = row.opt_parsed(gateway)?;
        let seq = found.map(|_| row.count(seq)).transpose()?;
        Ok(found.zip(seq).map(|(gateway, seq)| Place { gateway, seq }))
    };
    Ok(RentalRow {
        id: row.parsed(0)?,
        store: row.parsed(1)?,
        dock: row.parsed(2)?,
        bay: bay(row, 3)?,
        policy: row.parsed(4)?,
        person: row.opt_parsed(5)?,
        deposit: Centavos::new(row.int(6)?),
        state: state(row, tag)?,
        e2eid: row.opt_text(8)?,
        tag,
        created_ms: UnixMs(row.int(12)?),
        paid_ms: time(13)?,
        out_ms: time(14)?,
        out: place(15, 16)?,
        returned_ms: time(17)?,
        returned: place(18, 19)?,
        returned_bay: row.opt_int(20)?.map(|_| bay(row, 20)).transpose()?,
        ended_ms: time(21)?,
        backing: backing(row)?,
        card: row.opt_parsed(23)?,
        abandoned_ms: time(24)?,
    })
}

pub(super) fn bay(row: &Row<'_>, column: usize) -> Result<BayNo, DbError> {
    BayNo::new(row.small(column)?).map_err(|e| super::db::unreadable(column, e))
}

fn backing(row: &Row<'_>) -> Result<Backing, DbError> {
    let code = row.text(22)?;
    let known = Backing::ALL.into_iter().find(|b| b.as_str() == code);
    known.ok_or_else(|| super::db::unreadable(22, "no such backing"))
}

fn state(row: &Row<'_>, tag: Option<TagUid>) -> Result<Rental, DbError> {
    let unreadable = |column: usize| super::db::unreadable(column, "no such state");
    Ok(match row.text(7)?.as_str() {
        "awaiting_payment" => Rental::AwaitingPayment,
        "paid" => Rental::Paid,
        "out" => Rental::Out {
            tag: tag.ok_or_else(|| unreadable(11))?,
            since_ms: UnixMs(row.int(14)?),
        },
        "abandoned" => Rental::Abandoned {
            tag: tag.ok_or_else(|| unreadable(11))?,
            since_ms: UnixMs(row.int(14)?),
            abandoned_ms: UnixMs(row.int(24)?),
            is_back: row.opt_int(17)?.is_some(),
        },
        "rescued" => Rental::Rescued,
        "returned" => Rental::Returned {
            review: match row.opt_text(9)? {
                Some(code) => Some(review_of(&code).ok_or_else(|| unreadable(9))?),
                None => None,
            },
        },
        "closed" => Rental::Closed,
        "expired" => Rental::Expired,
        "cancelled" => {
            let code = row.text(10)?;
            let reason = CancelReason::ALL.into_iter().find(|r| r.as_str() == code);
            Rental::Cancelled {
                reason: reason.ok_or_else(|| unreadable(10))?,
            }
        }
        _ => return Err(unreadable(7)),
    })
}
