//! A gateway made by hand: it signs what a test wants signed, right or wrong.

use crate::http::{Answer, send};
use crate::system::System;
use ed25519_dalek::SigningKey;
use serde_json::json;
use shared::chain::{Hash, Head, append};
use shared::enrol::{BayKind, BayLayout, EnrolRequest, Enrolled};
use shared::event::Fact;
use shared::ids::{BayNo, GatewayId};
use shared::signed::{self, Domain, PublicKey};
use shared::sync::{SyncHeader, SyncRequest};
use shared::time::{ClockQuality, MonoMs, Stamp, UnixMs};

/// A device with a key, and the journal it keeps in memory.
#[derive(Debug, Clone)]
pub struct Device {
    pub key: SigningKey,
    pub id: GatewayId,
    /// `lines[n]` is event n + 1.
    pub lines: Vec<String>,
    head: Head,
    cloud_url: String,
}

/// A sync request before it is signed, for a test to put something wrong into.
#[derive(Debug, Clone)]
pub struct Batch {
    pub header: SyncHeader,
    pub lines: Vec<String>,
}

impl Device {
    /// Enrols a new device with a fresh code for `dock`.
    pub fn enrol(system: &System, dock: &str) -> Self {
        let code = system.volta_cloud(&["enrolment-code", "--dock", dock]);
        let key = Self::any_key();
        let answer = Self::try_enrol(system, code.trim(), &key);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let line = answer.body.trim_end();
        let json = signed::text_of(line).expect("a signed line");
        let enrolled: Enrolled = serde_json::from_str(json).expect("the cloud's own type");
        signed::verify(&enrolled.cloud_key, Domain::Enrolled, line).expect("signed by the cloud");
        Self {
            key,
            id: enrolled.gateway,
            lines: Vec::new(),
            head: Head::empty(&enrolled.gateway),
            cloud_url: system.cloud_url(),
        }
    }

    pub fn try_enrol(system: &System, code: &str, key: &SigningKey) -> Answer {
        let slot = BayLayout {
            bay: BayNo::new(1).expect("from 1 to 999"),
            kind: BayKind::Slot,
            capacity: 1,
        };
        let request = EnrolRequest {
            v: 1,
            code: code.to_owned(),
            public_key: PublicKey::of(key),
            software: "made by hand".to_owned(),
            bays: vec![slot],
        };
        let line = signed::sign_value(key, Domain::EnrolRequest, &request);
        send(
            "POST",
            &(system.cloud_url() + "/gateway/v1/enrol"),
            "text/plain",
            &line,
        )
    }

    pub fn any_key() -> SigningKey {
        let mut seed = [0u8; 32];
        getrandom::fill(&mut seed).expect("a test machine has randomness");
        SigningKey::from_bytes(&seed)
    }

    /// Writes one more event into the journal.
    pub fn append(&mut self, fact: Fact) {
        let appended = append(&self.key, self.id, self.head, stamp(), fact);
        self.head = appended.head;
        self.lines.push(appended.line);
    }

    /// Writes an event of a kind that no version knows into the journal.
    pub fn append_unknown(&mut self, kind: &str) {
        let seq = self.head.seq + 1;
        let envelope = json!({
            "v": 1, "gateway": self.id, "seq": seq, "prev": self.head.hash,
            "at": stamp(), "fact": { kind: { "bay": 1 } },
        });
        let line = signed::sign_value(&self.key, Domain::Event, &envelope);
        let hash = Hash::of_line(&line);
        self.head = Head { seq, hash };
        self.lines.push(line);
    }

    /// The journal from event `first_seq` on, as an honest device sends it.
    pub fn batch(&self, first_seq: u64) -> Batch {
        let from = usize::try_from(first_seq - 1).expect("a small journal");
        let lines = self.lines[from..].to_vec();
        let mut nonce = [0u8; 16];
        getrandom::fill(&mut nonce).expect("a test machine has randomness");
        let header = SyncHeader {
            v: 1,
            gateway: self.id,
            nonce: hex::encode(nonce),
            at: stamp(),
            first_seq,
            count: lines.len(),
            head: self.head.hash,
            remaining: 0,
            kept_after: None,
            kept_proof: None,
            bays: Vec::new(),
            offline: Default::default(),
        };
        Batch { header, lines }
    }

    /// Signs a batch with this device's key.
    pub fn sign(&self, batch: &Batch) -> String {
        let lines = batch.lines.iter().map(String::as_str);
        SyncRequest::encode(&self.key, &batch.header, lines)
    }

    pub fn send(&self, batch: &Batch) -> Answer {
        self.send_body(&self.sign(batch))
    }

    /// Sends bytes as they are.
    pub fn send_body(&self, body: &str) -> Answer {
        let url = format!("{}/gateway/v1/sync", self.cloud_url);
        send("POST", &url, "text/plain", body)
    }
}

fn stamp() -> Stamp {
    Stamp {
        boot: 1,
        mono_ms: MonoMs(1),
        wall_ms: UnixMs(1),
        clock: ClockQuality::Unset,
    }
}
