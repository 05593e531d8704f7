//! Vouchers at the gateway's own page.

use super::Brain;
use crate::io::{Now, Output, Source, StorageLevel, VoucherAnswer, VoucherRefusal};
use shared::event::{Fact, Technician};
use shared::voucher::VoucherKey;

impl Brain {
    /// Looks a code up, or redeems it for goods that `redeem` hands over.
    pub(super) fn voucher_typed(
        &mut self,
        (key, from): (VoucherKey, Source),
        redeem: Option<Technician>,
        now: Now,
        out: &mut Output,
    ) -> VoucherAnswer {
        let clock = self.clock.read(now);
        let Some(by) = redeem else {
            return self.door.see_voucher((key, from), clock, now.mono);
        };
        let (lent, allowance) = match self.door.voucher((key, from), clock, now.mono) {
            Ok(found) => found,
            Err(refusal) => return VoucherAnswer::Refused(refusal),
        };
        if self.storage == StorageLevel::Full {
            return VoucherAnswer::Refused(VoucherRefusal::StorageFull);
        }
        self.door.redeemed(from);
        out.records.push(Fact::VoucherRedeemed {
            voucher: key,
            amount_centavos: lent.amount_centavos,
            by,
            allowance,
        });
        VoucherAnswer::Done {
            amount: lent.amount_centavos,
        }
    }
}
