//! The dock's scanner, keypad or card reader: a thing that types lines, on a thread of its own.
//!
//! Under `/dev/input` it is a keyboard, taken for this process alone, so that what a customer scans
//! is never typed into a console. Anything else is read as text: a serial line (set its speed with
//! `stty`), a FIFO, a file that grows. Invariant: whatever is typed costs bounded memory and little
//! time, and a device that is gone is looked for until it is back.

mod keys;
mod lines;

use evdev::EventSummary;
use evdev::raw_stream::RawDevice;
use keys::Keys;
use lines::{Dropped, Lines};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// Where the kernel keeps keyboards; also by id and by path.
const KEYBOARDS: &str = "/dev/input/";

const RETRY_BASE: Duration = Duration::from_secs(1);
/// A scanner that was plugged in again is in use before a customer gives up.
const RETRY_CAP: Duration = Duration::from_secs(15);
/// Open this long, it was no loose contact.
const STABLE: Duration = Duration::from_secs(60);

/// Between two looks at the end of a file that may grow.
const GROWTH_PAUSE: Duration = Duration::from_millis(250);

/// After each read that brought something to drop: 80 kB/s of nonsense and no more.
const FLOOD_PAUSE: Duration = Duration::from_millis(50);
const READ_BYTES: usize = 4 * 1024;

/// Nonsense is not said more often than this.
const COMPLAINT_PAUSE: Duration = Duration::from_secs(60);

/// Reads lines from `path` for as long as `heard` answers true.
pub(crate) fn start(
    path: PathBuf,
    heard: impl FnMut(&str) -> bool + Send + 'static,
) -> io::Result<()> {
    thread::Builder::new()
        .name("scanner".into())
        .spawn(move || run(&path, heard))
        .map(drop)
}

fn run(path: &Path, mut heard: impl FnMut(&str) -> bool) {
    let mut attempt: u32 = 0;
    let mut lines = Lines::new(Instant::now());
    let mut complaint = Complaint::default();
    loop {
        let began = Instant::now();
        let ended = match Source::open(path) {
            Ok(source) => {
                tracing::info!(scanner.path = %path.display(), "the scanner is read");
                lines.forget();
                read_all(source, &mut lines, &mut complaint, &mut heard)
            }
            Err(error) => Ended::Broken(error),
        };
        let Ended::Broken(error) = ended else { return };
        if began.elapsed() >= STABLE {
            attempt = 0;
        }
        if attempt == 0 {
            tracing::warn!(
                scanner.path = %path.display(), %error,
                "no scanner; it is looked for again and again (VOLTA_GATEWAY_SCANNER)"
            );
        }
        thread::sleep(
            RETRY_BASE
                .saturating_mul(1 << attempt.min(5))
                .min(RETRY_CAP),
        );
        attempt = attempt.saturating_add(1);
    }
}

enum Ended {
    /// Nobody listens any more.
    Unheard,
    Broken(io::Error),
}

fn read_all(
    mut source: Source,
    lines: &mut Lines,
    complaint: &mut Complaint,
    heard: &mut impl FnMut(&str) -> bool,
) -> Ended {
    let mut typed = Vec::with_capacity(READ_BYTES);
    let mut listening = true;
    loop {
        typed.clear();
        if let Err(error) = source.read(&mut typed) {
            return Ended::Broken(error);
        }
        let dropped = lines.take(&typed, Instant::now(), |line| {
            listening = listening && heard(line);
        });
        if !listening {
            return Ended::Unheard;
        }
        if dropped != Dropped::default() {
            complaint.make(dropped);
            thread::sleep(FLOOD_PAUSE);
        }
    }
}

/// Says what was dropped, now and then: a broken scanner must not fill the log.
#[derive(Default)]
struct Complaint {
    since: Dropped,
    last: Option<Instant>,
}

impl Complaint {
    fn make(&mut self, dropped: Dropped) {
        self.since.add(dropped);
        if self
            .last
            .is_some_and(|last| last.elapsed() < COMPLAINT_PAUSE)
        {
            return;
        }
        tracing::warn!(
            scanner.garbled = self.since.garbled,
            scanner.too_many = self.since.too_many,
            "the scanner typed what cannot be read, or more than anybody scans"
        );
        self.since = Dropped::default();
        self.last = Some(Instant::now());
    }
}

enum Source {
    Keyboard(RawDevice, Keys),
    Text(File, AtEnd),
}

enum AtEnd {
    /// The other side of a line has gone.
    Reopen,
    /// A file may grow.
    Wait,
}

impl Source {
    fn open(path: &Path) -> io::Result<Self> {
        if path.starts_with(KEYBOARDS) {
            let mut device = RawDevice::open(path)?;
            device.grab()?;
            return Ok(Self::Keyboard(device, Keys::default()));
        }
        let kind = path.metadata()?.file_type();
        if kind.is_fifo() {
            // Held open for writing too, so that it has no end when a writer leaves.
            let fifo = OpenOptions::new().read(true).write(true).open(path)?;
            return Ok(Self::Text(fifo, AtEnd::Wait));
        }
        let mut file = File::open(path)?;
        if !kind.is_file() {
            return Ok(Self::Text(file, AtEnd::Reopen));
        }
        // What was typed before this start was acted on then.
        file.seek(SeekFrom::End(0))?;
        Ok(Self::Text(file, AtEnd::Wait))
    }

    /// Waits for something typed, and appends it.
    fn read(&mut self, typed: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Keyboard(device, keys) => {
                for event in device.fetch_events()? {
                    if let EventSummary::Key(_, code, value) = event.destructure() {
                        typed.extend(keys.typed(code, value));
                    }
                }
            }
            Self::Text(file, at_end) => {
                let mut buffer = [0; READ_BYTES];
                match (file.read(&mut buffer)?, at_end) {
                    (0, AtEnd::Reopen) => return Err(io::ErrorKind::UnexpectedEof.into()),
                    (0, AtEnd::Wait) => thread::sleep(GROWTH_PAUSE),
                    (count, _) => typed.extend_from_slice(&buffer[..count]),
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write as _;
    use std::sync::mpsc;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn a_file_is_followed_from_its_end_and_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("scanner");
        let (sender, heard) = mpsc::channel();
        start(path.clone(), move |line| {
            sender.send(line.to_owned()).is_ok()
        })
        .unwrap();
        // Not there yet; then with a line that was typed before.
        fs::write(&path, "old\n").unwrap();
        let mut number = 0;
        let first = loop {
            number += 1;
            let mut file = OpenOptions::new().append(true).open(&path).unwrap();
            writeln!(file, "new{number}").unwrap();
            if let Ok(line) = heard.recv_timeout(Duration::from_millis(500)) {
                break line;
            }
        };
        assert!(first.starts_with("new"), "{first}");
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"last\r\n").unwrap();
        let found = std::iter::from_fn(|| heard.recv_timeout(PATIENCE).ok());
        assert!(found.take(20).any(|line| line == "last"));
    }
}
