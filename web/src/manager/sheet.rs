//! Files for spreadsheets. Form: UTF-8 with a byte order mark, `;` between cells and a decimal comma,
//! because the spreadsheets of a Brazilian shop read `,` as the decimal mark; two decimals, no
//! thousands mark, no currency; CRLF lines; one form in both languages, only the words differ.
//!
//! Text cells are quoted. A spreadsheet runs what begins like a formula, and a devolução's id is the
//! bank's to choose: such a cell gets an apostrophe in front. Amounts are digits of ours alone.

use shared::money::Centavos;

pub(super) const MARK: &str = "\u{feff}";

/// `-1234,56`
pub(super) fn reais(amount: Centavos) -> String {
    let sign = if amount < Centavos::ZERO { "-" } else { "" };
    let centavos = amount.get().unsigned_abs();
    format!("{sign}{},{:02}", centavos / 100, centavos % 100)
}

/// A quoted cell that no spreadsheet takes for a formula.
pub(super) fn text(words: &str) -> String {
    let printed: String = words.chars().filter(|c| !c.is_control()).collect();
    let risky = printed
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '|', '%']);
    let mark = if risky { "'" } else { "" };
    format!("\"{mark}{}\"", printed.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_whatever_the_bank_writes() {
        for (words, cell) in [
            ("D1", "\"D1\""),
            ("", "\"\""),
            ("a;b\"c\r\nd", "\"a;b\"\"cd\""),
            ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""),
            ("\t=1+1", "\"'=1+1\""),
            ("  @SUM(A1)", "\"'  @SUM(A1)\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("＝1", "\"'＝1\""),
        ] {
            assert_eq!(text(words), cell, "{words:?}");
        }
    }

    #[test]
    fn amounts_have_two_decimals_and_no_marks() {
        for (centavos, cell) in [
            (0, "0,00"),
            (5, "0,05"),
            (-5, "-0,05"),
            (123_456_789, "1234567,89"),
            (-1_000, "-10,00"),
        ] {
            assert_eq!(reais(Centavos::new(centavos)), cell);
        }
    }
}
