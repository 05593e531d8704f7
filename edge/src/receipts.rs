//! The dock's word on the last returns, for customers whose dock cannot tell the cloud: a code to
//! write down and a signed text to photograph.

use crate::journal::{Journal, Line};
use ed25519_dalek::SigningKey;
use shared::event::{Envelope, Fact};
use shared::ids::{BayNo, GatewayId};
use shared::offline::SharedSecret;
use shared::receipt::Receipt;
use shared::time::{ClockQuality, Stamp, UnixMs};
use std::collections::VecDeque;
use std::sync::Arc;

/// Returns held for the page.
pub(crate) const RECEIPTS_MAX: usize = 20;

/// Who returned a cart has photographed the page by then.
const SHOWN_MS: u64 = 10 * 60_000;

/// Lines of an older journal in which returns are looked for: a dock's events come in fours.
const LINES_READ_MAX: usize = 200;

/// One return, as the dock vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub bay: BayNo,
    pub at: Stamp,
    /// Twelve characters, see [`SharedSecret::receipt_code`].
    pub code: String,
    /// [`Receipt::carried`].
    pub carried: String,
}

impl Held {
    /// When it was, unless the clock was never set.
    pub fn time(&self) -> Option<UnixMs> {
        (self.at.clock != ClockQuality::Unset).then_some(self.at.wall_ms)
    }
}

pub(crate) struct Receipts {
    gateway: GatewayId,
    key: SigningKey,
    secret: SharedSecret,
    /// The newest first, shared with the pages as it is.
    held: Arc<VecDeque<Held>>,
}

impl Receipts {
    /// With the last returns of the journal; without those that cannot be read.
    pub(crate) fn of(journal: &Journal, secret: SharedSecret) -> Self {
        let mut receipts = Self {
            gateway: journal.gateway(),
            key: journal.key().clone(),
            secret,
            held: Arc::default(),
        };
        for line in journal.recent(LINES_READ_MAX).unwrap_or_default() {
            if let Some(Envelope { at, fact, .. }) = line.envelope() {
                receipts.note(&line, &fact, at);
            }
        }
        receipts
    }

    pub(crate) fn committed(&mut self, lines: &[Line], records: &[Fact], at: Stamp) {
        for (line, fact) in lines.iter().zip(records) {
            self.note(line, fact, at);
        }
    }

    /// The returns of the last minutes, the newest first.
    pub(crate) fn held(&mut self, now: Stamp) -> Arc<VecDeque<Held>> {
        let stale = |held: &Held| age_ms(held.at, now) > SHOWN_MS;
        while self.held.back().is_some_and(stale) {
            Arc::make_mut(&mut self.held).pop_back();
        }
        Arc::clone(&self.held)
    }

    fn note(&mut self, line: &Line, fact: &Fact, at: Stamp) {
        let Fact::CartDocked { bay, tag } = *fact else {
            return;
        };
        let receipt = Receipt {
            v: 1,
            gateway: self.gateway,
            seq: line.head.seq,
            hash: line.head.hash,
            bay,
            tag,
            wall_ms: at.wall_ms,
        };
        let held = Arc::make_mut(&mut self.held);
        held.push_front(Held {
            bay,
            at,
            code: self.secret.receipt_code(line.head.seq, &tag),
            carried: receipt.carried(&self.key),
        });
        held.truncate(RECEIPTS_MAX);
    }
}

/// Within one boot the monotonic clock knows; across boots the wall clock claims.
fn age_ms(then: Stamp, now: Stamp) -> u64 {
    if then.boot == now.boot {
        return now.mono_ms.since(then.mono_ms);
    }
    u64::try_from(now.wall_ms.since(then.wall_ms)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
