use super::{Outcome, Rejection, rescue_cart};
use crate::live::Topic;
use crate::store::{Tx, ledger, rental, rescue, staff, voucher};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::rescue::Release;
use shared::ids::StaffId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// The shop gives goods for a finder's voucher, once, and not before the finder's money could leave.
/// Answers what it is worth.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    code_hash: &[u8; 32],
    (by, audit_id): (&StaffId, &str),
) -> Outcome<Centavos> {
    let found = voucher::by_code(tx, code_hash)?.ok_or(Rejection::UnknownVoucher)?;
    if found.redeemed_ms.is_some() {
        return Err(Rejection::VoucherUsed.into());
    }
    if found.expired_ms.is_some() {
        return Err(Rejection::VoucherExpired.into());
    }
    let row = rental::by_id(tx, &found.rental)?.ok_or(Rejection::UnknownRental)?;
    match rescue_cart::may_leave(tx, now, &row)? {
        Release::Pay if now >= found.until_ms => return Err(Rejection::VoucherExpired.into()),
        Release::Pay => {}
        Release::Wait { .. } => return Err(Rejection::VoucherEarly.into()),
        Release::Hold | Release::Void => return Err(Rejection::VoucherHeld.into()),
    }
    let reference = row.id.to_string();
    if let Ok(goods) = Transfer::new(TransferKind::VoucherRedeemed, row.store, found.amount) {
        ledger::book(tx, &goods, &reference, now)?;
    }
    voucher::set_redeemed(tx, &row.id, by, now)?;
    rescue::set_released(tx, &row.id, now)?;
    staff::audit(tx, audit_id, Some(by), "redeem_voucher", &reference, now)?;
    tx.touch(Topic::Rental(row.id));
    Ok(found.amount)
}
