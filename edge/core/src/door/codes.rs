//! The keypad: reads release codes, and rests after wrong ones.
//!
//! How often it was wrong is not kept over a restart: whoever can cut the power at will gains five
//! guesses a start, each one in three hundred thousand at the largest dock.

use crate::clock::Reading;
use crate::io::DoorRefusal;
use crate::limits::{CODE_REST_MS, CODE_REST_MS_MAX, CODES_WRONG_MAX};
use shared::ids::{BayNo, GrantId};
use shared::offline::{ReleaseCode, SERIALS_BEHIND, SharedSecret};
use shared::time::{ClockQuality, MonoMs};

#[derive(Debug)]
pub(super) struct Keypad {
    secret: Option<SharedSecret>,
    /// Wrong codes since the last rest, or since one opened a bay.
    wrong: u32,
    /// Rests since a code opened a bay.
    rests: u32,
    rests_until: Option<MonoMs>,
}

impl Keypad {
    pub(super) fn new(secret: Option<SharedSecret>) -> Self {
        Self {
            secret,
            wrong: 0,
            rests: 0,
            rests_until: None,
        }
    }

    pub(super) fn read(
        &mut self,
        typed: &str,
        highest_serial: u32,
        bays: &[BayNo],
        clock: Reading,
        at: MonoMs,
    ) -> Result<ReleaseCode, DoorRefusal> {
        if self.rests_until.is_some_and(|until| at < until) {
            return Err(DoorRefusal::LockedOut);
        }
        if clock.quality == ClockQuality::Unset && clock.not_before.is_none() {
            return Err(DoorRefusal::ClockUnknown);
        }
        let secret = self.secret.as_ref();
        let code =
            secret.and_then(|it| it.read_release_code(typed, highest_serial, bays, clock.wall));
        code.ok_or_else(|| {
            self.distrust(at);
            DoorRefusal::CodeWrong
        })
    }

    /// A code opened a bay. One that was only right does not count: a used code in somebody's
    /// pocket would buy guesses without end.
    pub(super) fn trust(&mut self) {
        (self.wrong, self.rests) = (0, 0);
    }

    /// The grant is one of this gateway's numbered ones, and its number would still be taken.
    pub(super) fn is_near(&self, grant: GrantId, highest_serial: u32) -> bool {
        let Some(secret) = &self.secret else {
            return false;
        };
        let [0, 0, a, b, c, d, ..] = *grant.as_bytes() else {
            return false;
        };
        let serial = u32::from_be_bytes([a, b, c, d]);
        serial >= highest_serial.saturating_sub(SERIALS_BEHIND) && secret.grant_id(serial) == grant
    }

    fn distrust(&mut self, at: MonoMs) {
        self.wrong += 1;
        if self.wrong < CODES_WRONG_MAX {
            return;
        }
        // Five doublings are beyond the longest rest.
        let rest_ms = (CODE_REST_MS << self.rests.min(5)).min(CODE_REST_MS_MAX);
        self.rests_until = Some(at.plus(rest_ms));
        self.wrong = 0;
        self.rests = self.rests.saturating_add(1);
    }
}
