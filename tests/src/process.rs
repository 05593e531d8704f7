//! One of our programs as a child process with a log file, killed when dropped.

use crate::http::eventually;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::time::SystemTime;

const LOG_LINES: usize = 40;

/// A binary of this workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    Bank,
    Cloud,
    Gateway,
    /// Of a raffle's bundle.
    Verifier,
}

impl Program {
    const ALL: [Self; 4] = [Self::Bank, Self::Cloud, Self::Gateway, Self::Verifier];

    fn name(self) -> &'static str {
        match self {
            Self::Bank => "volta-bank",
            Self::Cloud => "volta-cloud",
            Self::Gateway => "volta-gateway",
            Self::Verifier => "verifier",
        }
    }

    /// The binary beside the test's own, built first where it is missing or older than its sources.
    /// `VOLTA_TEST_BIN` names another folder, which is taken as it is.
    pub fn path(self) -> PathBuf {
        static FOLDER: OnceLock<PathBuf> = OnceLock::new();
        FOLDER.get_or_init(folder).join(self.name())
    }
}

fn folder() -> PathBuf {
    if let Some(given) = std::env::var_os("VOLTA_TEST_BIN") {
        return given.into();
    }
    let here = std::env::current_exe().expect("a running test has a file");
    let beside = here.parent().expect("a file is in a folder");
    let folder = match beside.file_name().is_some_and(|name| name == "deps") {
        true => beside.parent().expect("target/debug/deps").to_owned(),
        false => beside.to_owned(),
    };
    if !Program::ALL.iter().all(|p| is_current(&folder, p.name())) {
        let release = folder.file_name().is_some_and(|name| name == "release");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--bins"])
            .args(release.then_some("--release"))
            .args([
                "-p",
                "cloud",
                "-p",
                "psp-sandbox",
                "-p",
                "edge",
                "-p",
                "verifier",
            ])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .status();
        let built = built.expect("cargo runs: it built this test");
        assert!(built.success(), "the programs under test do not build");
    }
    folder
}

/// Cargo writes beside each binary which sources it was made of.
fn is_current(folder: &Path, name: &str) -> bool {
    let changed = |path: &Path| -> Option<SystemTime> { fs::metadata(path).ok()?.modified().ok() };
    let Some(made) = changed(&folder.join(name)) else {
        return false;
    };
    let Ok(sources) = fs::read_to_string(folder.join(format!("{name}.d"))) else {
        return false;
    };
    sources
        .split_ascii_whitespace()
        .skip(1)
        .all(|source| changed(Path::new(source)).is_none_or(|at| at <= made))
}

/// Runs a program that ends by itself, with nothing in its environment but `env`.
pub fn run_to_its_end(program: Program, args: &[&str], env: &[(&str, &str)]) -> Output {
    Command::new(program.path())
        .args(args)
        .env_clear()
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{}: {e}", program.name()))
}

#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) name: &'static str,
    program: Program,
    pub(crate) env: BTreeMap<String, String>,
    child: Option<Child>,
    log: PathBuf,
}

impl Process {
    pub(crate) fn new(
        name: &'static str,
        program: Program,
        env: BTreeMap<String, String>,
        folder: &Path,
    ) -> Self {
        Self {
            name,
            program,
            env,
            child: None,
            log: folder.join(format!("{name}.log")),
        }
    }

    pub(crate) fn start(&mut self) {
        assert!(self.child.is_none(), "{} runs already", self.name);
        let log = self.open_log().expect("the test's own folder");
        let child = Command::new(self.program.path())
            .env_clear()
            .envs(&self.env)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("an open file"))
            .stderr(log)
            .spawn();
        self.child = Some(child.unwrap_or_else(|e| panic!("{}: {e}", self.name)));
    }

    fn open_log(&self) -> io::Result<File> {
        OpenOptions::new().create(true).append(true).open(&self.log)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// SIGKILL, and gone when this returns.
    pub(crate) fn kill9(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// SIGTERM; its exit status.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        let pid = self.child.as_ref().expect("it runs").id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.is_ok_and(|s| s.success()), "kill -TERM {pid}");
        self.ended()
    }

    /// Waits for a process that ends itself.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let name = self.name;
        let status = eventually(&format!("{name} ends"), || self.exit());
        self.child = None;
        status
    }

    /// Waits for a process that kills itself at a crash point.
    pub(crate) fn crashed(&mut self) {
        let status = self.ended();
        assert!(
            matches!(status.signal(), Some(6 | 9)),
            "{} ended without its crash point: {status}",
            self.name
        );
    }

    pub(crate) fn exit(&mut self) -> Option<ExitStatus> {
        let child = self.child.as_mut().expect("it was started");
        child.try_wait().expect("our own child")
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.is_some() && self.exit().is_none()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(crate) fn log_tail(&self) -> String {
        let log = self.log();
        let lines: Vec<_> = log.lines().collect();
        let from = lines.len().saturating_sub(LOG_LINES);
        format!("── {} ──\n{}\n", self.name, lines[from..].join("\n"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill9();
    }
}
