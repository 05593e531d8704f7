//! The raffle by the method SA-1: every honoured return is an entry, the Loteria Federal decides, and
//! anybody can check it with a file and no network.
//!
//! ```text
//! rules ──hash──┐                                              extraction (result)
//! entries ─ leaves ─ tree ─→ commit ─→ beacon ─→ order ───────────→ position ─→ winners
//!                              └ witnesses                                        └→ bundle
//! ```
//!
//! `campaign` is the life of one draw, `certain` the promotion without chance. Shape: the list is
//! committed before the beacon's round and before the extraction; what comes later is only added.
//! Invariant: nothing draws twice. A correction corrects what was typed, never what was drawn.

pub mod beacon;
pub mod bundle;
pub mod campaign;
pub mod canonical;
pub mod certain;
pub mod commit;
pub mod entry;
pub mod extraction;
pub mod intake;
pub mod order;
pub mod result;
pub mod rules;
pub mod tree;
pub mod winners;

use shared::ids::EntryId;

/// The code a customer reads on the receipt: twelve letters and digits of the entry's random part,
/// in an alphabet without look-alikes, grouped by four.
pub fn entry_code(entry: &EntryId) -> String {
    // 32 symbols; I, L, O and U are left out as Crockford's base 32 does.
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let random = u64::from_be_bytes(entry.as_bytes()[8..].try_into().expect("16 bytes end in 8"));
    let mut code = String::with_capacity(14);
    for index in 0..12u32 {
        if index > 0 && index % 4 == 0 {
            code.push('-');
        }
        let symbol = (random >> (5 * (11 - index))) & 31;
        code.push(char::from(
            ALPHABET[usize::try_from(symbol).expect("five bits")],
        ));
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_three_groups_of_four() {
        let code = entry_code(&EntryId::new(1, [0xff; 10]));
        assert_eq!(code, "ZZZZ-ZZZZ-ZZZZ");
        assert_ne!(code, entry_code(&EntryId::new(1, [0xfe; 10])));
    }
}
