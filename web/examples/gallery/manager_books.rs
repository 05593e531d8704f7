//! The managers' pages about days and their differences.

use super::{MINUTE_MS, staff};
use crate::customer::{NOW, frame};
use shared::money::Centavos;
use web::manager::{
    BooksPage, DayPage, DayRow, DifferenceKind, DifferenceRow, LineRow, StrayRow, StrayState,
    SumKind, SumRow,
};
use web::ui::Lang;

const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
const E2EID: &str = "E1234567820261119091200000000042";

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let calm = BooksPage {
        held: vec![],
        passed: vec![],
        days: vec![],
        older: None,
        ..books(lang)
    };
    let even = DayPage {
        row: row(2, 0),
        versions: vec![(1, NOW)],
        differences: vec![],
        ..day(lang)
    };
    vec![
        ("books", books(lang).render()),
        ("books-calm", calm.render()),
        ("day", day(lang).render()),
        ("day-even", even.render()),
    ]
}

fn books(lang: Lang) -> BooksPage {
    let stray = |n: i64, state| StrayRow {
        e2eid: format!("E1234567820261119{n:015}"),
        amount: Centavos::new(n * 12_345),
        settled_ms: NOW.plus(-n * 400 * MINUTE_MS),
        state,
    };
    BooksPage {
        frame: frame(lang, "/manage/books"),
        staff: staff(),
        may_release: true,
        held: vec![
            stray(4, StrayState::HeldAboveLimit),
            stray(3, StrayState::HeldReturnUnderWay),
            stray(5, StrayState::HeldKeyNotNamed),
            stray(6, StrayState::HeldLongAgo),
        ],
        passed: vec![stray(1, StrayState::Due), stray(2, StrayState::Returned)],
        days: vec![row(1, 0), row(2, 3), row(3, 1), row(4, 0)],
        older: Some("2026-11-16".into()),
    }
}

fn row(days_ago: i64, differences: u64) -> DayRow {
    DayRow {
        day: format!("2026-11-{:02}", 21 - days_ago),
        from_ms: NOW.plus(-days_ago * DAY_MS),
        version: 1,
        received: Centavos::new(1_234_000),
        returned: Centavos::new(1_198_000),
        kept: Centavos::new(86_500),
        differences,
    }
}

fn day(lang: Lang) -> DayPage {
    let money = Centavos::new;
    let sum = |kind, ledger, bank: Option<i64>| SumRow {
        kind,
        ledger: money(ledger),
        bank: bank.map(money),
    };
    let difference = |kind, refund: Option<&str>, ledger, bank| DifferenceRow {
        kind,
        e2eid: Some(E2EID.into()),
        refund: refund.map(str::to_owned),
        ledger: money(ledger),
        bank: money(bank),
        gap: money(bank - ledger),
    };
    let line = |refund: Option<&str>, amount| LineRow {
        sent: false,
        e2eid: E2EID.into(),
        refund: refund.map(str::to_owned),
        amount: money(amount),
        settled_ms: Some(NOW.plus(-2 * DAY_MS)),
    };
    DayPage {
        frame: frame(lang, "/manage/books/2026-11-19"),
        staff: staff(),
        row: row(2, 3),
        made_ms: NOW,
        versions: vec![(2, NOW), (1, NOW.plus(-DAY_MS))],
        sums: vec![
            sum(SumKind::Received, 1_234_000, Some(1_235_000)),
            sum(SumKind::Returned, 1_198_000, Some(1_199_000)),
            sum(SumKind::Sent, 5_000, Some(5_000)),
            sum(SumKind::SentBack, 400, Some(400)),
            sum(SumKind::HeldAtStart, 50_000, None),
            sum(SumKind::HeldAtEnd, 86_000, None),
            sum(SumKind::OwedAtStart, 0, None),
            sum(SumKind::OwedAtEnd, 500, None),
            sum(SumKind::StrayAtStart, 0, None),
            sum(SumKind::StrayAtEnd, 0, None),
        ],
        differences: vec![
            difference(DifferenceKind::PixNotInLedger, None, 0, 1_000),
            difference(DifferenceKind::RefundUnknown, Some("36\"><b>"), 0, -1_000),
            DifferenceRow {
                e2eid: None,
                ..difference(DifferenceKind::Unreadable, None, 0, 0)
            },
        ],
        lines: vec![line(None, 1_000), line(Some("=1+1"), 1_000)],
    }
}
