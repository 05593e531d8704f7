use super::book_stray::{BankReturn, ReturnWord, note_return, settled_returns};
use super::settle_refund::Told;
use super::{Outcome, Rejection, adopt_amount, settle_stray};
use crate::store::alarm::AlarmKind;
use crate::store::outbox::EffectKind;
use crate::store::stray::StrayRow;
use crate::store::{Tx, alarm, outbox, stray, stray_refund};
use cloud_core::ledger::TransferKind;
use cloud_core::refund::{BankWord, RefundState};
use cloud_core::stray::{Stray, left_of};
use shared::money::Centavos;
use shared::time::UnixMs;

/// What the bank lists beside a stray Pix: our own orders' final word, and what it gave back by
/// itself, which leaves so much less to give.
pub fn run(tx: &Tx<'_>, now: UnixMs, e2eid: &str, listed: &[BankReturn]) -> Outcome<()> {
    let row = stray::by_e2eid(tx, e2eid)?.ok_or(Rejection::UnknownStray)?;
    let orders = stray_refund::of_pix(tx, e2eid)?;
    let ours = |id: &str| orders.iter().find(|order| order.id.simple() == id);
    // What the bank gave back by itself first: our own orders settle what that left.
    let foreign: Vec<BankReturn> = listed
        .iter()
        .filter(|one| ours(&one.id).is_none())
        .cloned()
        .collect();
    for of in settled_returns(&row, &foreign, now) {
        let kind = match row.state {
            Stray::Held(_) | Stray::Returned => TransferKind::StrayReturn,
            Stray::Due => TransferKind::Refund,
        };
        if note_return(tx, now, &row, kind, &of)? {
            after_return(tx, now, &row)?;
        }
    }
    let is_excess = alarm::is_open(tx, AlarmKind::RefundExcess, e2eid)?;
    for one in listed {
        let news = ours(&one.id).filter(|order| match order.state {
            RefundState::Settled => false,
            // A person is told once of what settled after it was refused or made needless.
            RefundState::Refused | RefundState::Covered | RefundState::PaidOut => !is_excess,
            RefundState::Requested | RefundState::Processing | RefundState::Owed => {
                one.amount <= order.amount || !is_excess
            }
        });
        if let (Some(order), ReturnWord::Settled(settled_ms)) = (news, one.word)
            && adopt_amount::of_stray(tx, now, &order.id, one.amount)?
        {
            let told = Told {
                word: BankWord::Settled,
                settled_ms,
                return_id: None,
                detail: None,
                attempts: 0,
            };
            settle_stray::run(tx, now, &order.id, &told)?;
        }
    }
    Ok(())
}

fn after_return(tx: &Tx<'_>, now: UnixMs, row: &StrayRow) -> Outcome<()> {
    let kind = AlarmKind::PaymentUnmatched;
    match row.state {
        Stray::Held(_) if left(tx, row)? == Centavos::ZERO => {
            stray::set_state(tx, &row.e2eid, Stray::Returned, Some(now))?;
            alarm::clear(tx, kind, &row.e2eid, now)?;
        }
        Stray::Due => follow(tx, now, row)?,
        Stray::Returned => {
            let detail = "more went back of a Pix than it brought";
            alarm::raise(tx, AlarmKind::RefundExcess, &row.e2eid, detail, now)?;
        }
        Stray::Held(_) => {}
    }
    Ok(())
}

/// Our order gets smaller or needless while the bank cannot know of it; afterwards the bank is asked,
/// and lets no more go back than came.
fn follow(tx: &Tx<'_>, now: UnixMs, row: &StrayRow) -> Outcome<()> {
    let orders = stray_refund::of_pix(tx, &row.e2eid)?;
    let Some(order) = orders.iter().find(|order| !order.state.is_final()) else {
        return Ok(());
    };
    let subject = order.id.to_string();
    let waits = outbox::waits(tx, EffectKind::RefundStray, &subject)?;
    let unsent = match order.state {
        RefundState::Requested => waits.is_some_and(|(attempts, _)| attempts == 0),
        state => state == RefundState::Owed,
    };
    let left = left(tx, row)?;
    if !unsent {
        outbox::hasten(tx, EffectKind::RefundStray, &subject, now)?;
        let detail = "the bank gave back by itself what was ordered back too";
        alarm::raise(tx, AlarmKind::PaymentUnmatched, &row.e2eid, detail, now)?;
    } else if left.is_positive() {
        stray_refund::set_amount(tx, &order.id, left)?;
    } else {
        settle_stray::cover(tx, now, order, row)?;
    }
    Ok(())
}

/// What may still go back of it, as far as the bank has told.
pub(super) fn left(tx: &Tx<'_>, row: &StrayRow) -> Outcome<Centavos> {
    let returns = stray::returns(tx, &row.e2eid)?;
    let ours = stray_refund::settled_of(tx, &row.e2eid)?;
    let returned = returns.iter().map(|one| one.amount).chain(ours).sum();
    Ok(left_of(row.amount, returned))
}
