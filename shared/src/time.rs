//! Time as data: unix milliseconds on the wire and in storage, and a gateway's stamp.

use serde::{Deserialize, Serialize};

/// Wall time: milliseconds since 1970-01-01 UTC.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixMs(pub i64);

impl UnixMs {
    #[must_use]
    pub fn plus(self, duration_ms: i64) -> Self {
        Self(self.0.saturating_add(duration_ms))
    }

    /// Milliseconds from `earlier` to `self`; negative when `earlier` is later.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Milliseconds since this boot of one machine. Comparable only within one boot.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct MonoMs(pub u64);

impl MonoMs {
    #[must_use]
    pub fn plus(self, duration_ms: u64) -> Self {
        Self(self.0.saturating_add(duration_ms))
    }

    /// Milliseconds from `earlier` to `self`, zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// How much a gateway's wall time is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockQuality {
    /// Never compared with anything since this boot.
    Unset,
    /// The machine's own clock stood before a time already known, or absurdly far after it: that
    /// time is used instead, and stands for "not before".
    Floor,
    /// Corrected by the signed server time of an acknowledgement, in this boot.
    Server,
}

/// When something happened at a gateway. Order is (`boot`, journal sequence, `mono`);
/// `wall` is a claim worth its `clock`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Counts the starts of this gateway's process over its journal's life.
    pub boot: u32,
    pub mono_ms: MonoMs,
    pub wall_ms: UnixMs,
    pub clock: ClockQuality,
}
