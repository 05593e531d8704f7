//! A statement as a file.

use super::{DayPage, LineRow};
use crate::manager::sheet::{MARK, reais, text};
use crate::ui::time;
use shared::money::Centavos;

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
