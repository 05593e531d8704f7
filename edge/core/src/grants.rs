//! Which grants open a bay: each at most once, in the order they came.
//!
//! A grant that meets a bay in motion waits here, not on disk: after a restart the cloud offers it
//! again with its next acknowledgement. What was decided is on disk, so it is decided once.

use crate::bay::Bay;
use crate::clock::Reading;
use crate::io::DoorRefusal;
use crate::limits::{GRANT_MEMORY_MS, GRANTS_WAITING_MAX};
use shared::event::GrantRefusal;
use shared::grant::Grant;
use shared::ids::{BayNo, GrantId};
use shared::time::UnixMs;
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
    /// Nothing can be said of it now, and why, for who carried it here. The acknowledgement that
    /// sets the clock, or finds room again, brings it once more.
    Ignore(DoorRefusal),
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

    pub(crate) fn decided(&mut self, grant: GrantId, expires_ms: UnixMs) {
        self.used.insert(grant, expires_ms);
        self.forget_waiting(grant);
    }

    /// The bay that a waiting grant waits for.
    pub(crate) fn waits_for(&self, grant: GrantId) -> Option<BayNo> {
        let waiting = self.waiting.iter().find(|other| other.id == grant);
        waiting.map(|grant| grant.bay)
    }

    pub(crate) fn forget_waiting(&mut self, grant: GrantId) {
        self.waiting.retain(|other| other.id != grant);
    }

    /// Forgets what expired long before `floor`, the time that is kept with the same commit and that
    /// no clock falls behind: such a grant is neither opened nor refused any more. So a month in the
    /// dark leaves a day's grants. What `remembers` speaks for stays longer.
    pub(crate) fn prune(&mut self, floor: UnixMs, remembers: impl Fn(GrantId) -> bool) {
        self.used.retain(|grant, expires_ms| {
            floor.since(*expires_ms) <= GRANT_MEMORY_MS || remembers(*grant)
        });
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

/// Judges a grant that was not used before, after the trained clock, else after the machine's own,
/// whose word is not enough to refuse a customer who has paid.
pub(crate) fn judge(grant: &Grant, bay: Option<&Bay>, clock: Reading) -> Verdict {
    let Some(bay) = bay else {
        return Verdict::Refuse(GrantRefusal::UnknownBay);
    };
    if clock.wall > grant.expires_ms {
        let over_ms = clock.not_before.map(|it| it.since(grant.expires_ms));
        return match over_ms.filter(|over_ms| *over_ms > 0) {
            None => Verdict::Ignore(DoorRefusal::ClockUnknown),
            Some(..=GRANT_MEMORY_MS) => Verdict::Refuse(GrantRefusal::Expired),
            // Nobody remembers whether it was used; the cloud knows itself that it is over.
            Some(_) => Verdict::Ignore(DoorRefusal::GrantUsed),
        };
    }
    bay.verdict()
}
