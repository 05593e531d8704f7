//! What a gateway says of its parts and of those who serviced it: nobody's return, nobody's money.

use super::Outcome;
use super::accept_events::Batch;
use super::return_cart::order_of;
use crate::store::alarm::AlarmKind;
use crate::store::rental::Place;
use crate::store::{alarm, rental};
use cloud_core::offline::{Claim, Order};
use shared::event::BayFault;
use shared::ids::{BayNo, TagUid};

/// Staff put a cart in. One that a customer has rented was brought in by somebody: a person decides
/// what becomes of the deposit.
pub(super) fn placed(
    batch: &Batch<'_, '_>,
    bay: BayNo,
    tag: &TagUid,
    (place, claim): (Place, Claim),
) -> Outcome<&'static str> {
    let Some(row) = rental::by_out_tag(batch.tx, tag)? else {
        return Ok("applied");
    };
    if order_of(batch, &row, place, claim)? == Order::Before {
        return Ok("stale_return");
    }
    let detail = format!("bay {bay}: a cart that is rented was put in while the dock was serviced");
    let subject = row.id.to_string();
    alarm::raise(
        batch.tx,
        AlarmKind::RentedCartPlaced,
        &subject,
        &detail,
        batch.now,
    )?;
    Ok("applied")
}

/// The bay's live state says most of it; a part that fails again and again needs a person.
pub(super) fn faulted(batch: &Batch<'_, '_>, bay: BayNo, fault: BayFault) -> Outcome<&'static str> {
    if fault == BayFault::Unreliable {
        let subject = at(batch, bay);
        let detail = "a part of the bay fails and heals again and again";
        alarm::raise(
            batch.tx,
            AlarmKind::BayUnreliable,
            &subject,
            detail,
            batch.now,
        )?;
    }
    Ok("applied")
}

pub(super) fn recovered(batch: &Batch<'_, '_>, bay: BayNo) -> Outcome<&'static str> {
    let subject = at(batch, bay);
    alarm::clear(batch.tx, AlarmKind::BayUnreliable, &subject, batch.now)?;
    Ok("applied")
}

fn at(batch: &Batch<'_, '_>, bay: BayNo) -> String {
    format!("{}:{bay}", batch.gateway.dock)
}
