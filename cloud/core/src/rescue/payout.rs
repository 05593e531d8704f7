//! Whether a finder's money may leave now.

use super::decision::Record;
use shared::time::UnixMs;

const DAY_MS: i64 = 24 * 3_600_000;

/// How long a finder's voucher is good from the moment it may be redeemed: as long as the winner of a
/// draw has to come for the prize. What nobody came for is the prize fund's, as the rest of the deposit.
pub const VOUCHER_VALID_DAYS: u16 = 180;

/// A voucher that is held when its time ends is good for a month from then: whoever could not use it
/// loses nothing by it.
pub const VOUCHER_HELD_DAYS: u16 = 30;

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

/// What becomes of a voucher that nobody redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoucherTerm {
    Good,
    /// It could not be used when its time ended.
    Longer {
        until_ms: UnixMs,
    },
    /// Its amount is the prize fund's.
    Over,
    /// The payer was right: there is nothing that it could be worth.
    Void,
}

/// Until when a voucher is good that may be redeemed from `from_ms` on.
pub fn voucher_until(from_ms: UnixMs) -> UnixMs {
    from_ms.plus(i64::from(VOUCHER_VALID_DAYS) * DAY_MS)
}

/// The term of a voucher that was good until `until_ms`.
pub fn voucher_term(until_ms: UnixMs, release: Release, now: UnixMs) -> VoucherTerm {
    match release {
        Release::Void => VoucherTerm::Void,
        _ if now < until_ms => VoucherTerm::Good,
        Release::Hold | Release::Wait { .. } => VoucherTerm::Longer {
            until_ms: now.plus(i64::from(VOUCHER_HELD_DAYS) * DAY_MS),
        },
        Release::Pay => VoucherTerm::Over,
    }
}
