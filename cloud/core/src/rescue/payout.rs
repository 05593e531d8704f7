//! Whether a finder's money may leave now.

use super::decision::Record;
use shared::time::UnixMs;

/// What the payer said against the reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objection {
    None,
    /// A person has yet to look.
    Open,
    Upheld,
    Dismissed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// The payer was right: nothing leaves, ever.
    Void,
    /// A person must decide first.
    Hold,
    Wait {
        until_ms: UnixMs,
    },
    Pay,
}

/// Decides again at the moment of paying, by the finder's record of now: one payer who objects holds
/// everything that this finder still waits for, because who hides carts hides more than one. What a
/// person has looked at and found right is paid all the same.
pub fn release(pay_from_ms: UnixMs, objection: Objection, record: &Record, now: UnixMs) -> Release {
    match objection {
        Objection::Upheld => Release::Void,
        Objection::Open => Release::Hold,
        Objection::None if record.objections > 0 => Release::Hold,
        Objection::None | Objection::Dismissed if now < pay_from_ms => Release::Wait {
            until_ms: pay_from_ms,
        },
        Objection::None | Objection::Dismissed => Release::Pay,
    }
}
