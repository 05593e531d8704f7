//! What the gateway tells its own pages: one snapshot, published after every input.

use edge_core::io::SyncFailure;
use hardware::simulated::SimulatedDock;
use shared::dock::Signal;
use shared::ids::{BayNo, DockId, GatewayId};
use shared::sync::BaySnapshot;
use shared::time::{ClockQuality, UnixMs};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Everything the pages may use. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub status: watch::Receiver<Arc<Status>>,
    pub commands: mpsc::Sender<PageCommand>,
    /// The dock to play with, in simulated mode.
    pub simulated: Option<SimulatedDock>,
    /// Pages of other simulated docks, for a visitor who carries a cart there.
    pub neighbours: Arc<[Neighbour]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageCommand {
    /// Offer the backlog to the cloud now; before enrolment, ask for enrolment now.
    SyncNow,
    /// Blink this bay's lamp.
    Locate { bay: BayNo },
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
    pub bays: Vec<BayView>,
    /// The newest last, at most [`EVENTS_SHOWN_MAX`].
    pub events: Vec<EventView>,
}

/// Events on the status page: more than a screen, less than a scroll.
pub const EVENTS_SHOWN_MAX: usize = 50;

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

/// What the switches of a bay last said; `None` while a part has not told or has failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Sensors {
    pub bolt_engaged: Option<bool>,
    pub present: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventView {
    pub seq: u64,
    /// [`shared::event::Fact::kind`], or `unknown` for a kind of a newer version.
    pub kind: &'static str,
    pub bay: Option<BayNo>,
    pub wall_ms: UnixMs,
}
