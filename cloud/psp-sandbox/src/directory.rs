//! The directory of keys (DICT) as this bank meets it: whose a key is, and what asking costs.

use crate::book::{self, envio};
use rusqlite::Connection;
use shared::pix_key::PixKey;

/// A company's bucket of look-ups, and what refills it.
pub(crate) const TOKENS_MAX: i64 = 1_000;
const REFILL_PER_MINUTE: i64 = 2;
const COST_FOUND: i64 = 1;
const COST_UNKNOWN: i64 = 20;

const TOKENS: &str = "dict_tokens_spent";
const COUNTED_MS: &str = "dict_counted_ms";

/// By rule, keys that the directory does not have and keys that are always this person's.
const NOBODYS: Marks = Marks {
    domain: "@inexistente.example",
    phone: "0000",
    random: "00000000-",
};
const STRANGERS: Marks = Marks {
    domain: "@outro.example",
    phone: "0001",
    random: "00000001-",
};
const STRANGER: &str = "11144477735";

struct Marks {
    domain: &'static str,
    phone: &'static str,
    random: &'static str,
}

impl Marks {
    fn are_on(&self, key: &PixKey) -> bool {
        match key {
            PixKey::Email(email) => email.reveal().ends_with(self.domain),
            PixKey::Phone(phone) => phone.reveal().ends_with(self.phone),
            PixKey::Random(text) => text.starts_with(self.random),
            PixKey::Cpf(_) | PixKey::Cnpj(_) => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The key is of who was named, or nobody was.
    Found,
    OtherOwner,
    Unknown,
    /// Nothing was asked: there are no look-ups left.
    NoTokens,
}

/// Looks a key up, at the price of it. `document`: who the sender says its owner is.
pub(crate) fn look_up(
    db: &Connection,
    key: &PixKey,
    document: Option<&str>,
    now_ms: i64,
) -> rusqlite::Result<Answer> {
    let left = tokens(db, now_ms)?;
    if left < COST_FOUND {
        return Ok(Answer::NoTokens);
    }
    let answer = match owner(db, key, document)? {
        None => Answer::Unknown,
        Some(owner) if document.is_none_or(|named| named == owner) => Answer::Found,
        Some(_) => Answer::OtherOwner,
    };
    let cost = match answer {
        Answer::Unknown => COST_UNKNOWN,
        _ => COST_FOUND,
    };
    set_tokens(db, (left - cost).max(0), now_ms)?;
    Ok(answer)
}

/// Look-ups left at this moment.
pub(crate) fn tokens(db: &Connection, now_ms: i64) -> rusqlite::Result<i64> {
    let spent = book::setting(db, TOKENS)?;
    let since_ms = now_ms - book::setting(db, COUNTED_MS)?;
    let refilled = (since_ms / 60_000).saturating_mul(REFILL_PER_MINUTE);
    Ok((TOKENS_MAX - spent)
        .saturating_add(refilled)
        .min(TOKENS_MAX))
}

pub(crate) fn set_tokens(db: &Connection, left: i64, now_ms: i64) -> rusqlite::Result<()> {
    book::set_setting(db, TOKENS, TOKENS_MAX - left)?;
    book::set_setting(db, COUNTED_MS, now_ms)
}

/// None: there is no such key. What no rule and no call names is of whom the sender says.
fn owner(
    db: &Connection,
    key: &PixKey,
    document: Option<&str>,
) -> rusqlite::Result<Option<String>> {
    if let Some(told) = envio::owner(db, key.as_str())? {
        return Ok(told);
    }
    Ok(match key {
        PixKey::Cpf(_) | PixKey::Cnpj(_) => Some(key.as_str().to_owned()),
        key if NOBODYS.are_on(key) => None,
        key if STRANGERS.are_on(key) => Some(STRANGER.to_owned()),
        _ => Some(document.unwrap_or(STRANGER).to_owned()),
    })
}
