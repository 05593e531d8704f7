use super::*;

const STATIC: &str = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D";
const WITH_RECURRENCE: &str = "00020101021226760014br.gov.bcb.pix2554pix.example.com/qr/v2/8b3da2f39a4140d1a91abd93113bd4415204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***80800014br.gov.bcb.pix2558pix.example.com/qr/v2/rec/94ed2badcbc04c15b0bb7fa35319489063047741";
const FROM_A_BANK: &str = "00020101021226850014br.gov.bcb.pix2563exemplodeurl.com.br/pix/v2/11111111-1111-1111-1111-11111111111152040000530398654040.015802BR5925TESTE DE TESTE DO TESTEIE6014RIO DE JANEIRO62070503***6304CD52";
const ALL_FIELDS: &str = "00020104141234567890123426580014BR.GOV.BCB.PIX0136123e4567-e12b-12d1-a456-42665544000027300012BR.COM.OUTRO011001234567895204000053039865406123.455802BR5917NOME DO RECEBEDOR6008BRASILIA61087007490062190515RP12345678-201980390012BR.COM.OUTRO01190123.ABCD.3456.WXYZ6304AD38";
const RECURRENCE_ONLY: &str = "00020126180014br.gov.bcb.pix5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***80800014br.gov.bcb.pix2558pix.example.com/qr/v2/rec/2353c790eefb11eaadc10242ac120002630462C9";
const DATED: &str = "00020101021226810014br.gov.bcb.pix2559pix.example.com/qr/v2/cobv/1e6c54d3ec9449b7a7fc53b6b0f998e75204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***80800014br.gov.bcb.pix2558pix.example.com/qr/v2/rec/3ffa640fa4f14080adccb949fa2dc0d06304A441";
const ACCENTED: &str = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASÍLIA62070503***6304B4F6";
const KEY: &str = "123e4567-e12b-12d1-a456-426655440000";

fn sealed(body: &str) -> String {
    format!("{body}6304{:04X}", crc16(format!("{body}6304").as_bytes()))
}

#[test]
fn the_checksum_is_the_published_one() {
    assert_eq!(crc16(b"123456789"), 0x29B1);
}

#[test]
fn published_codes_are_read() {
    let dynamic = |location: &str| Target::Dynamic {
        location: location.to_owned(),
    };
    let key = || Target::Static {
        key: KEY.to_owned(),
    };
    for (code, target, amount, city, reference) in [
        (STATIC, key(), None, "BRASILIA", None),
        (
            WITH_RECURRENCE,
            dynamic("pix.example.com/qr/v2/8b3da2f39a4140d1a91abd93113bd441"),
            None,
            "BRASILIA",
            None,
        ),
        (
            FROM_A_BANK,
            dynamic("exemplodeurl.com.br/pix/v2/11111111-1111-1111-1111-111111111111"),
            Some(1),
            "RIO DE JANEIRO",
            None,
        ),
        (
            ALL_FIELDS,
            key(),
            Some(12_345),
            "BRASILIA",
            Some("RP12345678-2019"),
        ),
        (
            RECURRENCE_ONLY,
            Target::RecurrenceOnly,
            None,
            "BRASILIA",
            None,
        ),
        (
            DATED,
            dynamic("pix.example.com/qr/v2/cobv/1e6c54d3ec9449b7a7fc53b6b0f998e7"),
            None,
            "BRASILIA",
            None,
        ),
        (ACCENTED, key(), None, "BRASÍLIA", None),
    ] {
        let read = check(code).unwrap_or_else(|error| panic!("{code}: {error}"));
        assert_eq!(read.target, target, "{code}");
        assert_eq!(read.amount, amount.map(Centavos::new), "{code}");
        assert_eq!(read.city, city, "{code}");
        assert_eq!(read.reference.as_deref(), reference, "{code}");
    }
    assert_eq!(
        check(WITH_RECURRENCE)
            .unwrap()
            .recurrence_location
            .as_deref(),
        Some("pix.example.com/qr/v2/rec/94ed2badcbc04c15b0bb7fa353194890")
    );
}

#[test]
fn a_published_code_with_a_stray_space_is_refused() {
    let spaced = (1..ALL_FIELDS.len()).map(|at| {
        let (head, tail) = ALL_FIELDS.split_at(at);
        format!("{head} {tail}")
    });
    let refusals: Vec<BrCodeError> = spaced.filter_map(|code| check(&code).err()).collect();
    assert_eq!(refusals.len(), ALL_FIELDS.len() - 1);
    let published = BrCodeError::Checksum {
        stated: 0xAD38,
        computed: 0x7A50,
    };
    assert!(refusals.contains(&published));
}

#[test]
fn every_altered_character_is_noticed() {
    for at in 0..STATIC.len() {
        let mut altered = STATIC.as_bytes().to_vec();
        altered[at] ^= 1;
        let altered = String::from_utf8(altered).unwrap();
        assert!(check(&altered).is_err(), "{altered}");
    }
}

#[test]
fn refusals_come_in_order() {
    let pix = "26220014br.gov.bcb.pix0100";
    let account = "26260014br.gov.bcb.pix0104chav";
    let end = "5901N6001C";
    for (code, expected) in [
        ("x".repeat(513), BrCodeError::TooLong),
        (String::new(), BrCodeError::NoChecksum),
        ("í3D".to_owned(), BrCodeError::NoChecksum),
        ("0002016304+1D3".to_owned(), BrCodeError::NoChecksum),
        (
            STATIC.replace("1D3D", "1D3E"),
            BrCodeError::Checksum {
                stated: 0x1D3E,
                computed: 0x1D3D,
            },
        ),
        (sealed("000201000201"), BrCodeError::Malformed { at: 6 }),
        (sealed("0002015"), BrCodeError::Malformed { at: 6 }),
        (sealed("00020159999"), BrCodeError::Malformed { at: 6 }),
        (sealed("0002010x01A"), BrCodeError::Malformed { at: 6 }),
        (sealed("000202"), BrCodeError::Field { id: 0 }),
        (
            sealed(&format!("000201{pix}{end}")),
            BrCodeError::Field { id: 26 },
        ),
        (sealed(&format!("000201{end}")), BrCodeError::NotPix),
        (
            sealed(&format!("000201{account}5403abc{end}")),
            BrCodeError::Field { id: 54 },
        ),
        (
            sealed(&format!("000201{account}6001C")),
            BrCodeError::Field { id: 59 },
        ),
        (
            sealed(&format!("000201{account}5901N")),
            BrCodeError::Field { id: 60 },
        ),
        (
            sealed(&format!("000201{account}{end}6203050")),
            BrCodeError::Field { id: 62 },
        ),
    ] {
        assert_eq!(check(&code), Err(expected), "{code}");
    }
    assert!(check(&sealed(&format!("000201{account}{end}"))).is_ok());
}

#[test]
fn a_built_code_is_ascii_and_reads_back() {
    let location = "pix.example.com/qr/v2/8b3da2f39a4140d1a91abd93113bd441";
    let code = build_dynamic(
        location,
        "Supermercado São João da Aliança",
        "São José dos Campos",
    );
    let code = code.unwrap();
    assert!(code.is_ascii());
    assert!(code.starts_with("000201010212"), "{code}");
    let read = check(&code).unwrap();
    assert_eq!(
        read.target,
        Target::Dynamic {
            location: location.to_owned()
        }
    );
    assert_eq!(read.payee_name, "Supermercado Sao Joao da");
    assert_eq!(read.city, "Sao Jose dos Ca");
    assert_eq!((read.amount, read.reference), (None, None));
}

#[test]
fn what_cannot_be_carried_is_named() {
    let longest = "p".repeat(77);
    for (location, name, city, expected) in [
        ("", "N", "C", BrCodeError::Location),
        ("pix.example.com/qr 1", "N", "C", BrCodeError::Location),
        ("pix.example.com/ção", "N", "C", BrCodeError::Location),
        ("http://pix.example.com/1", "N", "C", BrCodeError::Location),
        (&*format!("{longest}p"), "N", "C", BrCodeError::Location),
        ("pix.example.com/1", "日本", "C", BrCodeError::PayeeName),
        ("pix.example.com/1", "N", " ", BrCodeError::City),
    ] {
        assert_eq!(
            build_dynamic(location, name, city),
            Err(expected),
            "{location}"
        );
    }
    let code = build_dynamic(&longest, &"N".repeat(99), &"C".repeat(99)).unwrap();
    assert!(check(&code).is_ok() && code.len() <= CODE_CHARS_MAX);
    let bare = build_dynamic("pix.example.com/1", "N", "C");
    assert_eq!(build_dynamic("https://pix.example.com/1", "N", "C"), bare);
}

#[test]
fn a_checksum_keeps_its_leading_zeros() {
    let mut seen = 0;
    for n in 0..2_000 {
        let code = build_dynamic(&format!("pix.example.com/{n}"), "Volta", "Campinas").unwrap();
        assert!(check(&code).is_ok(), "{code}");
        if code[code.len() - 4..].starts_with('0') {
            seen += 1;
            let unpadded = format!("{}{}", &code[..code.len() - 4], &code[code.len() - 3..]);
            assert_eq!(check(&unpadded), Err(BrCodeError::NoChecksum));
        }
    }
    assert!(seen > 50, "one code in sixteen: {seen}");
}
