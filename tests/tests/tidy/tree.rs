//! What lies where in the repository.

use crate::repo::{self, Breach, demand_none};

const FILE_BYTES_MAX: u64 = 400_000; // a clone stays small; fact files and captures live elsewhere

const ROOMS: &[&str] = &[
    "cloud", "edge", "hardware", "scripts", "shared", "tests", "web",
];
const FILES: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "clippy.toml",
    "deny.toml",
    "rust-toolchain.toml",
    "rustfmt.toml",
];

#[test]
fn the_top_level_is_the_house_of_the_architecture_page() {
    demand_none(&intruders(&repo::files()));
}

#[test]
fn modules_are_files_with_names() {
    demand_none(&nameless(&repo::files()));
}

#[test]
fn no_file_is_large() {
    let size = |path: &String| {
        let bytes = std::fs::metadata(repo::root().join(path)).map_or(0, |found| found.len());
        (path.clone(), bytes)
    };
    let sizes: Vec<(String, u64)> = repo::files().iter().map(size).collect();
    demand_none(&large(&sizes));
}

fn intruders(paths: &[String]) -> Vec<Breach> {
    paths
        .iter()
        .filter(|path| match path.split_once('/') {
            Some((folder, _)) => !ROOMS.contains(&folder) && !folder.starts_with('.'),
            None => !FILES.contains(&path.as_str()) && !path.starts_with('.'),
        })
        .map(|path| {
            let fault = "the top level has a fixed list of entries".to_owned();
            Breach::at_file(
                path,
                fault,
                "Put it into one of the rooms of architecture.md",
            )
        })
        .collect()
}

fn nameless(paths: &[String]) -> Vec<Breach> {
    paths
        .iter()
        .filter(|path| path.ends_with("/mod.rs"))
        .map(|path| {
            Breach::at_file(
                path,
                "a `mod.rs`".to_owned(),
                "Name it `foo.rs` beside `foo/`",
            )
        })
        .collect()
}

fn large(sizes: &[(String, u64)]) -> Vec<Breach> {
    sizes
        .iter()
        .filter(|(_, bytes)| *bytes > FILE_BYTES_MAX)
        .map(|(path, bytes)| {
            let fault = format!("{bytes} bytes, at most {FILE_BYTES_MAX}");
            Breach::at_file(path, fault, "Generate it in a test, or make it smaller")
        })
        .collect()
}

#[test]
fn catches_misplaced_files() {
    let paths = |list: &[&str]| {
        list.iter()
            .map(|path| (*path).to_owned())
            .collect::<Vec<_>>()
    };
    let good = paths(&[
        "edge/src/main.rs",
        ".ci/run",
        ".gitignore",
        "README.md",
        "Cargo.lock",
    ]);
    assert!(intruders(&good).is_empty() && nameless(&good).is_empty());
    assert_eq!(
        intruders(&paths(&["docs/a.md", "notes.txt", "edge.rs"])).len(),
        3
    );
    assert_eq!(nameless(&paths(&["edge/src/journal/mod.rs"])).len(), 1);
    let sizes = [
        ("a".to_owned(), FILE_BYTES_MAX),
        ("b".to_owned(), FILE_BYTES_MAX + 1),
    ];
    assert_eq!(large(&sizes).len(), 1);
}
