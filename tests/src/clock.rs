//! A time of day of a test's own for the real programs: nobody waits for the end of a month.

use shared::time::UnixMs;
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fakeclock/fakeclock.c");

/// Where programs read by how much their clocks are ahead of the machine's.
#[derive(Debug)]
pub(crate) struct Clock {
    path: PathBuf,
    library: PathBuf,
}

impl Clock {
    /// A clock in a test's folder that is right until it is set.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let (path, library) = (folder.join("clock"), folder.join("fakeclock.so"));
        fs::write(&path, 0_i64.to_ne_bytes()).expect("the test's own folder");
        build(&library);
        Self { path, library }
    }

    /// What makes a program go by this clock.
    pub(crate) fn env(&self) -> [(String, String); 2] {
        let shown = |path: &Path| path.display().to_string();
        [
            ("LD_PRELOAD".to_owned(), shown(&self.library)),
            ("FAKECLOCK_FILE".to_owned(), shown(&self.path)),
        ]
    }

    /// From now on it is `moment`, and time goes on from there.
    pub(crate) fn set(&self, moment: UnixMs) {
        let ahead = moment.0 - machine_now().0;
        // In place: programs have the file in their memory.
        let file = File::options().write(true).open(&self.path);
        file.and_then(|file| file.write_all_at(&ahead.to_ne_bytes(), 0))
            .expect("the file is there since the clock is");
    }

    pub(crate) fn now(&self) -> UnixMs {
        let bytes = fs::read(&self.path).expect("the file is there since the clock is");
        let ahead = i64::from_ne_bytes(bytes.try_into().expect("64 bits"));
        machine_now().plus(ahead)
    }
}

fn machine_now() -> UnixMs {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a test machine knows the century");
    UnixMs(i64::try_from(since.as_millis()).expect("milliseconds of our age"))
}

/// The library that shifts a program's clock.
fn build(made: &Path) {
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror"])
        .arg("-o")
        .args([made, Path::new(SOURCE)])
        .arg("-ldl")
        .status()
        .expect("what links Rust programs compiles C too");
    assert!(built.success(), "{SOURCE} does not compile");
}
