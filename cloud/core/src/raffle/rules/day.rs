//! The day of a moment at the lottery.

use shared::time::UnixMs;

pub(in crate::raffle) const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Brasília. An hour of summer time would not move an evening to another day.
pub(super) const BEHIND_UTC_MS: i64 = 3 * 60 * 60 * 1_000;

/// `YYYY-MM-DD` in Brasília.
pub fn lottery_date(at_ms: UnixMs) -> String {
    let (year, month, day) = civil(day_of(at_ms));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The day of the lottery on which `at_ms` falls, counted from 1970-01-01.
pub(in crate::raffle) fn day_of(at_ms: UnixMs) -> i64 {
    at_ms.0.saturating_sub(BEHIND_UTC_MS).div_euclid(DAY_MS)
}

/// `hour` o'clock in Brasília on a day counted from 1970-01-01.
pub(in crate::raffle) fn moment(day: i64, hour: i64) -> UnixMs {
    UnixMs(day * DAY_MS + hour * (DAY_MS / 24) + BEHIND_UTC_MS)
}

/// The day on which a month begins, counted from 1970-01-01. Of the 31 days that lead to it at most,
/// it is the one that is a first: so the calendar is written down once.
pub(super) fn first_of(year: i64, month: i64) -> i64 {
    let mut day = (year - 1970) * 365 + (year - 1969).div_euclid(4) + (month - 1) * 28 - 1;
    while civil(day) < (year, month, 1) {
        day += 1;
    }
    while civil(day) > (year, month, 1) {
        day -= 1;
    }
    day
}

/// 0 for Sunday. 1970-01-01 was a Thursday.
pub(in crate::raffle) fn weekday(day: i64) -> i64 {
    (day + 4).rem_euclid(7)
}

/// The Gregorian date of a day counted from 1970-01-01. Years are counted from March, so that the leap
/// day is a year's last, in eras of 400 years.
pub(in crate::raffle) fn civil(days: i64) -> (i64, i64, i64) {
    const ERA_DAYS: i64 = 146_097;
    let since = days + 719_468; // 0000-03-01
    let era = since.div_euclid(ERA_DAYS);
    let of_era = since.rem_euclid(ERA_DAYS);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_three_in_utc() {
        for (at_ms, date) in [
            (0, "1969-12-31"),
            (BEHIND_UTC_MS, "1970-01-01"),
            (1_694_905_200_000, "2023-09-16"),
            (1_709_175_600_000 - 1, "2024-02-28"),
            (1_709_175_600_000, "2024-02-29"),
            (1_709_262_000_000, "2024-03-01"),
            (1_798_761_600_000, "2026-12-31"),
        ] {
            assert_eq!(lottery_date(UnixMs(at_ms)), date);
        }
    }

    #[test]
    fn a_month_begins_with_its_first() {
        for year in 2020..2101 {
            for month in 1..=12 {
                assert_eq!(civil(first_of(year, month)), (year, month, 1));
            }
        }
        assert_eq!(moment(0, 20), UnixMs(23 * 60 * 60 * 1_000));
    }

    #[test]
    fn days_follow_each_other() {
        let mut last = civil(-1_000);
        for days in -999..60_000 {
            let next = civil(days);
            let expected = next == (last.0, last.1, last.2 + 1)
                || next == (last.0, last.1 + 1, 1)
                || next == (last.0 + 1, 1, 1) && last.1 == 12;
            assert!(expected, "{days}: {last:?} {next:?}");
            last = next;
        }
    }
}
