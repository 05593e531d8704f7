//! Enrolment: a one-time code makes an unknown device the gateway of one dock.

use crate::ids::{BayNo, DockId, GatewayId};
use crate::signed::PublicKey;
use crate::time::UnixMs;
use serde::{Deserialize, Serialize};

/// Signed by the device with the very key it presents (`Domain::EnrolRequest`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    pub v: u8,
    pub code: String,
    pub public_key: PublicKey,
    pub software: String,
    pub bays: Vec<BayLayout>,
}

/// An enrolment request with [`BAYS_MAX`] bays stays far below this.
pub const ENROL_BYTES_MAX: usize = 64 * 1024;

/// One gateway drives at most this many bays: the pins and buses of one Raspberry Pi end earlier.
pub const BAYS_MAX: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BayLayout {
    pub bay: BayNo,
    pub kind: BayKind,
    /// Carts it can hold: 1 for a slot.
    pub capacity: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BayKind {
    /// A place for one cart.
    Slot,
    /// Nested carts behind one gate: last in, first out.
    Lane,
}

/// The cloud's answer, signed with `cloud_key` (`Domain::Enrolled`). The gateway keeps it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    pub v: u8,
    pub gateway: GatewayId,
    pub dock: DockId,
    pub store_name: String,
    pub dock_name: String,
    /// Where the dock's QR code leads customers.
    pub dock_url: String,
    /// What signs grants and acknowledgements from now on.
    pub cloud_key: PublicKey,
    pub downlink: DownlinkAccess,
    pub server_ms: UnixMs,
}

/// How the gateway reaches the broker. `Debug` is absent: the password must not be logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownlinkAccess {
    pub host: String,
    pub port: u16,
    pub username: String,
    pub password: String,
}
