//! Looking events up for a person, beside the loop: over a connection of its own that only reads, so
//! that nothing here can hold a commit up for long or change what is stored.

use super::line::{of_row, seq_to_sql};
use super::{JournalError, JournalFault, Line};
use rusqlite::{Connection, OpenFlags};
use shared::event::Envelope;
use shared::ids::{BayNo, TagUid};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

/// Lines one search looks at before it answers with what it has; the next page goes on from there.
/// A Pi reads as many in well under a second.
const SCANNED_MAX: usize = 20_000;

const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// What is looked for; what is not set does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// [`shared::event::Fact::kind`].
    pub kind: Option<String>,
    pub bay: Option<BayNo>,
    pub tag: Option<TagUid>,
    /// The lowest number.
    pub from: Option<u64>,
    /// The highest number.
    pub to: Option<u64>,
}

#[derive(Debug, Default)]
pub struct Found {
    /// The newest first.
    pub hits: Vec<Hit>,
    /// All above and with this number was looked at, and there may be more below; `None` when all
    /// was looked at.
    pub searched_to: Option<u64>,
}

#[derive(Debug)]
pub struct Hit {
    pub seq: u64,
    /// None for a line that is damaged, or of a newer version.
    pub event: Option<(Line, Envelope)>,
}

/// At most `count_max` events of the journal at `path`, the newest first.
pub fn search(path: &Path, wanted: &Search, count_max: usize) -> Result<Found, JournalError> {
    look(path, wanted, count_max).map_err(|fault| fault.at(path))
}

fn look(path: &Path, wanted: &Search, count_max: usize) -> Result<Found, JournalFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let mut statement = connection.prepare(
        "SELECT seq, hash, line FROM event WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq DESC",
    )?;
    let bounds = [
        seq_to_sql(wanted.from.unwrap_or(0)),
        seq_to_sql(wanted.to.unwrap_or(u64::MAX)),
    ];
    let mut rows = statement.query(bounds)?;
    let mut found = Found::default();
    let mut scanned = 0;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let seq = u64::try_from(seq).unwrap_or(0);
        if found.hits.len() == count_max || scanned == SCANNED_MAX {
            found.searched_to = Some(seq + 1);
            break;
        }
        scanned += 1;
        if let ControlFlow::Continue(hit) = judge(of_row(row)?, seq, wanted) {
            found.hits.push(hit);
        }
    }
    Ok(found)
}

/// Breaks for a line that is not looked for. One that cannot be read is, unless something else is.
fn judge(line: Result<Line, JournalFault>, seq: u64, wanted: &Search) -> ControlFlow<(), Hit> {
    let narrowed = wanted.kind.is_some() || wanted.bay.is_some() || wanted.tag.is_some();
    let read = line.ok().and_then(|line| {
        let envelope = line.envelope()?;
        Some((line, envelope))
    });
    let Some((line, envelope)) = read else {
        return match narrowed {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(Hit { seq, event: None }),
        };
    };
    let fact = &envelope.fact;
    let fits = wanted.kind.as_ref().is_none_or(|kind| kind == fact.kind())
        && wanted.bay.is_none_or(|bay| fact.bay() == Some(bay))
        && wanted.tag.is_none_or(|tag| names(&line.text, tag));
    match fits {
        true => ControlFlow::Continue(Hit {
            seq,
            event: Some((line, envelope)),
        }),
        false => ControlFlow::Break(()),
    }
}

/// Whether a line names a tag, whatever it says of it.
fn names(text: &str, tag: TagUid) -> bool {
    text.contains(&format!("\"{tag}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Journal;
    use ed25519_dalek::SigningKey;
    use edge_core::io::Now;
    use shared::event::Fact;
    use shared::ids::GatewayId;
    use shared::time::{ClockQuality, MonoMs, Stamp, UnixMs};

    fn filled(path: &Path, count: u64) -> Journal {
        let gateway = GatewayId::new(1, [1; 10]);
        let key = SigningKey::from_bytes(&[7; 32]);
        Journal::create(path, &gateway).unwrap();
        let now = Now {
            mono: MonoMs(1),
            wall: UnixMs(1),
            random: 1,
        };
        let mut journal = Journal::open(path, gateway, &key, now).unwrap();
        let at = Stamp {
            boot: 1,
            mono_ms: MonoMs(1),
            wall_ms: UnixMs(1),
            clock: ClockQuality::Unset,
        };
        let left = Fact::CartLeft {
            bay: BayNo::new(1).unwrap(),
            tag: TagUid::new(&[4, 1, 2, 3]).unwrap(),
        };
        let facts: Vec<Fact> = (0..count).map(|_| left.clone()).collect();
        let memory = journal.memory().clone();
        for some in facts.chunks(1_000) {
            journal.commit(at, some, &memory, None).unwrap();
        }
        journal
    }

    #[test]
    fn a_search_that_finds_nothing_ends_after_its_share() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        let count = SCANNED_MAX as u64 + 5;
        let _open = filled(&path, count);
        let wanted = |to| Search {
            kind: Some("cart_docked".into()),
            to,
            ..Search::default()
        };
        let found = search(&path, &wanted(None), 10).unwrap();
        assert!(found.hits.is_empty());
        assert_eq!(found.searched_to, Some(6), "the next page goes on below");
        let rest = search(&path, &wanted(Some(5)), 10).unwrap();
        assert_eq!(rest.searched_to, None);
    }

    #[test]
    fn a_damaged_line_is_shown_as_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        drop(filled(&path, 3));
        let connection = Connection::open(&path).unwrap();
        connection
            .execute("UPDATE event SET line = 'x' WHERE seq = 2", [])
            .unwrap();
        let found = search(&path, &Search::default(), 10).unwrap();
        let known: Vec<bool> = found.hits.iter().map(|hit| hit.event.is_some()).collect();
        assert_eq!(known, [true, false, true]);
        let one = Search {
            bay: BayNo::new(1).ok(),
            ..Search::default()
        };
        assert_eq!(search(&path, &one, 10).unwrap().hits.len(), 2);
    }
}
