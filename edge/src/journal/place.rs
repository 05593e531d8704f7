//! The names of a journal's files.
//!
//! `journal.db` and SQLite's `-wal` and `-shm`; `journal.lines-<first number>`, the copy's segments,
//! with `.gz` once packed; `journal.db-salvaged`, a salvaged database on its way to its place
//! (`-alone`: the copy must go aside first); `journal.db-suspect`, a note that the check found damage;
//! `*.damaged-<n>`, what a salvage set aside.

use super::disk::{Card, Disk, beside, directory_of};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Sets of damaged files that are kept for whoever wants to look: this and the one before.
const DAMAGED_KEPT_MAX: u32 = 2;

#[derive(Debug, Clone)]
pub struct Place {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) path: PathBuf,
}

impl Place {
    /// The journal whose database is `path`, on the machine's own disk.
    pub fn on_card(path: &Path) -> Self {
        Self::new(Arc::new(Card), path)
    }

    pub fn new(disk: Arc<dyn Disk>, path: &Path) -> Self {
        Self {
            disk,
            path: path.to_owned(),
        }
    }

    /// Whether anything of a journal is there, its copy included.
    pub(super) fn holds_journal(&self) -> bool {
        let there = |path: &Path| self.there(path).unwrap_or(false);
        there(&self.path)
            || there(&self.with("-wal"))
            || self.segments().is_ok_and(|segments| !segments.is_empty())
    }

    pub(super) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    pub(super) fn with(&self, suffix: &str) -> PathBuf {
        beside(&self.path, suffix)
    }

    pub(super) fn there(&self, path: &Path) -> io::Result<bool> {
        Ok(self.disk.size(path)?.is_some())
    }

    /// What begins with the number after `base_seq`, as it is written; packed ones end in `.gz`.
    pub(super) fn segment(&self, base_seq: u64) -> PathBuf {
        let name = format!("{}{:016}", self.segment_prefix(), base_seq + 1);
        directory_of(&self.path).join(name)
    }

    /// The copy's segments by the number before their first, in order; true: packed.
    pub(super) fn segments(&self) -> io::Result<Vec<(u64, bool)>> {
        let prefix = self.segment_prefix();
        let number = |name: &String| {
            let rest = name.strip_prefix(&prefix)?;
            let (digits, packed) = match rest.strip_suffix(".gz") {
                Some(digits) => (digits, true),
                None => (rest, false),
            };
            let first: u64 = digits.parse().ok()?;
            Some((first.checked_sub(1)?, packed))
        };
        let names = self.names()?;
        let mut found: Vec<(u64, bool)> = names.iter().filter_map(number).collect();
        found.sort_unstable();
        Ok(found)
    }

    /// Moves the copy's segments aside as the set `number`.
    pub(super) fn set_segments_aside(&self, number: u32) -> io::Result<()> {
        for (base_seq, packed) in self.segments()? {
            let mut path = self.segment(base_seq);
            if packed {
                path = beside(&path, ".gz");
            }
            let aside = beside(&path, &format!(".damaged-{number}"));
            self.disk.rename(&path, &aside)?;
        }
        self.disk.sync_directory(directory_of(&self.path))
    }

    /// The number the next damaged set gets.
    pub(super) fn next_aside(&self) -> io::Result<u32> {
        let numbers = self.asides()?;
        Ok(numbers.into_iter().map(|(n, _)| n).max().unwrap_or(0) + 1)
    }

    /// Damaged sets that are kept.
    pub(super) fn asides_kept(&self) -> io::Result<usize> {
        let mut numbers: Vec<u32> = self.asides()?.into_iter().map(|(n, _)| n).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers.len())
    }

    /// Drops all but the newest damaged sets, or all of them where room is short.
    pub(super) fn drop_asides(&self, all: bool) -> io::Result<()> {
        let newest = self.next_aside()?.saturating_sub(1);
        for (number, name) in self.asides()? {
            if all || number + DAMAGED_KEPT_MAX <= newest {
                self.disk.remove(&directory_of(&self.path).join(name))?;
            }
        }
        Ok(())
    }

    fn asides(&self) -> io::Result<Vec<(u32, String)>> {
        let numbered = |name: String| {
            let (_, number) = name.rsplit_once(".damaged-")?;
            let digits = number.strip_suffix("-wal").unwrap_or(number);
            Some((digits.parse().ok()?, name))
        };
        Ok(self.names()?.into_iter().filter_map(numbered).collect())
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let directory = directory_of(&self.path);
        let stem = self.stem();
        let mut names = self.disk.names(directory)?;
        names.retain(|name| name.starts_with(&stem));
        Ok(names)
    }

    fn segment_prefix(&self) -> String {
        format!("{}.lines-", self.stem())
    }

    fn stem(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }
}
