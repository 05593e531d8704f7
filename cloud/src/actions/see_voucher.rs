//! Vouchers that a gateway redeemed while the cloud was not asked.

use super::accept_events::Batch;
use super::recall_voucher::fresh_version;
use super::{Failure, Outcome, Rejection, deliver_prize};
use crate::live::Topic;
use crate::store::alarm::AlarmKind;
use crate::store::gateway::GatewayRow;
use crate::store::{Tx, alarm, prize_voucher, voucher_loan};
use cloud_core::raffle::loan::{self, Heard, Told};
use shared::event::Envelope;
use shared::ids::GatewayId;
use shared::time::{ClockQuality, Stamp, UnixMs};
use shared::voucher::VoucherKey;

/// Books what a gateway redeemed, once. Where it had no right to redeem it any more the goods are gone
/// all the same, and a person is told.
pub(super) fn redeemed(
    batch: &Batch<'_, '_>,
    envelope: &Envelope,
    key: VoucherKey,
) -> Outcome<&'static str> {
    let (tx, now, id) = (batch.tx, batch.now, &batch.gateway.id);
    let row = voucher_loan::by_key(tx, id, key)?;
    let found = match &row {
        Some(row) => prize_voucher::of(tx, &row.of)?,
        None => None,
    };
    let (Some(row), Some(found)) = (row, found) else {
        let why = "it redeemed a voucher that was never lent to it. Ask who was at its page";
        return contradicts(batch, key, why);
    };
    let heard = loan::redeemed_there(row.loan, found.redeemed_ms.is_some());
    if heard == Heard::Contradicts {
        let why = "it redeemed a voucher that was redeemed already. Goods were given twice: ask who was \
                   at its page";
        return contradicts(batch, key, why);
    }
    let at = moment(&envelope.at, now.min(found.lapses_ms.plus(-1)));
    let settled = match row.of.rank {
        // The prize is another's by now: this voucher's goods take nothing from them.
        _ if found.void_ms.is_some() => Err(Rejection::VoucherLost.into()),
        0 => Ok(()),
        rank => deliver_prize::settle(tx, at, (&row.of.campaign, rank), None).map(drop),
    };
    prize_voucher::set_redeemed(tx, &row.of, None, at)?;
    tx.touch(Topic::Rental(row.of.rental));
    match (settled, heard) {
        (Ok(()), Heard::Book) => Ok("applied"),
        (Ok(()), _) => {
            let why = "it had redeemed a voucher that a manager took back from it as not redeemed. It is \
                       used now";
            contradicts(batch, key, why)
        }
        (Err(Failure::Rejected(_)), _) => {
            let why = "goods were given for a prize that had gone to somebody else or lapsed, before \
                       the dock could know";
            contradicts(batch, key, why)
        }
        (Err(failure), _) => Err(failure),
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
    let without = fresh_version(tx, now, at)?;
    for row in &out {
        voucher_loan::set(tx, &row.of, row.loan.doubt(without), now)?;
        tx.touch(Topic::Rental(row.of.rental));
    }
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

/// When it was, as far as that is known; `latest` is when it was at the latest.
fn moment(at: &Stamp, latest: UnixMs) -> UnixMs {
    match at.clock {
        ClockQuality::Server => at.wall_ms.min(latest),
        ClockQuality::Floor | ClockQuality::Unset => latest,
    }
}
