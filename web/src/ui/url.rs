use std::fmt::Write as _;

/// Percent-encodes one value of a query string.
pub fn query_value(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a String takes all that is written");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_means_something_in_a_url_is_encoded() {
        assert_eq!(super::query_value("a&b=ç ~1"), "a%26b%3D%C3%A7%20~1");
    }
}
