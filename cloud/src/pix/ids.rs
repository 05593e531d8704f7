//! The shapes of Pix ids. All are ASCII letters and digits, so they are safe in a URL path.

const TXID_MIN: usize = 26; // below that a txid could collide with a static code's
const TXID_MAX: usize = 35;
const RECEIVED_TXID_MAX: usize = 35; // static codes carry 1 to 25
const REFUND_ID_MAX: usize = 35;
const END_TO_END_ID_MIN: usize = 32;
const END_TO_END_ID_MAX: usize = 35; // the standard says 32; its own examples have 34

pub(super) fn is_txid(text: &str) -> bool {
    is_alphanumeric(text, TXID_MIN, TXID_MAX)
}

pub(super) fn is_received_txid(text: &str) -> bool {
    is_alphanumeric(text, 1, RECEIVED_TXID_MAX)
}

pub(super) fn is_refund_id(text: &str) -> bool {
    is_alphanumeric(text, 1, REFUND_ID_MAX)
}

pub(super) fn is_end_to_end_id(text: &str) -> bool {
    is_alphanumeric(text, END_TO_END_ID_MIN, END_TO_END_ID_MAX)
}

fn is_alphanumeric(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
