//! A dock of many slots: its gateway's key and journal, and the cart in each slot.

use cloud::actions::accept_events::{self, Accepted, Answer};
use cloud::actions::enrol_gateway::{self, Enrol};
use cloud::actions::{Failure, Outcome, Rejection};
use cloud::store::{Tx, gateway};
use ed25519_dalek::SigningKey;
use shared::chain::{Appended, Head, append};
use shared::enrol::{BayKind, BayLayout, EnrolRequest};
use shared::event::Fact;
use shared::ids::{BayNo, DockId, GatewayId, TagUid};
use shared::signed::PublicKey;
use shared::sync::{BaySnapshot, BayState, OfflineState, SyncHeader, SyncRequest};
use shared::time::{ClockQuality, MonoMs, Stamp, UnixMs};
use std::collections::BTreeMap;

/// Fewer than a gateway may drive.
pub(super) const SLOTS: usize = 40;

pub(super) struct Dock {
    pub(super) id: DockId,
    pub(super) code: String,
    gateway: GatewayId,
    key: SigningKey,
    slots: BTreeMap<BayNo, Option<TagUid>>,
    journal: Vec<Appended>,
    acked: usize,
}

fn slot(number: usize) -> BayNo {
    let number = u16::try_from(number).expect("few slots");
    BayNo::new(number).expect("slots count from 1")
}

/// The cart that stands in a slot when the shop opens.
fn cart(dock: usize, number: usize) -> TagUid {
    let part = |n: usize| u8::try_from(n % 256).expect("below 256");
    TagUid::new(&[4, 0, part(dock / 256), part(dock), 0, 0, part(number)]).expect("seven bytes")
}

impl Dock {
    pub(super) fn new(number: usize) -> Self {
        let unique = u8::try_from(number % 250).expect("below 250") + 1;
        let high = u8::try_from(number / 250).expect("few docks");
        let mut entropy = [unique; 10];
        entropy[0] = high;
        let mut key = [unique; 32];
        key[0] = high;
        let slots = (1..=SLOTS).map(|n| (slot(n), Some(cart(number, n))));
        Self {
            id: DockId::new(1, entropy),
            code: format!("ponto-{number}"),
            gateway: GatewayId::new(1, entropy),
            key: SigningKey::from_bytes(&key),
            slots: slots.collect(),
            journal: Vec::new(),
            acked: 0,
        }
    }

    /// Makes this the gateway of its dock, in one transaction.
    pub(super) fn enrolment(
        &self,
        now: UnixMs,
    ) -> impl Fn(&Tx<'_>) -> Outcome<()> + Send + Sync + use<> {
        let code_hash = self.key.to_bytes();
        let bays = self.slots.keys().map(|bay| BayLayout {
            bay: *bay,
            kind: BayKind::Slot,
            capacity: 1,
        });
        let enrol = Enrol {
            request: EnrolRequest {
                v: 1,
                code: "code".into(),
                public_key: PublicKey::of(&self.key),
                software: "1.0".into(),
                bays: bays.collect(),
            },
            code_hash,
            id: self.gateway,
            downlink_password_hash: [3; 32],
        };
        let dock = self.id;
        move |tx| {
            gateway::add_code(tx, &code_hash, &dock, now.plus(1))?;
            enrol_gateway::run(tx, now, &enrol).map(drop)
        }
    }

    pub(super) fn bay(place: usize) -> BayNo {
        slot(place + 1)
    }

    pub(super) fn records(&mut self, at: UnixMs, fact: Fact) {
        let line = append(&self.key, self.gateway, self.head(), stamp(at), fact);
        self.journal.push(line);
    }

    pub(super) fn takes_out(&mut self, bay: BayNo) -> Option<TagUid> {
        self.slots.get_mut(&bay).and_then(Option::take)
    }

    pub(super) fn puts_in(&mut self, bay: BayNo, tag: TagUid) {
        self.slots.insert(bay, Some(tag));
    }

    pub(super) fn head(&self) -> Head {
        let empty = Head::empty(&self.gateway);
        self.journal.last().map_or(empty, |line| line.head)
    }

    /// What the cloud has not acknowledged, as it reads it.
    pub(super) fn told(
        &self,
        at: UnixMs,
        own: PublicKey,
    ) -> impl Fn(&Tx<'_>) -> Outcome<Answer> + Send + Sync + use<> {
        let lines = &self.journal[self.acked..];
        let before = match self.acked {
            0 => Head::empty(&self.gateway),
            acked => self.journal[acked - 1].head,
        };
        let header = SyncHeader {
            v: 1,
            gateway: self.gateway,
            nonce: "nonce".into(),
            at: stamp(at),
            first_seq: before.seq + 1,
            count: lines.len(),
            head: self.head().hash,
            remaining: 0,
            kept_after: None,
            kept_proof: None,
            bays: self
                .slots
                .iter()
                .map(|(bay, tag)| shown(*bay, *tag))
                .collect(),
            offline: OfflineState::default(),
        };
        let texts = lines.iter().map(|line| line.line.as_str());
        let body = SyncRequest::encode(&self.key, &header, texts);
        let public = PublicKey::of(&self.key);
        let request = SyncRequest::decode(body.into_bytes(), &self.gateway, &public);
        let request = request.expect("what a gateway encodes is sound");
        move |tx| accept_events::run(tx, at, &own, &request)
    }

    /// True: the cloud has everything. A cloud that died may name an older line, or a newer one.
    pub(super) fn hears(&mut self, answer: &Outcome<Answer>) -> bool {
        let head = match answer {
            Ok(Answer::Accepted(Accepted { head, .. })) => *head,
            Err(Failure::Rejected(Rejection::Gap { head })) => *head,
            Ok(Answer::Forked { seq }) => panic!("an honest journal forked at {seq}"),
            Err(Failure::Rejected(rejection)) => panic!("an honest batch was refused: {rejection}"),
            Err(Failure::Store(_)) => return false,
        };
        self.acked = usize::try_from(head.seq).expect("a short journal");
        self.acked == self.journal.len()
    }
}

fn shown(bay: BayNo, tag: Option<TagUid>) -> BaySnapshot {
    BaySnapshot {
        bay,
        kind: BayKind::Slot,
        capacity: 1,
        state: match tag {
            None => BayState::Vacant,
            Some(_) => BayState::Occupied,
        },
        carts: u16::from(tag.is_some()),
        tag,
        fault: None,
        contradiction: None,
    }
}

fn stamp(at: UnixMs) -> Stamp {
    Stamp {
        boot: 1,
        mono_ms: MonoMs(u64::try_from(at.0).expect("after 1970")),
        wall_ms: at,
        clock: ClockQuality::Server,
    }
}
