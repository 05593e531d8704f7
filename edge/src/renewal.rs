//! Becoming another gateway: a new key, a new journal, and everything old in a dated folder.
//!
//! Shape: `prepare` makes a new key durable, notes what it asks, enrols the key and builds a whole data
//! directory in `next`; `order` writes a marker that says the change is wanted; `finish`, at the next
//! start, moves the old files out and the new ones in. Each step can be cut off at any point and is
//! taken up again by the next start: the cloud answers the same code under the same key alike.
//! Invariant: without the marker nothing old has moved, and with it nothing new is served before
//! everything has. The cloud is asked with nothing that a power cut could take away.

use crate::cloud::Cloud;
use crate::config::EnrolmentCode;
use crate::enrolment::{self, Answered, Applicant};
use crate::files::{read_private, rename_durably, write_private};
use crate::identity;
use crate::journal::{self, Journal};
use crate::orders::reason;
use crate::status::Enrolling;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use shared::enrol::BayLayout;
use shared::event::Technician;
use shared::time::UnixMs;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const MARKER: &str = "renewal";
const NEXT: &str = "next";
const OLD: &str = "old-";

/// In `next`: what the cloud was asked, and for whom.
const ASKED: &str = "asked.json";

/// A code and a name.
const ASKED_BYTES_MAX: u64 = 1024;

/// A word and a folder's name.
const MARKER_BYTES_MAX: u64 = 128;

/// What belongs to the machine or to its dock, not to the gateway it was.
const STAYS: [&str; 5] = ["lock", "reserve", "simulated-dock.json", NEXT, MARKER];

#[derive(Debug, thiserror::Error)]
pub enum RenewalError {
    #[error("{0}")]
    Refused(String),
    /// The cloud may have said yes: the same code will do once more.
    #[error("{0}")]
    Unanswered(String),
    #[error("the new gateway's files cannot be written: {0}. Check disk space and permissions")]
    Unwritable(String),
}

/// Who wants this device to become another gateway, and with which code.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub by: Technician,
    pub code: EnrolmentCode,
}

/// A wish as it is kept until the cloud has answered.
#[derive(Serialize, Deserialize)]
struct Asked {
    by: Technician,
    code: String,
    /// The next start asks again by itself.
    waits: bool,
}

/// Enrols a new key and builds its data directory beside the one in use.
pub(crate) async fn prepare(
    cloud: &Cloud,
    data_dir: &Path,
    software: &str,
    bays: &[BayLayout],
    wish: &Wish,
) -> Result<(), RenewalError> {
    let unwritable = |error: &dyn std::fmt::Display| RenewalError::Unwritable(error.to_string());
    let next = data_dir.join(NEXT);
    let key = key_for(data_dir, wish).map_err(|error| unwritable(&error))?;
    let (journal, enrolment) = (next.join("journal.db"), next.join("enrolment.signed"));
    if journal::exists(&journal) && matches!(enrolment::load(&enrolment), Ok(Some(_))) {
        return Ok(());
    }
    let applicant = Applicant {
        cloud,
        key: &key,
        software,
        bays,
    };
    let code = wish.code.given().unwrap_or_default();
    let Answered { enrolled, line } = match applicant.ask(code).await {
        Ok(answered) => answered,
        Err(state @ Enrolling::Refused { .. }) => {
            fs::remove_dir_all(&next).map_err(|error| unwritable(&error))?;
            return Err(RenewalError::Refused(reason(state)));
        }
        Err(state) => return Err(RenewalError::Unanswered(reason(state))),
    };
    Journal::create(&journal, &enrolled.gateway).map_err(|error| unwritable(&error))?;
    enrolment::store(&enrolment, &line).map_err(|error| unwritable(&error))?;
    Ok(())
}

/// The key that asks with this code, durable together with the question. Asked before, it is the same.
fn key_for(data_dir: &Path, wish: &Wish) -> Result<SigningKey, identity::IdentityError> {
    let next = data_dir.join(NEXT);
    let io = |source| identity::IdentityError::Io {
        path: next.clone(),
        source,
    };
    let code = wish.code.given().unwrap_or_default();
    if asked(data_dir).is_none_or(|before| before.code != code) {
        match fs::remove_dir_all(&next) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
        fs::create_dir(&next).map_err(io)?;
        fs::File::open(data_dir)
            .and_then(|directory| directory.sync_all())
            .map_err(io)?;
    }
    let key = identity::load_or_create(&next.join("device.key"), false)?;
    let asked = Asked {
        by: wish.by.clone(),
        code: code.to_owned(),
        waits: true,
    };
    note(data_dir, &asked).map_err(io)?;
    Ok(key)
}

/// A change that was asked for and neither refused, given up nor ordered.
pub(crate) fn unfinished(data_dir: &Path) -> Option<Wish> {
    let asked = asked(data_dir).filter(|asked| asked.waits && !is_due(data_dir))?;
    Some(Wish {
        by: asked.by,
        code: asked.code.parse().ok()?,
    })
}

/// Nobody waits for the answer any more. Key and code stay for whoever types the same code again.
pub(crate) fn give_up(data_dir: &Path) -> io::Result<()> {
    match asked(data_dir) {
        Some(asked) => note(
            data_dir,
            &Asked {
                waits: false,
                ..asked
            },
        ),
        None => Ok(()),
    }
}

fn asked(data_dir: &Path) -> Option<Asked> {
    let text = read_private(&asked_path(data_dir), ASKED_BYTES_MAX).ok()??;
    serde_json::from_str(&text).ok()
}

fn note(data_dir: &Path, asked: &Asked) -> io::Result<()> {
    let text = serde_json::to_string(asked).map_err(io::Error::other)?;
    write_private(&asked_path(data_dir), text.as_bytes())
}

fn asked_path(data_dir: &Path) -> PathBuf {
    data_dir.join(NEXT).join(ASKED)
}

/// From here on the next start is the new gateway's.
pub(crate) fn order(data_dir: &Path, now: UnixMs) -> io::Result<()> {
    let date = web::ui::time::iso(now).replace(':', "-");
    let marker = format!("out {OLD}{date}");
    write_private(&data_dir.join(MARKER), marker.as_bytes())
}

/// Whether a change is wanted that has not happened yet: then the process is to start anew.
pub fn is_due(data_dir: &Path) -> bool {
    data_dir.join(MARKER).exists()
}

/// Takes up a change where it stands. Nothing to do is the usual case.
pub(crate) fn finish(data_dir: &Path) -> io::Result<()> {
    finish_by(data_dir, &mut rename_durably)
}

type Move<'a> = &'a mut dyn FnMut(&Path, &Path) -> io::Result<()>;

fn finish_by(data_dir: &Path, rename: Move<'_>) -> io::Result<()> {
    let marker = data_dir.join(MARKER);
    let Some(text) = read_private(&marker, MARKER_BYTES_MAX)? else {
        return Ok(());
    };
    if let Some(old) = text.trim().strip_prefix("out ") {
        let name = Path::new(old).file_name().unwrap_or(OsStr::new(OLD));
        let old = data_dir.join(name);
        fs::create_dir_all(&old)?;
        let moves = |name: &OsStr| {
            let text = name.to_string_lossy();
            !STAYS.contains(&text.as_ref()) && !text.starts_with(OLD)
        };
        move_all(data_dir, &old, moves, rename)?;
        write_private(&marker, b"in")?;
    }
    let next = data_dir.join(NEXT);
    if next.exists() {
        // The code has served.
        match fs::remove_file(asked_path(data_dir)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        move_all(&next, data_dir, |_| true, rename)?;
        fs::remove_dir(&next)?;
    }
    fs::remove_file(&marker)?;
    tracing::warn!("this device is another gateway now; the old files are beside");
    Ok(())
}

fn move_all(
    from: &Path,
    to: &Path,
    moves: impl Fn(&OsStr) -> bool,
    rename: Move<'_>,
) -> io::Result<()> {
    let names: io::Result<Vec<_>> = fs::read_dir(from)?
        .map(|entry| Ok(entry?.file_name()))
        .collect();
    for name in names?.iter().filter(|name| moves(name)) {
        rename(&from.join(name), &to.join(name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn house() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path();
        fs::create_dir(path.join(NEXT)).unwrap();
        for name in ["device.key", "journal.db", "journal.db-wal", "lock"] {
            fs::write(path.join(name), "old").unwrap();
        }
        for name in ["device.key", "journal.db"] {
            fs::write(path.join(NEXT).join(name), "new").unwrap();
        }
        dir
    }

    #[test]
    fn nothing_moves_before_it_is_ordered() {
        let dir = house();
        finish(dir.path()).unwrap();
        assert_eq!(
            fs::read_to_string(dir.path().join("device.key")).unwrap(),
            "old"
        );
    }

    /// A power cut before any of the moves; then the next start.
    #[test]
    fn a_change_that_was_cut_off_is_finished_by_the_next_start() {
        for cut in 0..=5 {
            let dir = house();
            let path = dir.path();
            order(path, UnixMs(0)).unwrap();
            assert!(is_due(path));
            let mut left = cut;
            let cut_off = finish_by(path, &mut |from, to| {
                left -= 1;
                match left {
                    0.. => rename_durably(from, to),
                    _ => Err(io::Error::other("power cut")),
                }
            });
            assert_eq!(cut_off.is_ok(), cut == 5, "three out, two in");
            finish(path).unwrap();
            assert!(!is_due(path));
            let old = path.join("old-1970-01-01T00-00-00Z");
            let moved = ["device.key", "journal.db", "journal.db-wal"];
            assert_eq!(names(&old), moved, "cut at {cut}");
            let stayed = ["device.key", "journal.db", "lock"];
            assert_eq!(names(path)[..3], stayed, "cut at {cut}");
            for name in ["device.key", "journal.db"] {
                assert_eq!(fs::read_to_string(path.join(name)).unwrap(), "new");
                assert_eq!(fs::read_to_string(old.join(name)).unwrap(), "old");
            }
        }
    }
}
