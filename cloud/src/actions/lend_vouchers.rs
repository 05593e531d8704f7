use super::Outcome;
use super::recall_voucher::leave_out;
use crate::keys::Keys;
use crate::store::gateway::GatewayState;
use crate::store::voucher_loan::LoanRow;
use crate::store::{Tx, allowance, dock, gateway, voucher_loan};
use cloud_core::raffle::loan::Loan;
use shared::ids::GatewayId;
use shared::time::UnixMs;
use shared::voucher::{VOUCHERS_LENT_MAX, VoucherKey};
use std::collections::BTreeMap;

/// Between two rounds for one gateway: each makes it fetch a whole list, over a line that may be metered.
const LEND_EVERY_MS: i64 = 10 * 60 * 1_000;

/// Spent loans that are tidied in one transaction; more wait for the next call.
const SPENT_AT_ONCE: u16 = 1_000;

/// Vouchers that are looked at in one transaction; more wait for the next call.
const LENT_AT_ONCE: u32 = 5_000;

/// How many vouchers changed hands.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    pub lent: usize,
    pub recalled: usize,
}

/// Lends new vouchers to the gateways where they were earned, and takes those out of the lists that are
/// worth nothing any more.
pub fn run(tx: &Tx<'_>, now: UnixMs, keys: &Keys) -> Outcome<Round> {
    Ok(Round {
        recalled: take_back(tx, now)?,
        lent: lend(tx, now, keys)?,
    })
}

fn take_back(tx: &Tx<'_>, now: UnixMs) -> Outcome<usize> {
    let mut spent: BTreeMap<GatewayId, Vec<LoanRow>> = BTreeMap::new();
    for row in voucher_loan::spent(tx, now, SPENT_AT_ONCE)? {
        spent.entry(row.gateway).or_default().push(row);
    }
    let mut taken = 0;
    for (id, rows) in spent {
        taken += rows.len();
        let at = gateway::by_id(tx, &id)?;
        if at.is_some_and(|at| at.state == GatewayState::Active) {
            leave_out(tx, now, &id, &rows)?;
            continue;
        }
        // Nobody will give a word about what is worth nothing any more.
        for row in rows {
            voucher_loan::set(tx, &row.of, Loan::Back, now)?;
        }
    }
    Ok(taken)
}

fn lend(tx: &Tx<'_>, now: UnixMs, keys: &Keys) -> Outcome<usize> {
    let lendable = voucher_loan::lendable(tx, now, LENT_AT_ONCE)?;
    if lendable.is_empty() {
        return Ok(0);
    }
    let tills = voucher_loan::tills(tx)?;
    let mut lent: BTreeMap<GatewayId, u64> = BTreeMap::new();
    for one in &lendable {
        let own = tills.iter().find(|till| till.dock == one.dock);
        // A dock without a gateway that redeems: a neighbour's does.
        let of_store = || tills.iter().find(|till| till.store == one.store);
        let Some(till) = own.or_else(of_store) else {
            continue;
        };
        let count = lent.entry(till.gateway).or_default();
        let rests = till.lent_ms.is_some_and(|at| now.since(at) < LEND_EVERY_MS);
        if rests || till.held + *count >= VOUCHERS_LENT_MAX as u64 {
            continue;
        }
        let Some(at) = dock::by_id(tx, &till.dock)? else {
            continue;
        };
        let code = keys.voucher_code(&one.of.campaign, one.of.rank, &one.of.rental);
        let key = VoucherKey::of(&keys.card_salt(&at.chain), &code);
        voucher_loan::insert(tx, &one.of, (&till.gateway, key), now)?;
        *count += 1;
        if *count == 1 {
            allowance::changed_at(tx, &till.dock, 1)?;
            voucher_loan::set_lent(tx, &till.gateway, now)?;
        }
    }
    Ok(usize::try_from(lent.values().sum::<u64>()).unwrap_or(usize::MAX))
}
