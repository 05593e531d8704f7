//! What gateways say of a raffle's commitment. A word that does not stand up to its own signatures is
//! set aside; one that does, and is not about the list in these books, is for a person to look at: these
//! books were set back, or somebody who has their key showed another list.

use super::Outcome;
use super::accept_events::{Batch, QUARANTINED};
use crate::store::alarm::AlarmKind;
use crate::store::witness::NewWitness;
use crate::store::{alarm, commitment, witness};
use shared::event::{Envelope, Fact};
use shared::ids::CampaignId;
use shared::octets::Octets;
use shared::witness::Promise;

/// Times above this are no numbers to whoever reads a bundle with JavaScript.
const SEEN_MS_MAX: i64 = 1 << 53;

/// Keeps the gateway's co-signature as evidence, once.
pub(super) fn witnessed(batch: &Batch<'_, '_>, envelope: &Envelope) -> Outcome<&'static str> {
    let Fact::CommitmentWitnessed {
        promise,
        seen_ms,
        witness: signature,
        ..
    } = &envelope.fact
    else {
        return Ok("applied");
    };
    let told = promise.commitment;
    let key = Octets(*batch.gateway.public_key.as_bytes());
    let sound = (0..SEEN_MS_MAX).contains(&seen_ms.0)
        && told.is_witnessed(&key, *seen_ms, signature)
        && is_ours(batch, promise);
    if !sound {
        return Ok(QUARANTINED);
    }
    let new = NewWitness {
        gateway: batch.gateway.id,
        commitment: told,
        seen_ms: *seen_ms,
        clock: envelope.at.clock,
        signature: *signature,
        seq: envelope.seq,
    };
    let first = witness::insert(batch.tx, &new, batch.now)?;
    let ours = commitment::of(batch.tx, &told.campaign)?;
    if ours.is_some_and(|ours| ours.promise.commitment == told) {
        return Ok(if first { "applied" } else { "already_applied" });
    }
    let detail = match ours {
        Some(ours) => format!(
            "it co-signed {} entries under root {}, these books hold {} under {}",
            told.n, told.root, ours.promise.commitment.n, ours.promise.commitment.root
        ),
        None => format!(
            "it co-signed {} entries under root {}, these books hold no list for that campaign",
            told.n, told.root
        ),
    };
    raise(batch, AlarmKind::WitnessDiffers, &told.campaign, &detail)?;
    Ok("contradicted")
}

/// Two lists for one campaign under the cloud's own signature.
pub(super) fn contradicted(
    batch: &Batch<'_, '_>,
    held: &Promise,
    shown: &Promise,
) -> Outcome<&'static str> {
    let (first, second) = (held.commitment, shown.commitment);
    let two = first.campaign == second.campaign && first != second;
    if !two || !is_ours(batch, held) || !is_ours(batch, shown) {
        return Ok(QUARANTINED);
    }
    let detail = format!(
        "it was shown {} entries under root {} and then {} under {}, both signed by this cloud's key",
        first.n, first.root, second.n, second.root
    );
    let kind = AlarmKind::CommitmentContradicted;
    raise(batch, kind, &first.campaign, &detail)?;
    Ok("contradicted")
}

fn is_ours(batch: &Batch<'_, '_>, promise: &Promise) -> bool {
    batch.own.is_none_or(|own| promise.is_by(&own))
}

fn raise(
    batch: &Batch<'_, '_>,
    kind: AlarmKind,
    campaign: &CampaignId,
    detail: &str,
) -> Outcome<()> {
    let subject = format!("{}:{campaign}", batch.gateway.id);
    Ok(alarm::raise(batch.tx, kind, &subject, detail, batch.now)?)
}
