//! The sync exchange between a gateway and the cloud.
//!
//! Request body: a signed header line, then the journal's own lines, one event a line, each ended by
//! `\n`. The header names the hash of the last line, so its one signature vouches for the batch.
//! Answer: one signed line holding an [`Ack`].

mod request;
#[cfg(test)]
mod tests;

pub use request::{ReceivedEvent, SyncError, SyncRequest};

use crate::chain::{Hash, Head};
use crate::enrol::BayKind;
use crate::event::{BayFault, Contradiction};
use crate::held;
use crate::ids::{BayNo, GatewayId, RentalId, TagUid};
use crate::octets::Octets;
use crate::signed::PublicKey;
use crate::time::{Stamp, UnixMs};
use crate::witness::Shown;
use serde::{Deserialize, Serialize};

/// Events in one batch: one transaction in the cloud, about half a megabyte on the wire.
pub const BATCH_EVENTS_MAX: usize = 2_000;

/// Bytes of one sync request; a full batch of ordinary events is half of it.
pub const SYNC_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Bytes of one event line; ordinary ones have about 450.
pub const EVENT_BYTES_MAX: usize = 4 * 1024;

/// Bytes of the header line: 64 bays of about 150, 200 rentals of 40, and 64 commitments of 20.
pub const HEADER_BYTES_MAX: usize = 32 * 1024;

/// The highest number a batch may begin with: a thousand events a second reach it in 142,000 years,
/// and no sum of it with a batch overflows.
pub const SEQ_MAX: u64 = 1 << 52;

/// Nesting of header and events: object, fact, fields, action, its fields, and one spare.
pub const JSON_DEPTH_MAX: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncHeader {
    pub v: u8,
    pub gateway: GatewayId,
    /// Random; the acknowledgement repeats it, so that an old answer cannot serve a new question.
    pub nonce: String,
    pub at: Stamp,
    /// The number of the first event below; with no events, of the next one there will be.
    pub first_seq: u64,
    pub count: usize,
    /// Hash of the last line below; with no events, of the line before `first_seq`.
    pub head: Hash,
    /// Journal lines that remain to be sent after this batch.
    pub remaining: u64,
    /// The line before the oldest one kept here. Said only where the cloud, which had acknowledged it,
    /// names an older line as its last: what lies between is on neither side any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_after: Option<Head>,
    /// The cloud's own word (`held`) that it once had that line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_proof: Option<String>,
    #[serde(default)]
    pub offline: OfflineState,
    pub bays: Vec<BaySnapshot>,
}

/// What the gateway goes by when it cannot ask.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfflineState {
    /// The version of its allowance list; 0 for none.
    pub allowance: u64,
    /// The highest serial seen on a grant; 0 for none.
    pub grant_serial: u32,
    /// Rentals begun by member cards here, of which it does not know the end.
    pub open_cards: Vec<RentalId>,
    /// Where its own page answers on the dock's network, if anywhere.
    pub local_url: Option<String>,
    /// It redeems what its list lends it; older ones do not.
    pub redeems: bool,
    /// The commitments it knows, as [`crate::witness::short`] names them; none from one that cannot
    /// witness any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commitments: Option<Vec<Octets<8>>>,
}

/// A bay as it is now, apart from the history that is being delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaySnapshot {
    pub bay: BayNo,
    pub kind: BayKind,
    pub capacity: u16,
    pub state: BayState,
    pub carts: u16,
    /// The cart a release would let go.
    pub tag: Option<TagUid>,
    pub fault: Option<BayFault>,
    /// Why the cart in it waits for a person.
    pub contradiction: Option<Contradiction>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BayState {
    Vacant,
    Docking,
    Occupied,
    Releasing,
    Faulted,
    /// A technician services the dock.
    Service,
}

impl BayState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vacant => "vacant",
            Self::Docking => "docking",
            Self::Occupied => "occupied",
            Self::Releasing => "releasing",
            Self::Faulted => "faulted",
            Self::Service => "service",
        }
    }
}

/// What the cloud has committed, and what it wants done. Signed by the cloud (`Domain::SyncAck`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    pub v: u8,
    pub gateway: GatewayId,
    pub nonce: String,
    pub server_ms: UnixMs,
    /// Everything up to here is durable in the cloud.
    pub acked: Head,
    /// Tokens of the grants still open for this gateway.
    pub grants: Vec<String>,
    /// Events that were set aside; the chain goes on past them.
    pub quarantined: Vec<u64>,
    /// The cloud is busy: live state may come as ever, history not before this.
    #[serde(default)]
    pub pause_ms: Option<u64>,
    /// The newest allowance list for this gateway; 0 for none.
    #[serde(default)]
    pub allowance: u64,
    /// Somebody waits until the gateway goes by that list: it is fetched at once, not in its turn.
    #[serde(default)]
    pub allowance_now: bool,
    /// Of the rentals in `open_cards`, those that are over.
    #[serde(default)]
    pub closed_cards: Vec<RentalId>,
    /// The cloud's word (`held`) for `acked`, to be shown if it should ever forget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// Raffle commitments that the gateway did not name, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<Shown>,
}

impl SyncHeader {
    /// Whether the cloud that has this key once said that it held the line `kept_after`.
    pub fn kept_is_proved(&self, cloud: &PublicKey) -> bool {
        match (self.kept_after, &self.kept_proof) {
            (Some(kept), Some(word)) => held::vouches(cloud, &self.gateway, kept, word),
            _ => false,
        }
    }
}

/// Open card rentals one header names: more carts than a dock holds.
pub const OPEN_CARDS_MAX: usize = 200;

/// Bytes of an acknowledgement: at most a hundred open grants of 500, and a dozen commitments of 700.
pub const ACK_BYTES_MAX: usize = 128 * 1024;

/// What travels over MQTT. It only hurries; losing it delays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// A grant token, signed like those in an acknowledgement.
    Grant(String),
    /// Sync now.
    Wake,
    /// Blink this bay's lamp, so that a customer finds it and a false QR sticker is noticed.
    Locate { bay: BayNo, duration_ms: u32 },
}

/// What stands before and after a gateway's id in the topic of its hints.
pub const HINT_TOPIC_PREFIX: &str = "volta/gateway/";
pub const HINT_TOPIC_SUFFIX: &str = "/down";

/// Where hints for a gateway are published.
pub fn hint_topic(gateway: &GatewayId) -> String {
    format!("{HINT_TOPIC_PREFIX}{gateway}{HINT_TOPIC_SUFFIX}")
}
