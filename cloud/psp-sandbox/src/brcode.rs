//! The dynamic BR Code of a charge ("Pix copia e cola"): written for the merchant, read by the app.

const GUI: &str = "br.gov.bcb.pix";
// API Pix: `pixCopiaECola` has at most 512 characters.
const CODE_BYTES_MAX: usize = 512;
const CRC_FIELD: &str = "6304";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BrCodeError {
    TooLong,
    Malformed,
    WrongCrc,
    NotPix,
    Static,
}

/// The code of a charge served at `location`. The amount is left to the payload, which may change.
pub(crate) fn dynamic(location: &str, payee_name: &str, payee_city: &str) -> String {
    let account = field("00", GUI) + &field("25", location);
    let mut code = [
        field("00", "01"),
        field("01", "12"),
        field("26", &account),
        field("52", "0000"),
        field("53", "986"),
        field("58", "BR"),
        field("59", payee_name),
        field("60", payee_city),
        field("62", &field("05", "***")),
    ]
    .concat();
    code.push_str(CRC_FIELD);
    let crc = crc16(code.as_bytes());
    code + &format!("{crc:04X}")
}

/// The location a dynamic code points to.
pub(crate) fn location_of(code: &str) -> Result<String, BrCodeError> {
    let code = code.trim();
    if code.len() > CODE_BYTES_MAX {
        return Err(BrCodeError::TooLong);
    }
    let stated_at = code.len().checked_sub(4).ok_or(BrCodeError::Malformed)?;
    let (covered, stated) = code
        .split_at_checked(stated_at)
        .ok_or(BrCodeError::Malformed)?;
    if !covered.ends_with(CRC_FIELD) {
        return Err(BrCodeError::Malformed);
    }
    if !stated.eq_ignore_ascii_case(&format!("{:04X}", crc16(covered.as_bytes()))) {
        return Err(BrCodeError::WrongCrc);
    }
    let account = find(code, "26")?.ok_or(BrCodeError::NotPix)?;
    let gui = find(account, "00")?.ok_or(BrCodeError::NotPix)?;
    if !gui.eq_ignore_ascii_case(GUI) {
        return Err(BrCodeError::NotPix);
    }
    match find(account, "25")? {
        Some(location) => Ok(location.to_owned()),
        None => Err(BrCodeError::Static),
    }
}

fn field(id: &str, value: &str) -> String {
    assert!(
        value.is_ascii() && value.len() <= 99,
        "configuration bounds every BR Code field"
    );
    format!("{id}{:02}{value}", value.len())
}

fn find<'a>(mut rest: &'a str, wanted: &str) -> Result<Option<&'a str>, BrCodeError> {
    while !rest.is_empty() {
        let (id, after) = rest.split_at_checked(2).ok_or(BrCodeError::Malformed)?;
        let (length, after) = after.split_at_checked(2).ok_or(BrCodeError::Malformed)?;
        let length: usize = length.parse().map_err(|_| BrCodeError::Malformed)?;
        // Lengths count characters: other banks write accents.
        let end = after
            .char_indices()
            .map(|(at, _)| at)
            .chain([after.len()])
            .nth(length);
        let (value, after) = after.split_at(end.ok_or(BrCodeError::Malformed)?);
        if id == wanted {
            return Ok(Some(value));
        }
        rest = after;
    }
    Ok(None)
}

/// CRC-16/CCITT-FALSE (IBM-3740).
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
mod tests {
    use super::*;

    #[test]
    fn published_codes_are_read() {
        assert_eq!(crc16(b"123456789"), 0x29B1);
        let bacen = "00020101021226760014br.gov.bcb.pix2554pix.example.com/qr/v2/8b3da2f39a4140d1a91abd93113bd4415204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***80800014br.gov.bcb.pix2558pix.example.com/qr/v2/rec/94ed2badcbc04c15b0bb7fa35319489063047741";
        assert_eq!(
            location_of(bacen).as_deref(),
            Ok("pix.example.com/qr/v2/8b3da2f39a4140d1a91abd93113bd441")
        );
        let static_code = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D";
        assert_eq!(location_of(static_code), Err(BrCodeError::Static));
        assert_eq!(
            location_of(&bacen.replace("Fulano", "Sicrano")),
            Err(BrCodeError::WrongCrc)
        );
        assert_eq!(location_of("6304"), Err(BrCodeError::Malformed));
        assert_eq!(location_of(&"9".repeat(513)), Err(BrCodeError::TooLong));
        assert_eq!(location_of("00é6304AAAA"), Err(BrCodeError::WrongCrc));
    }

    #[test]
    fn what_the_bank_writes_the_bank_reads() {
        let location = "127.0.0.1:8090/qr/v2/8b3da2f39a4140d1a91abd93113bd441";
        let code = dynamic(location, "VOLTA CARRINHOS", "SAO PAULO");
        assert!(code.is_ascii() && code.len() <= CODE_BYTES_MAX);
        assert_eq!(location_of(&code).as_deref(), Ok(location));
    }

    #[test]
    fn a_crc_below_0x1000_keeps_its_leading_zero() {
        let short = (0..u32::MAX)
            .map(|n| dynamic(&format!("b.test/qr/v2/{n}"), "V", "S"))
            .find(|code| code[code.len() - 4..].starts_with('0'))
            .unwrap();
        assert!(location_of(&short).is_ok());
    }
}
