//! What an extraction of the Loteria Federal decides. Only the last three digits of each prize are
//! used: the first two are not uniform, because fewer than 100,000 tickets are sold.

use super::order::numbers_each;
use serde::{Deserialize, Serialize};
use shared::time::UnixMs;

/// Where and when the numbers come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extraction {
    /// As the lottery counts its extractions: one to nine digits.
    pub number: String,
    /// `YYYY-MM-DD`, the day at the lottery.
    pub date: String,
    pub at_ms: UnixMs,
}

impl Extraction {
    /// The number as a number. None: it is none.
    pub fn count(&self) -> Option<u32> {
        let digits = self.number.as_bytes();
        let is_number = (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        is_number.then(|| self.number.parse().ok()).flatten()
    }

    /// Whether the lottery came to it after `other`.
    pub fn follows(&self, other: &Self) -> bool {
        self.count() > other.count() && self.at_ms > other.at_ms
    }
}

/// The five prizes in their order, five digits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "[String; 5]", into = "[String; 5]")]
pub struct Prizes([[u8; 5]; 5]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the five prizes of an extraction: five digits each")]
pub struct InvalidPrizes;

impl Prizes {
    pub fn new(prizes: &[&str; 5]) -> Result<Self, InvalidPrizes> {
        let mut digits = [[0; 5]; 5];
        for (row, prize) in digits.iter_mut().zip(prizes) {
            let bytes: [u8; 5] = prize.as_bytes().try_into().map_err(|_| InvalidPrizes)?;
            if !bytes.iter().all(u8::is_ascii_digit) {
                return Err(InvalidPrizes);
            }
            *row = bytes.map(|byte| byte - b'0');
        }
        Ok(Self(digits))
    }

    /// c1 and c2, of which no digit serves both: t1 t2 u1 u2 u3 u4 u5 and t3 t4 h1 h2 h3 h4 h5, where
    /// u, t and h are a prize's units, tens and hundreds.
    pub fn combinations(&self) -> [u32; 2] {
        let (hundreds, tens, units) = (2, 3, 4);
        let combination = |first: usize, second: usize, rest: usize| {
            let head = [self.0[first][tens], self.0[second][tens]];
            let tail = self.0.iter().map(|prize| prize[rest]);
            let digits = head.into_iter().chain(tail);
            digits.fold(0, |number, digit| number * 10 + u32::from(digit))
        };
        [combination(0, 1, units), combination(2, 3, hundreds)]
    }

    /// The combination that decides among `n` entries: the first below q·n. None: neither is, and the
    /// next extraction decides.
    pub fn decisive(&self, n: u32) -> Option<u32> {
        self.combinations()
            .into_iter()
            .find(|combination| position_of(*combination, n).is_some())
    }

    /// The position that holds the deciding combination, or the next higher number.
    pub fn position(&self, n: u32) -> Option<u32> {
        position_of(self.decisive(n)?, n)
    }
}

/// ⌊c/q⌋ while c < q·n: the holder of `c` or of the next higher number.
pub fn position_of(combination: u32, n: u32) -> Option<u32> {
    let q = numbers_each(n);
    (q > 0 && combination < q * n).then(|| combination / q)
}

impl TryFrom<[String; 5]> for Prizes {
    type Error = InvalidPrizes;
    fn try_from(prizes: [String; 5]) -> Result<Self, InvalidPrizes> {
        Self::new(&prizes.each_ref().map(String::as_str))
    }
}

impl From<Prizes> for [String; 5] {
    fn from(prizes: Prizes) -> Self {
        prizes.0.map(|digits| {
            digits
                .map(|digit| char::from(b'0' + digit))
                .iter()
                .collect()
        })
    }
}

#[cfg(test)]
mod tests;
