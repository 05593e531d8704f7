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
pub mod eligible;
pub mod entry;
pub mod extraction;
pub mod intake;
pub mod loan;
pub mod order;
pub mod result;
pub mod rules;
pub mod tree;
pub mod winners;

use shared::ids::EntryId;

/// The code a customer reads on the receipt: twelve letters and digits of the entry's random part,
/// in an alphabet without look-alikes, grouped by four.
pub fn entry_code(entry: &EntryId) -> String {
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

/// 32 symbols; I, L, O and U are left out as Crockford's base 32 does.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The last 60 bits of the entry that a typed code names. Case, spaces and hyphens do not count. None: it
/// is no code.
pub fn read_entry_code(typed: &str) -> Option<u64> {
    let symbols = typed.bytes().filter(|b| !matches!(b, b' ' | b'-'));
    let (mut tail, mut count) = (0_u64, 0);
    for symbol in symbols {
        let symbol = symbol.to_ascii_uppercase();
        let value = ALPHABET.iter().position(|known| *known == symbol)?;
        count += 1;
        if count > 12 {
            return None;
        }
        tail = tail << 5 | u64::try_from(value).ok()?;
    }
    (count == 12).then_some(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_code_is_read_back_and_nothing_else_is_one() {
        let entry = EntryId::new(7, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        let code = entry_code(&entry);
        let bits = u64::from_be_bytes(entry.as_bytes()[8..].try_into().unwrap());
        let tail = Some(bits & ((1 << 60) - 1));
        assert_eq!(read_entry_code(&code), tail);
        assert_eq!(
            read_entry_code(&code.to_lowercase().replace('-', " ")),
            tail
        );
        for bad in [
            "",
            "0123-4567-89A",
            "0123-4567-89AB-C",
            "0123-4567-89AI",
            "é",
        ] {
            assert_eq!(read_entry_code(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_code_is_three_groups_of_four() {
        let code = entry_code(&EntryId::new(1, [0xff; 10]));
        assert_eq!(code, "ZZZZ-ZZZZ-ZZZZ");
        assert_ne!(code, entry_code(&EntryId::new(1, [0xfe; 10])));
    }
}
