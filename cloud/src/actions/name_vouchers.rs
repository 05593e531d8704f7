use super::Outcome;
use crate::keys::Keys;
use crate::store::{Tx, prize_voucher};

/// Codes made in one transaction; more wait for the next call.
pub const VOUCHERS_AT_ONCE: u16 = 1_000;

/// Gives vouchers that have no code theirs, so that a till finds them by it. Answers how many.
pub fn run(tx: &Tx<'_>, keys: &Keys) -> Outcome<usize> {
    let unnamed = prize_voucher::unnamed(tx, VOUCHERS_AT_ONCE)?;
    for of in &unnamed {
        let hash = keys.voucher_code_hash(&of.campaign, of.rank, &of.rental);
        prize_voucher::set_code(tx, of, &hash)?;
    }
    Ok(unnamed.len())
}
