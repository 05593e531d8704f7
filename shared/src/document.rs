//! CPF and CNPJ, check digits included. No log can print a CPF: it has no `Display`, no `Serialize`, and
//! its `Debug` shows none of it, for six digits of eleven are soon eleven.

use crate::ids::InvalidId;
use std::fmt;
use std::str::FromStr;

/// A person's taxpayer number: 11 digits, the last two computed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cpf([u8; 11]);

impl Cpf {
    const ERROR: InvalidId = InvalidId {
        kind: "CPF",
        expected: "11 digits with valid check digits, with or without points and dash",
    };

    pub fn digits(&self) -> &str {
        std::str::from_utf8(&self.0).expect("built from ASCII digits only")
    }

    /// `529.982.247-25`, for the person it belongs to.
    pub fn formatted(&self) -> String {
        let d = self.digits();
        format!("{}.{}.{}-{}", &d[..3], &d[3..6], &d[6..9], &d[9..])
    }

    /// For pages and receipts: `***.456.789-**`.
    pub fn masked(&self) -> String {
        let digits = self.digits();
        format!("***.{}.{}-**", &digits[3..6], &digits[6..9])
    }
}

impl FromStr for Cpf {
    type Err = InvalidId;

    /// Takes `52998224725` and `529.982.247-25`; refuses eleven equal digits.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let compact =
            unpunctuated::<11>(text, &[(3, b'.'), (7, b'.'), (11, b'-')]).ok_or(Self::ERROR)?;
        let digits = compact.map(|b| u32::from(b.wrapping_sub(b'0')));
        if digits.iter().any(|d| *d > 9) || digits.iter().all(|d| *d == digits[0]) {
            return Err(Self::ERROR);
        }
        let check = |count: usize| {
            let weights = (2..=count as u32 + 1).rev();
            check_digit(digits[..count].iter().copied().zip(weights))
        };
        if digits[9] == check(9) && digits[10] == check(10) {
            Ok(Self(compact))
        } else {
            Err(Self::ERROR)
        }
    }
}

impl fmt::Debug for Cpf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cpf(***)")
    }
}

/// A company's taxpayer number: 12 characters `0-9A-Z` and two computed digits
/// (alphanumeric since July 2026, IN RFB 2.229/2024; older numbers stay valid).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cnpj([u8; 14]);

impl Cnpj {
    const ERROR: InvalidId = InvalidId {
        kind: "CNPJ",
        expected: "12 digits or upper-case letters and 2 valid check digits",
    };

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("built from ASCII only")
    }

    /// `12.ABC.345/01DE-35`. A company's number is public.
    pub fn formatted(&self) -> String {
        let c = self.as_str();
        format!(
            "{}.{}.{}/{}-{}",
            &c[..2],
            &c[2..5],
            &c[5..8],
            &c[8..12],
            &c[12..]
        )
    }
}

impl FromStr for Cnpj {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let compact = unpunctuated::<14>(text, &[(2, b'.'), (6, b'.'), (10, b'/'), (15, b'-')])
            .ok_or(Self::ERROR)?;
        let shaped = compact[..12]
            .iter()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
            && compact[12..].iter().all(u8::is_ascii_digit)
            && compact.iter().any(|b| *b != compact[0]);
        if !shaped {
            return Err(Self::ERROR);
        }
        let values = compact.map(|b| u32::from(b - b'0'));
        let check = |count: usize| {
            let weights = (2..=9).cycle();
            check_digit(values[..count].iter().rev().copied().zip(weights))
        };
        if values[12] == check(12) && values[13] == check(13) {
            Ok(Self(compact))
        } else {
            Err(Self::ERROR)
        }
    }
}

impl fmt::Debug for Cnpj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.formatted())
    }
}

/// Both documents use it: weighted sum modulo 11, where remainders 0 and 1 give 0.
fn check_digit(weighted: impl Iterator<Item = (u32, u32)>) -> u32 {
    let remainder = weighted.map(|(value, weight)| value * weight).sum::<u32>() % 11;
    if remainder < 2 { 0 } else { 11 - remainder }
}

/// Exactly `N` characters, or those with all of `marks` at their places in the text.
fn unpunctuated<const N: usize>(text: &str, marks: &[(usize, u8)]) -> Option<[u8; N]> {
    let bytes = text.as_bytes();
    if bytes.len() == N {
        return bytes.try_into().ok();
    }
    if bytes.len() != N + marks.len() || marks.iter().any(|(at, mark)| bytes[*at] != *mark) {
        return None;
    }
    let kept: Vec<u8> = bytes
        .iter()
        .enumerate()
        .filter(|(at, _)| marks.iter().all(|(mark_at, _)| mark_at != at))
        .map(|(_, byte)| *byte)
        .collect();
    kept.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpf_check_digits() {
        for good in ["111.444.777-35", "52998224725", "123.456.789-09"] {
            assert!(good.parse::<Cpf>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "111.444.777-36",
            "52998224724",
            "11111111111",
            "1114447773",
            "111444.777-35",
            "111-444-777.35",
            "5299822472a",
            "١١١٤٤٤٧٧٧٣٥",
        ] {
            assert!(bad.parse::<Cpf>().is_err(), "{bad}");
        }
    }

    #[test]
    fn cnpj_check_digits_with_letters() {
        for good in [
            "12.ABC.345/01DE-35",
            "12ABC34501DE35",
            "00.000.000/0001-91",
            "11222333000181",
        ] {
            assert!(good.parse::<Cnpj>().is_ok(), "{good}");
        }
        for bad in [
            "12.ABC.345/01DE-36",
            "12abc34501de35",
            "12ABC34501DE3A",
            "00000000000000",
            "",
        ] {
            assert!(bad.parse::<Cnpj>().is_err(), "{bad}");
        }
        assert_eq!(
            "12ABC34501DE35".parse::<Cnpj>().unwrap().formatted(),
            "12.ABC.345/01DE-35"
        );
    }

    #[test]
    fn a_log_line_shows_no_cpf() {
        let cpf: Cpf = "52998224725".parse().unwrap();
        assert_eq!(format!("{cpf:?}"), "Cpf(***)");
        assert_eq!(cpf.masked(), "***.982.247-**");
        assert_eq!(cpf.formatted(), "529.982.247-25");
    }
}
