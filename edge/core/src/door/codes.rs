//! Release codes: which are genuine, and which would still be taken.

use crate::clock::Reading;
use crate::io::DoorRefusal;
use shared::ids::{BayNo, GrantId};
use shared::offline::{ReleaseCode, SERIALS_BEHIND, SharedSecret};
use shared::time::ClockQuality;

#[derive(Debug)]
pub(super) struct Codes {
    secret: Option<SharedSecret>,
}

impl Codes {
    pub(super) fn new(secret: Option<SharedSecret>) -> Self {
        Self { secret }
    }

    /// No later periods than the clock's are tried, also where it only knows a floor: a month of them
    /// would make a guess at a dock of 64 bays right once in 175, and revive codes that were paid back.
    pub(super) fn read(
        &self,
        typed: &str,
        highest_serial: u32,
        bays: &[BayNo],
        clock: Reading,
    ) -> Result<ReleaseCode, DoorRefusal> {
        if clock.quality == ClockQuality::Unset && clock.not_before.is_none() {
            return Err(DoorRefusal::ClockUnknown);
        }
        let secret = self.secret.as_ref();
        let code =
            secret.and_then(|it| it.read_release_code(typed, highest_serial, bays, clock.wall));
        code.ok_or(DoorRefusal::CodeWrong)
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
}
