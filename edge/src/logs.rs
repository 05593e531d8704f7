//! The latest log lines, kept in memory for the technician's diagnostics bundle.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tracing_subscriber::fmt::MakeWriter;

/// Bytes kept: some thousands of lines, and little beside what the gateway may use.
const BYTES_MAX: usize = 512 * 1024;

/// A longer line is cut: it is one line among thousands.
const LINE_BYTES_MAX: usize = 4 * 1024;

/// A bounded queue of log lines. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub struct LogRing(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    lines: VecDeque<String>,
    bytes: usize,
}

impl LogRing {
    /// What is kept, the oldest first.
    pub fn text(&self) -> String {
        self.lock().lines.iter().map(String::as_str).collect()
    }

    fn push(&self, line: String) {
        let mut kept = self.lock();
        kept.bytes += line.len();
        kept.lines.push_back(line);
        while kept.bytes > BYTES_MAX {
            let Some(oldest) = kept.lines.pop_front() else {
                return;
            };
            kept.bytes -= oldest.len();
        }
    }

    /// A writer that panicked left whole lines behind.
    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for LogRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogRing")
    }
}

/// One event's line, handed over when it is whole.
pub struct Entry {
    ring: LogRing,
    bytes: Vec<u8>,
}

impl<'a> MakeWriter<'a> for LogRing {
    type Writer = Entry;

    fn make_writer(&'a self) -> Entry {
        Entry {
            ring: self.clone(),
            bytes: Vec::new(),
        }
    }
}

impl io::Write for Entry {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = LINE_BYTES_MAX.saturating_sub(self.bytes.len());
        self.bytes
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let mut line = String::from_utf8_lossy(&self.bytes).into_owned();
        if !line.ends_with('\n') {
            line.push('\n');
        }
        self.ring.push(line);
    }
}

/// Texts that must leave the gateway in no bundle, whatever wrote them where. Masked in `Debug`;
/// all clones are one.
#[derive(Clone, Default)]
pub struct Hidden(Arc<Mutex<Vec<String>>>);

/// A shorter text would be found inside of innocent words.
const HIDDEN_CHARS_MIN: usize = 6;

const MASK: &str = "***";

impl Hidden {
    /// From now on this text is hidden; empty and very short texts are not.
    pub fn hide(&self, text: &str) {
        let mut hidden = self.lock();
        if text.chars().count() >= HIDDEN_CHARS_MIN && !hidden.iter().any(|it| it == text) {
            hidden.push(text.to_owned());
        }
    }

    /// The text without any of them.
    pub fn scrub(&self, text: &str) -> String {
        let mask = |text: String, hidden: &String| text.replace(hidden, MASK);
        self.lock().iter().fold(text.to_owned(), mask)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hidden({})", self.lock().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn the_newest_lines_are_kept_within_bounds() {
        let ring = LogRing::default();
        for number in 0..2_000 {
            let mut entry = ring.make_writer();
            write!(entry, "{number} {}", "x".repeat(1_000)).unwrap();
        }
        let mut entry = ring.make_writer();
        entry.write_all(&[b'y'; LINE_BYTES_MAX * 2]).unwrap();
        drop(entry);
        let text = ring.text();
        assert!(text.len() <= BYTES_MAX);
        assert!(text.contains("\n1999 x") && !text.contains("\n0 x"));
        assert_eq!(text.lines().last().unwrap().len(), LINE_BYTES_MAX);
    }

    #[test]
    fn what_is_hidden_is_nowhere() {
        let hidden = Hidden::default();
        for text in ["swordfish", "", "abc", "swordfish"] {
            hidden.hide(text);
        }
        assert_eq!(hidden.scrub("swordfish abc swordfish"), "*** abc ***");
        assert_eq!(format!("{hidden:?}"), "Hidden(1)");
    }
}
