use super::{Outcome, Rejection, rescue_cart};
use crate::live::Topic;
use crate::store::{Tx, ledger, rental, rescue, voucher};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::rescue::{VoucherTerm, voucher_term};
use shared::ids::RentalId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// Ends a voucher whose time is over: its amount goes to the prize fund, once. One that is held just
/// then stays good for longer. Answers what went.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &RentalId) -> Outcome<Option<Centavos>> {
    let Some(found) = voucher::of_rental(tx, id)? else {
        return Err(Rejection::UnknownVoucher.into());
    };
    if found.redeemed_ms.is_some() || found.expired_ms.is_some() {
        return Ok(None);
    }
    let row = rental::by_id(tx, id)?.ok_or(Rejection::UnknownRental)?;
    match voucher_term(found.until_ms, rescue_cart::may_leave(tx, now, &row)?, now) {
        VoucherTerm::Good | VoucherTerm::Void => Ok(None),
        VoucherTerm::Longer { until_ms } => {
            voucher::set_until(tx, id, until_ms)?;
            Ok(None)
        }
        VoucherTerm::Over => {
            let unused = Transfer::new(TransferKind::VoucherExpired, row.store, found.amount);
            if let Ok(unused) = unused {
                ledger::book(tx, &unused, &id.to_string(), now)?;
            }
            voucher::set_expired(tx, id, now)?;
            // What the payer could have taken back is not the finder's any more.
            rescue::set_released(tx, id, now)?;
            tx.touch(Topic::Rental(*id));
            Ok(Some(found.amount))
        }
    }
}
