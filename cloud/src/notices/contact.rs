//! What a payer gave to be told by. It exists in clear only while a page is shown or a notice sent.

use serde::{Deserialize, Serialize};
use web::ui::Lang;

/// An address, and what a notice needs besides. Without `Debug`: no log can print it.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
pub struct Contact {
    /// The secret of the rental's page, for the notice's link; the database knows its hash alone.
    pub token: String,
    /// The language the contact was given in: `pt` or `en`.
    pub lang: String,
    pub address: Address,
}

#[derive(Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    Mail(String),
    Push(PushTarget),
    /// E.164, beginning with +.
    Phone(String),
}

/// A browser's subscription.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
pub struct PushTarget {
    pub endpoint: String,
    /// The browser's public key, base64url.
    pub p256dh: String,
    pub auth: String,
    /// Our key at the time: under another one the push service refuses us.
    pub vapid: String,
}

/// What an SMTP path may hold.
const MAIL_CHARS_MAX: usize = 254;

impl Contact {
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts become JSON")
    }

    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub fn lang(&self) -> Lang {
        Lang::choose(Some(&self.lang), None, None)
    }

    /// Enough for its owner to recognise it, and for nobody else.
    pub fn masked(&self) -> String {
        match &self.address {
            Address::Mail(mail) => {
                let (local, host) = mail.split_once('@').unwrap_or((mail, ""));
                let first: String = local.chars().take(1).collect();
                format!("{first}•••@{host}")
            }
            Address::Push(_) => "•••".to_owned(),
            Address::Phone(number) => {
                let end = number.len().saturating_sub(4);
                format!("••• {}", number.get(end..).unwrap_or_default())
            }
        }
    }
}

/// A mail address as it will be used, if the text is one.
pub fn mail_address(text: &str) -> Option<String> {
    let text = text.trim();
    let host = text.rsplit_once('@')?.1;
    let usable = text.len() <= MAIL_CHARS_MAX && text.is_ascii() && host.contains('.');
    let parsed: lettre::Address = text.parse().ok()?;
    usable.then(|| parsed.to_string())
}

/// A telephone number in E.164, if the text is one: Brazilian with its area code, or any with + and
/// country.
pub fn phone_number(text: &str) -> Option<String> {
    let text = text.trim();
    let known = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.');
    let rest = text.strip_prefix('+').unwrap_or(text);
    if !rest.chars().all(known) {
        return None;
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let national = digits.trim_start_matches('0');
    match (text.starts_with('+'), digits.len(), national.len()) {
        (true, 8..=15, _) if !digits.starts_with('0') => Some(format!("+{digits}")),
        (false, _, 10 | 11) => Some(format!("+55{national}")),
        (false, 12 | 13, _) if digits.starts_with("55") => Some(format!("+{digits}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_written_to_is_an_address() {
        let longest = format!("{}@{}.example", "a".repeat(64), "b".repeat(60));
        for (text, wanted) in [
            ("ana@loja.example", Some("ana@loja.example")),
            (
                "  ana.b+volta@loja.example ",
                Some("ana.b+volta@loja.example"),
            ),
            (&longest, Some(longest.as_str())),
            ("", None),
            ("ana", None),
            ("ana@", None),
            ("@loja.example", None),
            ("ana@loja", None),
            ("ana@loja.example\r\nBcc: b@c.example", None),
            ("Ana <ana@loja.example>", None),
            ("ana@loja.example,b@c.example", None),
            ("aná@loja.example", None),
        ] {
            assert_eq!(mail_address(text).as_deref(), wanted, "{text:?}");
        }
    }

    #[test]
    fn a_number_is_brazilian_or_says_its_country() {
        for (text, wanted) in [
            ("81 91234-5678", Some("+5581912345678")),
            ("(81) 3123-4567", Some("+558131234567")),
            ("081 91234 5678", Some("+5581912345678")),
            ("+55 81 91234-5678", Some("+5581912345678")),
            ("5581912345678", Some("+5581912345678")),
            ("+351 912 345 678", Some("+351912345678")),
            ("91234-5678", None),
            ("+0123456789", None),
            ("81 91234-5678 ramal 2", None),
            ("", None),
            ("+", None),
        ] {
            assert_eq!(phone_number(text).as_deref(), wanted, "{text:?}");
        }
    }

    #[test]
    fn its_owner_recognises_it_and_nobody_else() {
        let masked = |address| {
            let contact = Contact {
                token: "t".into(),
                lang: "pt".into(),
                address,
            };
            let again = Contact::read(&contact.to_bytes());
            assert!(again.is_some_and(|again| again == contact));
            contact.masked()
        };
        assert_eq!(
            masked(Address::Mail("ana@loja.example".into())),
            "a•••@loja.example"
        );
        assert_eq!(masked(Address::Phone("+5581912345678".into())), "••• 5678");
    }
}
