//! What people say of themselves: a name, and ways to reach them.
//!
//! Invariant: nothing here has `Display` or `Serialize`, and `Debug` names the type alone, so that no
//! log line and no answer can carry one by accident. `reveal` is the one way out, for whoever sends or
//! seals it; people read `masked`. The build fails where this is no longer so (`personal/unprintable.rs`).

mod unprintable;

use crate::ids::InvalidId;
use std::fmt;
use std::str::FromStr;

/// RFC 5321: what a path of mail may hold, what stands before its `@`, and a part of its domain.
const EMAIL_CHARS_MAX: usize = 254;
const EMAIL_LOCAL_CHARS_MAX: usize = 64;
const DOMAIN_LABEL_CHARS_MAX: usize = 63;
/// Longer than any name on a Brazilian document that is worth a line.
const NAME_CHARS_MAX: usize = 120;
/// E.164 without the `+`; the shortest numbers in use have 8.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

const COUNTRY: &str = "55";
/// With the area code.
const MOBILE_DIGITS: usize = 11;

/// Brazil's area codes: a mistyped one is found here, and not by whoever is asked to reach it.
const AREAS: [u8; 67] = [
    11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 24, 27, 28, 31, 32, 33, 34, 35, 37, 38, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 51, 53, 54, 55, 61, 62, 63, 64, 65, 66, 67, 68, 69, 71, 73, 74, 75, 77,
    79, 81, 82, 83, 84, 85, 86, 87, 88, 89, 91, 92, 93, 94, 95, 96, 97, 98, 99,
];

/// What a person is called, by themselves or by the shop.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

/// An e-mail address in lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Email(String);

/// A telephone number as `+5511987654321`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phone(String);

macro_rules! prints_only_its_name {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }
    )+};
}

prints_only_its_name!(PersonName, Email, Phone);

impl PersonName {
    const ERROR: InvalidId = InvalidId {
        kind: "name",
        expected: "1 to 120 characters without line breaks",
    };

    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `M*** S***`: the first and the last word's first letters.
    pub fn masked(&self) -> String {
        let mut words = self.0.split_whitespace();
        let ends = [words.next(), words.next_back()];
        let words: Vec<String> = ends.into_iter().flatten().map(stars_after_first).collect();
        words.join(" ")
    }
}

impl FromStr for PersonName {
    type Err = InvalidId;

    /// Blanks around it do not count.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let text = text.trim();
        let good = !text.is_empty()
            && text.chars().count() <= NAME_CHARS_MAX
            && !text.chars().any(char::is_control);
        good.then(|| Self(text.to_owned())).ok_or(Self::ERROR)
    }
}

impl Email {
    const ERROR: InvalidId = InvalidId {
        kind: "e-mail address",
        expected: "something like ana@example.com, 254 characters at most",
    };

    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `a***@e***.com`: a domain may be somebody's name too.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').expect("read with one @");
        let (host, end) = domain.rsplit_once('.').expect("read with a dot behind it");
        format!(
            "{}@{}.{end}",
            stars_after_first(local),
            stars_after_first(host)
        )
    }
}

impl FromStr for Email {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let text = text.trim();
        let (local, domain) = text.split_once('@').ok_or(Self::ERROR)?;
        let in_local = |b: u8| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b);
        let in_domain = |label: &str| {
            let hyphens = label.starts_with('-') || label.ends_with('-');
            (1..=DOMAIN_LABEL_CHARS_MAX).contains(&label.len())
                && !hyphens
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let good = text.len() <= EMAIL_CHARS_MAX
            && (1..=EMAIL_LOCAL_CHARS_MAX).contains(&local.len())
            && local.bytes().all(in_local)
            && local.split('.').all(|part| !part.is_empty())
            && domain.contains('.')
            && domain.split('.').all(in_domain);
        let lower = || Self(text.to_ascii_lowercase());
        good.then(lower).ok_or(Self::ERROR)
    }
}

impl Phone {
    const ERROR: InvalidId = InvalidId {
        kind: "telephone number",
        expected: "area code and number, such as (11) 98765-4321, or + and the country's code first",
    };

    /// With `+` and the country's code.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it is a Brazilian mobile number.
    pub fn is_brazilian_mobile(&self) -> bool {
        let national = self.0.strip_prefix("+55");
        national.is_some_and(|national| national.len() == MOBILE_DIGITS)
    }

    /// `(11) *****-**21`, of other countries `+*** **21`.
    pub fn masked(&self) -> String {
        let last = &self.0[self.0.len() - 2..];
        match self.0.strip_prefix("+55") {
            Some(national) => format!("({}) *****-**{last}", &national[..2]),
            None => format!("+*** **{last}"),
        }
    }
}

impl FromStr for Phone {
    type Err = InvalidId;

    /// Without a `+` it is Brazilian: the country's code or the zero of long distance where they are
    /// written, two digits of the area, then eight, or nine that begin with 9.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let text = text.trim();
        let (foreign, rest) = match text.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mark = |c: char| matches!(c, ' ' | '(' | ')' | '-' | '.');
        let digits: String = rest.chars().filter(|c| !mark(*c)).collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Self::ERROR);
        }
        let national = match (foreign, digits.len() > MOBILE_DIGITS) {
            (true, _) => digits.strip_prefix(COUNTRY),
            (false, true) if digits.starts_with(COUNTRY) => digits.strip_prefix(COUNTRY),
            (false, _) => Some(digits.strip_prefix('0').unwrap_or(&digits)),
        };
        let number = match national {
            Some(national) => is_brazilian(national).then(|| format!("+{COUNTRY}{national}")),
            None => (PHONE_DIGITS.contains(&digits.len()) && !digits.starts_with('0'))
                .then(|| format!("+{digits}")),
        };
        number.map(Self).ok_or(Self::ERROR)
    }
}

fn is_brazilian(national: &str) -> bool {
    let area = national.get(..2).and_then(|area| area.parse().ok());
    let area = area.is_some_and(|area: u8| AREAS.contains(&area));
    let first = national.as_bytes().get(2);
    match national.len() {
        10 => area && first.is_some_and(|digit| (b'2'..=b'5').contains(digit)),
        MOBILE_DIGITS => area && first == Some(&b'9'),
        _ => false,
    }
}

fn stars_after_first(word: &str) -> String {
    let first = word.chars().next();
    first.map(|first| format!("{first}***")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
