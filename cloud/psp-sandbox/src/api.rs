//! API Pix 2.9.0, the receiving side: one file per resource.

pub(crate) mod body;
pub(crate) mod cob;
pub(crate) mod devolucao;
pub(crate) mod envio;
pub(crate) mod pix;
pub(crate) mod query;
pub(crate) mod token;
pub(crate) mod webhook;

/// `[a-zA-Z0-9]{min,max}`, anchored where the standard's patterns are not.
fn is_alphanumeric(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}
