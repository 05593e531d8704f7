//! Where what a gateway tells and what the books hold are not one history.

use super::Batch;
use crate::actions::{Outcome, see_voucher};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::gateway::{GatewayRow, GatewayState};
use crate::store::{Tx, alarm, gateway, gateway_event};
use shared::chain::Head;
use shared::sync::SyncRequest;
use shared::time::UnixMs;

pub(super) const TWO_JOURNALS: &str =
    "two journals under one name: the device was cloned or restored. Enrol it anew";
pub(super) const UNPROVED: &str = "it says that these books forgot what it told, and shows no word of theirs that \
     they ever held it. Its history is set aside: compare the dock with its live state, and enrol it anew";

/// These books were set back further than the gateway keeps its lines: what it told in between is
/// gone, and a person must know of which range.
pub(super) fn name_forgotten(
    tx: &Tx<'_>,
    now: UnixMs,
    row: &GatewayRow,
    after: u64,
) -> Outcome<()> {
    see_voucher::doubt(tx, now, row)?;
    let from = row.head.seq + 1;
    let subject = format!("{}:{from}-{after}", row.id);
    let detail = format!(
        "these books were set back to before event {from}, and the gateway keeps none up to {after}: \
         what happened in between is known to the bank and to customers only"
    );
    Ok(alarm::raise(
        tx,
        AlarmKind::EventsForgotten,
        &subject,
        &detail,
        now,
    )?)
}

pub(super) fn keep_evidence(
    tx: &Tx<'_>,
    now: UnixMs,
    row: &GatewayRow,
    request: &SyncRequest,
    detail: &str,
) -> Outcome<()> {
    for event in &request.events {
        let place = (event.seq, event.hash);
        gateway_event::quarantine(tx, &row.id, place, request.line(event), "fork", now)?;
    }
    // One that was replaced serves no dock: it must not stand beside its successor.
    if row.state == GatewayState::Active {
        gateway::set_state(tx, &row.id, GatewayState::Quarantined)?;
    }
    alarm::raise(
        tx,
        AlarmKind::GatewayForked,
        &row.id.to_string(),
        detail,
        now,
    )?;
    tx.touch(Topic::Dock(row.dock));
    Ok(())
}

/// What is held beyond `last` stays: it was signed before the damage. A journal that ends before
/// what it told is an older copy of itself, which no damage explains.
pub(super) fn may_be_lost(
    batch: &Batch<'_, '_>,
    last: Head,
    uncertain_to: u64,
) -> Outcome<&'static str> {
    let from = last.seq.max(batch.gateway.head.seq) + 1;
    let detail = format!(
        "the gateway's journal was damaged: events numbered {from} to {uncertain_to} may have \
         happened and be lost. Compare the dock with its live state"
    );
    let subject = batch.gateway.id.to_string();
    let told = batch.gateway.head.seq;
    let (kind, detail) = if last.seq < told {
        let why = format!(
            "the gateway's journal ends at {} and it had told up to {told}: its storage lost that, \
             or was restored or cloned. Enrol it anew. {detail}",
            last.seq
        );
        (AlarmKind::JournalSetBack, why)
    } else {
        (AlarmKind::JournalSalvaged, detail)
    };
    see_voucher::doubt(batch.tx, batch.now, batch.gateway)?;
    alarm::raise(batch.tx, kind, &subject, &detail, batch.now)?;
    Ok("applied")
}
