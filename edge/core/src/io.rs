//! What goes into the brain and what comes out.

use serde::{Deserialize, Serialize};
use shared::chain::Head;
use shared::dock::{Observation, Signal};
use shared::enrol::BayLayout;
use shared::event::{BayFault, Fact};
use shared::grant::Grant;
use shared::ids::{BayNo, GrantId, RentalId, TagUid};
use shared::time::{MonoMs, UnixMs};
use std::collections::BTreeMap;

/// Time and chance at one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    pub mono: MonoMs,
    /// The machine's own wall clock, not yet corrected.
    pub wall: UnixMs,
    /// Fresh random bits, used only to spread retries.
    pub random: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Once, before anything else.
    Started {
        software: String,
    },
    Observed(Observation),
    /// A genuine grant for this gateway, from the downlink or an acknowledgement.
    Granted(Grant),
    Locate {
        bay: BayNo,
        duration_ms: u32,
    },
    /// The cloud, or a technician, asks for a sync now.
    Wake,
    /// The cloud committed everything up to `acked`.
    Synced {
        acked: Head,
        server_ms: UnixMs,
        /// When the request left, to bound the age of `server_ms`.
        sent: MonoMs,
    },
    SyncFailed {
        failure: SyncFailure,
        retry_after_ms: Option<u64>,
    },
    /// The deadline of the last output passed.
    Tick,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncFailure {
    /// No answer, or an answer that the cloud did not sign.
    Unreachable,
    /// The cloud answered with an error of its own.
    CloudError,
    /// The cloud's head is elsewhere: continue after it.
    Gap { cloud_head: Head },
    /// The cloud holds another journal under this gateway's name; a person must look.
    Fork,
    /// The cloud does not accept this gateway any more.
    NotEnrolled,
    /// The cloud refused this batch for what it says; it is kept and offered again.
    Refused,
}

/// Everything an input leads to. `records` and the brain's memory are committed in one durable
/// transaction before the first command is carried out.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Output {
    pub records: Vec<Fact>,
    pub commands: Vec<Command>,
    /// When to send [`Input::Tick`] unless another input comes first.
    pub deadline: Option<MonoMs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Drive the coil for at most `pulse_ms`; the hardware ends the pulse by itself.
    Unlock {
        bay: BayNo,
        pulse_ms: u32,
    },
    /// Cut the coil.
    Lock {
        bay: BayNo,
    },
    Show {
        bay: BayNo,
        signal: Signal,
    },
    /// Send the journal lines after `after`, at most `events_max`, with the live snapshot.
    Sync {
        after: Head,
        events_max: usize,
    },
}

/// What the brain must still know after a power cut. Stored with every commit.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Carts in each bay, the one a release would let go last.
    pub carts: BTreeMap<BayNo, Vec<TagUid>>,
    /// Releases begun and not yet ended.
    pub releasing: BTreeMap<BayNo, Releasing>,
    /// Bays out of service; a bolt that stuck before a power cut is not trusted after it.
    #[serde(default)]
    pub faults: BTreeMap<BayNo, BayFault>,
    /// Grants already decided, kept until they could not be accepted anyway.
    pub used_grants: BTreeMap<GrantId, UnixMs>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Releasing {
    pub grant: GrantId,
    pub rental: RentalId,
    pub tag: TagUid,
    /// When it began, by the machine's own clock, so that hours later nobody's cart is set free.
    #[serde(default)]
    pub started_ms: UnixMs,
    /// Which boot of the machine it began in: after a power cut that clock may say anything.
    #[serde(default)]
    pub machine_boot: String,
    /// It was taken up again after the process had died; that happens once.
    #[serde(default)]
    pub resumed: bool,
}

/// Where the journal and the uplink stand when the process starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Counts the starts of the process.
    pub boot: u32,
    /// Which boot of the machine this is; empty where the system does not tell, and then never the
    /// same as any other.
    pub machine_boot: String,
    pub head: Head,
    pub acked: Head,
    pub memory: Memory,
    pub bays: Vec<BayLayout>,
}
