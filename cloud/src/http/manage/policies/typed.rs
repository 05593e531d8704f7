//! Numbers of a policy as a person types them, in the unit that the form shows.

use cloud_core::policy::Field;
use web::manager::{PolicyNumber, Unit};

/// Digits before the mark that any number of a policy could need, with room.
const DIGITS_MAX: usize = 9;

pub fn number_of(field: Field) -> PolicyNumber {
    match field {
        Field::Deposit => PolicyNumber::Deposit,
        Field::PaymentWindow => PolicyNumber::PaymentWindow,
        Field::GrantValid => PolicyNumber::GrantValid,
        Field::DarkGrantWait => PolicyNumber::DarkGrantWait,
        Field::CardReleases => PolicyNumber::CardReleases,
        Field::GatewayExposure => PolicyNumber::GatewayExposure,
        Field::AbandonAfter => PolicyNumber::AbandonAfter,
        Field::ClosesAt => PolicyNumber::ClosesAt,
        Field::ClosingGrace => PolicyNumber::ClosingGrace,
        Field::NoticeLead => PolicyNumber::NoticeLead,
        Field::FinderShare => PolicyNumber::FinderShare,
        Field::ClaimValid => PolicyNumber::ClaimValid,
        Field::ClaimsPerCpf => PolicyNumber::ClaimsPerCpf,
        Field::ClaimsPerKey => PolicyNumber::ClaimsPerKey,
        Field::PayoutDelay => PolicyNumber::PayoutDelay,
        Field::PairReturns => PolicyNumber::PairReturns,
        Field::PairWindow => PolicyNumber::PairWindow,
    }
}

/// What was typed is no number of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANumber;

/// The stored form of what was typed; nothing where nothing was typed and nothing is meant.
pub fn read(field: Field, typed: &str) -> Result<Option<i64>, NotANumber> {
    let typed = typed.trim();
    if typed.is_empty() && field.is_optional() {
        return Ok(None);
    }
    match number_of(field).unit() {
        Unit::Money => hundredths(typed.trim_start_matches("R$").trim_start()),
        Unit::Percent => hundredths(typed.trim_end_matches('%').trim_end()),
        Unit::Clock => clock(typed),
        Unit::Seconds | Unit::Minutes | Unit::Hours | Unit::Days | Unit::Times => whole(typed),
    }
    .map(Some)
    .ok_or(NotANumber)
}

fn whole(typed: &str) -> Option<i64> {
    let digits = (1..=DIGITS_MAX).contains(&typed.len());
    (digits && typed.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| typed.parse().ok())
        .flatten()
}

/// `10`, `10,5`, `10.50`. A thousands mark is refused: which it is depends on who reads it.
fn hundredths(typed: &str) -> Option<i64> {
    let (reais, part) = typed.split_once([',', '.']).unwrap_or((typed, "0"));
    let part = match part.len() {
        1 => whole(part)? * 10,
        2 => whole(part)?,
        _ => return None,
    };
    Some(whole(reais)? * 100 + part)
}

/// `22:00`, as minutes of the day.
fn clock(typed: &str) -> Option<i64> {
    let (hour, minute) = typed.split_once(':')?;
    let (hour, minute) = (whole(hour)?, whole(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use web::ui::Lang;

    #[test]
    fn what_a_form_shows_reads_as_what_it_stands_for() {
        for field in Field::ALL {
            let bounds = field.bounds();
            let middle = (bounds.start() + bounds.end()) / 2;
            for stored in [*bounds.start(), middle, *bounds.end()] {
                for lang in [Lang::Pt, Lang::En] {
                    let typed = number_of(field).typed(Some(stored), lang);
                    assert_eq!(read(field, &typed), Ok(Some(stored)), "{field:?} {typed}");
                }
            }
        }
        assert_eq!(read(Field::ClosesAt, " "), Ok(None));
    }

    #[test]
    fn only_plain_numbers_are_read() {
        for (field, typed, stored) in [
            (Field::Deposit, "10", Ok(Some(1_000))),
            (Field::Deposit, " R$ 10,5 ", Ok(Some(1_050))),
            (Field::Deposit, "1.000,00", Err(NotANumber)),
            (Field::Deposit, "1.000", Err(NotANumber)),
            (Field::Deposit, "-10", Err(NotANumber)),
            (Field::Deposit, ",50", Err(NotANumber)),
            (Field::Deposit, "", Err(NotANumber)),
            (Field::FinderShare, "33,33%", Ok(Some(3_333))),
            (Field::FinderShare, "1e1", Err(NotANumber)),
            (Field::AbandonAfter, "4 h", Err(NotANumber)),
            (Field::AbandonAfter, "99999999999999999999", Err(NotANumber)),
            (Field::AbandonAfter, "١٢٠", Err(NotANumber)),
            (Field::ClosesAt, "9:05", Ok(Some(545))),
            (Field::ClosesAt, "24:00", Err(NotANumber)),
            (Field::ClosesAt, "2200", Err(NotANumber)),
            (Field::ClaimsPerCpf, "+3", Err(NotANumber)),
        ] {
            assert_eq!(read(field, typed), stored, "{field:?} {typed:?}");
        }
    }
}
