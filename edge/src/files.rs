//! Small private files that survive a power cut: whole or not there, never half.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

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
mod tests {
    use super::*;

    #[test]
    fn a_private_file_is_whole_and_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.txt");
        assert_eq!(read_private(&path, 10).unwrap(), None);
        fs::write(dir.path().join("secret.new"), "half").unwrap();
        write_private(&path, b"whole").unwrap();
        assert_eq!(read_private(&path, 10).unwrap().as_deref(), Some("whole"));
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(read_private(&path, 4).is_err());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        read_private(&path, 10).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn one_process_holds_a_directory() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("a/b");
        let held = hold_directory(&data).unwrap();
        assert!(hold_directory(&data).is_err());
        drop(held);
        hold_directory(&data).unwrap();
    }
}
