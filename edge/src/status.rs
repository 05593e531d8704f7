//! What the gateway tells its own pages: one snapshot, published after every input.

use crate::cable::Cable;
use crate::config::{EnrolmentCode, Setting};
use crate::door::{Door, Heard};
use crate::logs::{Hidden, LogRing};
use crate::receipts::Held;
use crate::storage::Storage;
use edge_core::io::{ExposureView, SyncFailure, TechnicianOrder, TestView};
use hardware::simulated::SimulatedDock;
use shared::allowance::Allowance;
use shared::dock::{Part, Signal};
use shared::event::Technician;
use shared::ids::{DockId, GatewayId, TagUid};
use shared::offline::SharedSecret;
use shared::sync::BaySnapshot;
use shared::time::{ClockQuality, UnixMs};
use shared::witness::Witnessed;
use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Everything the pages may use. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub status: watch::Receiver<Arc<Status>>,
    pub commands: mpsc::Sender<PageCommand>,
    /// For customers with a code or a grant.
    pub door: Door,
    /// The dock to play with, in simulated mode.
    pub simulated: Option<SimulatedDock>,
    /// Pages of other simulated docks, for a visitor who carries a cart there.
    pub neighbours: Arc<[Neighbour]>,
    pub machine: Machine,
    /// Pulled out and plugged in at a simulated dock only.
    pub cable: Cable,
}

/// What a technician asks of the machine itself.
#[derive(Clone)]
pub struct Machine {
    /// Where the journal is, for a reader beside the loop.
    pub journal: PathBuf,
    pub settings: Arc<[Setting]>,
    pub logs: LogRing,
    pub hidden: Hidden,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageCommand {
    /// Offer the backlog to the cloud now; before enrolment, ask for enrolment now.
    SyncNow,
    /// Somebody signed in did something.
    Technician {
        by: Technician,
        order: TechnicianOrder,
    },
    /// A code for a gateway that is not enrolled, in place of the one before.
    Enrol(EnrolmentCode),
    /// A code to become another gateway with; what is unsent stays in the old folder.
    Renew { by: Technician, code: EnrolmentCode },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    pub name: String,
    /// Address of the other dock's page, `http://…` or `https://…`.
    pub url: String,
}

#[derive(Debug, Clone)]
pub struct Status {
    pub software: String,
    pub cloud_url: String,
    /// The device's public key, 43 characters of base64url: how the cloud knows this device.
    pub device_key: String,
    pub stage: Stage,
    /// How the last request to become another gateway stands, in words; empty for none.
    pub renewal: String,
}

#[derive(Debug, Clone)]
pub enum Stage {
    Enrolling(Enrolling),
    Serving(Box<Serving>),
}

/// Why there is no gateway yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolling {
    /// No code is configured (`VOLTA_GATEWAY_ENROLMENT_CODE`).
    CodeMissing,
    Asking,
    /// The cloud does not answer, or something else answers in its place.
    Unreachable,
    /// The cloud answered no; its own words.
    Refused {
        title: String,
        detail: String,
    },
}

#[derive(Debug, Clone)]
pub struct Serving {
    /// The corrected wall clock when this snapshot was taken.
    pub at: UnixMs,
    pub gateway: GatewayId,
    pub dock: DockId,
    pub store_name: String,
    pub dock_name: String,
    /// Where the dock's QR code leads customers.
    pub dock_url: String,
    pub boot: u32,
    pub clock: ClockQuality,
    /// Corrected wall clock minus the machine's own.
    pub clock_offset_ms: i64,
    pub head_seq: u64,
    pub acked_seq: u64,
    /// Age of the oldest event the cloud has not acknowledged; `None` when there is no backlog.
    pub oldest_unacked_ms: Option<u64>,
    /// Events that the cloud set aside for a person to look at, as of its last answer.
    pub quarantined: Vec<u64>,
    pub uplink: Uplink,
    pub downlink_connected: bool,
    pub journal_bytes: u64,
    /// Room on the disk and how the journal's files are; a few seconds old at most.
    pub storage: Storage,
    /// The last returns, the newest first.
    pub receipts: Arc<VecDeque<Held>>,
    /// What the dock lately said to somebody at its reader.
    pub said: Option<Heard>,
    pub bays: Vec<BayView>,
    /// Who began the service that the dock is in.
    pub service: Option<Technician>,
    /// The guided test, with its verdict for a while, and the milliseconds its step has left.
    pub test: Option<(TestView, u64)>,
    /// What was released without the cloud's word.
    pub exposure: ExposureView,
    pub clock_floor: UnixMs,
    /// The list that the gateway goes by.
    pub allowance: Option<Arc<Allowance>>,
    /// The raffle commitments that this gateway stands witness for, the newest first.
    pub witnessed: Vec<Witnessed>,
    /// What answers of the managers' site are checked with.
    pub secret: SharedSecret,
}

impl Serving {
    /// Events not yet acknowledged.
    pub fn backlog(&self) -> u64 {
        self.head_seq.saturating_sub(self.acked_seq)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uplink {
    /// No answer yet since this start.
    NotYet,
    Answered {
        last_ms: UnixMs,
    },
    Failing {
        failure: SyncFailure,
        /// When the first of the failures in a row came.
        since_ms: UnixMs,
        attempts: u32,
    },
}

#[derive(Debug, Clone)]
pub struct BayView {
    pub snapshot: BaySnapshot,
    /// What lamp and loudspeaker were last told; `None` before the first order.
    pub signal: Option<Signal>,
    pub sensors: Sensors,
}

/// What the parts of a bay last said; `None` while a part has not told or has failed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Sensors {
    pub bolt_engaged: Option<bool>,
    pub present: Option<bool>,
    pub tag: Option<Option<TagUid>>,
    /// Parts that report errors now.
    pub failing: BTreeSet<Part>,
    /// How often the reader failed since the start.
    pub reader_failures: u32,
}

#[cfg(test)]
pub(crate) mod sample;
