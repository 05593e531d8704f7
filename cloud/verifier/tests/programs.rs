//! The program as a process, and the page in Chromium without a network, on the same files.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where by panicking")]

#[path = "support/bundle.rs"]
mod bundle;

#[path = "support/lies.rs"]
mod lies;

use bundle::Maker;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const FLIPS: usize = 200;
/// More than a program may read into memory.
const HUGE_BYTES: u64 = 3_000_000_000;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn verify(paths: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_verifier")).args(paths).output().unwrap()
}

/// Files with what the program says of each, as the page is to say it.
fn cases(folder: &Path) -> Vec<Value> {
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    texts.extend(lies::good().into_iter().map(|(name, text, _)| (format!("good {name}"), text.into_bytes())));
    texts.extend(lies::lies().into_iter().map(|(name, text, _)| (format!("lie {name}"), text.into_bytes())));
    let whole = Maker::accounted(lies::N).text().into_bytes();
    for flip in 0..FLIPS {
        let at = usize::try_from(u64::from_be_bytes(bundle::hash(&[&flip.to_be_bytes()])[..8].try_into().unwrap()) >> 1).unwrap();
        let mut bytes = whole.clone();
        bytes[at % whole.len()] ^= 1 << (flip % 8);
        texts.push((format!("flip {flip}"), bytes));
    }
    let mut cases = Vec::new();
    for (name, bytes) in texts {
        let path = folder.join(format!("{}.json", name.replace(' ', "-")));
        fs::write(&path, bytes).unwrap();
        cases.push(case(&name, &path, None));
    }
    let whole = Maker::committed(lies::N).text().into_bytes();
    for (name, receipt, holds) in lies::receipts() {
        let name = format!("{} receipt {name}", if holds { "good" } else { "lie" });
        let [path, receipt_path] = ["json", "recibo"].map(|end| folder.join(format!("{}.{end}", name.replace(' ', "-"))));
        fs::write(&path, &whole).unwrap();
        fs::write(&receipt_path, receipt).unwrap();
        cases.push(case(&name, &path, Some(&receipt_path)));
    }
    let huge = folder.join("huge.json");
    fs::File::create(&huge).unwrap().set_len(HUGE_BYTES).unwrap();
    cases.push(case("lie huge", &huge, None));
    cases
}

fn case(name: &str, path: &Path, receipt: Option<&Path>) -> Value {
    let output = verify(&[Some(path), receipt].into_iter().flatten().collect::<Vec<_>>());
    let text = String::from_utf8(output.stdout).unwrap();
    let verdict = text.lines().find_map(|line| line.strip_prefix("RESULTADO: ")).unwrap();
    assert_eq!(output.status.code(), Some(i32::from(verdict.starts_with("RECUSADO"))), "{name}: {text}");
    assert_eq!(verdict.starts_with("CONFERE"), name.starts_with("good"), "{name}: {text}");
    assert!(text.len() < 10_000 && !text.contains(|c: char| c.is_control() && c != '\n'), "{name}: {text:?}");
    let refused = verdict.split('"').nth(1);
    json!({"path": path, "receipt": receipt, "refused": refused, "pending": verdict.starts_with("CONFERE ATÉ")})
}

#[test]
fn the_program_tells_by_its_exit_code() {
    let folder = folder("exit-codes");
    let (good, receipt, other) = (folder.join("good.json"), folder.join("receipt.json"), folder.join("other.json"));
    fs::write(&good, Maker::accounted(lies::N).text()).unwrap();
    fs::write(&receipt, bundle::receipt(3).to_string()).unwrap();
    fs::write(&other, bundle::receipt(lies::N).to_string()).unwrap();
    let nowhere = folder.join("nowhere.json");
    for (paths, code) in [
        (vec![good.as_path()], 0),
        (vec![&good, &receipt], 0),
        (vec![Path::new("--help")], 0),
        (vec![&good, &other], 1),
        (vec![&receipt], 1),
        (vec![&nowhere], 2),
        (vec![&good, &nowhere], 2),
        (vec![], 2),
        (vec![&good, &receipt, &receipt], 2),
    ] {
        assert_eq!(verify(&paths).status.code(), Some(code), "{paths:?}");
    }
    let nobody_reads = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_verifier")).arg(&good).stdout(nobody_reads).status().unwrap();
    assert_eq!(status.code(), Some(0));
}

/// Needs Node and Chromium, which `scripts/test` installs; without them it fails where `CI` is set.
#[test]
fn the_page_says_what_the_program_says() {
    let folder = folder("page");
    let cases = folder.join("cases.txt");
    fs::write(&cases, Value::Array(self::cases(&folder)).to_string()).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let chromium = ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| {
        let paths = std::env::var_os("PATH")?;
        std::env::split_paths(&paths).map(|folder| folder.join(name)).find(|path| path.is_file())
    });
    let Some(chromium) = chromium.filter(|_| root.join("tests/e2e/node_modules/playwright-core").exists()) else {
        assert!(std::env::var_os("CI").is_none(), "Chromium or playwright-core is missing; scripts/test installs them");
        eprintln!("\n*** SKIPPED: Chromium or playwright-core is missing; scripts/test installs them ***\n");
        return;
    };
    let page = root.join("web/verifier/verificar.html");
    let output = Command::new("node").arg(root.join("tests/e2e/verifier.mjs")).args([&chromium, &page, &cases]).output().unwrap();
    let (told, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{wrong}");
}
