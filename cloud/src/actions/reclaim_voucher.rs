use super::{Outcome, Rejection};
use crate::store::gateway::GatewayState;
use crate::store::prize_voucher::{self};
use crate::store::{Tx, gateway, staff, voucher_loan};
use cloud_core::raffle::loan::{self, NotReclaimed};
use shared::ids::StaffId;
use shared::time::UnixMs;

/// A manager answers for it that the gateway which a voucher was lent to will not redeem it: the device
/// is gone, or its journal has a gap and nobody handed goods over in it.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    code_hash: &[u8; 32],
    (by, audit_id): (&StaffId, &str),
) -> Outcome<()> {
    let found = prize_voucher::by_code(tx, code_hash)?.ok_or(Rejection::UnknownVoucher)?;
    let row = voucher_loan::of(tx, &found.of)?;
    let serves = match &row {
        Some(row) => {
            gateway::by_id(tx, &row.gateway)?.is_some_and(|at| at.state == GatewayState::Active)
        }
        None => false,
    };
    let back = loan::reclaim(row.map(|row| row.loan), serves).map_err(|why| match why {
        NotReclaimed::IsHere => Rejection::VoucherIsHere,
        NotReclaimed::GatewayServes => Rejection::VoucherAtDock,
    })?;
    voucher_loan::set(tx, &found.of, back, now)?;
    let subject = found.of.rental.to_string();
    staff::audit(tx, audit_id, Some(by), "reclaim_voucher", &subject, now)?;
    Ok(())
}
