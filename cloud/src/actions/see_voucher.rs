//! Vouchers that a gateway redeemed while the cloud was not asked.

use super::accept_events::Batch;
use super::{Failure, Outcome, deliver_prize};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::gateway::GatewayRow;
use crate::store::{Tx, alarm, prize_voucher, voucher_loan};
use cloud_core::raffle::loan::{self, Heard, Told};
use shared::event::Envelope;
use shared::ids::GatewayId;
use shared::time::{ClockQuality, Stamp, UnixMs};
use shared::voucher::VoucherKey;

/// Books what a gateway redeemed. What it had no right to redeem any more is not booked: the goods are
/// gone, and a person is told.
pub(super) fn redeemed(
    batch: &Batch<'_, '_>,
    envelope: &Envelope,
    key: VoucherKey,
) -> Outcome<&'static str> {
    let (tx, now, id) = (batch.tx, batch.now, &batch.gateway.id);
    let Some(row) = voucher_loan::by_key(tx, id, key)? else {
        let why = "it redeemed a voucher that was never lent to it. Ask who was at its page";
        return contradicts(batch, key, why);
    };
    let found = prize_voucher::of(tx, &row.of)?;
    let used = found.as_ref().is_none_or(|it| it.redeemed_ms.is_some());
    if loan::redeemed_there(row.loan, used) == Heard::Contradicts {
        let why = "it redeemed a voucher that was redeemed already, or had been taken back from it by a \
                   manager. Goods may have been given twice: ask who was at its page";
        return contradicts(batch, key, why);
    }
    let at = moment(&envelope.at, now);
    let void = found.is_some_and(|it| it.void_ms.is_some());
    let settled = match row.of.rank {
        0 => Ok(()),
        rank => deliver_prize::settle(tx, at, (&row.of.campaign, rank), None).map(drop),
    };
    prize_voucher::set_redeemed(tx, &row.of, None, at)?;
    tx.touch(Topic::Rental(row.of.rental));
    match settled {
        Ok(()) if !void => Ok("applied"),
        Ok(()) | Err(Failure::Rejected(_)) => {
            let why = "goods were given for a prize that had gone to somebody else or lapsed, before \
                       the dock could know";
            contradicts(batch, key, why)
        }
        Err(failure) => Err(failure),
    }
}

/// The gateway's signed word: what was recalled and is told of nowhere is back.
pub(super) fn hear(tx: &Tx<'_>, now: UnixMs, id: &GatewayId, told: Told) -> Outcome<()> {
    for row in voucher_loan::recalled(tx, id)? {
        let after = row.loan.hear(told);
        if after != row.loan {
            voucher_loan::set(tx, &row.of, after, now)?;
            tx.touch(Topic::Rental(row.of.rental));
        }
    }
    Ok(())
}

/// Events may be lost in which vouchers were redeemed: those are nobody's to redeem until a person has
/// decided.
pub(super) fn doubt(tx: &Tx<'_>, now: UnixMs, at: &GatewayRow) -> Outcome<()> {
    let out = voucher_loan::out(tx, &at.id)?;
    if out.is_empty() {
        return Ok(());
    }
    for row in &out {
        voucher_loan::set(tx, &row.of, row.loan.doubt(), now)?;
    }
    // The gateway redeems by no list from before it told of the gap.
    crate::store::allowance::changed_at(tx, &at.dock, 1)?;
    Ok(())
}

fn contradicts(batch: &Batch<'_, '_>, key: VoucherKey, why: &str) -> Outcome<&'static str> {
    let subject = format!("{}:{key}", batch.gateway.id);
    alarm::raise(
        batch.tx,
        AlarmKind::VoucherContradicted,
        &subject,
        why,
        batch.now,
    )?;
    Ok("contradicted")
}

/// When it was, as far as that is known.
fn moment(at: &Stamp, now: UnixMs) -> UnixMs {
    match at.clock {
        ClockQuality::Server => at.wall_ms.min(now),
        ClockQuality::Floor | ClockQuality::Unset => now,
    }
}
