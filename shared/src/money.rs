//! Money: integer centavos of the Brazilian real. Never a float, never silently wrapped.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

/// An amount in centavos. Negative only as a difference, never as a price.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Centavos(i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount in reais: expected 1 to 10 digits, a point and 2 digits, such as 10.00")]
pub struct InvalidAmount;

impl Centavos {
    pub const ZERO: Self = Self(0);

    /// The largest amount API Pix can carry: ten digits of reais.
    pub const PIX_MAX: Self = Self(999_999_999_999);

    pub const fn new(centavos: i64) -> Self {
        Self(centavos)
    }

    pub const fn get(self) -> i64 {
        self.0
    }

    pub fn is_positive(self) -> bool {
        self.0 > 0
    }

    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The form API Pix demands (`10.00`); `None` for what it cannot carry.
    pub fn to_pix(self) -> Option<String> {
        if self < Self::ZERO || self > Self::PIX_MAX {
            return None;
        }
        Some(format!("{}.{:02}", self.0 / 100, self.0 % 100))
    }

    /// Reads API Pix's `\d{1,10}\.\d{2}`.
    pub fn from_pix(text: &str) -> Result<Self, InvalidAmount> {
        let (reais, cents) = text.split_once('.').ok_or(InvalidAmount)?;
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if reais.is_empty()
            || reais.len() > 10
            || cents.len() != 2
            || !digits(reais)
            || !digits(cents)
        {
            return Err(InvalidAmount);
        }
        let reais: i64 = reais.parse().map_err(|_| InvalidAmount)?;
        let cents: i64 = cents.parse().map_err(|_| InvalidAmount)?;
        Ok(Self(reais * 100 + cents))
    }
}

impl Sum for Centavos {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, |total, one| {
            total
                .checked_add(one)
                .expect("i64 centavos hold more money than exists")
        })
    }
}

impl fmt::Display for Centavos {
    /// As Brazil writes it: `R$ 1.234,56`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let absolute = self.0.unsigned_abs();
        let mut reais = (absolute / 100).to_string();
        let mut at = reais.len();
        while at > 3 {
            at -= 3;
            reais.insert(at, '.');
        }
        write!(f, "{sign}R$\u{a0}{reais},{:02}", absolute % 100)
    }
}

impl FromStr for Centavos {
    type Err = InvalidAmount;
    fn from_str(text: &str) -> Result<Self, InvalidAmount> {
        Self::from_pix(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pix_amounts_are_exact() {
        for (text, centavos) in [
            ("0.00", 0),
            ("10.00", 1_000),
            ("0.07", 7),
            ("9999999999.99", 999_999_999_999),
        ] {
            assert_eq!(Centavos::from_pix(text), Ok(Centavos::new(centavos)));
            assert_eq!(Centavos::new(centavos).to_pix().as_deref(), Some(text));
        }
        for wrong in [
            "",
            "10",
            "10.0",
            "10.000",
            "10,00",
            "-1.00",
            "+1.00",
            ".10",
            "12345678901.00",
            " 1.00",
            "1e1.00",
        ] {
            assert_eq!(Centavos::from_pix(wrong), Err(InvalidAmount), "{wrong}");
        }
        assert_eq!(Centavos::new(-1).to_pix(), None);
    }

    #[test]
    fn people_read_reais() {
        assert_eq!(
            Centavos::new(123_456_789).to_string(),
            "R$\u{a0}1.234.567,89"
        );
        assert_eq!(Centavos::new(-1_005).to_string(), "-R$\u{a0}10,05");
    }
}
