//! Every touch of the journal's files that is not SQLite's own, behind a trait: a test can then cut
//! the power between any two of them.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Readable and writable by the gateway's user alone.
const PRIVATE_MODE: u32 = 0o600;

/// Where a journal lives. Nothing is durable before the `sync` of its file, and no name before the
/// `sync_directory` of its directory.
pub trait Disk: Send + Sync + fmt::Debug {
    /// The SQLite file system over the same files; `None` is SQLite's own.
    fn vfs(&self) -> Option<&str>;

    /// Bytes of a file, `None` when there is none.
    fn size(&self, path: &Path) -> io::Result<Option<u64>>;

    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The names in a directory.
    fn names(&self, directory: &Path) -> io::Result<Vec<String>>;

    /// An empty file, whatever was there before.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// An existing file, to be written at its end.
    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// No error when there is no such file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    fn sync_directory(&self, directory: &Path) -> io::Result<()>;
}

pub trait DiskFile: Send {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Cuts the file to `bytes`.
    fn cut(&mut self, bytes: u64) -> io::Result<()>;

    fn sync(&mut self) -> io::Result<()>;
}

/// The machine's own file system.
#[derive(Debug, Clone, Copy)]
pub struct Card;

impl Disk for Card {
    fn vfs(&self) -> Option<&str> {
        None
    }

    fn size(&self, path: &Path) -> io::Result<Option<u64>> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            other => Ok(Some(other?.len())),
        }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn names(&self, directory: &Path) -> io::Result<Vec<String>> {
        let named = |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().into_string().ok());
        let names: io::Result<Vec<_>> = fs::read_dir(directory)?.map(named).collect();
        Ok(names?.into_iter().flatten().collect())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        // A leftover's mode is not to be trusted.
        self.remove(path)?;
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(PRIVATE_MODE);
        Ok(Box::new(file.open(path)?))
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(OpenOptions::new().append(true).open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }
}

impl DiskFile for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Writes a file beside its place, makes it durable, and only then gives it its name.
pub(super) fn write_whole(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path, ".new");
    let mut file = disk.create(&beside)?;
    file.write(bytes)?;
    file.sync()?;
    drop(file);
    rename_durably(disk, &beside, path)
}

/// Renames within one directory and makes the directory durable.
pub(super) fn rename_durably(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    disk.rename(from, to)?;
    disk.sync_directory(directory_of(to))
}

pub(super) fn directory_of(path: &Path) -> &Path {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
