//! Room on the disk: how much there is, and a reserve for the day there is none.
//!
//! A full disk must not lose a return. So a file of plain zeros is kept, really allocated, and given
//! up when a commit finds no room; the brain is told early, and drops what matters least first.

use crate::clock::Clock;
use crate::journal::{Health, Journal, JournalError};
use ed25519_dalek::SigningKey;
use edge_core::io::StorageLevel;
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use shared::ids::GatewayId;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Room for some six thousand returns in both copies: a week of a busy dock.
pub const RESERVE_BYTES: u64 = 8 * 1024 * 1024;

/// Below this a month without the cloud may not fit.
const LOW_BYTES: u64 = 256 * 1024 * 1024;

/// Below this only returns are recorded: the database needs room to tidy up as well.
const FULL_BYTES: u64 = 16 * 1024 * 1024;

/// A level is left only when there is so much more than at its edge, so that it does not flap.
const EASE_BYTES: u64 = 8 * 1024 * 1024;

const RESERVE_NAME: &str = "reserve";

/// What the technician's page can show.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Storage {
    pub level: StorageLevel,
    /// Free for this user; 0 where the system does not tell.
    pub free_bytes: u64,
    /// The reserve is in place.
    pub reserve: bool,
    pub journal: Health,
}

pub(crate) struct Room {
    directory: PathBuf,
    level: StorageLevel,
    free_bytes: u64,
    reserve: bool,
}

impl Room {
    /// Judges the disk under the data directory and lays in the reserve, if there is room for it.
    pub(crate) fn of(directory: &Path) -> Self {
        let mut room = Self {
            directory: directory.to_owned(),
            level: StorageLevel::Ample,
            free_bytes: 0,
            reserve: false,
        };
        room.measure();
        room
    }

    /// Opens the journal; on a full disk with the reserve.
    pub(crate) fn open_journal(
        &mut self,
        path: &Path,
        gateway: GatewayId,
        key: &SigningKey,
        clock: Clock,
    ) -> Result<Journal, JournalError> {
        match Journal::open(path, gateway, key, clock.now()) {
            Err(error) if error.is_full() && self.give_up_reserve() => {
                Journal::open(path, gateway, key, clock.now())
            }
            ended => ended,
        }
    }

    /// Looks again. True: the level is another one than before.
    pub(crate) fn measure(&mut self) -> bool {
        let free_bytes = match statvfs(&self.directory) {
            Ok(stat) => stat.f_bavail.saturating_mul(stat.f_frsize),
            Err(error) => {
                tracing::warn!(%error, "the system does not tell how much room the disk has");
                return false;
            }
        };
        let path = self.directory.join(RESERVE_NAME);
        self.reserve = fs::metadata(&path).is_ok_and(|meta| meta.len() == RESERVE_BYTES);
        self.free_bytes = free_bytes;
        let level = judge(free_bytes, self.reserve, self.level);
        if !self.reserve && free_bytes >= RESERVE_BYTES + FULL_BYTES + EASE_BYTES {
            match lay_in(&path) {
                Ok(()) => self.reserve = true,
                Err(error) => tracing::warn!(%error, "no reserve for a full disk"),
            }
        }
        let changed = level != self.level;
        if changed {
            tracing::warn!(storage.level = ?level, storage.free_bytes = free_bytes, "room on the disk");
        }
        self.level = level;
        changed
    }

    /// Gives up the reserve. False: it was given up before.
    pub(crate) fn give_up_reserve(&mut self) -> bool {
        let freed = fs::remove_file(self.directory.join(RESERVE_NAME)).is_ok();
        if freed {
            tracing::error!("the disk is full; the reserve is given up for returns");
        }
        self.reserve = false;
        freed
    }

    pub(crate) fn level(&self) -> StorageLevel {
        self.level
    }

    pub(crate) fn view(&self, journal: Health) -> Storage {
        Storage {
            level: self.level,
            free_bytes: self.free_bytes,
            reserve: self.reserve,
            journal,
        }
    }
}

/// A level gets worse at its edge and better some way off it. Without the reserve nothing but returns
/// is safe until there is room to lay it in again.
fn judge(free_bytes: u64, reserve: bool, before: StorageLevel) -> StorageLevel {
    let edge = |bytes: u64, level: StorageLevel| match before >= level {
        true => bytes + EASE_BYTES,
        false => bytes,
    };
    let full = match reserve {
        true => edge(FULL_BYTES, StorageLevel::Full),
        false => RESERVE_BYTES + FULL_BYTES + EASE_BYTES,
    };
    if free_bytes < full {
        StorageLevel::Full
    } else if free_bytes < edge(LOW_BYTES, StorageLevel::Low) {
        StorageLevel::Low
    } else {
        StorageLevel::Ample
    }
}

/// Blocks that are really set aside; where the file system cannot do that, zeros.
fn lay_in(path: &Path) -> io::Result<()> {
    let beside = path.with_extension("new");
    let file = File::create(&beside)?;
    let laid = fallocate(&file, FallocateFlags::empty(), 0, RESERVE_BYTES).or_else(|_| {
        let zeros = io::Read::take(io::repeat(0), RESERVE_BYTES);
        io::copy(&mut { zeros }, &mut &file).map(|_| ())
    });
    if let Err(error) = laid.and_then(|()| file.sync_all()) {
        // Half a reserve on a full disk is worse than none.
        fs::remove_file(&beside)?;
        return Err(error);
    }
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use StorageLevel::{Ample, Full, Low};

    const MIB: u64 = 1024 * 1024;

    #[test]
    fn levels_do_not_flap_and_no_reserve_means_full() {
        for (free_mib, reserve, before, expected) in [
            (1_000, true, Ample, Ample),
            (256, true, Ample, Ample),
            (255, true, Ample, Low),
            (260, true, Low, Low),
            (264, true, Low, Ample),
            (16, true, Low, Low),
            (15, true, Ample, Full),
            (20, true, Full, Full),
            (24, true, Full, Low),
            (31, false, Ample, Full),
            (32, false, Full, Low),
            (1_000, false, Full, Ample),
        ] {
            let level = judge(free_mib * MIB, reserve, before);
            assert_eq!(level, expected, "{free_mib} MiB, {reserve}, {before:?}");
        }
    }

    #[test]
    fn the_reserve_takes_real_room_and_is_given_up_once() {
        use std::os::unix::fs::MetadataExt as _;
        let dir = tempfile::tempdir().unwrap();
        let mut room = Room::of(dir.path());
        let path = dir.path().join(RESERVE_NAME);
        let meta = fs::metadata(&path).unwrap();
        assert_eq!(meta.len(), RESERVE_BYTES);
        assert!(meta.blocks() * 512 >= RESERVE_BYTES, "allocated");
        assert!(room.view(Health::default()).reserve);
        assert!(room.give_up_reserve());
        assert!(!path.exists());
        assert!(!room.give_up_reserve());
        room.measure();
        assert!(path.exists(), "laid in again where there is room");
    }
}
