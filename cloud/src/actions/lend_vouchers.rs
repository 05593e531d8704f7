use super::Outcome;
use super::recall_voucher::leave_out;
use crate::keys::Keys;
use crate::store::voucher_loan::LoanRow;
use crate::store::{Tx, allowance, dock, voucher_loan};
use shared::ids::GatewayId;
use shared::time::UnixMs;
use shared::voucher::{VOUCHERS_LENT_MAX, VoucherKey};
use std::collections::BTreeMap;

/// Between two rounds for one gateway: each makes it fetch a whole list, over a line that may be metered.
const LEND_EVERY_MS: i64 = 10 * 60 * 1_000;

/// Spent loans that are tidied in one transaction; more wait for the next call.
const SPENT_AT_ONCE: u16 = 1_000;

/// How many vouchers changed hands.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    pub lent: usize,
    pub recalled: usize,
}

/// Lends new vouchers to the gateways where they were earned, and takes those out of the lists that are
/// worth nothing any more.
pub fn run(tx: &Tx<'_>, now: UnixMs, keys: &Keys) -> Outcome<Round> {
    let mut round = Round::default();
    let mut spent: BTreeMap<GatewayId, Vec<LoanRow>> = BTreeMap::new();
    for row in voucher_loan::spent(tx, now, SPENT_AT_ONCE)? {
        spent.entry(row.gateway).or_default().push(row);
    }
    for (id, rows) in spent {
        round.recalled += rows.len();
        leave_out(tx, now, &id, &rows)?;
    }
    for till in voucher_loan::tills(tx)? {
        let held = usize::try_from(till.held).unwrap_or(usize::MAX);
        let room = VOUCHERS_LENT_MAX.saturating_sub(held);
        let rests = till.lent_ms.is_some_and(|at| now.since(at) < LEND_EVERY_MS);
        if room == 0 || rests {
            continue;
        }
        let lendable = voucher_loan::lendable(tx, &till.dock, now, room as u64)?;
        let Some(at) = dock::by_id(tx, &till.dock)?.filter(|_| !lendable.is_empty()) else {
            continue;
        };
        let salt = keys.card_salt(&at.chain);
        for of in &lendable {
            let code = keys.voucher_code(&of.campaign, of.rank, &of.rental);
            let key = VoucherKey::of(&salt, &code);
            voucher_loan::insert(tx, of, (&till.gateway, key), now)?;
        }
        allowance::changed_at(tx, &till.dock, 1)?;
        round.lent += lendable.len();
    }
    Ok(round)
}
