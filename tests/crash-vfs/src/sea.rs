//! The state of the disk: what is on it, what is under way, and what a power cut leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

/// A drive writes a sector whole or not, most of the time.
const SECTOR: usize = 512;

/// What Linux answers for a sector that cannot be read or written.
pub(crate) const EIO: i32 = 5;

/// Reproducible chance (SplitMix64).
#[derive(Debug, Clone)]
pub struct Chance(pub u64);

impl Chance {
    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }
}

#[derive(Debug, Clone, Default)]
struct File {
    /// As programs see it.
    now: Vec<u8>,
    /// As of the last sync.
    synced: Vec<u8>,
    /// Since the last sync, in order.
    pending: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Cut { bytes: usize },
}

#[derive(Debug, Clone)]
enum Naming {
    Made { path: PathBuf, file: u64 },
    Moved { from: PathBuf, to: PathBuf },
    Removed { path: PathBuf },
}

/// Clone it to keep a picture of the disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sea {
    files: BTreeMap<u64, File>,
    names: BTreeMap<PathBuf, u64>,
    synced_names: BTreeMap<PathBuf, u64>,
    namings: Vec<Naming>,
    last_file: u64,
    /// Writes, syncs and namings so far.
    pub(crate) steps: u64,
    /// The power fails at this step.
    pub(crate) cut_at: Option<u64>,
    off: bool,
    /// Bytes all files together may have.
    pub(crate) room: Option<u64>,
    /// Files whose names contain this are never really synced: a test of the tests.
    pub(crate) deaf: Option<String>,
    /// Files that the drive does not give any more, and those it takes nothing for.
    pub(crate) unreadable: BTreeSet<u64>,
    pub(crate) unwritable: BTreeSet<u64>,
}

impl Sea {
    pub(crate) fn find(&self, path: &Path) -> Option<u64> {
        self.names.get(path).copied()
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.names.keys()
    }

    /// The files whose names contain `part`.
    pub(crate) fn named(&self, part: &str) -> BTreeSet<u64> {
        let names = self.names.iter();
        let hit = names.filter(|(path, _)| path.to_string_lossy().contains(part));
        hit.map(|(_, file)| *file).collect()
    }

    pub(crate) fn bytes(&self, file: u64) -> &[u8] {
        self.files.get(&file).map_or(&[], |file| &file.now)
    }

    pub(crate) fn make(&mut self, path: Option<&Path>) -> io::Result<u64> {
        self.step()?;
        self.last_file += 1;
        let file = self.last_file;
        self.files.insert(file, File::default());
        if let Some(path) = path {
            self.name(Naming::Made {
                path: path.to_owned(),
                file,
            });
        }
        Ok(file)
    }

    pub(crate) fn write(&mut self, file: u64, at: usize, bytes: &[u8]) -> io::Result<()> {
        if self.unwritable.contains(&file) {
            return Err(io::Error::from_raw_os_error(EIO));
        }
        let used: usize = self.files.values().map(|file| file.now.len()).sum();
        let grown = (at + bytes.len()).saturating_sub(self.bytes(file).len());
        if self.room.is_some_and(|room| (used + grown) as u64 > room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let file = self.files.get_mut(&file).ok_or(io::ErrorKind::NotFound)?;
        let change = Change::Write {
            at,
            bytes: bytes.to_vec(),
        };
        // The write under way when the power fails may still reach the disk.
        let powered = !self.off;
        if powered {
            change.apply(&mut file.now, |_| Fate::Kept);
            file.pending.push(change);
        }
        self.step()
    }

    pub(crate) fn cut(&mut self, file: u64, bytes: usize) -> io::Result<()> {
        self.step()?;
        let file = self.files.get_mut(&file).ok_or(io::ErrorKind::NotFound)?;
        let change = Change::Cut { bytes };
        change.apply(&mut file.now, |_| Fate::Kept);
        file.pending.push(change);
        Ok(())
    }

    pub(crate) fn sync(&mut self, file: u64) -> io::Result<()> {
        self.step()?;
        let deaf = self.deaf.clone();
        let hears = |path: &PathBuf| {
            deaf.as_ref()
                .is_none_or(|deaf| !path.to_string_lossy().contains(deaf))
        };
        let named = self.names.iter().find(|(_, id)| **id == file);
        if named.is_none_or(|(path, _)| hears(path))
            && let Some(file) = self.files.get_mut(&file)
        {
            file.synced.clone_from(&file.now);
            file.pending.clear();
        }
        Ok(())
    }

    pub(crate) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        self.find(from).ok_or(io::ErrorKind::NotFound)?;
        self.name(Naming::Moved {
            from: from.to_owned(),
            to: to.to_owned(),
        });
        Ok(())
    }

    pub(crate) fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.name(Naming::Removed {
            path: path.to_owned(),
        });
        Ok(())
    }

    pub(crate) fn sync_names(&mut self) -> io::Result<()> {
        self.step()?;
        self.synced_names.clone_from(&self.names);
        self.namings.clear();
        Ok(())
    }

    pub(crate) fn is_off(&self) -> bool {
        self.off
    }

    /// The disk as it is found when the power comes back.
    pub(crate) fn power_on(&mut self, chance: &mut Chance) {
        let kept = chance.below(self.namings.len() as u64 + 1);
        let mut names = self.synced_names.clone();
        for naming in self
            .namings
            .drain(..)
            .take(usize::try_from(kept).unwrap_or(0))
        {
            naming.apply(&mut names);
        }
        for file in self.files.values_mut() {
            let mut bytes = file.synced.clone();
            for change in file.pending.drain(..) {
                change.apply(&mut bytes, |length| fate(chance, length));
            }
            file.now.clone_from(&bytes);
            file.synced = bytes;
        }
        self.files
            .retain(|id, _| names.values().any(|named| named == id));
        self.synced_names.clone_from(&names);
        self.names = names;
        (self.off, self.cut_at, self.steps) = (false, None, 0);
    }

    fn name(&mut self, naming: Naming) {
        naming.apply(&mut self.names);
        self.namings.push(naming);
    }

    fn step(&mut self) -> io::Result<()> {
        self.steps += 1;
        if self.cut_at.is_some_and(|at| self.steps >= at) {
            self.off = true;
        }
        match self.off {
            true => Err(io::Error::other("the power is off")),
            false => Ok(()),
        }
    }
}

enum Fate {
    Kept,
    Dropped,
    /// Only so many bytes of the sector.
    Torn(usize),
}

fn fate(chance: &mut Chance, length: usize) -> Fate {
    match chance.below(8) {
        0..=3 => Fate::Kept,
        4..=6 => Fate::Dropped,
        _ => Fate::Torn(usize::try_from(chance.below(length as u64)).unwrap_or(0)),
    }
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>, mut fate: impl FnMut(usize) -> Fate) {
        let (at, bytes) = match self {
            Self::Cut { bytes } => {
                if matches!(fate(1), Fate::Kept) {
                    to.resize(*bytes, 0);
                }
                return;
            }
            Self::Write { at, bytes } => (*at, bytes),
        };
        let mut done = 0;
        while done < bytes.len() {
            // To the end of this sector of the disk.
            let start = at + done;
            let length = (SECTOR - start % SECTOR).min(bytes.len() - done);
            let kept = match fate(length) {
                Fate::Kept => length,
                Fate::Dropped => 0,
                Fate::Torn(kept) => kept,
            };
            if kept > 0 {
                if to.len() < start + kept {
                    to.resize(start + kept, 0);
                }
                to[start..start + kept].copy_from_slice(&bytes[done..done + kept]);
            }
            done += length;
        }
    }
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<PathBuf, u64>) {
        match self {
            Self::Made { path, file } => {
                names.insert(path.clone(), *file);
            }
            Self::Moved { from, to } => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
            Self::Removed { path } => {
                names.remove(path);
            }
        }
    }
}
