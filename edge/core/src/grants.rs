//! Which grants open a bay: each at most once, in the order they came.
//!
//! A grant that meets a bay in motion waits here, not on disk: after a restart the cloud offers it
//! again with its next acknowledgement. What was decided is on disk, so it is decided once.

use crate::bay::Bay;
use crate::limits::{GRANT_MEMORY_MS, GRANTS_WAITING_MAX};
use shared::event::GrantRefusal;
use shared::grant::Grant;
use shared::ids::GrantId;
use shared::time::{ClockQuality, UnixMs};
use std::collections::BTreeMap;
use std::mem;

#[derive(Debug)]
pub(crate) struct Grants {
    used: BTreeMap<GrantId, UnixMs>,
    waiting: Vec<Grant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Open,
    Refuse(GrantRefusal),
    /// The bay is about to be something else.
    Wait,
    /// Nothing can be said of it before the clock is set; the acknowledgement that sets it brings
    /// the grant again.
    Ignore,
}

impl Grants {
    pub(crate) fn new(used: BTreeMap<GrantId, UnixMs>) -> Self {
        Self {
            used,
            waiting: Vec::new(),
        }
    }

    /// Queues a grant unless it was decided, waits already, or too many wait for its bay.
    pub(crate) fn offer(&mut self, grant: Grant) {
        let same_bay = self.waiting.iter().filter(|other| other.bay == grant.bay);
        let known = self.used.contains_key(&grant.id)
            || self.waiting.iter().any(|other| other.id == grant.id);
        if !known && same_bay.count() < GRANTS_WAITING_MAX {
            self.waiting.push(grant);
        }
    }

    /// Takes out the waiting grants, for each to be judged and either decided or kept.
    pub(crate) fn take_waiting(&mut self) -> Vec<Grant> {
        mem::take(&mut self.waiting)
    }

    pub(crate) fn keep_waiting(&mut self, grant: Grant) {
        self.waiting.push(grant);
    }

    pub(crate) fn decided(&mut self, grant: &Grant) {
        self.used.insert(grant.id, grant.expires_ms);
    }

    /// Forgets what expired long ago. Only a clock that the cloud set may say so, and only once the
    /// cloud knows of every use: else there would be room for a second one.
    pub(crate) fn prune(&mut self, wall: UnixMs) {
        self.used
            .retain(|_, expires_ms| wall.since(*expires_ms) <= GRANT_MEMORY_MS);
    }

    pub(crate) fn used(&self) -> &BTreeMap<GrantId, UnixMs> {
        &self.used
    }

    /// How long until the first waiting grant is too old.
    pub(crate) fn expires_in_ms(&self, wall: UnixMs) -> Option<u64> {
        let first = self.waiting.iter().map(|grant| grant.expires_ms).min()?;
        u64::try_from(first.plus(1).since(wall)).ok()
    }
}

/// Judges a grant that was not used before. `wall` is the trained clock's, else the machine's own,
/// whose word is not enough to refuse a customer who has paid.
pub(crate) fn judge(
    grant: &Grant,
    bay: Option<&Bay>,
    wall: UnixMs,
    clock: ClockQuality,
) -> Verdict {
    let Some(bay) = bay else {
        return Verdict::Refuse(GrantRefusal::UnknownBay);
    };
    if wall > grant.expires_ms {
        return match clock {
            ClockQuality::Unset => Verdict::Ignore,
            ClockQuality::Server => Verdict::Refuse(GrantRefusal::Expired),
        };
    }
    bay.verdict()
}
