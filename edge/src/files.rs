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
    let look = |path: &Path| match read_private(path, bytes_max) {
        // Too long, or no text at all.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok((true, None)),
        other => other.map(|text| (text.is_some(), text)),
    };
    let spare = second(path);
    let ((first_there, first), (spare_there, copy)) = (look(path)?, look(&spare)?);
    let whole = |text: &Option<String>| text.as_deref().and_then(&read);
    let (value, text, broken) = match (whole(&first), whole(&copy)) {
        (Some(value), Some(_)) if first == copy => return Ok(Kept::Whole(value)),
        (Some(value), _) => (value, first, &*spare),
        (None, Some(value)) => {
            tracing::warn!(file.path = %path.display(), "a file was damaged or missing; its second copy takes its place");
            (value, copy, path)
        }
        (None, None) if first_there || spare_there => return Ok(Kept::Broken),
        (None, None) => return Ok(Kept::Nothing),
    };
    if let Err(error) = write_private(broken, text.unwrap_or_default().as_bytes()) {
        tracing::warn!(%error, file.path = %broken.display(), "only one copy of a file is left");
    }
    Ok(Kept::Whole(value))
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
