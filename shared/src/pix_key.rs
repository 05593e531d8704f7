//! A Pix key in the one form the directory (DICT) knows it by, read from what a person types.
//!
//! A wrong key costs twenty look-ups of the directory's budget, so everything that can be known
//! without asking is checked here. `Debug` prints no key: a log cannot.

use crate::document::{Cnpj, Cpf};
use crate::ids::InvalidId;
use crate::personal::{Email, Phone};
use std::fmt;
use std::str::FromStr;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PixKey {
    Cpf(Cpf),
    Cnpj(Cnpj),
    Email(Email),
    /// A Brazilian mobile number: the directory takes no other.
    Phone(Phone),
    /// A key the directory drew: a lower-case hyphenated UUID.
    Random(String),
}

/// The longest text API Pix takes for a key.
pub const PIX_KEY_CHARS_MAX: usize = 77;

impl PixKey {
    const ERROR: InvalidId = InvalidId {
        kind: "Pix key",
        expected: "a CPF, a CNPJ, an e-mail address, a mobile phone with area code, or a random key",
    };

    /// As the directory and API Pix write it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Cpf(cpf) => cpf.digits(),
            Self::Cnpj(cnpj) => cnpj.as_str(),
            Self::Email(email) => email.reveal(),
            Self::Phone(phone) => phone.reveal(),
            Self::Random(text) => text,
        }
    }

    /// Which kind of key, as a word for pages and logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Cpf(_) => "cpf",
            Self::Cnpj(_) => "cnpj",
            Self::Email(_) => "email",
            Self::Phone(_) => "phone",
            Self::Random(_) => "random",
        }
    }

    /// Whether this key can be of the person with this CPF, as far as it says itself: another's CPF
    /// is not, nor is a company's number. Of the other kinds only a bank knows.
    pub fn may_be_of(&self, owner: &Cpf) -> bool {
        match self {
            Self::Cpf(cpf) => cpf == owner,
            Self::Cnpj(_) => false,
            Self::Email(_) | Self::Phone(_) | Self::Random(_) => true,
        }
    }

    /// Enough for its owner to recognise it, for nobody to use it.
    pub fn masked(&self) -> String {
        match self {
            Self::Cpf(cpf) => cpf.masked(),
            Self::Cnpj(cnpj) => format!("**.***.{}/****-**", &cnpj.as_str()[5..8]),
            Self::Email(email) => email.masked(),
            Self::Phone(phone) => phone.masked(),
            Self::Random(text) => format!("{}****-****{}", &text[..4], &text[32..]),
        }
    }
}

impl FromStr for PixKey {
    type Err = InvalidId;

    /// Takes what people type: with or without punctuation, any case. Eleven bare digits with valid
    /// check digits are a CPF, also where they could be a phone: that is written with `+55`.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let text = text.trim();
        if text.is_empty() || text.len() > PIX_KEY_CHARS_MAX || !text.is_ascii() {
            return Err(Self::ERROR);
        }
        if text.contains('@') {
            return text.parse().map(Self::Email).map_err(|_| Self::ERROR);
        }
        if let Ok(cpf) = text.parse() {
            return Ok(Self::Cpf(cpf));
        }
        if let Ok(cnpj) = text.to_ascii_uppercase().parse() {
            return Ok(Self::Cnpj(cnpj));
        }
        let random = random(text).map(Self::Random);
        let phone = || mobile(text).map(Self::Phone);
        random.or_else(phone).ok_or(Self::ERROR)
    }
}

impl fmt::Debug for PixKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PixKey({})", self.kind())
    }
}

fn random(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let shaped = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    shaped.then_some(text)
}

fn mobile(text: &str) -> Option<Phone> {
    let phone = text.parse().ok();
    phone.filter(Phone::is_brazilian_mobile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_the_directorys_form() {
        for (typed, kind, canonical) in [
            ("529.982.247-25", "cpf", "52998224725"),
            (" 52998224725 ", "cpf", "52998224725"),
            ("12.abc.345/01de-35", "cnpj", "12ABC34501DE35"),
            ("11222333000181", "cnpj", "11222333000181"),
            (
                "Ana.Souza+pix@Exemplo.com.br",
                "email",
                "ana.souza+pix@exemplo.com.br",
            ),
            ("(11) 98765-4321", "phone", "+5511987654321"),
            ("+55 11 98765-4321", "phone", "+5511987654321"),
            ("5511987654321", "phone", "+5511987654321"),
            ("011 98765-4321", "phone", "+5511987654321"),
            (
                "123E4567-E12B-12D1-A456-426655440000",
                "random",
                "123e4567-e12b-12d1-a456-426655440000",
            ),
        ] {
            let key: PixKey = typed.parse().unwrap_or_else(|e| panic!("{typed}: {e}"));
            assert_eq!((key.kind(), key.as_str()), (kind, canonical), "{typed}");
            assert_eq!(canonical.parse::<PixKey>().as_ref(), Ok(&key), "{typed}");
        }
    }

    #[test]
    fn what_the_directory_would_not_know_is_found_here() {
        for wrong in [
            "",
            "529.982.247-24",
            "12.ABC.345/01DE-36",
            "ana@exemplo",
            "ana@@exemplo.com",
            "@exemplo.com",
            "ana souza@exemplo.com",
            "ana@-exemplo.com",
            "ana@exemplo..com",
            "(10) 98765-4321",
            "(11) 8765-4321",
            "+1 11 98765-4321",
            "+55 11 38765-4321",
            "123e4567-e12b-12d1-a456-42665544000g",
            "123e4567e12b12d1a456426655440000",
            "joão@exemplo.com",
        ] {
            assert!(wrong.parse::<PixKey>().is_err(), "{wrong}");
        }
        let long = format!("{}@exemplo.com", "a".repeat(PIX_KEY_CHARS_MAX));
        assert!(long.parse::<PixKey>().is_err());
    }

    #[test]
    fn a_key_says_whose_it_cannot_be() {
        let owner: Cpf = "52998224725".parse().unwrap();
        for (key, may) in [
            ("52998224725", true),
            ("11144477735", false),
            ("12ABC34501DE35", false),
            ("ana@exemplo.com", true),
            ("+5511987654321", true),
            ("123e4567-e12b-12d1-a456-426655440000", true),
        ] {
            let key: PixKey = key.parse().unwrap();
            assert_eq!(key.may_be_of(&owner), may, "{}", key.kind());
        }
    }

    #[test]
    fn masks_and_logs_show_no_key() {
        for (key, mask) in [
            ("52998224725", "***.982.247-**"),
            ("12ABC34501DE35", "**.***.345/****-**"),
            ("ana@exemplo.com", "a***@e***.com"),
            ("+5511987654321", "(11) *****-**21"),
            ("123e4567-e12b-12d1-a456-426655440000", "123e****-****0000"),
        ] {
            let key: PixKey = key.parse().unwrap();
            assert_eq!(key.masked(), mask);
            assert_eq!(format!("{key:?}"), format!("PixKey({})", key.kind()));
        }
    }
}
