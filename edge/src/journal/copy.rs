//! The second copy: the signed lines once more, as plain text beside the database.
//!
//! Shape: segments named by their first number; the last one grows by one frame a commit, each
//! durable before the database hears of the commit, so the copy is never behind it. Closed segments
//! are packed, and dropped with what the cloud holds. It carries the brain's memory too: whoever has
//! the copy has everything.

pub(super) mod text;

use super::disk::{DiskFile, beside, write_whole};
use super::error::is_unreadable;
use super::line::Line;
use super::place::Place;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;
use shared::chain::Head;
use shared::ids::GatewayId;
use std::io::{self, Read as _, Write as _};
use text::{Mark, Reading};

/// A closed segment is packed at once, in the pause between two customers: a tenth of a second on
/// the slowest machine.
const SEGMENT_BYTES: u64 = 1024 * 1024;

/// A dock without a quiet moment closes its segment at this, within a commit: a start reads the last
/// segment whole.
const SEGMENT_BYTES_OPEN_MAX: u64 = 4 * 1024 * 1024;

/// A segment is not unpacked beyond this: a broken one must not fill the memory.
const SEGMENT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Lines in one frame while the copy catches up.
const CATCH_UP_LINES: usize = 500;

pub(super) struct Copy {
    place: Place,
    gateway: GatewayId,
    active: Active,
    /// Of the closed segments.
    closed_bytes: u64,
    /// The segment before the last commit, to take that back.
    before: Option<(u64, Head, Value)>,
}

struct Active {
    file: Box<dyn DiskFile>,
    base_seq: u64,
    bytes: u64,
    end: Head,
    memory: Value,
}

/// What is found where the copy should be.
pub(super) enum Found {
    Nothing,
    /// Its last segment cannot be read.
    Broken,
    Open(Box<(Copy, Reading)>),
}

impl Copy {
    /// Starts a copy with nothing before it.
    pub(super) fn begin(
        place: &Place,
        gateway: GatewayId,
        base: Head,
        mark: Mark,
    ) -> io::Result<Self> {
        Ok(Self {
            active: Active::begin(place, gateway, base, mark)?,
            place: place.clone(),
            gateway,
            closed_bytes: 0,
            before: None,
        })
    }

    /// Opens the last segment and cuts off what is no whole frame.
    pub(super) fn open(place: &Place) -> io::Result<Found> {
        let Some((base_seq, packed)) = place.segments()?.pop() else {
            return Ok(Found::Nothing);
        };
        let path = place.segment(base_seq);
        if packed {
            return Ok(Found::Broken);
        }
        let bytes = match place.disk.read(&path) {
            Err(error) if is_unreadable(&error) => {
                tracing::error!(%error, file.path = %path.display(), "a segment of the journal's copy cannot be read");
                return Ok(Found::Broken);
            }
            read => read?,
        };
        let Some(reading) = text::read(&bytes) else {
            return Ok(Found::Broken);
        };
        let mut file = place.disk.append(&path)?;
        let bytes = reading.whole_bytes as u64;
        if reading.torn {
            file.cut(bytes)?;
            file.sync()?;
        }
        let active = Active {
            file,
            base_seq,
            bytes,
            end: reading.end,
            memory: reading.mark.memory.clone(),
        };
        let copy = Self {
            place: place.clone(),
            gateway: reading.gateway,
            closed_bytes: closed_bytes(place, base_seq)?,
            active,
            before: None,
        };
        Ok(Found::Open(Box::new((copy, reading))))
    }

    /// Adds one commit, durably. `memory` is the whole of it.
    pub(super) fn append(
        &mut self,
        lines: &[Line],
        boot: u32,
        acked: u64,
        memory: Value,
    ) -> io::Result<()> {
        if self.active.bytes >= SEGMENT_BYTES_OPEN_MAX {
            self.roll(boot, acked)?;
        }
        let active = &mut self.active;
        let mark = Mark {
            boot,
            acked,
            memory: text::difference(&active.memory, &memory),
        };
        let frame = text::frame(lines, &mark);
        let written = active.file.write(frame.as_bytes());
        if let Err(error) = written.and_then(|()| active.file.sync()) {
            // Half a frame would hide every later one.
            active.file.cut(active.bytes)?;
            return Err(error);
        }
        let end = lines.last().map_or(active.end, |line| line.head);
        self.before = Some((active.bytes, active.end, std::mem::take(&mut active.memory)));
        active.bytes += frame.len() as u64;
        active.end = end;
        active.memory = memory;
        Ok(())
    }

    /// Takes the last commit back: the database did not take it, and nobody was told.
    pub(super) fn take_back(&mut self) -> io::Result<()> {
        let Some((bytes, end, memory)) = self.before.take() else {
            return Ok(());
        };
        let active = &mut self.active;
        active.file.cut(bytes)?;
        active.file.sync()?;
        (active.bytes, active.end, active.memory) = (bytes, end, memory);
        Ok(())
    }

    /// Bytes of all segments on disk.
    pub(super) fn bytes(&self) -> u64 {
        self.closed_bytes + self.active.bytes
    }

    /// Adds lines that only the database has, a frame for every few hundred.
    pub(super) fn catch_up(
        &mut self,
        lines: &[Line],
        boot: u32,
        acked: u64,
        memory: &Value,
    ) -> io::Result<()> {
        let mut pieces = lines.chunks(CATCH_UP_LINES).peekable();
        if pieces.peek().is_none() {
            return self.append(&[], boot, acked, memory.clone());
        }
        pieces.try_for_each(|piece| self.append(piece, boot, acked, memory.clone()))
    }

    /// A little housekeeping for a quiet moment: closes a full segment, or packs a closed one, or
    /// drops one whose every line is numbered `droppable_to` or less. True: there was something.
    pub(super) fn tend(&mut self, boot: u32, acked: u64, droppable_to: u64) -> io::Result<bool> {
        let more = self.tended(boot, acked, droppable_to)?;
        if more {
            self.closed_bytes = closed_bytes(&self.place, self.active.base_seq)?;
        }
        Ok(more)
    }

    fn tended(&mut self, boot: u32, acked: u64, droppable_to: u64) -> io::Result<bool> {
        if self.active.bytes >= SEGMENT_BYTES {
            self.roll(boot, acked)?;
            return Ok(true);
        }
        let segments = self.place.segments()?;
        for pair in segments.windows(2) {
            let ((base_seq, packed), (next_base, _)) = (pair[0], pair[1]);
            if base_seq == self.active.base_seq {
                continue;
            }
            let path = self.place.segment(base_seq);
            if next_base <= droppable_to || next_base == base_seq {
                let path = if packed { beside(&path, ".gz") } else { path };
                self.place.disk.remove(&path)?;
                return Ok(true);
            }
            if !packed {
                self.pack(base_seq)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Closes the last segment and begins the next with the whole memory.
    fn roll(&mut self, boot: u32, acked: u64) -> io::Result<()> {
        let mark = Mark {
            boot,
            acked,
            memory: self.active.memory.clone(),
        };
        let closed = (self.active.base_seq, self.active.bytes);
        self.active = Active::begin(&self.place, self.gateway, self.active.end, mark)?;
        if closed.0 != self.active.base_seq {
            self.closed_bytes += closed.1;
        }
        self.before = None;
        Ok(())
    }

    fn pack(&self, base_seq: u64) -> io::Result<()> {
        let disk = self.place.disk();
        let path = self.place.segment(base_seq);
        let raw = disk.read(&path)?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&raw)?;
        let packed = encoder.finish()?;
        if unpacked(&packed)? != raw {
            return Err(io::ErrorKind::InvalidData.into());
        }
        write_whole(disk, &beside(&path, ".gz"), &packed)?;
        disk.remove(&path)
    }
}

impl Active {
    fn begin(place: &Place, gateway: GatewayId, base: Head, mark: Mark) -> io::Result<Self> {
        let path = place.segment(base.seq);
        let memory = mark.memory.clone();
        let title = text::title(gateway, base, mark);
        write_whole(place.disk(), &path, title.as_bytes())?;
        Ok(Self {
            file: place.disk.append(&path)?,
            base_seq: base.seq,
            bytes: title.len() as u64,
            end: base,
            memory,
        })
    }
}

/// A segment's text, packed or not.
pub(super) fn segment_text(place: &Place, base_seq: u64, packed: bool) -> io::Result<Vec<u8>> {
    let path = place.segment(base_seq);
    match packed {
        false => place.disk.read(&path),
        true => unpacked(&place.disk.read(&beside(&path, ".gz"))?),
    }
}

fn closed_bytes(place: &Place, active_base: u64) -> io::Result<u64> {
    let mut bytes = 0;
    for (base_seq, packed) in place.segments()? {
        let path = place.segment(base_seq);
        let path = if packed { beside(&path, ".gz") } else { path };
        if base_seq != active_base || packed {
            bytes += place.disk.size(&path)?.unwrap_or(0);
        }
    }
    Ok(bytes)
}

fn unpacked(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    GzDecoder::new(packed)
        .take(SEGMENT_BYTES_MAX)
        .read_to_end(&mut text)?;
    Ok(text)
}
