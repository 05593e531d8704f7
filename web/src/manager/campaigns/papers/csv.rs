//! The papers as files.

use super::{AccountsPage, EntriesPage};
use crate::manager::sheet::{MARK, reais, text};
use crate::ui::{Lang, time};

pub(super) fn entries(page: &EntriesPage) -> String {
    let words = &page.frame.lang.text().papers;
    let mut file = MARK.to_owned();
    line(&mut file, &words.entries_csv_head.map(text));
    for row in &page.rows {
        let cells = [
            row.index.to_string(),
            text(&row.code),
            text(&time::stamp(row.returned_ms, &page.frame.zone, Lang::Pt)),
            text(&row.store_name),
            text(&row.pid),
            text(&row.leaf),
            text(row.number.as_deref().unwrap_or_default()),
        ];
        line(&mut file, &cells);
    }
    file
}

pub(super) fn accounts(page: &AccountsPage) -> String {
    let words = &page.frame.lang.text().papers;
    let states = &page.frame.lang.text().raffle;
    let mut file = MARK.to_owned();
    line(&mut file, &words.accounts_csv_head.map(text));
    for row in &page.rows {
        let at = row.delivery.at_ms();
        let at = at.map(|at| time::date(at, &page.frame.zone, Lang::Pt));
        let cells = [
            row.rank.to_string(),
            text(&row.prize),
            reais(row.value),
            text(row.number.as_deref().unwrap_or_default()),
            text((states.delivery)(&row.delivery)),
            text(&at.unwrap_or_default()),
            text(row.document.as_deref().unwrap_or_default()),
        ];
        line(&mut file, &cells);
    }
    file
}

fn line(file: &mut String, cells: &[String]) {
    file.push_str(&cells.join(";"));
    file.push_str("\r\n");
}
