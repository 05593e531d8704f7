//! What is decided about docks that the cloud cannot hear: how long a carried grant lives, whether a
//! return told late is this rental's. What the worst can cost is in [`crate::exposure`].

use shared::offline::{CODE_PERIOD_MS, CODE_PERIODS_VALID};
use shared::time::{ClockQuality, Stamp, UnixMs};

/// A dock's own address is a short one on a local network.
pub const LOCAL_URL_CHARS_MAX: usize = 200;

/// Until when a grant that a phone carries can be used: as long as the release code made at
/// `issued`, to the end of the last period that takes it.
pub fn carried_until(issued: UnixMs) -> UnixMs {
    let period = issued.0.div_euclid(CODE_PERIOD_MS);
    UnixMs((period + CODE_PERIODS_VALID + 1) * CODE_PERIOD_MS)
}

/// What is known of a docking and of the rental under which its cart is out.
#[derive(Debug, Clone, Copy)]
pub struct Docking {
    /// Numbers of the docking and of the pull, where one journal holds both.
    pub one_journal: Option<(u64, u64)>,
    /// When the docking's gateway last had nothing more to tell; the docking is news since then.
    pub drained_ms: UnixMs,
    /// When the cloud heard of the pull.
    pub out_ms: UnixMs,
    /// When the rental's grant was issued.
    pub issued_ms: UnixMs,
    /// The dock's claim of when.
    pub claim: Claim,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The stamp of an event in the journal.
    Stamped(UnixMs, ClockQuality),
    /// The time on a receipt, which does not say what its clock was worth.
    Bare(UnixMs),
    None,
}

impl Claim {
    /// What the stamp of an event is worth that the gateway sent in a request stamped `sent`,
    /// received at `now`. Within one boot the monotonic clock tells the event's age, whatever the
    /// wall clock says.
    pub fn of(at: &Stamp, sent: Option<&Stamp>, now: UnixMs) -> Self {
        let same_boot = sent.filter(|sent| sent.boot == at.boot && sent.mono_ms >= at.mono_ms);
        match (at.clock, same_boot) {
            (ClockQuality::Unset | ClockQuality::Floor, Some(sent)) => {
                let age_ms = sent.mono_ms.since(at.mono_ms);
                let age_ms = i64::try_from(age_ms).unwrap_or(i64::MAX);
                Self::Stamped(now.plus(-age_ms), ClockQuality::Server)
            }
            _ => Self::Stamped(at.wall_ms, at.clock),
        }
    }
}

/// Whether a docking came after the rental's pull, and so ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    After,
    /// It was the end of an earlier rental of the same cart.
    Before,
    Unknown,
}

/// Numbers and contacts prove; a clock only speaks where they are silent, and alone it never frees
/// money on a bare claim.
pub fn order(of: Docking) -> Order {
    if let Some((docked, pulled)) = of.one_journal {
        return if docked > pulled {
            Order::After
        } else {
            Order::Before
        };
    }
    if of.drained_ms >= of.out_ms {
        return Order::After;
    }
    match of.claim {
        Claim::Stamped(at, ClockQuality::Server) if at >= of.issued_ms => Order::After,
        Claim::Stamped(_, ClockQuality::Server) => Order::Before,
        // "Not before": late enough is late enough, early says nothing.
        Claim::Stamped(at, ClockQuality::Floor) if at >= of.issued_ms => Order::After,
        Claim::Bare(at) if at < of.issued_ms => Order::Before,
        Claim::Stamped(..) | Claim::Bare(_) | Claim::None => Order::Unknown,
    }
}

/// The address a gateway gives for its own page, if a customer may be sent there: `http` or `https`,
/// a host, perhaps a port and a path; no credentials, no query.
pub fn local_url(told: &str) -> Option<&str> {
    let told = told.trim_end_matches('/');
    let rest = told
        .strip_prefix("http://")
        .or_else(|| told.strip_prefix("https://"))?;
    let host = rest.split('/').next().unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/:[]".contains(&b);
    let good = told.len() <= LOCAL_URL_CHARS_MAX
        && host.bytes().any(|b| b.is_ascii_alphanumeric())
        && !host.starts_with(':')
        && rest.bytes().all(plain);
    good.then_some(told)
}

#[cfg(test)]
mod tests;
