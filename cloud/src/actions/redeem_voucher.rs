use super::{Outcome, Rejection, deliver_prize, recall_voucher, rescue_cart};
use crate::live::Topic;
use crate::store::{Tx, ledger, prize_voucher, rental, rescue, staff, voucher};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::rescue::Release;
use shared::ids::StaffId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// The shop gives goods for a voucher, once: for a finder's not before the finder's money could leave,
/// for a prize until it lapses. Answers what it is worth.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    code_hash: &[u8; 32],
    (by, audit_id): (&StaffId, &str),
) -> Outcome<Centavos> {
    let Some(found) = voucher::by_code(tx, code_hash)? else {
        return prize(tx, now, code_hash, (by, audit_id));
    };
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

/// The cloud redeems only what no gateway can. A prize moves nothing in the ledger: the shop gives goods
/// of its own stock, proven its own before the draw, and no deposit ever pays for one. What was given is
/// told by the campaign's accounts.
fn prize(
    tx: &Tx<'_>,
    now: UnixMs,
    code_hash: &[u8; 32],
    (by, audit_id): (&StaffId, &str),
) -> Outcome<Centavos> {
    let found = prize_voucher::by_code(tx, code_hash)?;
    let found = found.ok_or(Rejection::UnknownVoucher)?;
    if found.void_ms.is_some() {
        return Err(Rejection::VoucherLost.into());
    }
    if found.redeemed_ms.is_some() {
        return Err(Rejection::VoucherUsed.into());
    }
    if now >= found.lapses_ms {
        return Err(Rejection::VoucherExpired.into());
    }
    recall_voucher::must_be_here(tx, &found.of)?;
    if found.of.rank > 0 {
        let prize = (&found.of.campaign, found.of.rank);
        deliver_prize::settle(tx, now, prize, Some(by))?;
    }
    prize_voucher::set_redeemed(tx, &found.of, Some(by), now)?;
    let subject = found.of.rental.to_string();
    staff::audit(tx, audit_id, Some(by), "redeem_voucher", &subject, now)?;
    tx.touch(Topic::Rental(found.of.rental));
    Ok(found.amount)
}
