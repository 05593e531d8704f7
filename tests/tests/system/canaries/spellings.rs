//! How a text may stand in bytes without being written as it is.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CanaryKind {
    Cpf,
    Text,
}

/// Something that must be nowhere.
pub(super) struct Canary {
    pub(super) plain: &'static str,
    spellings: Vec<(&'static str, Vec<u8>)>,
    /// What pages may show of it, and nothing else may.
    masked: Option<Vec<u8>>,
}

impl Canary {
    pub(super) fn new(kind: CanaryKind, plain: &'static str) -> Self {
        let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
        let mut spellings = of_text(plain);
        let mut masked = None;
        if kind == CanaryKind::Cpf {
            spellings.extend(of_text(&digits));
            let spaced = plain.replace(['.', '-'], " ");
            spellings.push(("with blanks", spaced.into_bytes()));
            spellings.push(("reversed", digits.bytes().rev().collect()));
            // A table of all CPFs is made in minutes: a bare hash is the CPF.
            for text in [plain, &digits] {
                let hash = Sha256::digest(text.as_bytes());
                spellings.push(("hashed", hash.to_vec()));
                spellings.push(("hashed, as hex", hex::encode(hash).into_bytes()));
            }
            masked = Some(plain.as_bytes()[4..11].to_vec());
        }
        Self {
            plain,
            spellings,
            masked,
        }
    }

    pub(super) fn in_bytes<'a>(
        &'a self,
        bytes: &'a [u8],
        page: bool,
    ) -> impl Iterator<Item = String> + 'a {
        let masked = self.masked.iter().map(|mask| ("masked", mask));
        let masked = masked.filter(move |_| !page);
        let all = self
            .spellings
            .iter()
            .map(|(how, bytes)| (*how, bytes))
            .chain(masked);
        all.filter_map(move |(how, spelt)| {
            let at = find(bytes, spelt)?;
            let around = &bytes[at.saturating_sub(60)..(at + spelt.len() + 20).min(bytes.len())];
            let around = String::from_utf8_lossy(around).replace('\n', "⏎");
            Some(format!("{} ({how}) in …{around}…", self.plain))
        })
    }
}

/// Every byte as `%XX`, except letters and digits.
pub(super) fn percent(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

fn of_text(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let json = serde_json::to_string(text).expect("a text is JSON");
    let escaped: String = text
        .chars()
        .map(|c| match c.is_ascii() {
            true => c.to_string(),
            false => format!("\\u{:04x}", c as u32),
        })
        .collect();
    let bytes: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut all = vec![
        ("as it is", text.as_bytes().to_vec()),
        ("in capitals", text.to_uppercase().into_bytes()),
        ("in small letters", text.to_lowercase().into_bytes()),
        ("as JSON", json.trim_matches('"').as_bytes().to_vec()),
        ("as escaped JSON", escaped.into_bytes()),
        ("in an address", percent(text).into_bytes()),
        ("in a form", percent(text).replace("%20", "+").into_bytes()),
        ("as hex", hex::encode(text).into_bytes()),
        ("as HEX", hex::encode_upper(text).into_bytes()),
        ("as a list of bytes", bytes.join(", ").into_bytes()),
        ("as UTF-16", utf16),
    ];
    // Inside of a longer text it may begin at any of three places.
    for lead in 0..3 {
        let padded = [&b"\0\0"[..lead], text.as_bytes()].concat();
        for encoded in [
            STANDARD_NO_PAD.encode(&padded),
            URL_SAFE_NO_PAD.encode(&padded),
        ] {
            let skip = [0, 2, 3][lead];
            let whole = (padded.len() / 3) * 4;
            all.push(("as base64", encoded.as_bytes()[skip..whole].to_vec()));
        }
    }
    all
}

fn find(bytes: &[u8], spelt: &[u8]) -> Option<usize> {
    assert!(spelt.len() >= 6, "too short to mean anything");
    let first = spelt[0];
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        let at = from + at;
        if bytes[at..].starts_with(spelt) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[test]
fn a_canary_is_found_however_it_is_spelt() {
    let canary = Canary::new(CanaryKind::Cpf, "529.982.247-25");
    let plain = "id=52998224725;";
    for text in [
        plain.to_owned(),
        "CPF 529 982 247 25".into(),
        STANDARD_NO_PAD.encode(plain),
        STANDARD_NO_PAD.encode(format!("x{plain}")),
        URL_SAFE_NO_PAD.encode(format!("xy{plain}")),
        hex::encode(plain),
        hex::encode(Sha256::digest("52998224725")),
        "529%2E982%2E247%2D25".into(),
        format!("{:?}", b"52998224725"),
    ] {
        assert!(
            canary.in_bytes(text.as_bytes(), true).next().is_some(),
            "{text}"
        );
    }
    let shown = "***.982.247-**";
    assert_eq!(canary.in_bytes(shown.as_bytes(), true).count(), 0);
    assert_eq!(canary.in_bytes(shown.as_bytes(), false).count(), 1);
    assert_eq!(canary.in_bytes(b"52998224726", false).count(), 0);
    let name = Canary::new(CanaryKind::Text, "Maria Canário");
    for text in [
        "MARIA CANÁRIO",
        "Maria+Can%C3%A1rio",
        "\"Maria Can\\u00e1rio\"",
    ] {
        assert_eq!(name.in_bytes(text.as_bytes(), false).count(), 1, "{text}");
    }
}
