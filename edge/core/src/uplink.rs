//! When to sync: at once while there is something to tell, now and then when not, ever more rarely
//! while it fails, and never not at all.
//!
//! The longest pause is a minute, not the ten that are usual in this trade: a customer's refund waits
//! in the journal, and a question costs the cloud little since a failing link is asked with a few
//! events only. A cloud that wants more rest says so: `Retry-After` holds everything back, a pause in
//! an acknowledgement holds back history while the live state of the bays goes on.

use crate::io::{Command, Now, SyncFailure};
use crate::limits::{
    BACKOFF_MS_BASE, BACKOFF_MS_MAX, BATCH_EVENTS_MIN, NEWS_SPACING_MS, PAUSE_MS_MAX,
    RETRY_AFTER_MS_MAX, STABLE_MS, SYNC_IDLE_MS, WAKE_SPACING_MS,
};
use shared::chain::Head;
use shared::sync::BATCH_EVENTS_MAX;
use shared::time::MonoMs;

#[cfg(test)]
mod tests;

/// The uplink as a technician sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UplinkStatus {
    pub link: Link,
    /// The last line the cloud has committed.
    pub acked: Head,
    /// The last line of the journal.
    pub head_seq: u64,
    /// When the next request leaves by itself; none while one is under way.
    pub next_attempt: Option<MonoMs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// No answer and no failure yet.
    Unknown,
    Connected {
        since: MonoMs,
    },
    Failing {
        since: MonoMs,
        failure: SyncFailure,
    },
}

#[derive(Debug)]
pub(crate) struct Uplink {
    acked: Head,
    link: Link,
    turn: Turn,
    /// Less after each batch that was not taken, and more again after each that was.
    events_max: usize,
    /// Failures in a row, and before a success that did not last.
    failures: u32,
    last_attempt: Option<MonoMs>,
    /// The cloud asked not to be called before.
    not_before: MonoMs,
    /// The cloud asked for no events before; it still takes the live state.
    history_from: MonoMs,
    /// The journal's end at the last attempt: what came since is news.
    told_seq: u64,
}

#[derive(Debug)]
enum Turn {
    /// `eager`: new records need not wait for `next`.
    Resting { next: Option<MonoMs>, eager: bool },
    /// `again`: somebody asked for a sync after this one left.
    InFlight {
        after: Head,
        offered: u64,
        again: bool,
    },
}

impl Uplink {
    pub(crate) fn new(acked: Head) -> Self {
        Self {
            acked,
            link: Link::Unknown,
            turn: Turn::Resting {
                next: None,
                eager: false,
            },
            events_max: BATCH_EVENTS_MAX,
            failures: 0,
            last_attempt: None,
            not_before: MonoMs(0),
            history_from: MonoMs(0),
            told_seq: acked.seq,
        }
    }

    pub(crate) fn start(&mut self, at: MonoMs) {
        self.rest(at, true);
    }

    /// The request that is due, if none is under way.
    pub(crate) fn poll(&mut self, at: MonoMs, head_seq: u64) -> Option<Command> {
        if head_seq > self.told_seq {
            self.hear_news(at);
        }
        let Turn::Resting { next, eager } = self.turn else {
            return None;
        };
        let events_max = match at < self.history_from {
            true => 0,
            false => self.events_max,
        };
        let offered = match events_max {
            0 => 0,
            _ => head_seq.saturating_sub(self.acked.seq),
        };
        let due = next.is_some_and(|next| at >= next) || (eager && offered > 0);
        if !due {
            return None;
        }
        self.last_attempt = Some(at);
        self.told_seq = head_seq;
        self.turn = Turn::InFlight {
            after: self.acked,
            offered,
            again: false,
        };
        Some(Command::Sync {
            after: self.acked,
            events_max,
        })
    }

    pub(crate) fn next_attempt(&self) -> Option<MonoMs> {
        match self.turn {
            Turn::Resting { next, .. } => next,
            Turn::InFlight { .. } => None,
        }
    }

    /// Hurries the next request. While the link fails, at most once a [`WAKE_SPACING_MS`].
    pub(crate) fn wake(&mut self, at: MonoMs) {
        let spaced = self.last_attempt.map(|last| last.plus(WAKE_SPACING_MS));
        match &mut self.turn {
            Turn::InFlight { again, .. } => *again = true,
            Turn::Resting { next: None, .. } => {}
            Turn::Resting {
                next: Some(next),
                eager,
            } => {
                let soon = match (*eager, spaced) {
                    (false, Some(spaced)) => at.max(spaced).max(self.not_before),
                    _ => at,
                };
                *next = soon.min(*next);
            }
        }
    }

    /// `pause_ms`: how long the cloud wants no events.
    pub(crate) fn synced(&mut self, acked: Head, pause_ms: Option<u64>, head_seq: u64, now: Now) {
        if acked.seq > head_seq {
            // The cloud knows lines of ours that we do not: this journal was set back.
            return self.failed(SyncFailure::Fork, None, head_seq, now);
        }
        let (stalled, again) = match self.turn {
            Turn::Resting { .. } => (false, false),
            Turn::InFlight {
                after,
                offered,
                again,
            } => (offered > 0 && acked.seq <= after.seq, again),
        };
        self.acked = acked;
        self.events_max = self.events_max.saturating_mul(2).min(BATCH_EVENTS_MAX);
        if !matches!(self.link, Link::Connected { .. }) {
            self.link = Link::Connected { since: now.mono };
        }
        self.not_before = MonoMs(0);
        if let Some(pause_ms) = pause_ms {
            self.history_from = now.mono.plus(pause_ms.clamp(1, PAUSE_MS_MAX));
        }
        let idle = now.mono.plus(SYNC_IDLE_MS);
        match self.history_from > now.mono {
            true => self.rest(idle.min(self.history_from), true),
            // An answer that commits nothing must not be asked for again at once.
            false => self.rest(idle, !stalled),
        }
        if again {
            self.wake(now.mono);
        }
    }

    pub(crate) fn failed(
        &mut self,
        failure: SyncFailure,
        retry_after_ms: Option<u64>,
        head_seq: u64,
        now: Now,
    ) {
        let failure = match failure {
            SyncFailure::Gap { cloud_head } if cloud_head.seq > head_seq => SyncFailure::Fork,
            other => other,
        };
        let offered = matches!(self.turn, Turn::InFlight { offered: 1.., .. });
        let about_us = matches!(
            failure,
            SyncFailure::Gap { .. } | SyncFailure::Fork | SyncFailure::NotEnrolled
        );
        // A link or a server in trouble is asked with little: it may lose, choke on or refuse large
        // requests only, and a metered line pays for every attempt.
        if offered && !about_us {
            self.events_max = (self.events_max / 2).max(BATCH_EVENTS_MIN);
        }
        let delay_ms = match self.moved_by(failure) {
            true => 0,
            false => self.backoff_ms(failure, now),
        };
        let since = match self.link {
            Link::Failing { since, .. } => since,
            Link::Unknown | Link::Connected { .. } => now.mono,
        };
        self.link = Link::Failing { since, failure };
        let wished_ms = retry_after_ms.unwrap_or(0).min(RETRY_AFTER_MS_MAX);
        // Up to twice the wish: those who were told the same must not come back at the same moment.
        let spread_ms = now.random % wished_ms.max(1);
        self.not_before = now.mono.plus(wished_ms + spread_ms);
        let again = matches!(self.turn, Turn::InFlight { again: true, .. });
        self.rest(now.mono.plus(delay_ms).max(self.not_before), false);
        if again {
            self.wake(now.mono);
        }
    }

    pub(crate) fn status(&self, head_seq: u64) -> UplinkStatus {
        UplinkStatus {
            link: self.link,
            acked: self.acked,
            head_seq,
            next_attempt: self.next_attempt(),
        }
    }

    /// Something happened at the dock while the link rests: worth an attempt of its own, though not
    /// often and not against the cloud's wish.
    fn hear_news(&mut self, at: MonoMs) {
        let waits_for_a_person = matches!(
            self.link,
            Link::Failing {
                failure: SyncFailure::Fork | SyncFailure::NotEnrolled,
                ..
            }
        );
        if waits_for_a_person {
            return;
        }
        let spaced = self.last_attempt.map(|last| last.plus(NEWS_SPACING_MS));
        if let (
            Turn::Resting {
                next: Some(next), ..
            },
            Some(spaced),
        ) = (&mut self.turn, spaced)
        {
            let soon = at.max(spaced).max(self.not_before);
            *next = soon.min(*next);
        }
    }

    fn rest(&mut self, next: MonoMs, eager: bool) {
        let next = Some(next);
        self.turn = Turn::Resting { next, eager };
    }

    /// A gap that tells us where to go on is answered at once; a second one running is a failure.
    fn moved_by(&mut self, failure: SyncFailure) -> bool {
        let SyncFailure::Gap { cloud_head } = failure else {
            return false;
        };
        let moved = cloud_head != self.acked;
        self.acked = cloud_head;
        let first = !matches!(
            self.link,
            Link::Failing {
                failure: SyncFailure::Gap { .. },
                ..
            }
        );
        moved && first
    }

    /// Full jitter: anywhere between now and the ceiling, so that a fleet spreads out.
    fn backoff_ms(&mut self, failure: SyncFailure, now: Now) -> u64 {
        if let Link::Connected { since } = self.link
            && now.mono.since(since) >= STABLE_MS
        {
            self.failures = 0;
        }
        let doubled = BACKOFF_MS_BASE.saturating_mul(1 << self.failures.min(32));
        let ceiling_ms = doubled.min(BACKOFF_MS_MAX);
        self.failures = self.failures.saturating_add(1);
        match failure {
            // Only a person ends these; asking is cheap but not urgent.
            SyncFailure::Fork | SyncFailure::NotEnrolled => {
                BACKOFF_MS_MAX / 2 + 1 + now.random % (BACKOFF_MS_MAX / 2)
            }
            _ => 1 + now.random % ceiling_ms,
        }
    }
}
