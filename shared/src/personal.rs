//! What people say of themselves: a name, and ways to reach or to pay them.
//!
//! Invariant: nothing here has `Display` or `Serialize`, and `Debug` names the type alone, so that no
//! log line and no answer can carry one by accident. `reveal` is the one way out, for whoever sends or
//! seals it; people read `masked`. The build fails where this is no longer so (`personal/unprintable.rs`).

mod unprintable;

use crate::document::{Cnpj, Cpf};
use crate::ids::InvalidId;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The longest e-mail address that can be a Pix key.
const EMAIL_CHARS_MAX: usize = 77;
/// RFC 5321: what stands before the `@`.
const EMAIL_LOCAL_CHARS_MAX: usize = 64;
/// Longer than any name on a Brazilian document that is worth a line.
const NAME_CHARS_MAX: usize = 120;
/// E.164 without the `+`; the shortest numbers in use have 8.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// What a person is called, by themselves or by the shop.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

/// An e-mail address in lower case.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// A telephone number as `+5511987654321`.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

/// Where a Pix may be sent, as the DICT spells keys.
#[derive(Clone, PartialEq, Eq)]
pub enum PixKey {
    Cpf(Cpf),
    Cnpj(Cnpj),
    Email(Email),
    Phone(Phone),
    /// A random key.
    Evp(Uuid),
}

macro_rules! prints_only_its_name {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }
    )+};
}

prints_only_its_name!(PersonName, Email, Phone, PixKey);

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
        expected: "something like ana@example.com, 77 characters at most",
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
            !label.is_empty()
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

    /// Without a `+` it is Brazilian: two digits of the area, then eight, or nine that begin with 9.
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
        let national = match foreign {
            true => digits.strip_prefix("55"),
            false => Some(digits.as_str()),
        };
        let good = match national {
            Some(national) => is_brazilian(national.as_bytes()),
            None => PHONE_DIGITS.contains(&digits.len()) && !digits.starts_with('0'),
        };
        let country = if foreign { "" } else { "55" };
        good.then(|| Self(format!("+{country}{digits}")))
            .ok_or(Self::ERROR)
    }
}

impl PixKey {
    const ERROR: InvalidId = InvalidId {
        kind: "Pix key",
        expected: "a CPF, a CNPJ, an e-mail address, a telephone number with +55, or a random key",
    };

    /// As the DICT spells it.
    pub fn reveal(&self) -> String {
        match self {
            Self::Cpf(cpf) => cpf.digits().to_owned(),
            Self::Cnpj(cnpj) => cnpj.as_str().to_owned(),
            Self::Email(email) => email.reveal().to_owned(),
            Self::Phone(phone) => phone.reveal().to_owned(),
            Self::Evp(random) => random.hyphenated().to_string(),
        }
    }

    /// Each kind by its own mask; of a random key the first four characters. A CNPJ is public.
    pub fn masked(&self) -> String {
        match self {
            Self::Cpf(cpf) => cpf.masked(),
            Self::Cnpj(cnpj) => cnpj.formatted(),
            Self::Email(email) => email.masked(),
            Self::Phone(phone) => phone.masked(),
            Self::Evp(random) => format!("{}****", &random.simple().to_string()[..4]),
        }
    }
}

impl FromStr for PixKey {
    type Err = InvalidId;

    /// A telephone number is one only with its `+`: eleven digits alone are a CPF or nothing.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let text = text.trim();
        let read = if text.contains('@') {
            text.parse().ok().map(Self::Email)
        } else if text.starts_with('+') {
            text.parse().ok().map(Self::Phone)
        } else if let Ok(cpf) = text.parse() {
            Some(Self::Cpf(cpf))
        } else if let Ok(cnpj) = text.parse() {
            Some(Self::Cnpj(cnpj))
        } else {
            let hyphened = text.len() == uuid::fmt::Hyphenated::LENGTH;
            let random = hyphened.then(|| Uuid::try_parse(text).ok()).flatten();
            random.map(Self::Evp)
        };
        read.ok_or(Self::ERROR)
    }
}

fn is_brazilian(national: &[u8]) -> bool {
    let area = national.len() >= 2 && national[..2].iter().all(|digit| *digit != b'0');
    match national.len() {
        10 => area && (b'2'..=b'5').contains(&national[2]),
        11 => area && national[2] == b'9',
        _ => false,
    }
}

fn stars_after_first(word: &str) -> String {
    let first = word.chars().next();
    first.map(|first| format!("{first}***")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
