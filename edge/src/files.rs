//! Small private files that survive a power cut: whole or not there, never half. Those that cannot be
//! had again are kept twice, since a card may lose what a careful program wrote.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Readable and writable by the gateway's user alone.
const PRIVATE_MODE: u32 = 0o600;

/// Writes a file beside its place, makes it durable, and only then gives it its name.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    // A leftover of an interrupted write is worth nothing, and its mode is not to be trusted.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(PRIVATE_MODE)
        .open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    rename_durably(&beside, path)
}

/// Renames within one directory and makes the directory durable.
pub(crate) fn rename_durably(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    let parent = to.parent().filter(|p| !p.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// The text of a private file, `None` when there is no such file. Tightens a mode that lets
/// others read. More than `bytes_max` is an error, so that a wrong file is not swallowed whole.
pub(crate) fn read_private(path: &Path, bytes_max: u64) -> io::Result<Option<String>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let meta = file.metadata()?;
    if meta.len() > bytes_max {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!(
                "it has {} bytes where at most {bytes_max} belong",
                meta.len()
            ),
        ));
    }
    if meta.permissions().mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(PRIVATE_MODE))?;
        tracing::warn!(file.path = %path.display(), "others could read a private file; closed it");
    }
    let mut text = String::new();
    file.take(bytes_max).read_to_string(&mut text)?;
    Ok(Some(text))
}

/// What is found of a file that is kept twice.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kept<T> {
    Whole(T),
    /// Something is there, and neither copy can be read.
    Broken,
    Nothing,
}

/// Writes a private file and its second copy, one after the other: one of them is always whole.
pub(crate) fn keep_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_private(path, bytes)?;
    write_private(&second(path), bytes)
}

/// Reads a private file that is kept twice. Where the first cannot be read (`read` answers none) the
/// second takes its place, and the other way round; the answer does not wait for that.
pub(crate) fn read_kept<T>(
    path: &Path,
    bytes_max: u64,
    read: impl Fn(&str) -> Option<T>,
) -> io::Result<Kept<T>> {
    read_kept_by(path, &|path| read_private(path, bytes_max), read)
}

type Reading<'a> = &'a dyn Fn(&Path) -> io::Result<Option<String>>;

fn read_kept_by<T>(
    path: &Path,
    read_copy: Reading<'_>,
    read: impl Fn(&str) -> Option<T>,
) -> io::Result<Kept<T>> {
    let spare = second(path);
    let first = Copy::look(path, read_copy);
    let copy = Copy::look(&spare, read_copy);
    let whole = |copy: &Copy| copy.text().and_then(&read);
    let (value, text, broken) = match (whole(&first), whole(&copy)) {
        (Some(value), Some(_)) if first.text() == copy.text() => return Ok(Kept::Whole(value)),
        (Some(value), _) => (value, first.into_text(), &*spare),
        (None, Some(value)) => {
            tracing::warn!(file.path = %path.display(), "a file was damaged or missing; its second copy takes its place");
            (value, copy.into_text(), path)
        }
        (None, None) => return nothing_whole(first, copy),
    };
    if let Err(error) = write_private(broken, text.unwrap_or_default().as_bytes()) {
        tracing::warn!(%error, file.path = %broken.display(), "only one copy of a file is left");
    }
    Ok(Kept::Whole(value))
}

/// One copy as it was found.
enum Copy {
    Text(String),
    /// Too long, or no text at all.
    Garbled,
    /// The card does not give it, now or for ever.
    Unreadable(io::Error),
    Absent,
}

impl Copy {
    /// A sector that cannot be read must not stop a gateway that has the same text once more.
    fn look(path: &Path, read_copy: Reading<'_>) -> Self {
        match read_copy(path) {
            Ok(Some(text)) => Self::Text(text),
            Ok(None) => Self::Absent,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Self::Garbled,
            Err(error) => {
                tracing::error!(%error, file.path = %path.display(), "one copy of a file cannot be read");
                Self::Unreadable(error)
            }
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Garbled | Self::Unreadable(_) | Self::Absent => None,
        }
    }

    fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Garbled | Self::Unreadable(_) | Self::Absent => None,
        }
    }
}

/// What could not be read may be whole: it is an error, never a reason to make the file anew.
fn nothing_whole<T>(first: Copy, copy: Copy) -> io::Result<Kept<T>> {
    match (first, copy) {
        (Copy::Unreadable(error), _) | (_, Copy::Unreadable(error)) => Err(error),
        (Copy::Absent, Copy::Absent) => Ok(Kept::Nothing),
        _ => Ok(Kept::Broken),
    }
}

/// Whether anything is there of a file that is kept twice.
pub(crate) fn is_kept(path: &Path) -> bool {
    path.exists() || second(path).exists()
}

fn second(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".kept");
    PathBuf::from(name)
}

/// The data directory, private when made here, held by this process until the answer is dropped.
pub(crate) fn hold_directory(path: &Path) -> io::Result<File> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(PRIVATE_MODE)
        .open(path.join("lock"))?;
    lock.try_lock().map_err(io::Error::from)?;
    Ok(lock)
}

#[cfg(test)]
mod tests;
