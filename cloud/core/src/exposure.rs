//! The most that member cards can cost at one gateway, as a number that is never too small.
//!
//! A gateway holds a limit in each of its days. Such a day is 24 hours of its running time or longer
//! and begins whenever the one before is over, so no calendar tells where it turns: of a time without
//! word, a day more than fits into it may have been used up. It goes by one of the lists that it was
//! answered, and until it has told everything under the newest, by whichever allows most.

use shared::money::Centavos;
use shared::time::UnixMs;
use std::cmp::Ordering;

/// A gateway's limits are those of a day.
pub const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// A gateway's word may be minutes old when it is heard.
const ON_ITS_WAY_MS: i64 = 5 * 60 * 1_000;

/// Its crystal may run this part faster than ours: ten times what one does.
const FAST_PART: i64 = 1_000;

/// The lists that a gateway was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lists {
    /// The newest; 0 for none.
    pub version: u64,
    /// Its limit a day, zero where it lets no card open.
    pub limit: Centavos,
    /// The highest limit that the gateway may go by.
    pub limit_max: Centavos,
}

impl Lists {
    pub const NONE: Self = Self {
        version: 0,
        limit: Centavos::ZERO,
        limit_max: Centavos::ZERO,
    };

    /// One is about to be answered. It counts from now on, whether it arrives or not.
    pub fn handed(self, version: u64, limit: Centavos) -> Self {
        let newest = match version.cmp(&self.version) {
            Ordering::Greater => limit,
            // Answered twice, with the cards of two moments: either may have arrived.
            Ordering::Equal => limit.max(self.limit),
            Ordering::Less => self.limit,
        };
        Self {
            version: version.max(self.version),
            limit: newest,
            limit_max: self.limit_max.max(limit),
        }
    }

    /// It has nothing more to tell, and goes by list `told`: where that is the newest, no other counts
    /// any more.
    pub fn drained(self, told: u64) -> Self {
        if told != self.version {
            return self;
        }
        Self {
            limit_max: self.limit,
            ..self
        }
    }
}

/// What the cloud knows about a gateway that may release by member card alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardRisk {
    pub lists: Lists,
    /// When it last had nothing more to tell.
    pub drained_ms: UnixMs,
    /// When another device took its dock over.
    pub replaced_ms: Option<UnixMs>,
    /// What the carts are worth that are known to be out by card.
    pub out: Centavos,
}

/// The most that can be lost, in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// Days of the gateway that may have been used up without word.
    pub days: u64,
    pub untold: Centavos,
    pub out: Centavos,
    pub worst: Centavos,
}

/// The worst possible loss by member cards at one gateway, if nobody brings anything back.
pub fn exposure(risk: CardRisk, now: UnixMs) -> Exposure {
    let days = if risk.lists.limit_max == Centavos::ZERO {
        0
    } else {
        days(risk, now)
    };
    let count = i64::try_from(days).unwrap_or(i64::MAX);
    let untold = Centavos::new(risk.lists.limit_max.get().saturating_mul(count));
    Exposure {
        days,
        untold,
        out: risk.out,
        worst: Centavos::new(untold.get().saturating_add(risk.out.get())),
    }
}

fn days(risk: CardRisk, now: UnixMs) -> u64 {
    let until = match risk.replaced_ms {
        // Off the wall, and everything told.
        Some(replaced) if risk.drained_ms >= replaced => return 0,
        // The old device may have hung beside the new one for as long as somebody needs to notice.
        Some(replaced) => now.min(replaced.plus(DAY_MS)),
        None => now,
    };
    let dark_ms = until.since(risk.drained_ms).max(0);
    let dark_ms = dark_ms + dark_ms / FAST_PART + ON_ITS_WAY_MS;
    let begun = (dark_ms + DAY_MS - 1) / DAY_MS;
    u64::try_from(begun).unwrap_or(0) + 1
}

#[cfg(test)]
mod tests;
