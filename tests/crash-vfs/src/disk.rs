//! The disk as the journal sees it.

use crate::sea::{Chance, EIO, Sea};
use crate::vfs;
use edge::journal::{Disk, DiskFile};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Cheap to clone; all clones are one disk.
#[derive(Debug, Clone)]
pub struct CrashDisk {
    sea: Arc<Mutex<Sea>>,
    vfs: Arc<str>,
}

/// The whole disk at one moment.
#[derive(Debug, Clone)]
pub struct Picture(Sea);

impl CrashDisk {
    /// An empty disk, and an SQLite file system over it that lives as long as the process.
    pub fn empty() -> Self {
        let sea = Arc::new(Mutex::new(Sea::default()));
        let vfs = vfs::register(Arc::clone(&sea));
        Self {
            sea,
            vfs: vfs.into(),
        }
    }

    /// The power fails at step `step` from now, counted from 1.
    pub fn cut_power_at(&self, step: u64) {
        let mut sea = self.sea();
        sea.cut_at = Some(sea.steps + step);
    }

    /// Whether the power has failed.
    pub fn is_off(&self) -> bool {
        self.sea().is_off()
    }

    /// The power comes back; `chance` decides what of the unsynced is found.
    pub fn power_on(&self, chance: &mut Chance) {
        self.sea().power_on(chance);
    }

    /// Syncs of files whose names contain this do nothing from now on: a test of the tests.
    pub fn ignore_syncs_of(&self, part: Option<&str>) {
        self.sea().deaf = part.map(str::to_owned);
    }

    /// All files together may have so many bytes from now on.
    pub fn limit_room(&self, bytes: Option<u64>) {
        self.sea().room = bytes;
    }

    /// Bytes all files have together.
    pub fn used(&self) -> u64 {
        let sea = self.sea();
        let size = |path: &PathBuf| sea.find(path).map_or(0, |file| sea.bytes(file).len());
        sea.paths().map(size).sum::<usize>() as u64
    }

    /// Loses every file whose name contains this, as a bad card would.
    pub fn lose(&self, part: &str) {
        let mut sea = self.sea();
        let lost: Vec<PathBuf> = sea
            .paths()
            .filter(|path| path.to_string_lossy().contains(part))
            .cloned()
            .collect();
        for path in lost {
            // With the power on nothing here can fail.
            let _ = sea.remove(&path);
        }
        let _ = sea.sync_names();
    }

    /// The files whose names contain this now cannot be read any more, whatever they are called
    /// later; a new file of the same name can.
    pub fn make_unreadable(&self, part: &str) {
        let mut sea = self.sea();
        sea.unreadable = sea.named(part);
    }

    /// The same for writing.
    pub fn make_unwritable(&self, part: &str) {
        let mut sea = self.sea();
        sea.unwritable = sea.named(part);
    }

    /// The drive has recovered.
    pub fn recover(&self) {
        let mut sea = self.sea();
        sea.unreadable.clear();
        sea.unwritable.clear();
    }

    /// Spoils a file from byte `at` on.
    pub fn spoil(&self, path: &Path, at: usize, bytes: &[u8]) {
        let mut sea = self.sea();
        if let Some(file) = sea.find(path) {
            let _ = sea.write(file, at, bytes);
            let _ = sea.sync(file);
        }
    }

    pub fn picture(&self) -> Picture {
        Picture(self.sea().clone())
    }

    pub fn restore(&self, picture: &Picture) {
        *self.sea() = picture.0.clone();
    }

    fn sea(&self) -> MutexGuard<'_, Sea> {
        self.sea.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk for CrashDisk {
    fn vfs(&self) -> Option<&str> {
        Some(&self.vfs)
    }

    fn size(&self, path: &Path) -> io::Result<Option<u64>> {
        let sea = self.sea();
        Ok(sea.find(path).map(|file| sea.bytes(file).len() as u64))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let sea = self.sea();
        let file = sea.find(path).ok_or(io::ErrorKind::NotFound)?;
        match sea.unreadable.contains(&file) {
            true => Err(io::Error::from_raw_os_error(EIO)),
            false => Ok(sea.bytes(file).to_vec()),
        }
    }

    fn names(&self, directory: &Path) -> io::Result<Vec<String>> {
        let sea = self.sea();
        let inside = sea.paths().filter(|path| path.parent() == Some(directory));
        let name = |path: &PathBuf| Some(path.file_name()?.to_str()?.to_owned());
        Ok(inside.filter_map(name).collect())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = self.sea().make(Some(path))?;
        Ok(Box::new(Open {
            disk: self.clone(),
            file,
        }))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = self.sea().find(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Open {
            disk: self.clone(),
            file,
        }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.sea().rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut sea = self.sea();
        match sea.find(path) {
            Some(_) => sea.remove(path),
            None => Ok(()),
        }
    }

    fn sync_directory(&self, _: &Path) -> io::Result<()> {
        self.sea().sync_names()
    }
}

struct Open {
    disk: CrashDisk,
    file: u64,
}

impl DiskFile for Open {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut sea = self.disk.sea();
        let at = sea.bytes(self.file).len();
        sea.write(self.file, at, bytes)
    }

    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        let bytes = usize::try_from(bytes).map_err(io::Error::other)?;
        self.disk.sea().cut(self.file, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.sea().sync(self.file)
    }
}
