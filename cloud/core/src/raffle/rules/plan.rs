//! The dates of a monthly campaign, where nobody wants others.

use super::day::{day_of, first_of, moment, weekday};
use crate::raffle::beacon::AFTER_CLOSE_MS;
use crate::raffle::commit::BEFORE_EXTRACTION_MS;
use shared::time::UnixMs;

/// For docks without internet to tell what happened before the end.
pub const GRACE_MS: i64 = 72 * 60 * 60 * 1_000;
/// The lottery extracts on Wednesdays and Saturdays at eight in the evening, but for holidays.
const EXTRACTION_WEEKDAYS: [i64; 2] = [3, 6];
const EXTRACTION_HOUR: i64 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub opens_ms: UnixMs,
    pub closes_ms: UnixMs,
    pub t_close_ms: UnixMs,
    /// The first regular extraction that leaves time to commit. Whoever plans gives its number, and
    /// another moment where the lottery's calendar says so.
    pub extraction_ms: UnixMs,
}

/// A whole month in Brasília. `month` from 1 to 12; None for another.
pub fn monthly(year: i64, month: i64) -> Option<Plan> {
    if !(1..=12).contains(&month) || !(2000..=2099).contains(&year) {
        return None;
    }
    let next = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    let closes_ms = moment(first_of(next.0, next.1), 0).plus(-1);
    let t_close_ms = closes_ms.plus(GRACE_MS);
    Some(Plan {
        opens_ms: moment(first_of(year, month), 0),
        closes_ms,
        t_close_ms,
        extraction_ms: first_extraction(t_close_ms),
    })
}

/// The first regular extraction that a list which ends at `t_close_ms` may wait for.
pub fn first_extraction(t_close_ms: UnixMs) -> UnixMs {
    let earliest_ms = t_close_ms.plus(BEFORE_EXTRACTION_MS + AFTER_CLOSE_MS);
    let first = day_of(earliest_ms);
    (first..first + 8)
        .filter(|day| EXTRACTION_WEEKDAYS.contains(&weekday(*day)))
        .map(|day| moment(day, EXTRACTION_HOUR))
        .find(|at_ms| *at_ms >= earliest_ms)
        .expect("a week has two extractions")
}

#[cfg(test)]
mod tests {
    use super::super::lottery_date;
    use super::*;

    #[test]
    fn a_month_ends_where_the_next_begins_and_its_draw_leaves_time() {
        for year in 2024..2040 {
            for month in 1..=12 {
                let plan = monthly(year, month).unwrap();
                let next = if month == 12 {
                    (year + 1, 1)
                } else {
                    (year, month + 1)
                };
                let next = monthly(next.0, next.1).unwrap();
                assert_eq!(plan.closes_ms.plus(1), next.opens_ms);
                let room_ms = plan.extraction_ms.since(plan.t_close_ms);
                assert!(room_ms >= BEFORE_EXTRACTION_MS + AFTER_CLOSE_MS);
                assert!(room_ms <= 6 * 24 * 60 * 60 * 1_000);
                assert!(lottery_date(plan.opens_ms).ends_with("-01"));
            }
        }
        assert_eq!(monthly(2026, 13), None);
        assert_eq!(monthly(1999, 1), None);
    }

    #[test]
    fn november_2026() {
        let plan = monthly(2026, 11).unwrap();
        assert_eq!(lottery_date(plan.opens_ms), "2026-11-01");
        assert_eq!(lottery_date(plan.closes_ms), "2026-11-30");
        // The list ends on Thursday the 3rd at midnight; Saturday the 5th decides.
        assert_eq!(lottery_date(plan.t_close_ms), "2026-12-03");
        assert_eq!(lottery_date(plan.extraction_ms), "2026-12-05");
        assert_eq!(plan.extraction_ms, UnixMs(1_796_511_600_000));
    }
}
