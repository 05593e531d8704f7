//! What a payer gave to be told by. It exists in clear only while a page is shown or a notice sent.

use serde::{Deserialize, Serialize};
use shared::personal::{Email, Phone};
use std::str::FromStr;
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

/// Of what nobody could recognise.
const UNKNOWN: &str = "***";

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
            Address::Mail(mail) => mask(mail, Email::masked),
            Address::Push(_) => UNKNOWN.to_owned(),
            Address::Phone(number) => mask(number, Phone::masked),
        }
    }
}

/// A mail address as it will be used, if the text is one.
pub fn mail_address(text: &str) -> Option<String> {
    let email: Email = text.parse().ok()?;
    Some(email.reveal().to_owned())
}

/// A telephone number in E.164, if the text is one: Brazilian with its area code, or any with + and
/// country.
pub fn phone_number(text: &str) -> Option<String> {
    let phone: Phone = text.parse().ok()?;
    Some(phone.reveal().to_owned())
}

fn mask<T: FromStr>(text: &str, masked: fn(&T) -> String) -> String {
    text.parse()
        .map_or_else(|_| UNKNOWN.to_owned(), |read| masked(&read))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What may be given can be sent to: the mailer reads addresses by rules of its own.
    #[test]
    fn what_is_taken_for_an_address_is_one_to_the_mailer() {
        for text in [
            "ana@loja.example",
            " Ana.B+volta@loja.example ",
            "o'neil_{x}|~^`=?/*&$#!%@a-b.c.example",
        ] {
            let mail = mail_address(text).unwrap();
            let read: lettre::Address = mail.parse().unwrap();
            assert_eq!(read.to_string(), mail, "{text:?}");
        }
        assert_eq!(mail_address("ana@loja.example,b@c.example"), None);
        assert_eq!(phone_number("81 91234-5678 ramal 2"), None);
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
            "a***@l***.example"
        );
        assert_eq!(
            masked(Address::Phone("+5581912345678".into())),
            "(81) *****-**78"
        );
    }
}
