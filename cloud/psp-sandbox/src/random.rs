//! Identifiers a bank makes up.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `E` or `D`, the ISPB, the minute in UTC and 11 random characters: 32 in all.
pub(crate) fn transaction_id(prefix: char, ispb: &str, now_ms: i64) -> String {
    let minute = Timestamp::from_millisecond(now_ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(TimeZone::UTC)
        .strftime("%Y%m%d%H%M")
        .to_string();
    format!("{prefix}{ispb}{minute}{}", alphanumeric(11))
}

/// Uniform over `[0-9A-Za-z]`.
pub(crate) fn alphanumeric(length: usize) -> String {
    // 248 is the largest multiple of 62 in a byte; larger bytes would favour some characters.
    const UNBIASED: u8 = 248;
    let mut text = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while text.len() < length {
        getrandom::fill(&mut bytes).expect("the operating system's random source works");
        let wanted = length - text.len();
        text.extend(
            bytes
                .iter()
                .filter(|byte| **byte < UNBIASED)
                .take(wanted)
                .map(|byte| char::from(ALPHABET[usize::from(byte % 62)])),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transaction_ids_carry_bank_and_utc_minute() {
        let id = transaction_id('E', "99999010", 1_755_880_242_000);
        assert_eq!(id.len(), 32);
        assert!(id.starts_with("E99999010202508221630"), "{id}");
        assert!(id.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
}
