//! What a dock's hardware and the gateway's brain say to each other.

use crate::ids::{BayNo, TagUid};
use serde::{Deserialize, Serialize};

/// A debounced change at one bay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    pub bay: BayNo,
    pub seen: Seen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// The tag in the reader's field, or none after the misses that count as a removal.
    Tag(Option<TagUid>),
    /// Whether the bolt sensor sees the bolt engaged.
    Bolt { engaged: bool },
    /// Whether the presence sensor sees a cart.
    Presence { present: bool },
    /// A part answered with an error or not at all.
    Failed(Part),
    /// A failed part works again.
    Healed(Part),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Reader,
    Lock,
    BoltSensor,
    PresenceSensor,
    Indicator,
}

/// What a bay shows. Patterns flash at most three times a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lamp {
    Off,
    /// A cart may be put in, or waits to be taken: steady.
    Ready,
    /// "Here": slow blink, for a customer who looks for the bay.
    Locate,
    /// The bolt is open, pull the cart: fast blink.
    Open,
    /// A cart is being read: breathing.
    Reading,
    /// The cart is back, durably recorded: steady for a while.
    Accepted,
    /// Look here, something was not as expected: double blink.
    Attention,
    OutOfService,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// Two rising tones: pull now.
    Open,
    /// One long bright tone: returned.
    Accepted,
    /// Three short low tones: look at the lamp.
    Attention,
}

/// A bay's outcome for a customer, in two senses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    pub lamp: Lamp,
    pub sound: Option<Sound>,
}
