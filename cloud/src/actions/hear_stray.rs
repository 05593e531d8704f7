use super::book_stray::{BankReturn, ReturnWord, note_return, settled_returns};
use super::settle_refund::Told;
use super::{Outcome, Rejection, settle_stray};
use crate::store::alarm::AlarmKind;
use crate::store::stray::StrayRow;
use crate::store::{Tx, alarm, stray, stray_refund};
use cloud_core::ledger::TransferKind;
use cloud_core::refund::BankWord;
use cloud_core::stray::{Stray, left_of};
use shared::money::Centavos;
use shared::time::UnixMs;

/// What the bank lists beside a stray Pix: our own orders' final word, and what it gave back by
/// itself, which leaves so much less to give.
pub fn run(tx: &Tx<'_>, now: UnixMs, e2eid: &str, listed: &[BankReturn]) -> Outcome<()> {
    let row = stray::by_e2eid(tx, e2eid)?.ok_or(Rejection::UnknownStray)?;
    let orders = stray_refund::of_pix(tx, e2eid)?;
    let ours = |id: &str| orders.iter().find(|order| order.id.simple() == id);
    for one in listed {
        let open = ours(&one.id).filter(|order| !order.state.is_final());
        if let (Some(order), ReturnWord::Settled(settled_ms)) = (open, one.word) {
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
    Ok(())
}

fn after_return(tx: &Tx<'_>, now: UnixMs, row: &StrayRow) -> Outcome<()> {
    let kind = AlarmKind::PaymentUnmatched;
    match row.state {
        Stray::Held(_) if left(tx, row)? == Centavos::ZERO => {
            stray::set_state(tx, &row.e2eid, Stray::Returned, Some(now))?;
            alarm::clear(tx, kind, &row.e2eid, now)?;
        }
        // Our order is on its way: the bank lets no more go back than came.
        Stray::Due => {
            let detail = "the bank gave back by itself what was ordered back too";
            alarm::raise(tx, kind, &row.e2eid, detail, now)?;
        }
        Stray::Held(_) | Stray::Returned => {}
    }
    Ok(())
}

/// What may still go back of it, as far as the bank has told.
pub(super) fn left(tx: &Tx<'_>, row: &StrayRow) -> Outcome<Centavos> {
    let returns = stray::returns(tx, &row.e2eid)?;
    let returned = returns.iter().map(|one| one.amount).sum();
    Ok(left_of(row.amount, returned))
}
