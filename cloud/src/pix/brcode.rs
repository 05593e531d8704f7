//! BR Code ("Pix copia e cola"): what the customer scans or pastes.
//!
//! A chain of two-digit id, two-digit length, value; the last is a CRC over all before it.
//! Written in ASCII only; read also with accents, where lengths count characters, not bytes.

mod fold;

use fold::ascii_folded;
use shared::money::Centavos;

const CODE_CHARS_MAX: usize = 512; // the standard's cap on `pixCopiaECola`
const LOCATION_MAX: usize = 77; // fills field 26 to its 99
const NAME_MAX: usize = 25;
const CITY_MAX: usize = 15;
const CHECKSUM_FIELD: &str = "6304";
const CHECKSUM_DIGITS: usize = 4;
const PIX_DOMAIN: &str = "br.gov.bcb.pix";
const TEMPLATES_OF_ACCOUNTS: std::ops::RangeInclusive<u8> = 26..=51;

/// Why a code could not be built or is not one, the first reason that applies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrCodeError {
    #[error("location must be 1 to 77 visible ASCII characters, host and path")]
    Location,
    #[error("payee name has no character a BR Code can carry")]
    PayeeName,
    #[error("city has no character a BR Code can carry")]
    City,
    #[error("BR Code is longer than 512 characters")]
    TooLong,
    #[error("BR Code does not end in a checksum")]
    NoChecksum,
    #[error(
        "BR Code has checksum {stated:04X} where its text gives {computed:04X}: it was altered"
    )]
    Checksum { stated: u16, computed: u16 },
    #[error("BR Code breaks off or repeats a field after character {at}")]
    Malformed { at: usize },
    #[error("BR Code lacks or garbles field {id:02}")]
    Field { id: u8 },
    #[error("BR Code is not for Pix")]
    NotPix,
}

/// A sound code, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrCode {
    pub target: Target,
    /// Absent where the payload behind the location decides it.
    pub amount: Option<Centavos>,
    pub payee_name: String,
    pub city: String,
    /// The txid of a static code; absent for `***`.
    pub reference: Option<String>,
    /// Where the payload of a recurrence is, host and path (Pix Automático).
    pub recurrence_location: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The payload of one charge: host and path, without scheme.
    Dynamic { location: String },
    /// A key that anybody may pay, any number of times.
    Static { key: String },
    /// No payment, only the recurrence of `recurrence_location`.
    RecurrenceOnly,
}

/// The code of a charge from its `location`. Name and city lose accents and are cut at 25 and 15.
pub fn build_dynamic(location: &str, payee_name: &str, city: &str) -> Result<String, BrCodeError> {
    let location = location.trim();
    let location = location.strip_prefix("https://").unwrap_or(location);
    let carried = (1..=LOCATION_MAX).contains(&location.len())
        && location.bytes().all(|byte| byte.is_ascii_graphic())
        && !location.contains("://");
    if !carried {
        return Err(BrCodeError::Location);
    }
    let payee_name = ascii_folded(payee_name, NAME_MAX).ok_or(BrCodeError::PayeeName)?;
    let city = ascii_folded(city, CITY_MAX).ok_or(BrCodeError::City)?;
    let account = field(0, PIX_DOMAIN) + &field(25, location);
    let mut code = [
        field(0, "01"),
        field(1, "12"),
        field(26, &account),
        field(52, "0000"),
        field(53, "986"),
        field(58, "BR"),
        field(59, &payee_name),
        field(60, &city),
        field(62, &field(5, "***")),
    ]
    .concat();
    code.push_str(CHECKSUM_FIELD);
    let checksum = crc16(code.as_bytes());
    code.push_str(&format!("{checksum:04X}"));
    Ok(code)
}

/// Checks the checksum, then the fields, then that it is for Pix.
pub fn check(code: &str) -> Result<BrCode, BrCodeError> {
    let code = code.trim();
    if code.chars().count() > CODE_CHARS_MAX {
        return Err(BrCodeError::TooLong);
    }
    check_checksum(code)?;
    let fields = fields(code)?;
    if find(&fields, 0) != Some("01") {
        return Err(BrCodeError::Field { id: 0 });
    }
    if fields.last().map(|last| last.0) != Some(63) {
        return Err(BrCodeError::Field { id: 63 });
    }
    let recurrence_location = pix_template(&fields, 80..=99, 25)?;
    Ok(BrCode {
        target: target(&fields, recurrence_location.is_some())?,
        amount: amount(&fields)?,
        payee_name: required(&fields, 59)?.to_owned(),
        city: required(&fields, 60)?.to_owned(),
        reference: reference(&fields)?,
        recurrence_location,
    })
}

fn target(fields: &[(u8, &str)], recurs: bool) -> Result<Target, BrCodeError> {
    if let Some(location) = pix_template(fields, TEMPLATES_OF_ACCOUNTS, 25)? {
        return Ok(Target::Dynamic { location });
    }
    match pix_template(fields, TEMPLATES_OF_ACCOUNTS, 1)? {
        Some(key) => Ok(Target::Static { key }),
        None if recurs => Ok(Target::RecurrenceOnly),
        None => Err(BrCodeError::NotPix),
    }
}

/// The value under `wanted` in the first template of `ids` that belongs to Pix.
fn pix_template(
    all: &[(u8, &str)],
    ids: std::ops::RangeInclusive<u8>,
    wanted: u8,
) -> Result<Option<String>, BrCodeError> {
    for (id, value) in all.iter().filter(|(id, _)| ids.contains(id)) {
        // Templates of other schemes follow rules we do not know.
        let Ok(inner) = fields(value) else { continue };
        if find(&inner, 0).is_some_and(|domain| domain.eq_ignore_ascii_case(PIX_DOMAIN)) {
            return match find(&inner, wanted) {
                Some("") => Err(BrCodeError::Field { id: *id }),
                found => Ok(found.map(str::to_owned)),
            };
        }
    }
    Ok(None)
}

fn amount(fields: &[(u8, &str)]) -> Result<Option<Centavos>, BrCodeError> {
    let Some(text) = find(fields, 54) else {
        return Ok(None);
    };
    // EMV writes `10`, `10.`, `10.5` and `10.50` alike.
    let (reais, cents) = text.split_once('.').unwrap_or((text, ""));
    Centavos::from_pix(&format!("{reais}.{cents:0<2}"))
        .map(Some)
        .map_err(|_| BrCodeError::Field { id: 54 })
}

fn reference(all: &[(u8, &str)]) -> Result<Option<String>, BrCodeError> {
    let Some(template) = find(all, 62) else {
        return Ok(None);
    };
    let inner = fields(template).map_err(|_| BrCodeError::Field { id: 62 })?;
    Ok(find(&inner, 5)
        .filter(|text| *text != "***")
        .map(str::to_owned))
}

fn required<'a>(fields: &[(u8, &'a str)], id: u8) -> Result<&'a str, BrCodeError> {
    find(fields, id)
        .filter(|value| !value.is_empty())
        .ok_or(BrCodeError::Field { id })
}

fn find<'a>(fields: &[(u8, &'a str)], id: u8) -> Option<&'a str> {
    fields
        .iter()
        .find(|field| field.0 == id)
        .map(|field| field.1)
}

/// Splits a chain of fields. Every id once, every length exact, counted in characters.
fn fields(text: &str) -> Result<Vec<(u8, &str)>, BrCodeError> {
    let mut found: Vec<(u8, &str)> = Vec::new();
    let mut rest = text;
    let mut at = 0;
    while !rest.is_empty() {
        let malformed = BrCodeError::Malformed { at };
        let (id, length) = header(rest).ok_or_else(|| malformed.clone())?;
        let body = &rest[4..];
        let end = if length == 0 {
            0
        } else {
            let last = body.char_indices().nth(length - 1);
            last.map(|(start, last)| start + last.len_utf8())
                .ok_or_else(|| malformed.clone())?
        };
        if found.iter().any(|field| field.0 == id) {
            return Err(malformed);
        }
        found.push((id, &body[..end]));
        rest = &body[end..];
        at += 4 + length;
    }
    Ok(found)
}

/// Two digits of id and two of length.
fn header(text: &str) -> Option<(u8, usize)> {
    let digits = text.as_bytes().get(..4)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let pair = |at: usize| (digits[at] - b'0') * 10 + digits[at + 1] - b'0';
    Some((pair(0), usize::from(pair(2))))
}

fn check_checksum(code: &str) -> Result<(), BrCodeError> {
    let cut = code
        .len()
        .checked_sub(CHECKSUM_DIGITS)
        .filter(|cut| code.is_char_boundary(*cut))
        .ok_or(BrCodeError::NoChecksum)?;
    let (covered, digits) = code.split_at(cut);
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !covered.ends_with(CHECKSUM_FIELD) || !hexadecimal {
        return Err(BrCodeError::NoChecksum);
    }
    let stated = u16::from_str_radix(digits, 16).map_err(|_| BrCodeError::NoChecksum)?;
    let computed = crc16(covered.as_bytes());
    if stated == computed {
        Ok(())
    } else {
        Err(BrCodeError::Checksum { stated, computed })
    }
}

/// `value` is ASCII and at most 99 long: every caller caps it.
fn field(id: u8, value: &str) -> String {
    format!("{id:02}{:02}{value}", value.len())
}

/// CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, not reflected.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x1021
            }
        })
    })
}

#[cfg(test)]
mod tests;
