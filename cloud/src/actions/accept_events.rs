//! A gateway's batch, whole or not at all: head, events, their effects, the live state of its bays.
//!
//! Shape: place the batch in the chain; skip what is known; apply each new event; move the head.
//! A fork is evidence, not an error to forget: it is committed before it is refused. A gateway that
//! was replaced may still deliver its history, of which a person judges the returns; it has no say
//! about now.

mod answer;
mod divergence;
mod effect;

pub(super) use effect::QUARANTINED;

use super::return_cart::Return;
use super::{Outcome, Rejection, custody, honour_receipt, intake, see_release, see_voucher};
use crate::entropy::Entropy;
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::campaign::Intake;
use crate::store::gateway::{GatewayRow, GatewayState, Seen};
use crate::store::gateway_event::NewEvent;
use crate::store::receipt::ReceiptRow;
use crate::store::rental::RentalRow;
use crate::store::{Tx, alarm, bay, dock, gateway, gateway_event, receipt, silence, voucher_loan};
use cloud_core::event_chain::{self, Continuation};
use cloud_core::offline;
use cloud_core::placement::DARK_AFTER_MS;
use cloud_core::raffle::intake::Known;
use cloud_core::raffle::loan::Told;
use shared::chain::Head;
use shared::event::Fact;
use shared::ids::{ChainId, GatewayId, RentalId};
use shared::signed::PublicKey;
use shared::sync::{ReceivedEvent, SyncHeader, SyncRequest};
use shared::time::{Stamp, UnixMs};
use shared::witness::Shown;

/// What the acknowledgement will say.
#[derive(Debug)]
pub struct Accepted {
    pub head: Head,
    pub grants: Vec<String>,
    pub quarantined: Vec<u64>,
    /// Events that were new.
    pub applied: u64,
    /// The newest allowance list for this gateway; 0 for none.
    pub allowance: u64,
    /// Somebody waits until the gateway goes by it.
    pub allowance_now: bool,
    /// Of the card rentals it asked about, those that are over.
    pub closed_cards: Vec<RentalId>,
    /// Raffle commitments that it does not know yet.
    pub commitments: Vec<Shown>,
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
    /// The gateway's stamp of the moment it sent this batch.
    pub(super) sent: Option<Stamp>,
    /// The cloud's own key, where what it signed is looked at.
    pub(super) own: Option<PublicKey>,
    chain: Option<ChainId>,
    /// What customers brought of the events of this batch.
    receipts: Vec<ReceiptRow>,
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
            sent: None,
            own: None,
            chain: None,
            receipts: Vec::new(),
        }
    }

    /// The campaign that a return counts for. It happened after the gateway had nothing more to tell;
    /// one that is only being decided, after the moment that is stored with its event.
    pub(super) fn campaign(&mut self, row: &RentalRow) -> Outcome<Option<Intake>> {
        let chain = match self.chain {
            Some(chain) => chain,
            None => {
                let dock = dock::by_id(self.tx, &self.gateway.dock)?;
                *self.chain.insert(dock.ok_or(Rejection::UnknownDock)?.chain)
            }
        };
        let stored = match row.returned {
            Some(place) => gateway_event::not_before(self.tx, &place)?,
            None => None,
        };
        let drained = Some(self.gateway.drained_ms).filter(|at| *at > UnixMs(0));
        let known = Known {
            after_ms: if row.returned.is_some() {
                stored
            } else {
                drained
            },
            arrived_ms: self.now,
        };
        intake::find(self.tx, &chain, known)
    }
}

/// Applies a request whose signature and inner chain are already verified.
/// `own` is the cloud's own key, which proves what it once held.
pub fn run(tx: &Tx<'_>, now: UnixMs, own: &PublicKey, request: &SyncRequest) -> Outcome<Answer> {
    let id = request.header.gateway;
    let mut row = believed(tx, &id)?;
    let known = match place(tx, &row, own, request)? {
        Continuation::Continues { known } => known,
        Continuation::Beyond { after } => {
            divergence::name_forgotten(tx, now, &row, after)?;
            row.head = Head {
                seq: after,
                hash: request.prev,
            };
            0
        }
        Continuation::Gap => return Err(Rejection::Gap { head: row.head }.into()),
        Continuation::Unproved { after } => {
            divergence::keep_evidence(tx, now, &row, request, divergence::UNPROVED)?;
            return Ok(Answer::Forked { seq: after });
        }
        Continuation::Fork { seq } => {
            divergence::keep_evidence(tx, now, &row, request, divergence::TWO_JOURNALS)?;
            return Ok(Answer::Forked { seq });
        }
    };
    let new = &request.events[usize::try_from(known).unwrap_or(request.events.len())..];
    let mut entropy = Entropy::default();
    let mut batch = Batch::new(tx, now, &row, &mut entropy);
    batch.sent = Some(request.header.at);
    batch.own = Some(*own);
    if let (Some(first), Some(last)) = (new.first(), new.last()) {
        batch.receipts = receipt::between(tx, &id, first.seq, last.seq)?;
    }
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
    // A batch that was overtaken on its way says nothing about now.
    if request.head().seq >= row.head.seq {
        let remaining = request.header.remaining;
        see(tx, now, &row, (head, remaining), &request.header)?;
        if row.state == GatewayState::Active {
            custody::weigh_shown(&mut batch, &request.header)?;
        }
    }
    if now.since(row.seen_ms) >= DARK_AFTER_MS {
        tx.touch(Topic::Dock(row.dock));
    }
    Ok(Answer::Accepted(Accepted {
        quarantined,
        applied: new.len() as u64,
        ..accepted(
            tx,
            now,
            &row,
            (head, request.header.remaining),
            &request.header,
        )?
    }))
}

/// Takes what a verified header says of now, and none of the events it announces: the answer is as
/// if there had been none.
pub fn note_presence(tx: &Tx<'_>, now: UnixMs, header: &SyncHeader) -> Outcome<Answer> {
    let row = believed(tx, &header.gateway)?;
    let announced = header.first_seq + header.count as u64 - 1;
    let remaining = header.remaining + announced.saturating_sub(row.head.seq);
    if announced >= row.head.seq {
        see(tx, now, &row, (row.head, remaining), header)?;
    }
    if now.since(row.seen_ms) >= DARK_AFTER_MS {
        tx.touch(Topic::Dock(row.dock));
    }
    let answer = accepted(tx, now, &row, (row.head, remaining), header)?;
    Ok(Answer::Accepted(answer))
}

fn believed(tx: &Tx<'_>, id: &GatewayId) -> Outcome<GatewayRow> {
    let row = gateway::by_id(tx, id)?.ok_or(Rejection::UnknownGateway)?;
    if row.state == GatewayState::Quarantined {
        return Err(Rejection::GatewayQuarantined.into());
    }
    Ok(row)
}

fn see(
    tx: &Tx<'_>,
    now: UnixMs,
    row: &GatewayRow,
    (head, remaining): (Head, u64),
    header: &SyncHeader,
) -> Outcome<()> {
    let local_url = header.offline.local_url.as_deref();
    let seen = Seen {
        head,
        at: now,
        remaining,
        allowance: header.offline.allowance,
        redeems: header.offline.redeems,
        local_url: local_url.and_then(offline::local_url),
        lists: match remaining {
            0 => row.lists.drained(header.offline.allowance),
            _ => row.lists,
        },
    };
    gateway::set_seen(tx, &row.id, &seen)?;
    if remaining == 0 {
        silence::note(tx, &row.id, row.drained_ms.max(row.enrolled_ms), now)?;
    }
    let told = Told {
        list: header.offline.allowance,
        handed: row.lists.version,
        drained: remaining == 0,
    };
    see_voucher::hear(tx, now, &row.id, told)?;
    gateway::catch_up_serial(tx, &row.id, header.offline.grant_serial)?;
    if row.state == GatewayState::Active {
        bay::update(tx, &row.dock, &header.bays, now)?;
    }
    Ok(())
}

/// What the answer says besides the journal: nothing to a gateway that serves no dock any more.
fn accepted(
    tx: &Tx<'_>,
    now: UnixMs,
    row: &GatewayRow,
    (head, remaining): (Head, u64),
    header: &SyncHeader,
) -> Outcome<Accepted> {
    Ok(Accepted {
        head,
        grants: answer::open_grants(tx, row, now)?,
        quarantined: Vec::new(),
        applied: 0,
        allowance: answer::list_version(tx, now, row, header.offline.allowance)?,
        allowance_now: voucher_loan::is_awaited(tx, &row.id, now)?,
        closed_cards: answer::closed_cards(tx, header, remaining)?,
        commitments: answer::commitments(tx, row, header)?,
    })
}

fn place(
    tx: &Tx<'_>,
    row: &GatewayRow,
    own: &PublicKey,
    request: &SyncRequest,
) -> Outcome<Continuation> {
    let batch = event_chain::Batch {
        first_seq: request.header.first_seq,
        count: request.events.len() as u64,
        prev: request.prev,
        salvaged: request.events.first().and_then(salvaged),
        kept_after: request.header.kept_after,
        kept_proved: request.header.kept_is_proved(own),
    };
    let hash_at = |index| {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        request.events.get(index).map_or(request.prev, |e| e.hash)
    };
    Ok(event_chain::place(row.head, batch, hash_at, |seq| {
        gateway_event::hash_at(tx, &row.id, seq)
    })?)
}

/// What the first event of a salvaged journal says of the gap before it.
fn salvaged(event: &ReceivedEvent) -> Option<event_chain::Salvaged> {
    match event.envelope.as_ref()?.fact {
        Fact::JournalSalvaged { last, uncertain_to } => {
            Some(event_chain::Salvaged { last, uncertain_to })
        }
        _ => None,
    }
}

/// False: the event was set aside, as one of no kind this version knows or one that contradicts itself.
fn apply(batch: &mut Batch<'_, '_>, request: &SyncRequest, event: &ReceivedEvent) -> Outcome<bool> {
    let line = request.line(event);
    let (mut tag, mut not_before) = (None, None);
    let (kind, rental, outcome) = match &event.envelope {
        Some(envelope) => {
            let outcome = if brought_before(batch, event, line)? {
                "already_applied"
            } else {
                effect::of(batch, envelope)?
            };
            if outcome == QUARANTINED {
                let why = "the gateway tells of a signature that was not given like this";
                set_aside(batch, event, line, ("bad_witness", why))?;
            }
            let rental = see_release::rental_of(batch, &envelope.fact)?;
            tag = custody::tag_of(&envelope.fact);
            if tag.is_some() {
                not_before = custody::not_before(batch, envelope)?;
            }
            (envelope.fact.kind(), rental, outcome)
        }
        None => {
            let why = "an event of a kind this version does not know";
            // A newer one may redeem in other words.
            see_voucher::doubt(batch.tx, batch.now, batch.gateway)?;
            set_aside(batch, event, line, ("unknown_fact", why))?;
            ("unknown", None, QUARANTINED)
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
        tag,
        not_before,
    };
    gateway_event::insert(batch.tx, &stored, batch.now)?;
    if let Some(tag) = tag {
        let proved = custody::weigh_again(batch, &tag)?;
        if proved && outcome == Return::Held.as_str() {
            let place = (&batch.gateway.id, event.seq);
            gateway_event::set_outcome(batch.tx, place, Return::Applied.as_str())?;
        }
        if kind == "cart_pulled" {
            honour_receipt::weigh_waiting(batch.tx, batch.now, &tag)?;
        }
    }
    Ok(outcome != QUARANTINED)
}

fn set_aside(
    batch: &Batch<'_, '_>,
    event: &ReceivedEvent,
    line: &str,
    (reason, detail): (&str, &str),
) -> Outcome<()> {
    let place = (event.seq, event.hash);
    let id = &batch.gateway.id;
    gateway_event::quarantine(batch.tx, id, place, line, reason, batch.now)?;
    let subject = format!("{id}:{}", event.seq);
    let kind = AlarmKind::EventQuarantined;
    Ok(alarm::raise(batch.tx, kind, &subject, detail, batch.now)?)
}

/// Whether a customer's receipt has already had the effect of this event.
fn brought_before(batch: &Batch<'_, '_>, event: &ReceivedEvent, line: &str) -> Outcome<bool> {
    let brought = batch.receipts.iter().find(|r| r.place.seq == event.seq);
    // An event of this very batch may have weighed it again.
    let before = match brought {
        Some(brought) => receipt::at(batch.tx, &brought.place)?,
        None => None,
    };
    match before {
        Some(before) => honour_receipt::told(batch, &before, (event.hash, line)),
        None => Ok(false),
    }
}
