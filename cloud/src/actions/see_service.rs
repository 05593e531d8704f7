//! What a gateway says of its parts and of those who serviced it: nobody's return, nobody's money.

use super::accept_events::Batch;
use super::rescue_cart::{self, Found};
use super::return_cart::order_of;
use super::{Outcome, custody};
use crate::store::alarm::AlarmKind;
use crate::store::rental::Place;
use crate::store::{alarm, rental};
use cloud_core::offline::{Claim, Order};
use cloud_core::rental::{Rental, Review};
use cloud_core::rescue::Insertion;
use shared::event::BayFault;
use shared::ids::{BayNo, TagUid};

/// Staff put a cart in. One that a customer has rented was brought in by somebody: a person decides
/// what becomes of the deposit.
pub(super) fn placed(
    batch: &mut Batch<'_, '_>,
    bay: BayNo,
    tag: &TagUid,
    (place, claim): (Place, Claim),
) -> Outcome<&'static str> {
    let Some(row) = rental::by_out_tag(batch.tx, tag)? else {
        return Ok("applied");
    };
    let order = order_of(batch, &row, place, claim)?;
    if order == Order::Before {
        return Ok("stale_return");
    }
    if matches!(row.state, Rental::Abandoned { .. }) {
        let proved = order == Order::After || custody::docking_proves(batch, &row, claim)?;
        let found = Found {
            place,
            bay: Some(bay),
            claim,
            insertion: Insertion::Service,
            doubt: (!proved).then_some(Review::Unproven),
        };
        return Ok(rescue_cart::found(batch, &row, &found)?.as_str());
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
