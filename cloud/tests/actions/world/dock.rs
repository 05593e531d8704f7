//! A gateway as the cloud meets it: a key, a journal that was signed once, and bays with carts.

use super::{Visit, World, bays_of, cart, dock_id, done};
use cloud::actions::accept_events::{self, Accepted, Answer};
use cloud::actions::enrol_gateway::{self, Enrol};
use cloud::actions::{Failure, Outcome, Rejection, lapse_grant};
use cloud::store::grant::GrantRow;
use cloud::store::{gateway, gateway_event, grant};
use ed25519_dalek::SigningKey;
use shared::chain::{Appended, Hash, Head, append};
use shared::enrol::{BayKind, BayLayout, EnrolRequest};
use shared::event::{BayFault, Contradiction, ENVELOPE_VERSION, Envelope, Fact, GrantRefusal};
use shared::grant::Grant;
use shared::held;
use shared::ids::{BayNo, GatewayId, TagUid};
use shared::signed::{Domain, PublicKey, sign_value};
use shared::sync::{BaySnapshot, BayState, OfflineState, SyncHeader, SyncRequest};
use shared::time::{ClockQuality, MonoMs, Stamp, UnixMs};
use std::collections::BTreeMap;
use std::ops::Range;

/// The carts in a bay, the one at the mouth last.
#[derive(Clone)]
pub(crate) struct Bay {
    pub(crate) kind: BayKind,
    pub(crate) capacity: u16,
    pub(crate) carts: Vec<TagUid>,
    pub(crate) fault: Option<BayFault>,
}

impl Bay {
    pub(crate) fn new(kind: BayKind, capacity: u16, carts: &[u8]) -> Self {
        Self {
            kind,
            capacity,
            carts: carts.iter().map(|n| cart(*n)).collect(),
            fault: None,
        }
    }

    fn snapshot(&self, bay: BayNo) -> BaySnapshot {
        let state = match (self.fault, self.carts.is_empty()) {
            (Some(_), _) => BayState::Faulted,
            (None, true) => BayState::Vacant,
            (None, false) => BayState::Occupied,
        };
        BaySnapshot {
            bay,
            kind: self.kind,
            capacity: self.capacity,
            state,
            carts: u16::try_from(self.carts.len()).expect("few carts"),
            tag: self.carts.last().copied(),
            fault: self.fault,
            contradiction: None,
        }
    }
}

/// A copy of it is what a restored SD card makes: two journals under one name.
#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) id: GatewayId,
    pub(crate) key: SigningKey,
    pub(crate) bays: BTreeMap<BayNo, Bay>,
    pub(crate) remaining: u64,
    pub(crate) offline: OfflineState,
    /// What its clock is worth, and how far it is off.
    pub(crate) clock: (ClockQuality, i64),
    /// What its clock is worth when it sends.
    pub(crate) sends_by: ClockQuality,
    /// What it says where the cloud names a line that it has dropped.
    pub(crate) kept_after: Option<Head>,
    /// The cloud's word for that line.
    pub(crate) kept_proof: Option<String>,
    journal: Vec<Appended>,
    acked: usize,
}

impl Gateway {
    pub(crate) fn new(id: GatewayId, key: [u8; 32], bays: BTreeMap<BayNo, Bay>) -> Self {
        Self {
            id,
            key: SigningKey::from_bytes(&key),
            bays,
            remaining: 0,
            offline: OfflineState::default(),
            clock: (ClockQuality::Server, 0),
            sends_by: ClockQuality::Server,
            kept_after: None,
            kept_proof: None,
            journal: Vec::new(),
            acked: 0,
        }
    }

    pub(crate) fn head(&self) -> Head {
        self.journal
            .last()
            .map_or(Head::empty(&self.id), |line| line.head)
    }

    /// The last line, which a receipt speaks of.
    pub(crate) fn last(&self) -> &Appended {
        self.journal.last().expect("a journal with events")
    }

    fn stamp(&self, at: UnixMs) -> Stamp {
        let (clock, off_ms) = self.clock;
        // A clock that was never set belongs to a boot before the one that tells of it.
        Stamp {
            boot: if clock == ClockQuality::Unset { 0 } else { 1 },
            wall_ms: at.plus(off_ms),
            clock,
            ..stamp(at)
        }
    }

    pub(crate) fn events(&self) -> usize {
        self.journal.len()
    }

    /// The same device after its storage was restored from when it had this many events.
    pub(crate) fn set_back(&self, events: usize) -> Self {
        let mut earlier = self.clone();
        earlier.journal.truncate(events);
        earlier
    }

    pub(crate) fn records(&mut self, at: UnixMs, fact: Fact) {
        let line = append(&self.key, self.id, self.head(), self.stamp(at), fact);
        self.journal.push(line);
    }

    /// Its journal was damaged and put together again: the numbers up to `uncertain_to` are left out.
    pub(crate) fn skips(&mut self, at: UnixMs, uncertain_to: u64) {
        let last = self.head();
        let fact = Fact::JournalSalvaged { last, uncertain_to };
        let before = Head {
            seq: uncertain_to,
            hash: last.hash,
        };
        let line = append(&self.key, self.id, before, stamp(at), fact);
        self.journal.push(line);
    }

    /// An event of a kind that only a newer version knows.
    pub(crate) fn records_unknown(&mut self, at: UnixMs) {
        let envelope = Envelope {
            v: ENVELOPE_VERSION,
            gateway: self.id,
            seq: self.head().seq + 1,
            prev: self.head().hash,
            at: stamp(at),
            fact: serde_json::json!({"cart_painted": {"bay": 1}}),
        };
        let line = sign_value(&self.key, Domain::Event, &envelope);
        let head = Head {
            seq: envelope.seq,
            hash: Hash::of_line(&line),
        };
        self.journal.push(Appended { head, line });
    }

    /// The bytes of a sync with these lines of the journal, counted from 0, read by the cloud's door.
    pub(crate) fn request(&self, at: UnixMs, lines: Range<usize>) -> SyncRequest {
        let before = |index: usize| match index {
            0 => Head::empty(&self.id),
            _ => self.journal[index - 1].head,
        };
        let header = SyncHeader {
            v: 1,
            gateway: self.id,
            nonce: "nonce".into(),
            at: Stamp {
                clock: self.sends_by,
                ..stamp(at)
            },
            first_seq: match self.journal.get(lines.start) {
                Some(line) if !lines.is_empty() => line.head.seq,
                _ => before(lines.start).seq + 1,
            },
            count: lines.len(),
            head: before(lines.end).hash,
            remaining: self.remaining,
            kept_after: self.kept_after,
            kept_proof: self.kept_proof.clone(),
            bays: self.bays.iter().map(|(no, b)| b.snapshot(*no)).collect(),
            offline: self.offline.clone(),
        };
        let text = self.journal[lines].iter().map(|a| a.line.as_str());
        let body = SyncRequest::encode(&self.key, &header, text);
        SyncRequest::decode(body.into_bytes(), &self.id, &PublicKey::of(&self.key))
            .expect("what a gateway encodes is sound")
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

/// What a dock may say of a release.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Deed {
    Starts,
    Pulls(TagUid),
    NotTaken,
    Fails,
    Refuses,
}

impl World {
    /// Somebody types a fresh code into a new device; it becomes the dock's gateway.
    pub(crate) fn enrols(&mut self, dock: &'static str, key: [u8; 32]) {
        let id = GatewayId::new(self.born_ms(), self.serial());
        let gateway = Gateway::new(id, key, bays_of(dock));
        let code_hash = [self.serial as u8; 32];
        let expires = self.now.plus(1);
        done(self.act(move |tx| Ok(gateway::add_code(tx, &code_hash, &dock_id(dock), expires)?)));
        let enrol = self.enrolment(&gateway, code_hash);
        let now = self.now;
        done(self.act(move |tx| enrol_gateway::run(tx, now, &enrol).map(drop)));
        self.gateways.insert(dock, gateway);
    }

    pub(crate) fn enrolment(&self, gateway: &Gateway, code_hash: [u8; 32]) -> Enrol {
        let layout = |(no, b): (&BayNo, &Bay)| BayLayout {
            bay: *no,
            kind: b.kind,
            capacity: b.capacity,
        };
        Enrol {
            request: EnrolRequest {
                v: 1,
                code: "code".into(),
                public_key: PublicKey::of(&gateway.key),
                software: "1.0".into(),
                bays: gateway.bays.iter().map(layout).collect(),
            },
            code_hash,
            id: gateway.id,
            downlink_password_hash: [3; 32],
        }
    }

    pub(crate) fn gateway(&mut self, dock: &str) -> &mut Gateway {
        self.gateways.get_mut(dock).expect("an enrolled dock")
    }

    pub(crate) fn bay(&mut self, dock: &str, number: u16) -> &mut Bay {
        let bay = super::bay(number);
        self.gateway(dock).bays.get_mut(&bay).expect("a bay there")
    }

    pub(crate) fn tells(&mut self, dock: &str, fact: Fact) {
        let now = self.now;
        self.gateway(dock).records(now, fact);
    }

    /// What the journal says when a release of this visit's grant goes this way.
    pub(crate) fn fact(&self, visit: &Visit, deed: Deed) -> Fact {
        let grant = self.grant(visit).expect("a granted visit");
        let (bay, grant, rental) = (grant.bay, grant.id, visit.rental);
        match deed {
            Deed::Starts => Fact::ReleaseStarted { bay, grant, rental },
            Deed::Pulls(tag) => Fact::CartPulled {
                bay,
                grant,
                rental,
                tag,
            },
            Deed::NotTaken => Fact::ReleaseExpired { bay, grant, rental },
            Deed::Fails => Fact::ReleaseFailed {
                bay,
                grant,
                rental,
                fault: BayFault::BoltStuckClosed,
            },
            Deed::Refuses => Fact::GrantRefused {
                bay,
                grant,
                rental,
                reason: GrantRefusal::BayEmpty,
            },
        }
    }

    pub(crate) fn records(&mut self, visit: &Visit, deed: Deed) {
        let fact = self.fact(visit, deed);
        self.tells(visit.dock, fact);
    }

    /// The bay opens and the customer pulls the cart at its mouth; nothing is reported yet.
    pub(crate) fn pulls(&mut self, visit: &Visit) -> TagUid {
        let bay = self.grant(visit).expect("a granted visit").bay;
        let bay = self.gateway(visit.dock).bays.get_mut(&bay);
        let tag = bay.and_then(|b| b.carts.pop()).expect("a cart to pull");
        self.records(visit, Deed::Starts);
        self.records(visit, Deed::Pulls(tag));
        tag
    }

    pub(crate) fn docks(&mut self, dock: &str, number: u16, tag: TagUid) {
        let bay = super::bay(number);
        self.tells(dock, Fact::CartDocked { bay, tag });
        self.bay(dock, number).carts.push(tag);
    }

    pub(crate) fn contradicts(
        &mut self,
        dock: &str,
        number: u16,
        tag: Option<TagUid>,
        contradiction: Contradiction,
    ) {
        let bay = super::bay(number);
        let fact = Fact::DockingContradicted {
            bay,
            tag,
            contradiction,
        };
        self.tells(dock, fact);
    }

    /// Sends what the cloud has not acknowledged.
    pub(crate) fn syncs(&mut self, dock: &str) -> Outcome<Answer> {
        let gateway = self.gateway(dock);
        let lines = gateway.acked..gateway.events();
        let answer = self.sends(dock, lines)?;
        if let Answer::Accepted(accepted) = &answer {
            let acked = usize::try_from(accepted.head.seq).expect("a short journal");
            self.gateway(dock).acked = acked;
        }
        Ok(answer)
    }

    pub(crate) fn sends(&mut self, dock: &str, lines: Range<usize>) -> Outcome<Answer> {
        let now = self.now;
        let request = self.gateway(dock).request(now, lines);
        self.accepts(request)
    }

    pub(crate) fn accepts(&self, request: SyncRequest) -> Outcome<Answer> {
        let (now, own) = (self.now, self.keys.public());
        self.act(move |tx| accept_events::run(tx, now, &own, &request))
    }

    /// The cloud's word that it held this line of the southern dock.
    pub(crate) fn word(&mut self, head: Head) -> String {
        let id = self.gateway("sul").id;
        held::vouch(self.keys.signing(), &id, head)
    }

    /// Syncs as a gateway does: where the cloud names an older line as its last, it goes on from there.
    #[track_caller]
    pub(crate) fn catches_up(&mut self, dock: &str) -> Accepted {
        if let Err(Failure::Rejected(Rejection::Gap { head })) = self.syncs(dock) {
            self.gateway(dock).acked = usize::try_from(head.seq).expect("a short journal");
        }
        self.accepted(dock)
    }

    #[track_caller]
    pub(crate) fn accepted(&mut self, dock: &str) -> Accepted {
        match done(self.syncs(dock)) {
            Answer::Accepted(accepted) => accepted,
            Answer::Forked { seq } => panic!("forked at {seq}"),
        }
    }

    /// Syncs, and answers what the cloud made of each new event.
    #[track_caller]
    pub(crate) fn reports(&mut self, dock: &str) -> Vec<String> {
        let first = self.gateway(dock).acked as u64 + 1;
        let accepted = self.accepted(dock);
        let gateway = self.gateway(dock);
        assert_eq!(accepted.head, gateway.head());
        let id = gateway.id;
        (first..=accepted.head.seq)
            .map(|seq| {
                let row = self.read(move |tx| gateway_event::at(tx, &id, seq));
                row.expect("an accepted event is stored").outcome
            })
            .collect()
    }

    pub(crate) fn grant(&self, visit: &Visit) -> Option<GrantRow> {
        let rental = visit.rental;
        let row = self.read(move |tx| grant::by_rental(tx, &rental))?;
        let public = self.keys.public();
        let told = Grant::from_token(&row.token, &public, &row.gateway).expect("our own token");
        assert_eq!(
            (told.id, told.rental, told.bay, told.expires_ms),
            (row.id, row.rental, row.bay, row.expires_ms)
        );
        Some(row)
    }

    pub(crate) fn lapses(&self) -> usize {
        let now = self.now;
        done(self.act(move |tx| lapse_grant::run(tx, now)))
    }
}
