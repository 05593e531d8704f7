//! A gateway's batch, whole or not at all: head, events, their effects, the live state of its bays.
//!
//! Shape: place the batch in the chain; skip what is known; apply each new event; move the head.
//! A fork is evidence, not an error to forget: it is committed before it is refused. A gateway that
//! was replaced may still deliver its history, of which a person judges the returns; it has no say
//! about now.

use super::{Outcome, Rejection, return_cart, see_release};
use crate::entropy::Entropy;
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::gateway::{GatewayRow, GatewayState, Seen};
use crate::store::gateway_event::NewEvent;
use crate::store::rental::Place;
use crate::store::{Tx, alarm, bay, campaign, dock, gateway, gateway_event, grant};
use cloud_core::event_chain::{self, Continuation};
use cloud_core::placement::DARK_AFTER_MS;
use cloud_core::rental::CancelReason;
use shared::chain::Head;
use shared::event::{Envelope, Fact};
use shared::ids::{CampaignId, GatewayId};
use shared::sync::{ReceivedEvent, SyncRequest};
use shared::time::UnixMs;

/// What the acknowledgement will say.
#[derive(Debug)]
pub struct Accepted {
    pub head: Head,
    pub grants: Vec<String>,
    pub quarantined: Vec<u64>,
    /// Events that were new.
    pub applied: u64,
}

/// Either the batch was taken, or it proves a second journal under one name.
#[derive(Debug)]
pub enum Answer {
    Accepted(Accepted),
    Forked { seq: u64 },
}

pub(super) struct Batch<'a, 'c> {
    pub(super) tx: &'a Tx<'c>,
    pub(super) now: UnixMs,
    pub(super) gateway: &'a GatewayRow,
    pub(super) entropy: &'a mut Entropy,
    campaign: Option<Option<CampaignId>>,
}

impl<'a, 'c> Batch<'a, 'c> {
    pub(super) fn new(
        tx: &'a Tx<'c>,
        now: UnixMs,
        gateway: &'a GatewayRow,
        entropy: &'a mut Entropy,
    ) -> Self {
        Self {
            tx,
            now,
            gateway,
            entropy,
            campaign: None,
        }
    }

    /// The campaign this batch's returns count for, looked up once.
    pub(super) fn campaign(&mut self) -> Outcome<Option<CampaignId>> {
        if let Some(known) = self.campaign {
            return Ok(known);
        }
        let dock = dock::by_id(self.tx, &self.gateway.dock)?.ok_or(Rejection::UnknownDock)?;
        let running = campaign::running(self.tx, &dock.chain, self.now)?.map(|c| c.id);
        self.campaign = Some(running);
        Ok(running)
    }
}

/// Applies a request whose signature and inner chain are already verified.
pub fn run(tx: &Tx<'_>, now: UnixMs, request: &SyncRequest) -> Outcome<Answer> {
    let id = request.header.gateway;
    let row = gateway::by_id(tx, &id)?.ok_or(Rejection::UnknownGateway)?;
    if row.state == GatewayState::Quarantined {
        return Err(Rejection::GatewayQuarantined.into());
    }
    let known = match place(tx, &row, request)? {
        Continuation::Continues { known } => known,
        Continuation::Gap => return Err(Rejection::Gap { head: row.head }.into()),
        Continuation::Fork { seq } => {
            keep_evidence(tx, now, &row, request)?;
            return Ok(Answer::Forked { seq });
        }
    };
    let new = &request.events[usize::try_from(known).unwrap_or(request.events.len())..];
    let mut entropy = Entropy::default();
    let mut batch = Batch::new(tx, now, &row, &mut entropy);
    let mut quarantined = Vec::new();
    for event in new {
        if !apply(&mut batch, request, event)? {
            quarantined.push(event.seq);
        }
    }
    let head = if new.is_empty() {
        row.head
    } else {
        request.head()
    };
    let serving = row.state == GatewayState::Active;
    // A batch that was overtaken on its way says nothing about now.
    if request.head().seq >= row.head.seq {
        let seen = Seen {
            head,
            at: now,
            remaining: request.header.remaining,
        };
        gateway::set_seen(tx, &id, &seen)?;
        if serving {
            bay::update(tx, &row.dock, &request.header.bays, now)?;
        }
    }
    if now.since(row.seen_ms) >= DARK_AFTER_MS {
        tx.touch(Topic::Dock(row.dock));
    }
    Ok(Answer::Accepted(Accepted {
        head,
        grants: if serving {
            open_grants(tx, &id, now)?
        } else {
            Vec::new()
        },
        quarantined,
        applied: new.len() as u64,
    }))
}

fn place(tx: &Tx<'_>, row: &GatewayRow, request: &SyncRequest) -> Outcome<Continuation> {
    let batch = event_chain::Batch {
        first_seq: request.header.first_seq,
        count: request.events.len() as u64,
        prev: request.prev,
    };
    let hash_at = |index| {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        request.events.get(index).map_or(request.prev, |e| e.hash)
    };
    Ok(event_chain::place(row.head, batch, hash_at, |seq| {
        gateway_event::hash_at(tx, &row.id, seq)
    })?)
}

fn open_grants(tx: &Tx<'_>, id: &GatewayId, now: UnixMs) -> Outcome<Vec<String>> {
    let open = grant::open_of(tx, id, now)?;
    Ok(open.into_iter().map(|g| g.token).collect())
}

/// False: the event is of no kind this version knows, and was set aside.
fn apply(batch: &mut Batch<'_, '_>, request: &SyncRequest, event: &ReceivedEvent) -> Outcome<bool> {
    let line = request.line(event);
    let (kind, rental, outcome) = match &event.envelope {
        Some(envelope) => {
            let outcome = effect(batch, envelope)?;
            (envelope.fact.kind(), envelope.fact.rental(), outcome)
        }
        None => {
            let place = (event.seq, event.hash);
            let id = &batch.gateway.id;
            gateway_event::quarantine(batch.tx, id, place, line, "unknown_fact", batch.now)?;
            let subject = format!("{id}:{}", event.seq);
            let detail = "an event of a kind this version does not know";
            alarm::raise(
                batch.tx,
                AlarmKind::EventQuarantined,
                &subject,
                detail,
                batch.now,
            )?;
            ("unknown", None, "quarantined")
        }
    };
    let stored = NewEvent {
        gateway: batch.gateway.id,
        seq: event.seq,
        hash: event.hash,
        line,
        kind,
        outcome,
        rental,
    };
    gateway_event::insert(batch.tx, &stored, batch.now)?;
    Ok(event.envelope.is_some())
}

fn effect(batch: &mut Batch<'_, '_>, envelope: &Envelope) -> Outcome<&'static str> {
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
        Fact::CartPulled {
            grant, rental, tag, ..
        } => see_release::pulled(batch, (grant, rental), tag, place),
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
        Fact::CartDocked { bay, tag } => return_cart::docked(batch, tag, *bay, place),
        Fact::DockingContradicted {
            bay,
            tag,
            contradiction,
        } => return_cart::contradicted(batch, tag.as_ref(), *bay, place, *contradiction),
        Fact::CartLeft { bay, tag } => {
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
        // The bay's live state says it too; the event is its history.
        Fact::BayFaulted { .. } | Fact::BayRecovered { .. } => Ok("applied"),
    }
}

fn keep_evidence(tx: &Tx<'_>, now: UnixMs, row: &GatewayRow, request: &SyncRequest) -> Outcome<()> {
    for event in &request.events {
        let place = (event.seq, event.hash);
        gateway_event::quarantine(tx, &row.id, place, request.line(event), "fork", now)?;
    }
    gateway::set_state(tx, &row.id, GatewayState::Quarantined)?;
    let detail = "two journals under one name: the device was cloned or restored. Enrol it anew";
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
