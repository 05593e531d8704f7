//! A stored line, and how one follows another.

use super::JournalFault;
use rusqlite::Row;
use serde::de::IgnoredAny;
use shared::chain::{Hash, Head};
use shared::event::{Envelope, Fact};
use shared::ids::GatewayId;
use shared::signed;

/// A line as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub head: Head,
    pub text: String,
}

/// After a salvage the numbers from `last` to `first_seq`, both excluded, may have been used and
/// lost: nothing else ever gets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Jump {
    pub last: Head,
    pub first_seq: u64,
}

impl Line {
    /// `None` for an event of a kind that only a newer version knows.
    pub fn envelope(&self) -> Option<Envelope> {
        serde_json::from_str(signed::text_of(&self.text).ok()?).ok()
    }

    /// A text that claims to be a line of `gateway`, with the hash of the line it claims to follow.
    pub(super) fn claimed(text: &str, gateway: &GatewayId) -> Option<(Self, Hash)> {
        let envelope: Envelope<IgnoredAny> =
            serde_json::from_str(signed::text_of(text).ok()?).ok()?;
        let head = Head {
            seq: envelope.seq,
            hash: Hash::of_line(text),
        };
        let line = Self {
            head,
            text: text.to_owned(),
        };
        (envelope.gateway == *gateway).then_some((line, envelope.prev))
    }

    /// Whether this line comes right after `head`: by number, or over a gap that it declares itself.
    pub(super) fn follows(&self, prev: Hash, head: Head) -> bool {
        prev == head.hash && (self.head.seq == head.seq + 1 || self.jump() == Some(head))
    }

    /// The line before the gap that this one declares.
    pub(super) fn jump(&self) -> Option<Head> {
        match self.envelope()?.fact {
            Fact::JournalSalvaged { last, uncertain_to } if self.head.seq == uncertain_to + 1 => {
                Some(last)
            }
            _ => None,
        }
    }
}

/// A row of `seq, hash, line`, its hash checked.
pub(super) fn of_row(row: &Row<'_>) -> rusqlite::Result<Result<Line, JournalFault>> {
    let (seq, hash, text): (i64, Vec<u8>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(
        head_of(seq, &hash).and_then(|head| match Hash::of_line(&text) == head.hash {
            true => Ok(Line { head, text }),
            false => Err(JournalFault::Damaged("event")),
        }),
    )
}

pub(super) fn head_of(seq: i64, hash: &[u8]) -> Result<Head, JournalFault> {
    Ok(Head {
        seq: u64::try_from(seq).map_err(|_| JournalFault::Damaged("number"))?,
        hash: Hash::from_slice(hash).map_err(|_| JournalFault::Damaged("hash"))?,
    })
}

/// A journal of 2^63 events is beyond any disk; a claim from outside that large finds nothing.
pub(super) fn seq_to_sql(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
