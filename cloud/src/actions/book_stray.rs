//! A Pix has arrived that no charge explains. Shape: judge it, book it as what it is, and order it
//! back in the same transaction, or hold it and tell a person.

use super::{Outcome, Rejection, order_refund, order_stray};
use crate::store::alarm::AlarmKind;
use crate::store::stray::{ReturnRow, StrayRow};
use crate::store::{Tx, alarm, ledger, payment, stray};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::rental::Step;
use cloud_core::stray::{Arrival, PaidKey, Rules, Stray, Verdict, judge};
use shared::money::Centavos;
use shared::time::UnixMs;

/// A Pix without a charge of ours, as the bank itself reports it when asked.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub e2eid: String,
    pub txid: Option<String>,
    pub key: PaidKey,
    pub amount: Centavos,
    pub settled_ms: UnixMs,
    pub returns: Vec<BankReturn>,
}

/// A devolução that the bank lists and does not refuse.
#[derive(Debug, Clone)]
pub struct BankReturn {
    pub id: String,
    pub amount: Centavos,
    pub word: ReturnWord,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnWord {
    Processing,
    /// When, where the bank says so.
    Settled(Option<UnixMs>),
}

/// Books `arrived` once. `refund_max` is the most that goes back without a person.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    refund_max: Centavos,
    arrived: &Arrived,
) -> Outcome<Step<Verdict>> {
    let (store, books_began_ms) = stray::house(tx)?.ok_or(Rejection::NoStore)?;
    // A Pix of nothing cannot exist (API Pix refuses it), and could not be booked.
    let known = payment::exists(tx, &arrived.e2eid)?
        || stray::by_e2eid(tx, &arrived.e2eid)?.is_some()
        || !arrived.amount.is_positive();
    if known {
        return Ok(Step::AlreadyApplied);
    }
    let rules = Rules {
        now_ms: now,
        books_began_ms,
        refund_max,
    };
    let verdict = judge(&arrival(arrived), &rules);
    let state = match verdict {
        Verdict::NotOurs(_) => {
            unwatched(tx, now, &arrived.e2eid)?;
            return Ok(Step::Executed(verdict));
        }
        Verdict::Returned => Stray::Returned,
        Verdict::Held(reason) => Stray::Held(reason),
        Verdict::Refund(_) => Stray::Due,
    };
    let row = StrayRow {
        e2eid: arrived.e2eid.clone(),
        store,
        txid: arrived.txid.clone(),
        amount: arrived.amount,
        settled_ms: arrived.settled_ms,
        seen_ms: now,
        state,
        ended_ms: (state == Stray::Returned).then_some(now),
    };
    stray::insert(tx, &row)?;
    if let Ok(transfer) = Transfer::new(TransferKind::Stray, store, row.amount) {
        ledger::book(tx, &transfer, &row.e2eid, now)?;
    }
    for of in settled_returns(&row, &arrived.returns, now) {
        note_return(tx, now, &row, TransferKind::StrayReturn, &of)?;
    }
    match verdict {
        Verdict::Refund(left) => {
            order_stray::first(tx, now, &row, left)?;
            unwatched(tx, now, &row.e2eid)?;
        }
        Verdict::Held(reason) => {
            let (kind, detail) = (AlarmKind::PaymentUnmatched, reason.as_str());
            alarm::raise(tx, kind, &row.e2eid, detail, now)?;
        }
        Verdict::Returned | Verdict::NotOurs(_) => unwatched(tx, now, &row.e2eid)?,
    }
    // Whoever's it is, it is money in the account that an older debt may wait for.
    order_refund::money_came(tx)?;
    Ok(Step::Executed(verdict))
}

/// Versions before these books knew stray Pix only told a person of them. Nobody need look any more.
pub fn unwatched(tx: &Tx<'_>, now: UnixMs, e2eid: &str) -> Outcome<()> {
    Ok(alarm::clear(tx, AlarmKind::PaymentUnmatched, e2eid, now)?)
}

/// Books what the bank gave back by itself; false where it was booked before.
pub(super) fn note_return(
    tx: &Tx<'_>,
    now: UnixMs,
    row: &StrayRow,
    kind: TransferKind,
    of: &ReturnRow,
) -> Outcome<bool> {
    if !stray::add_return(tx, of)? {
        return Ok(false);
    }
    if let Ok(transfer) = Transfer::new(kind, row.store, of.amount) {
        ledger::book(tx, &transfer, &format!("{}/{}", of.e2eid, of.id), now)?;
    }
    Ok(true)
}

/// Of what the bank lists, that which is settled, as rows.
pub(super) fn settled_returns(
    row: &StrayRow,
    listed: &[BankReturn],
    now: UnixMs,
) -> Vec<ReturnRow> {
    let settled = listed.iter().filter_map(|one| match one.word {
        ReturnWord::Settled(at) => Some((one, at.unwrap_or(now))),
        ReturnWord::Processing => None,
    });
    settled
        .map(|(one, settled_ms)| ReturnRow {
            e2eid: row.e2eid.clone(),
            id: one.id.clone(),
            amount: one.amount,
            settled_ms,
        })
        .collect()
}

fn arrival(arrived: &Arrived) -> Arrival {
    let settled = |one: &&BankReturn| matches!(one.word, ReturnWord::Settled(_));
    Arrival {
        key: arrived.key,
        amount: arrived.amount,
        settled_ms: arrived.settled_ms,
        returned: arrived
            .returns
            .iter()
            .filter(settled)
            .map(|one| one.amount)
            .sum(),
        return_under_way: arrived.returns.iter().any(|one| !settled(&one)),
    }
}
