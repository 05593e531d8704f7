use super::{Outcome, Rejection};
use crate::store::gateway::GatewayRow;
use crate::store::prize_voucher::PrizeOf;
use crate::store::voucher_loan::{self, LoanRow};
use crate::store::{Tx, allowance, gateway, prize_voucher};
use cloud_core::raffle::loan::{self, Loan, NotHere};
use shared::ids::{CampaignId, GatewayId};
use shared::time::UnixMs;

/// Somebody wants to redeem a voucher here that is lent to a gateway: its next list does not name it.
/// Answers how the loan stands then.
pub fn run(tx: &Tx<'_>, now: UnixMs, code_hash: &[u8; 32]) -> Outcome<LoanRow> {
    let found = prize_voucher::by_code(tx, code_hash)?.ok_or(Rejection::UnknownVoucher)?;
    recall(tx, now, &found.of)
}

/// The same for who comes to the desk without the code.
pub fn of_prize(tx: &Tx<'_>, now: UnixMs, id: &CampaignId, rank: u32) -> Outcome<LoanRow> {
    let all = prize_voucher::of_campaign(tx, id)?;
    let found = all
        .into_iter()
        .find(|it| it.of.rank == rank && it.void_ms.is_none())
        .ok_or(Rejection::UnknownVoucher)?;
    recall(tx, now, &found.of)
}

fn recall(tx: &Tx<'_>, now: UnixMs, of: &PrizeOf) -> Outcome<LoanRow> {
    let row = voucher_loan::of(tx, of)?.ok_or(Rejection::VoucherIsHere)?;
    if row.loan == Loan::Lent {
        leave_out(tx, now, &row.gateway, std::slice::from_ref(&row))?;
    }
    let after = voucher_loan::of(tx, of)?;
    Ok(after.unwrap_or(row))
}

/// Refuses what a gateway may redeem, or may have redeemed.
pub(super) fn must_be_here(tx: &Tx<'_>, of: &PrizeOf) -> Outcome<()> {
    let loan = voucher_loan::of(tx, of)?.map(|row| row.loan);
    loan::here(loan).map_err(|why| {
        let rejection = match why {
            NotHere::AtDock => Rejection::VoucherAtDock,
            NotHere::Doubtful => Rejection::VoucherDoubtful,
        };
        rejection.into()
    })
}

/// Takes vouchers out of a gateway's lists, from a version on that no list has had: neither one that it
/// was answered, nor the one that it says it goes by.
pub(super) fn leave_out(tx: &Tx<'_>, now: UnixMs, id: &GatewayId, rows: &[LoanRow]) -> Outcome<()> {
    let at = gateway::by_id(tx, id)?.ok_or(Rejection::UnknownGateway)?;
    let without = fresh_version(tx, now, &at)?;
    for row in rows {
        voucher_loan::set(tx, &row.of, row.loan.recall(without), now)?;
    }
    Ok(())
}

/// Makes a gateway's next list one that no list before it can be taken for.
pub(super) fn fresh_version(tx: &Tx<'_>, now: UnixMs, at: &GatewayRow) -> Outcome<u64> {
    let newest = allowance::version(tx, &at.dock, now)?;
    let fresh = newest.max(at.lists.version).max(at.allowance) + 1;
    allowance::changed_at(tx, &at.dock, fresh - newest)?;
    Ok(fresh)
}
