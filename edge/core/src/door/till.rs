//! Vouchers that were lent to this gateway: each is redeemed once, whatever happens to power, clocks
//! and lists.
//!
//! Invariant: what was redeemed is remembered until a list that the cloud wrote after it had the record
//! lends the voucher no more. After a salvage that may have lost records nothing is redeemed by lists
//! that the cloud wrote before it knew of the salvage.

use super::patience::Patience;
use crate::clock::Reading;
use crate::io::{Redeemed, Source, Till, VoucherAnswer, VoucherRefusal};
use crate::limits::REDEEMED_KEPT_MAX;
use shared::allowance::Allowance;
use shared::event::Fact;
use shared::time::{ClockQuality, MonoMs, UnixMs};
use shared::voucher::{LentVoucher, VoucherKey};

#[derive(Debug)]
pub(super) struct Counter {
    till: Till,
    patience: Patience,
}

impl Counter {
    pub(super) fn new(till: Till) -> Self {
        Self {
            till,
            patience: Patience::default(),
        }
    }

    pub(super) fn till(&self) -> &Till {
        &self.till
    }

    /// The voucher, when it may be redeemed now.
    pub(super) fn look(
        &mut self,
        (key, from): (VoucherKey, Source),
        list: Option<&Allowance>,
        clock: Reading,
        at: MonoMs,
    ) -> Result<LentVoucher, VoucherRefusal> {
        if self.patience.rests(from, at) {
            return Err(VoucherRefusal::LockedOut);
        }
        // What was redeemed here is said whatever became of the list.
        if let Some(redeemed) = self.till.redeemed.get(&key) {
            return Err(VoucherRefusal::Redeemed(*redeemed));
        }
        let list = list.ok_or(VoucherRefusal::NoList)?;
        if list.header.lent.known_seq < self.till.honoured_from {
            return Err(VoucherRefusal::Salvaged);
        }
        let Some(lent) = list.header.lent.find(key) else {
            self.patience.wrong(from, at);
            return Err(VoucherRefusal::Unknown);
        };
        if not_before(list, clock) >= lent.lapses_ms {
            return Err(VoucherRefusal::Lapsed(lent.lapses_ms));
        }
        Ok(*lent)
    }

    /// A code was right and served.
    pub(super) fn trust(&mut self, from: Source) {
        self.patience.trust(from);
    }

    /// Takes in the records of an input; the first will be number `head_seq + 1`, or one below where
    /// room is too short for some.
    pub(super) fn note(&mut self, records: &[Fact], head_seq: u64, at_ms: UnixMs) {
        for (fact, seq) in records.iter().zip(head_seq.saturating_add(1)..) {
            if let Fact::VoucherRedeemed {
                voucher,
                amount_centavos,
                ..
            } = fact
            {
                let redeemed = Redeemed {
                    at_ms,
                    amount: *amount_centavos,
                    seq,
                };
                self.till.redeemed.insert(*voucher, redeemed);
            }
        }
    }

    /// Forgets what no list can bring back, but for the last.
    pub(super) fn load(&mut self, list: &Allowance) {
        let lent = &list.header.lent;
        let mut past: Vec<u64> = Vec::new();
        let is_past =
            |key: &VoucherKey, it: &Redeemed| lent.known_seq >= it.seq && lent.find(*key).is_none();
        for (key, redeemed) in &self.till.redeemed {
            if is_past(key, redeemed) {
                past.push(redeemed.seq);
            }
        }
        past.sort_unstable_by(|a, b| b.cmp(a));
        let Some(newest_forgotten) = past.get(REDEEMED_KEPT_MAX).copied() else {
            return;
        };
        let keep =
            |key: &VoucherKey, it: &mut Redeemed| it.seq > newest_forgotten || !is_past(key, it);
        self.till.redeemed.retain(keep);
    }
}

/// Where the clock is not the cloud's, a voucher has lapsed only when it certainly has: by the last
/// time known, or by the date of the list that lends it.
fn not_before(list: &Allowance, clock: Reading) -> UnixMs {
    let known = match clock.quality {
        ClockQuality::Server => Some(clock.wall),
        ClockQuality::Floor | ClockQuality::Unset => clock.not_before,
    };
    known.unwrap_or_default().max(list.header.issued_ms)
}

/// The answer to somebody who only looks.
pub(super) fn seen(looked: Result<LentVoucher, VoucherRefusal>, clock: Reading) -> VoucherAnswer {
    match looked {
        Ok(lent) => VoucherAnswer::Good {
            amount: lent.amount_centavos,
            lapses_ms: lent.lapses_ms,
            clock: clock.quality,
        },
        Err(refusal) => VoucherAnswer::Refused(refusal),
    }
}
