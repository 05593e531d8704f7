//! The world as a page or a test sees it.

use super::fault::Fault;
use serde::{Deserialize, Serialize};
use shared::dock::{Lamp, Sound};
use shared::enrol::BayKind;
use shared::ids::{BayNo, TagUid};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorldState {
    /// Grows with every change; starts anew with the process.
    pub revision: u64,
    pub bays: Vec<BayView>,
    /// Carts that stand free beside the dock: in the visitor's hands.
    pub lot: Vec<TagUid>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BayView {
    pub bay: BayNo,
    pub kind: BayKind,
    pub capacity: u16,
    /// The cart at the mouth is the last.
    pub carts: Vec<TagUid>,
    /// False while the next cart of a lane still rolls towards the mouth, and when there is none.
    pub cart_at_mouth: bool,
    /// The bolt itself, whatever its sensor says.
    pub bolt_engaged: bool,
    /// Whether a pull would succeed now.
    pub pullable: bool,
    pub lamp: Lamp,
    /// How often this bay has sounded, so that a page can tell a repetition.
    pub sounds: u64,
    pub last_sound: Option<Sound>,
    pub faults: Vec<Fault>,
}
