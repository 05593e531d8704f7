//! What the law wants after a draw, and by when (facts on raffles, B1).

use super::Drawn;
use crate::raffle::rules::day::{DAY_MS, civil, day_of, moment, weekday};
use shared::money::Centavos;
use shared::time::UnixMs;

/// The income tax on prizes, in hundredths.
const TAX_PERCENT: i64 = 20;
/// For the value that nobody claimed, from the end of the claims.
const UNION_DAYS: i64 = 45;
/// For the accounts, from the same moment.
const ACCOUNTS_DAYS: i64 = 30;
/// Of the ten days in which the prizes were drawn, the tax is due so many working days after the last.
const TAX_WORKING_DAYS: u8 = 3;

impl Drawn {
    /// What prizes of this value in all cost in tax.
    pub fn tax(&self, value: Centavos) -> Centavos {
        Centavos::new(value.get() * TAX_PERCENT / 100)
    }

    /// The day, at its beginning, on which the tax is due. Holidays move it further: no calendar of ours
    /// knows them.
    pub fn tax_by_ms(&self) -> UnixMs {
        tax_by(self.drawn_ms)
    }

    pub fn union_by_ms(&self) -> UnixMs {
        self.claim_ends_ms().plus(UNION_DAYS * DAY_MS)
    }

    pub fn accounts_by_ms(&self) -> UnixMs {
        self.claim_ends_ms().plus(ACCOUNTS_DAYS * DAY_MS)
    }
}

fn tax_by(drawn_ms: UnixMs) -> UnixMs {
    let is_last = |day: i64| matches!(civil(day).2, 10 | 20) || civil(day + 1).2 == 1;
    let mut day = day_of(drawn_ms);
    while !is_last(day) {
        day += 1;
    }
    let mut working = 0;
    while working < TAX_WORKING_DAYS {
        day += 1;
        working += u8::from((1..=5).contains(&weekday(day)));
    }
    moment(day, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raffle::rules::lottery_date;

    #[test]
    fn the_tax_is_due_on_the_third_working_day_after_the_ten_days() {
        // 2026-11-20 is a Friday, 2026-12-31 a Thursday.
        for (drawn, due) in [
            ("2026-11-11", "2026-11-25"),
            ("2026-11-20", "2026-11-25"),
            ("2026-11-21", "2026-12-03"),
            ("2026-12-10", "2026-12-15"),
            ("2026-12-22", "2027-01-05"),
            ("2028-02-28", "2028-03-03"),
        ] {
            let day = (0..30_000).find(|day| lottery_date(moment(*day, 20)) == drawn);
            let at = moment(day.unwrap(), 20);
            assert_eq!(lottery_date(tax_by(at)), due, "{drawn}");
        }
    }
}
