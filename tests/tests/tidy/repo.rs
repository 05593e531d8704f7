//! The files under version control, and how a breach of a rule is told.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One place where a rule is broken, and the way out.
#[derive(Debug)]
pub(crate) struct Breach {
    place: String,
    fault: String,
    way_out: &'static str,
}

impl Breach {
    pub(crate) fn at_line(path: &str, line: usize, fault: String, way_out: &'static str) -> Self {
        Self {
            place: format!("{path}:{line}"),
            fault,
            way_out,
        }
    }

    pub(crate) fn at_file(path: &str, fault: String, way_out: &'static str) -> Self {
        Self::at_line(path, 1, fault, way_out)
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}. {}", self.place, self.fault, self.way_out)
    }
}

/// Fails the test with one line for each breach.
pub(crate) fn demand_none(breaches: &[Breach]) {
    let lines: Vec<String> = breaches.iter().map(ToString::to_string).collect();
    assert!(
        breaches.is_empty(),
        "{} breaches:\n{}",
        breaches.len(),
        lines.join("\n")
    );
}

pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package
        .parent()
        .expect("the package tests lies in the repository")
        .to_path_buf()
}

/// Paths from the root of every file that git keeps or would keep, and that is still on the disk.
pub(crate) fn files() -> Vec<String> {
    let listed = output(
        Command::new("git")
            // A container's clone often belongs to another user than the one who tests.
            .args(["-c", "safe.directory=*"])
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root()),
    );
    let mut paths: Vec<String> = listed
        .split('\0')
        .filter(|path| !path.is_empty() && root().join(path).is_file())
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    assert!(
        paths.len() > 50,
        "git lists {} files: run this inside a clone",
        paths.len()
    );
    paths
}

/// The text of a file, or none where it is not text or has just gone.
pub(crate) fn text(path: &str) -> Option<String> {
    std::fs::read_to_string(root().join(path)).ok()
}

pub(crate) fn output(command: &mut Command) -> String {
    let done = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "{command:?}: {}: {complaint}",
        done.status
    );
    String::from_utf8(done.stdout).expect("git and cargo print UTF-8")
}
