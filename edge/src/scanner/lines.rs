//! Characters to lines: bounded in length, in number, and said once.

use std::time::{Duration, Instant};

/// A carried grant in a link has some 280 characters.
pub(super) const LINE_BYTES_MAX: usize = 512;

/// Lines that may come at once, and how long until one more may.
const LINES_BURST: u32 = 5;
const LINE_EVERY: Duration = Duration::from_secs(1);

/// A card left on its reader types again and again: that is one wish.
const REPEAT: Duration = Duration::from_secs(3);

/// Half a line this old was typed by somebody who has left.
const HALF_LINE: Duration = Duration::from_secs(20);

pub(super) struct Lines {
    line: Vec<u8>,
    /// This line holds what no line may hold; it is dropped at its end.
    spoilt: bool,
    touched: Instant,
    last: Option<(Vec<u8>, Instant)>,
    /// Lines that may be taken now.
    room: u32,
    room_since: Instant,
}

/// Lines that were not passed on.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dropped {
    pub(super) garbled: u64,
    pub(super) too_many: u64,
}

impl Dropped {
    pub(super) fn add(&mut self, other: Self) {
        self.garbled = self.garbled.saturating_add(other.garbled);
        self.too_many = self.too_many.saturating_add(other.too_many);
    }
}

impl Lines {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            line: Vec::with_capacity(LINE_BYTES_MAX),
            spoilt: false,
            touched: now,
            last: None,
            room: LINES_BURST,
            room_since: now,
        }
    }

    /// Forgets half a line: the device was opened anew.
    pub(super) fn forget(&mut self) {
        self.line.clear();
        self.spoilt = false;
    }

    /// Passes whole lines on, without blanks around them. Tells what was dropped.
    pub(super) fn take(
        &mut self,
        typed: &[u8],
        now: Instant,
        mut heard: impl FnMut(&str),
    ) -> Dropped {
        let mut dropped = Dropped::default();
        // A line without an end is as much a flood as many lines.
        dropped.garbled += u64::from(self.spoilt);
        if !typed.is_empty() {
            if now.saturating_duration_since(self.touched) > HALF_LINE {
                self.forget();
            }
            self.touched = now;
        }
        for byte in typed {
            match byte {
                b'\n' | b'\r' | b'\t' => self.end(now, &mut heard, &mut dropped),
                0x08 | 0x7f => {
                    self.line.pop();
                }
                0x1b => self.forget(),
                b' '..=b'~' if self.line.len() < LINE_BYTES_MAX => self.line.push(*byte),
                _ if !self.spoilt => {
                    self.spoilt = true;
                    dropped.garbled += 1;
                }
                _ => {}
            }
        }
        dropped
    }

    fn end(&mut self, now: Instant, heard: &mut impl FnMut(&str), dropped: &mut Dropped) {
        let spoilt = std::mem::take(&mut self.spoilt);
        let line = std::mem::take(&mut self.line);
        let line = line.trim_ascii();
        let repeated = self
            .last
            .as_ref()
            .is_some_and(|(last, at)| last == line && now.saturating_duration_since(*at) < REPEAT);
        if spoilt || line.is_empty() || repeated {
            return;
        }
        if !self.room(now) {
            dropped.too_many += 1;
            return;
        }
        self.last = Some((line.to_vec(), now));
        if let Ok(text) = std::str::from_utf8(line) {
            heard(text);
        }
    }

    fn room(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.room_since);
        let more = passed.as_secs() / LINE_EVERY.as_secs();
        if more > 0 {
            let more = u32::try_from(more).unwrap_or(LINES_BURST);
            self.room = self.room.saturating_add(more).min(LINES_BURST);
            self.room_since = now;
        }
        let Some(left) = self.room.checked_sub(1) else {
            return false;
        };
        self.room = left;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(lines: &mut Lines, typed: &[u8], now: Instant) -> (Vec<String>, Dropped) {
        let mut all = vec![];
        let dropped = lines.take(typed, now, |line| all.push(line.to_owned()));
        (all, dropped)
    }

    #[test]
    fn lines_end_in_many_ways_and_can_be_mended() {
        for (typed, expected) in [
            (&b"1234567890\n"[..], vec!["1234567890"]),
            (b"a\r\nb\tc\r", vec!["a", "b", "c"]),
            (b"  x y  \n\n\r\n", vec!["x y"]),
            (b"12\x0834\x1b99\n", vec!["99"]),
            (b"12\x0834\n", vec!["134"]),
            (b"no end", vec![]),
            (b"bad\x00\ngood\n", vec!["good"]),
            ("caf\u{e9}\ngood\n".as_bytes(), vec!["good"]),
            (b"\xff\xfe\ngood\n", vec!["good"]),
        ] {
            let now = Instant::now();
            let mut lines = Lines::new(now);
            assert_eq!(heard(&mut lines, typed, now).0, expected, "{typed:?}");
        }
    }

    #[test]
    fn a_line_without_an_end_keeps_little_and_spoils_itself_only() {
        let now = Instant::now();
        let mut lines = Lines::new(now);
        let long = vec![b'x'; 100_000];
        let (all, dropped) = heard(&mut lines, &long, now);
        assert!(all.is_empty() && dropped.garbled > 0);
        assert!(lines.line.len() <= LINE_BYTES_MAX);
        let fits = [vec![b'y'; LINE_BYTES_MAX], b"\n".to_vec()].concat();
        let (all, _) = heard(&mut lines, b"tail\nnext\n", now);
        assert_eq!(all, ["next"]);
        assert_eq!(heard(&mut lines, &fits, now).0.len(), 1);
    }

    #[test]
    fn a_flood_passes_a_few_lines_and_then_one_a_second() {
        let began = Instant::now();
        let mut lines = Lines::new(began);
        let mut flood = |from: usize, now| {
            let text: String = (from..from + 1_000).map(|n| format!("{n}\n")).collect();
            let (all, dropped) = heard(&mut lines, text.as_bytes(), now);
            (all.len(), dropped.too_many)
        };
        assert_eq!(flood(0, began), (5, 995));
        assert_eq!(flood(1_000, began), (0, 1_000));
        assert_eq!(flood(2_000, began + Duration::from_secs(2)), (2, 998));
        assert_eq!(flood(3_000, began + Duration::from_secs(3_600)), (5, 995));
    }

    #[test]
    fn a_card_that_lies_on_its_reader_is_one_wish() {
        let began = Instant::now();
        let after = |seconds| began + Duration::from_secs(seconds);
        let mut lines = Lines::new(began);
        for (seconds, typed, passed) in [
            (0, "77\n77\n", 1),
            (2, "77\n", 0),
            (4, "77\n", 1),
            (5, "78\n77\n", 2),
            (6, "12", 0),
            (30, "34\n", 1),
        ] {
            let (all, _) = heard(&mut lines, typed.as_bytes(), after(seconds));
            assert_eq!(all.len(), passed, "{typed:?} at {seconds}");
        }
        let (all, _) = heard(&mut lines, b"12", after(40));
        assert!(all.is_empty());
        assert_eq!(
            heard(&mut lines, b"34\n", after(70)).0,
            ["34"],
            "half a line is forgotten"
        );
    }
}
