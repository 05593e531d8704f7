//! What each kind of event means to the rest of the cloud, as one word for the event's row.

use super::Batch;
use super::divergence::may_be_lost;
use crate::actions::see_card_release::{self, Opened};
use crate::actions::{Outcome, return_cart, see_commitment, see_release, see_service, see_voucher};
use crate::store::alarm::AlarmKind;
use crate::store::rental::Place;
use crate::store::{alarm, gateway};
use cloud_core::offline::Claim;
use cloud_core::rental::CancelReason;
use shared::event::{Envelope, Fact};
use shared::ids::{BayNo, TagUid};

/// The word for an event that had no effect and waits for a person.
pub(in crate::actions) const QUARANTINED: &str = "quarantined";

pub(super) fn of(batch: &mut Batch<'_, '_>, envelope: &Envelope) -> Outcome<&'static str> {
    let place = Place {
        gateway: batch.gateway.id,
        seq: envelope.seq,
    };
    match &envelope.fact {
        Fact::GatewayStarted { software } => {
            gateway::set_software(batch.tx, &batch.gateway.id, software)?;
            Ok("applied")
        }
        Fact::ReleaseStarted { grant, rental, .. } => see_release::started(batch, grant, rental),
        Fact::CardReleaseStarted {
            bay,
            grant,
            rental,
            card,
            ..
        } => {
            let opened = Opened {
                bay: *bay,
                grant: *grant,
                rental: *rental,
                card: *card,
            };
            see_card_release::started(batch, &opened, &envelope.at)
        }
        Fact::CartPulled {
            grant, rental, tag, ..
        } => see_release::pulled(batch, (grant, rental), tag, (place, &envelope.at)),
        Fact::ReleaseExpired { grant, rental, .. } => {
            see_release::failed(batch, (grant, rental), CancelReason::NotTaken)
        }
        Fact::ReleaseFailed { grant, rental, .. } => {
            see_release::failed(batch, (grant, rental), CancelReason::BayFault)
        }
        Fact::ReleaseUnclear { grant, rental, .. } => see_release::unclear(batch, grant, rental),
        Fact::GrantRefused { grant, rental, .. } => {
            see_release::failed(batch, (grant, rental), CancelReason::GrantRefused)
        }
        Fact::VoucherRedeemed { voucher, .. } => see_voucher::redeemed(batch, envelope, *voucher),
        Fact::JournalSalvaged { last, uncertain_to } => may_be_lost(batch, *last, *uncertain_to),
        Fact::CommitmentWitnessed { .. } => see_commitment::witnessed(batch, envelope),
        Fact::CommitmentContradicted { held, shown, .. } => {
            see_commitment::contradicted(batch, held, shown)
        }
        _ => of_the_bay(batch, envelope, place),
    }
}

/// Events that no release of ours began.
fn of_the_bay(
    batch: &mut Batch<'_, '_>,
    envelope: &Envelope,
    place: Place,
) -> Outcome<&'static str> {
    let told = (
        place,
        Claim::of(&envelope.at, batch.sent.as_ref(), batch.now),
    );
    match &envelope.fact {
        Fact::CartDocked { bay, tag } => {
            Ok(return_cart::docked(batch, tag, Some(*bay), told)?.as_str())
        }
        Fact::DockingContradicted {
            bay,
            tag,
            contradiction,
        } => {
            let seen = (tag.as_ref(), *contradiction);
            Ok(return_cart::contradicted(batch, seen, *bay, told)?.as_str())
        }
        Fact::CartLeft { bay, tag } => left(batch, *bay, tag),
        Fact::CartPlaced { bay, tag } => see_service::placed(batch, *bay, tag, told),
        Fact::BayFaulted { bay, fault } => see_service::faulted(batch, *bay, *fault),
        Fact::BayRecovered { bay } => see_service::recovered(batch, *bay),
        // The live state says what matters; these are its history.
        _ => Ok("applied"),
    }
}

fn left(batch: &Batch<'_, '_>, bay: BayNo, tag: &TagUid) -> Outcome<&'static str> {
    let subject = format!("{}:{tag}", batch.gateway.dock);
    let detail = format!("bay {bay}: a cart left without a release");
    alarm::raise(
        batch.tx,
        AlarmKind::CartLeftUnreleased,
        &subject,
        &detail,
        batch.now,
    )?;
    Ok("applied")
}
