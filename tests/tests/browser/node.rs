//! Runs one test of `e2e/` by its name, and finds what there is.

use crate::control::{self, World};
use serde_json::json;
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use system_tests::{NORTE, Options, Program, Raffle, SUL, Stage, System};

const NODE_MAJOR_MIN: u32 = 20; // playwright-core asks for it
const CHROMIUMS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Starts a system, runs the test named `name` of `e2e/{file}.test.mjs`, and fails as it fails.
pub fn run(file: &str, name: &str) {
    let Some(chromium) = browser() else {
        return;
    };
    install_packages();
    let draws = file == "raffle";
    let system = System::start(&match draws {
        true => Options::new().starting(Raffle::STARTS),
        false => Options::new(),
    });
    let staff = ["add-staff", "--login", "admin", "--role", "administrator"];
    let mut world = json!({
        "cloud": system.cloud_url(),
        "bank": system.bank().url,
        "docks": { "norte": system.dock(NORTE).url, "sul": system.dock(SUL).url },
        "password": system.volta_cloud(&staff).trim(),
        "chromium": chromium,
        "pictures": pictures(),
        "verifier": Program::Verifier.path(),
    });
    let raffle = draws.then(|| (Raffle::drafted(&system), Stage::Draft));
    let held = Arc::new(Mutex::new(World { system, raffle }));
    world["control"] = control::serve(&held).into();
    let output = Command::new("node")
        .arg("--test-reporter=tap")
        .arg(format!("--test-name-pattern=^{}$", escaped(name)))
        .arg(folder().join(format!("{file}.test.mjs")))
        .env("VOLTA_E2E", world.to_string())
        .output()
        .expect("node was there a moment ago");
    let told = String::from_utf8_lossy(&output.stdout);
    println!("{told}{}", String::from_utf8_lossy(&output.stderr));
    let passed = told.lines().any(|line| line == "# pass 1");
    assert!(output.status.success() && passed, "{file}: {name}");
}

/// The names of `e2e/*.test.mjs`, without the ending.
pub fn files() -> Vec<String> {
    let entries = fs::read_dir(folder()).expect("tests/e2e").flatten();
    let mut files: Vec<_> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(name.strip_suffix(".test.mjs")?.to_owned())
        })
        .collect();
    files.sort();
    files
}

/// The tests that a file declares; a name with `${size}` stands for one of each size.
pub fn names(file: &str) -> Vec<String> {
    let path = folder().join(format!("{file}.test.mjs"));
    let text = fs::read_to_string(&path).expect("a file that was just listed");
    let mut names = Vec::new();
    for line in text.lines() {
        let Some(call) = line.trim_start().strip_prefix("test(") else {
            continue;
        };
        let (quote, rest) = call.split_at(1);
        let name = rest.split(quote).next().unwrap_or_default();
        if name.contains("${size}") {
            names.extend(["phone", "desktop"].map(|size| name.replace("${size}", size)));
        } else {
            names.push(name.to_owned());
        }
    }
    names
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e")
}

/// Where the pictures of the journey go, for people to look at.
fn pictures() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures")
}

/// The browser's path, if the machine has what these tests need.
fn browser() -> Option<PathBuf> {
    let found = CHROMIUMS.iter().find_map(|name| which(name));
    let missing = match &found {
        _ if node_major() < Some(NODE_MAJOR_MIN) => "Node 20 or newer",
        None => "Chromium",
        Some(_) => return found,
    };
    assert!(
        env::var_os("CI").is_none(),
        "{missing} is missing; scripts/test installs it"
    );
    eprintln!("\n*** SKIPPED: {missing} is missing; scripts/test installs it ***\n");
    None
}

fn node_major() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

fn which(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Once, although every test is a process of its own.
fn install_packages() {
    let lock = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm.lock"))
        .expect("cargo made the folder");
    lock.lock().expect("a lock on a local file");
    if folder().join("node_modules/.package-lock.json").exists() {
        return;
    }
    let installed = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(folder())
        .status()
        .expect("npm comes with node");
    assert!(installed.success(), "npm ci in {}", folder().display());
}

/// A name as a regular expression of JavaScript that matches it alone.
fn escaped(name: &str) -> String {
    name.replace('.', "\\.")
}
