//! Orders to send a Pix to a person's key. An order is stored with its id before anything is sent;
//! the effect that sends it is due when the money may leave.

use super::{Outcome, Rejection};
use crate::keys::SealedPixKey;
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::outbox::EffectKind;
use crate::store::payout::{Debt, PayoutRow};
use crate::store::{Tx, alarm, outbox, payout, person_field};
use cloud_core::payout::{Hold, PayoutState};
use sha2::{Digest as _, Sha256};
use shared::ids::{PayoutId, PersonId, RentalId, StoreId};
use shared::money::Centavos;
use shared::time::UnixMs;

/// What is owed to whom, and where it goes.
#[derive(Debug, Clone)]
pub struct Order {
    pub debt: Debt,
    pub rental: RentalId,
    /// In whose books it stands.
    pub store: StoreId,
    pub person: PersonId,
    /// The receiver's Pix key, sealed under that person's own key.
    pub key: SealedPixKey,
    pub amount: Centavos,
    /// Nothing is sent before.
    pub pay_from_ms: UnixMs,
    /// A person must decide before it is sent at all.
    pub hold: Option<Hold>,
}

/// The id of a debt's order by its number. It follows from the debt alone: books that were set back
/// order the same payout under the same id, and the bank, asked again, does not pay twice.
pub fn id_of(debt: &Debt, order_no: u32) -> PayoutId {
    let mut hash = Sha256::new();
    hash.update(b"volta/payout/v1\0");
    hash.update(order_no.to_be_bytes());
    hash.update(debt.purpose().as_bytes());
    hash.update(b"\0");
    hash.update(debt.reference().as_bytes());
    let mut bytes: [u8; 16] = hash.finalize()[..16].try_into().expect("half of 32 bytes");
    // UUID version 8: made by a rule of ours.
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    PayoutId::from_bytes(bytes)
}

/// Orders the first payout of a debt. The same order again answers the same id; a debt that was
/// ordered for another person or amount is refused.
pub fn run(tx: &Tx<'_>, now: UnixMs, order: &Order) -> Outcome<PayoutId> {
    if let Some(first) = payout::of_debt(tx, &order.debt)?.first() {
        let same = first.person == order.person && first.amount == order.amount;
        return same
            .then_some(first.id)
            .ok_or_else(|| Rejection::PayoutOrdered.into());
    }
    place(tx, now, order, 1, order.pay_from_ms)
}

/// Orders another payout of `amount` after `old`, under which nothing can move any more.
pub fn anew(
    tx: &Tx<'_>,
    now: UnixMs,
    old: &PayoutRow,
    (amount, key): (Centavos, SealedPixKey),
    (due, hold): (UnixMs, Option<Hold>),
) -> Outcome<PayoutId> {
    let order = Order {
        debt: old.debt.clone(),
        rental: old.rental,
        store: old.store,
        person: key.person,
        key,
        amount,
        pay_from_ms: old.pay_from_ms,
        hold,
    };
    place(tx, now, &order, old.order_no + 1, due)
}

/// Calls an order off for good. Refused once it may be at the bank.
pub fn void(tx: &Tx<'_>, now: UnixMs, id: &PayoutId) -> Outcome<()> {
    let order = payout::by_id(tx, id)?.ok_or(Rejection::UnknownPayout)?;
    if order.state == PayoutState::Void {
        return Ok(());
    }
    if !order.state.is_unsent() {
        return Err(Rejection::PayoutSent.into());
    }
    payout::set_state(tx, id, PayoutState::Void)?;
    outbox::finish(tx, EffectKind::SendPayout, &id.to_string(), now)?;
    let subject = order.rental.to_string();
    alarm::clear(tx, AlarmKind::PayoutHeld, &subject, now)?;
    tx.touch(Topic::Rental(order.rental));
    Ok(())
}

/// Keeps an order from being sent until a person decided. Refused once it may be at the bank.
pub fn hold(tx: &Tx<'_>, now: UnixMs, id: &PayoutId, why: Hold) -> Outcome<()> {
    let order = payout::by_id(tx, id)?.ok_or(Rejection::UnknownPayout)?;
    if !order.state.is_unsent() {
        return Err(Rejection::PayoutSent.into());
    }
    payout::set_state(tx, id, PayoutState::Held(why))?;
    outbox::finish(tx, EffectKind::SendPayout, &id.to_string(), now)?;
    let subject = order.rental.to_string();
    alarm::raise(tx, AlarmKind::PayoutHeld, &subject, why.as_str(), now)?;
    tx.touch(Topic::Rental(order.rental));
    Ok(())
}

/// Ends what an objection held; the limits are looked at again when it is sent. What is held for
/// another reason stays so: that is for `release_payout`.
pub fn unhold(tx: &Tx<'_>, now: UnixMs, id: &PayoutId) -> Outcome<()> {
    let order = payout::by_id(tx, id)?.ok_or(Rejection::UnknownPayout)?;
    if order.state == PayoutState::Held(Hold::Objection) {
        payout::set_state(tx, id, PayoutState::Waiting)?;
        send_from(tx, now, &order)?;
    }
    Ok(())
}

/// Makes the effect of an order that is not held any more due again.
pub fn send_from(tx: &Tx<'_>, now: UnixMs, order: &PayoutRow) -> Outcome<()> {
    let due = order.pay_from_ms.max(now);
    outbox::reopen(tx, EffectKind::SendPayout, &order.id.to_string(), due, now)?;
    let subject = order.rental.to_string();
    alarm::clear(tx, AlarmKind::PayoutHeld, &subject, now)?;
    tx.touch(Topic::Rental(order.rental));
    Ok(())
}

fn place(tx: &Tx<'_>, now: UnixMs, order: &Order, order_no: u32, due: UnixMs) -> Outcome<PayoutId> {
    if order.key.person != order.person || person_field::key_of(tx, &order.person)?.is_none() {
        return Err(Rejection::UnknownPerson.into());
    }
    let id = id_of(&order.debt, order_no);
    let row = PayoutRow {
        id,
        debt: order.debt.clone(),
        order_no,
        rental: order.rental,
        store: order.store,
        person: order.person,
        amount: order.amount,
        state: order.hold.map_or(PayoutState::Waiting, PayoutState::Held),
        pay_from_ms: order.pay_from_ms,
        ordered_ms: now,
        sent_ms: None,
        settled_ms: None,
        e2eid: None,
        refusal: None,
        released_ms: None,
    };
    payout::insert(tx, &row)?;
    person_field::keep_payout_key(tx, &id, &order.key)?;
    match order.hold {
        None => outbox::add(tx, EffectKind::SendPayout, &id.to_string(), due, now)?,
        Some(why) => {
            let subject = order.rental.to_string();
            alarm::raise(tx, AlarmKind::PayoutHeld, &subject, why.as_str(), now)?;
        }
    }
    tx.touch(Topic::Rental(order.rental));
    Ok(id)
}
