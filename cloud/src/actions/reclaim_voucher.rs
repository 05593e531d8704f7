use super::{Outcome, Rejection};
use crate::store::gateway::GatewayState;
use crate::store::{Tx, gateway, prize_voucher, staff, voucher_loan};
use cloud_core::raffle::loan::{self, NotReclaimed, Told};
use shared::ids::StaffId;
use shared::time::UnixMs;

/// A manager answers for it that the gateway which a voucher was lent to has not redeemed it: the device
/// is gone and off, or its journal has a gap and nobody handed goods over in it.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    code_hash: &[u8; 32],
    (by, audit_id): (&StaffId, &str),
) -> Outcome<()> {
    let found = prize_voucher::by_code(tx, code_hash)?.ok_or(Rejection::UnknownVoucher)?;
    let row = voucher_loan::of(tx, &found.of)?;
    let at = match &row {
        Some(row) => gateway::by_id(tx, &row.gateway)?,
        None => None,
    };
    let last = at
        .filter(|at| at.state == GatewayState::Active)
        .map(|at| Told {
            list: at.allowance,
            handed: at.lists.version,
            drained: at.backlog == 0,
        });
    let back = loan::reclaim(row.map(|row| row.loan), last).map_err(|why| match why {
        NotReclaimed::IsHere => Rejection::VoucherIsHere,
        NotReclaimed::GatewayServes => Rejection::VoucherAtDock,
    })?;
    voucher_loan::set(tx, &found.of, back, now)?;
    let subject = found.of.rental.to_string();
    staff::audit(tx, audit_id, Some(by), "reclaim_voucher", &subject, now)?;
    Ok(())
}
