//! What can go wrong at a bay.

use serde::{Deserialize, Serialize};
use shared::ids::TagUid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fault {
    pub kind: FaultKind,
    /// Only for the kinds that show a tag.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tag: Option<TagUid>,
}

macro_rules! fault_kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FaultKind {$($(#[$doc])* $name),+}

        impl FaultKind {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            pub fn code(self) -> &'static str {
                match self {$(Self::$name => $code),+}
            }
        }
    };
}

fault_kinds! {
    /// The bolt does not move when the coil is driven.
    BoltStuckClosed = "bolt_stuck_closed",
    /// The bolt does not spring back: anybody can pull.
    BoltStuckOpen = "bolt_stuck_open",
    /// The bolt needs a second and a half for every move.
    BoltSlow = "bolt_slow",
    /// Both switches chatter after every move.
    SwitchesBounce = "switches_bounce",
    BoltSensorStuckEngaged = "bolt_sensor_stuck_engaged",
    BoltSensorStuckOpen = "bolt_sensor_stuck_open",
    PresenceStuckPresent = "presence_stuck_present",
    PresenceStuckAbsent = "presence_stuck_absent",
    /// Both switches answer with errors.
    SwitchesFail = "switches_fail",
    /// The coil's driver answers with errors.
    LockFails = "lock_fails",
    IndicatorFails = "indicator_fails",
    /// The reader answers with errors.
    ReaderDeaf = "reader_deaf",
    /// The reader's call does not return.
    ReaderHangs = "reader_hangs",
    /// The cart in the bay has lost its tag, or wears it out of the field.
    CartWithoutTag = "cart_without_tag",
    /// A bare tag is held to the reader; it hides any other.
    TagWithoutCart = "tag_without_cart",
    /// A bare tag is held to the reader for half a second.
    TagFlash = "tag_flash",
}

impl FaultKind {
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    pub fn shows_tag(self) -> bool {
        matches!(self, Self::TagWithoutCart | Self::TagFlash)
    }
}

impl From<FaultKind> for Fault {
    fn from(kind: FaultKind) -> Self {
        Self { kind, tag: None }
    }
}
