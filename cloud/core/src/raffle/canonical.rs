//! One text for one document: RFC 8785 for what our documents hold — objects, arrays, strings, whole
//! numbers below 2^53, true, false and null. A fraction has no place here and is refused.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use shared::json::check_bounds;
use shared::octets::Octets;

/// 32 bytes of SHA-256.
pub type Digest = Octets<32>;

/// A million entries of 99 characters and what stands around them.
pub const DOCUMENT_BYTES_MAX: usize = 128 << 20;
/// Ours are four deep.
const DEPTH_MAX: usize = 8;
/// The first whole number that a reader with floating-point numbers may confuse with its neighbour.
const INTEGER_END: u64 = 1 << 53;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    #[error("longer or deeper than a document of the raffle may be")]
    OutOfBounds,
    #[error("not a JSON document of this shape")]
    Unreadable,
    #[error("a number is no whole number below 2^53")]
    Number,
    #[error("a name is not ASCII")]
    Name,
    #[error("the same document has another spelling, and only that one counts")]
    OtherSpelling,
}

/// The canonical text of `value`.
pub fn text<T: Serialize>(value: &T) -> Result<String, NotCanonical> {
    let value = serde_json::to_value(value).map_err(|_| NotCanonical::Unreadable)?;
    let mut text = String::new();
    write(&value, &mut text)?;
    Ok(text)
}

/// The document in `text`, when `text` is byte for byte its canonical form. So it has no unknown,
/// missing or repeated field either.
pub fn read<T: Serialize + DeserializeOwned>(text: &str) -> Result<T, NotCanonical> {
    check_bounds(text.as_bytes(), DOCUMENT_BYTES_MAX, DEPTH_MAX)
        .map_err(|_| NotCanonical::OutOfBounds)?;
    let value: T = serde_json::from_str(text).map_err(|_| NotCanonical::Unreadable)?;
    if self::text(&value)? == text {
        Ok(value)
    } else {
        Err(NotCanonical::OtherSpelling)
    }
}

/// H(`tag` ‖ H(canonical text without the member `signature`)): what signatures over a document cover.
pub(super) fn unsigned_digest<T: Serialize>(value: &T) -> Result<Digest, NotCanonical> {
    let mut value = serde_json::to_value(value).map_err(|_| NotCanonical::Unreadable)?;
    if let Value::Object(members) = &mut value {
        members.remove("signature");
    }
    let mut text = String::new();
    write(&value, &mut text)?;
    Ok(hash(&[text.as_bytes()]))
}

/// SHA-256 of the parts, one after the other.
pub(super) fn hash(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Octets(hasher.finalize().into())
}

fn write(value: &Value, text: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => {
            let magnitude = number
                .as_i64()
                .map(i64::unsigned_abs)
                .or_else(|| number.as_u64());
            if magnitude.is_none_or(|magnitude| magnitude >= INTEGER_END) {
                return Err(NotCanonical::Number);
            }
            text.push_str(&number.to_string());
        }
        Value::String(string) => write_string(string, text),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            // ASCII names sort alike as bytes and as the UTF-16 units that the RFC sorts by.
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(b.0));
            text.push('{');
            for (index, (name, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                if !name.is_ascii() {
                    return Err(NotCanonical::Name);
                }
                write_string(name, text);
                text.push(':');
                write(member, text)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

/// As ECMAScript writes a string: the two-character escapes where there is one, `\u00xx` for other
/// control characters, everything else as it is.
fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            control if control < ' ' => {
                text.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_sorted_and_strings_are_escaped_as_ecmascript_does() {
        for (value, expected) in [
            (
                json!({"b":1,"a":{"d":null,"c":[true,false]}}),
                r#"{"a":{"c":[true,false],"d":null},"b":1}"#,
            ),
            (
                json!({"a1":0,"a":0,"A":0,"_":0}),
                r#"{"A":0,"_":0,"a":0,"a1":0}"#,
            ),
            (json!("é\u{20ac}\u{1F600}/\u{7f}"), "\"é€😀/\u{7f}\""),
            (
                json!("\"\\\u{8}\t\n\u{c}\r\u{1f}\u{0}"),
                r#""\"\\\b\t\n\f\r\u001f\u0000""#,
            ),
            (
                json!([9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64, -0]),
                "[9007199254740991,-9007199254740991,0]",
            ),
        ] {
            assert_eq!(text(&value).as_deref(), Ok(expected));
            assert_eq!(read::<Value>(expected), Ok(value));
        }
    }

    #[test]
    fn what_has_more_than_one_reading_is_refused() {
        use NotCanonical::*;
        for (bad, why) in [
            ("1.5", Number),
            ("1.0", Number),
            ("1e3", Number),
            ("-0", Number),
            ("9007199254740992", Number),
            ("-9007199254740992", Number),
            ("18446744073709551616", Number),
            (r#"{"é":1}"#, Name),
            (r#"{"b":1,"a":2}"#, OtherSpelling),
            (r#"{"a":1,"a":1}"#, OtherSpelling),
            (r#"{"a": 1}"#, OtherSpelling),
            (" 1", OtherSpelling),
            ("1\n", OtherSpelling),
            (r#""\u0041""#, OtherSpelling),
            (r#""\/""#, OtherSpelling),
            ("", Unreadable),
            ("[1,]", Unreadable),
            ("\u{feff}1", Unreadable),
            ("[[[[[[[[[1]]]]]]]]]", OutOfBounds),
        ] {
            assert_eq!(read::<Value>(bad), Err(why), "{bad}");
        }
    }
}
