//! A statement as a file. Form: UTF-8 with a byte order mark, `;` between cells and a decimal comma,
//! because the spreadsheets of a Brazilian shop read `,` as the decimal mark; two decimals, no
//! thousands mark, no currency; CRLF lines; one form in both languages, only the words differ.
//!
//! Text cells are quoted. A spreadsheet runs what begins like a formula, and a devolução's id is the
//! bank's to choose: such a cell gets an apostrophe in front. Amounts are digits of ours alone.

use super::{DayPage, LineRow};
use crate::ui::time;
use shared::money::Centavos;

const MARK: &str = "\u{feff}";
const CELLS: usize = 9;

pub(super) fn written(page: &DayPage) -> String {
    let words = &page.frame.lang.text().books;
    let mut file = File(MARK.to_owned());
    file.line(&words.csv_head.map(text));
    let day = || text(&page.row.day);
    let version = || page.row.version.to_string();
    let empty = String::new;
    for sum in &page.sums {
        let (kind, name) = (text(words.csv_sum), text((words.sum)(&sum.kind)));
        let bank = sum.bank.map_or_else(empty, reais);
        let ids = [empty(), empty(), empty()];
        file.row(
            [day(), version(), kind, name],
            ids,
            [reais(sum.ledger), bank],
        );
    }
    for line in &page.lines {
        let name = match (line.sent, &line.refund) {
            (false, None) => words.csv_pix,
            (false, Some(_)) => words.csv_refund,
            (true, None) => words.csv_sent,
            (true, Some(_)) => words.csv_sent_back,
        };
        let kind = text(words.csv_listed);
        let amounts = [empty(), reais(effect(line))];
        file.row(
            [day(), version(), kind, text(name)],
            ids(page, line),
            amounts,
        );
    }
    for one in &page.differences {
        let (kind, name) = (text(words.csv_difference), (words.difference)(&one.kind));
        let ids = [
            text(one.e2eid.as_deref().unwrap_or_default()),
            text(one.refund.as_deref().unwrap_or_default()),
            empty(),
        ];
        let amounts = [reais(one.ledger), reais(one.bank)];
        file.row([day(), version(), kind, text(name)], ids, amounts);
    }
    file.0
}

struct File(String);

impl File {
    fn row(&mut self, first: [String; 4], ids: [String; 3], amounts: [String; 2]) {
        let mut cells = first.into_iter().chain(ids).chain(amounts);
        let row: [String; CELLS] = std::array::from_fn(|_| cells.next().unwrap_or_default());
        self.line(&row);
    }

    fn line(&mut self, cells: &[String; CELLS]) {
        self.0.push_str(&cells.join(";"));
        self.0.push_str("\r\n");
    }
}

fn ids(page: &DayPage, line: &LineRow) -> [String; 3] {
    let stamp = |ms| time::stamp(ms, &page.frame.zone, crate::ui::Lang::Pt);
    [
        text(&line.e2eid),
        text(line.refund.as_deref().unwrap_or_default()),
        text(&line.settled_ms.map(stamp).unwrap_or_default()),
    ]
}

/// What leaves is negative, so that a column adds up.
fn effect(line: &LineRow) -> Centavos {
    if line.sent == line.refund.is_some() {
        line.amount
    } else {
        Centavos::new(-line.amount.get())
    }
}

/// `-1234,56`
fn reais(amount: Centavos) -> String {
    let sign = if amount < Centavos::ZERO { "-" } else { "" };
    let centavos = amount.get().unsigned_abs();
    format!("{sign}{},{:02}", centavos / 100, centavos % 100)
}

/// A quoted cell that no spreadsheet takes for a formula.
fn text(words: &str) -> String {
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
