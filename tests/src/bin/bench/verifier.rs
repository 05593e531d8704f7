//! (j) How long anybody waits who checks a draw of 100,000 entries: by the program, against reading and
//! hashing the file once, and by the page in Chromium, against `JSON.parse` of the same text there.

use super::report::{heading, median, ratio};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const ENTRIES: &str = "100000";
const PROGRAM_ROUNDS: usize = 5;
const PAGE_ROUNDS: &str = "3";

type Done<T> = Result<T, Box<dyn Error>>;

pub(crate) fn run() -> Done<()> {
    heading("(j) a draw of 100,000 entries checked by anybody, from its file alone");
    let programs = build()?;
    let folder = tempfile::tempdir()?;
    let written = told(
        Command::new(programs.join("examples/sample_bundle"))
            .arg(folder.path())
            .args([ENTRIES, "drawn"]),
    )?;
    let bundle = Path::new(written.lines().next().unwrap_or_default());
    println!("  {} bytes", fs::metadata(bundle)?.len());
    let rounds = (0..PROGRAM_ROUNDS).map(|_| by_the_program(&programs, bundle));
    let rounds = rounds.collect::<Done<Vec<_>>>()?;
    print("program", "read and hashed once", rounds);
    match by_the_page(bundle) {
        Ok(rounds) => print("page", "JSON.parse", rounds),
        Err(missing) => println!("  no page: {missing}; scripts/test installs what it needs"),
    }
    println!();
    Ok(())
}

/// The folder of the release's programs, which hold the verifier and what writes a sample of a bundle.
fn build() -> Done<PathBuf> {
    let here = std::env::current_exe()?;
    let target = here.ancestors().nth(2).ok_or("a program outside target/")?;
    told(
        Command::new(env!("CARGO"))
            .args(["build", "--release", "--locked", "--quiet"])
            .args(["-p", "verifier", "--bin", "verifier"])
            .args(["-p", "cloud-core", "--example", "sample_bundle"])
            .arg("--target-dir")
            .arg(target)
            .current_dir(root()),
    )?;
    Ok(target.join("release"))
}

/// What both took, the check and what it is compared with.
type Round = (Duration, Duration);

fn by_the_program(programs: &Path, bundle: &Path) -> Done<Round> {
    let began = Instant::now();
    let report = told(Command::new(programs.join("verifier")).arg(bundle))?;
    let checked = began.elapsed();
    if !report.contains("RESULTADO: CONFERE") {
        return Err(format!("the program refuses a good bundle: {report}").into());
    }
    let began = Instant::now();
    black_box(Sha256::digest(fs::read(bundle)?));
    Ok((checked, began.elapsed()))
}

/// In one tab, offline; the browser's own clock, so that its start is not counted.
fn by_the_page(bundle: &Path) -> Done<Vec<Round>> {
    let answer = told(
        Command::new("node")
            .arg(root().join("tests/e2e/verifier-bench.mjs"))
            .arg(root().join("web/verifier/verificar.html"))
            .arg(bundle)
            .arg(PAGE_ROUNDS),
    )?;
    let rounds: Vec<Value> = serde_json::from_str(&answer)?;
    let took = |round: &Value, name: &str| {
        let micros = round[name].as_u64();
        micros.map(Duration::from_micros).ok_or("a time is missing")
    };
    let pair = |round| Ok((took(round, "page_us")?, took(round, "parse_us")?));
    rounds.iter().map(pair).collect()
}

fn print(name: &str, baseline: &str, rounds: Vec<Round>) {
    let count = rounds.len();
    let (checked, compared): (Vec<_>, Vec<_>) = rounds.into_iter().unzip();
    let [checked, compared] =
        [checked, compared].map(|all| median(all.iter().map(micros).collect()));
    println!(
        "  {name:<8} {:>9.3?}   {baseline} {:>9.3?}   ratio {}   median of {count}",
        Duration::from_micros(checked),
        Duration::from_micros(compared),
        ratio(checked, compared)
    );
}

fn micros(took: &Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// What a program says on its standard output, once it has succeeded.
fn told(command: &mut Command) -> Done<String> {
    let name = command.get_program().display().to_string();
    let output = command.output().map_err(|why| format!("{name}: {why}"))?;
    if !output.status.success() {
        let wrong = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name}: {}\n{wrong}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
