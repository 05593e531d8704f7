//! Who may import whom. Purity is a Cargo.toml: what a crate does not depend on, it cannot do.

use crate::repo::{self, Breach, demand_none};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

/// The table of the architecture page: a crate, and which of ours it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("shared", &[]),
    ("hardware", &["shared"]),
    ("edge-core", &["shared"]),
    ("cloud-core", &["shared"]),
    ("web", &["shared"]),
    ("edge", &["edge-core", "hardware", "web", "shared"]),
    ("cloud", &["cloud-core", "web", "shared"]),
    ("psp-sandbox", &["shared"]),
    // Independent of cloud-core, so that a mistake of one shows in the other.
    ("verifier", &[]),
    ("crash-vfs", &["edge", "edge-core", "shared"]),
    (
        "system-tests",
        &[
            "cloud",
            "cloud-core",
            "edge",
            "edge-core",
            "hardware",
            "psp-sandbox",
            "shared",
            "web",
        ],
    ),
];

/// Packages that are no part of a product and spell their lints out: `crash-vfs` hands SQLite a file
/// system through C, which takes `unsafe`, each with its reason.
const OWN_LINTS: &[&str] = &["tests/crash-vfs/Cargo.toml"];

/// Crates without input, output, clock or chance, through everything they depend on.
const PURE: &[&str] = &["shared", "edge-core", "cloud-core"];

const IMPURE: &[&str] = &[
    "tokio",
    "rusqlite",
    "postgres",
    "axum",
    "reqwest",
    "rumqttc",
    "rumqttd",
    "rppal",
    "getrandom",
    "rand",
    "hyper",
    "socket2",
    "mio",
];

/// `web` makes text of view structs.
const NOT_FOR_WEB: &[&str] = &[
    "axum", "rusqlite", "postgres", "tokio", "reqwest", "rumqttc", "rumqttd", "hyper",
];

const ARROW_WAY_OUT: &str = "Move the code to a crate that may import both, or pass the value in; the table is in \
     architecture.md, \"Who may import whom\"";

struct Package {
    name: String,
    manifest: String,
    license: Option<String>,
    may_be_published: bool,
    dependencies: Vec<String>,
}

#[test]
fn crates_import_only_along_the_table() {
    let breaches: Vec<Breach> = packages().iter().flat_map(wrong_arrows).collect();
    demand_none(&breaches);
}

#[test]
fn pure_crates_reach_nothing_that_does_input_or_output() {
    let mut breaches = Vec::new();
    for name in PURE {
        breaches.extend(impure(name, &reach(name), IMPURE));
    }
    breaches.extend(impure("web", &reach("web"), NOT_FOR_WEB));
    demand_none(&breaches);
}

#[test]
fn every_manifest_takes_licence_lints_and_versions_from_the_workspace() {
    let mut breaches = Vec::new();
    for package in packages() {
        breaches.extend(wrong_terms(&package));
        let text = repo::text(&package.manifest).expect("cargo has just read it");
        breaches.extend(wrong_manifest(&package.manifest, &text));
    }
    demand_none(&breaches);
}

fn packages() -> Vec<Package> {
    let text = repo::output(cargo().args([
        "metadata",
        "--no-deps",
        "--offline",
        "--format-version",
        "1",
    ]));
    let metadata: Value = serde_json::from_str(&text).expect("cargo metadata prints JSON");
    let packages = metadata["packages"]
        .as_array()
        .expect("metadata lists packages");
    packages.iter().map(package).collect()
}

fn package(value: &Value) -> Package {
    let string = |field: &Value| field.as_str().map(str::to_owned);
    let manifest = string(&value["manifest_path"]).expect("a package has a manifest");
    let root = repo::root();
    Package {
        name: string(&value["name"]).expect("a package has a name"),
        manifest: manifest
            .strip_prefix(root.to_str().expect("the clone has a UTF-8 path"))
            .map_or(manifest.clone(), |path| {
                path.trim_start_matches('/').to_owned()
            }),
        license: string(&value["license"]),
        may_be_published: value["publish"] != serde_json::json!([]),
        dependencies: value["dependencies"]
            .as_array()
            .expect("a package has dependencies")
            .iter()
            .filter_map(|dependency| string(&dependency["name"]))
            .collect(),
    }
}

/// Names of everything that `name` links when it is built alone, itself left out.
fn reach(name: &str) -> BTreeSet<String> {
    let tree = [
        "tree",
        "--offline",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--package",
        name,
    ];
    repo::output(
        cargo()
            .args(tree)
            .args(["--all-features", "--format", "{p}"]),
    )
    .lines()
    .filter_map(|line| line.split_whitespace().next())
    .filter(|found| *found != name)
    .map(str::to_owned)
    .collect()
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(repo::root());
    command
}

fn wrong_arrows(package: &Package) -> Vec<Breach> {
    let Some((_, may)) = MAY_IMPORT.iter().find(|(name, _)| *name == package.name) else {
        let fault = format!("crate `{}` is not in the import table", package.name);
        return vec![Breach::at_file(&package.manifest, fault, ARROW_WAY_OUT)];
    };
    let is_ours = |name: &str| MAY_IMPORT.iter().any(|(ours, _)| *ours == name);
    package
        .dependencies
        .iter()
        .filter_map(|dependency| {
            let fault = if is_ours(dependency) && !may.contains(&dependency.as_str()) {
                format!("`{}` may not import `{dependency}`", package.name)
            } else if dependency == "rppal" && package.name != "hardware" {
                format!("`{}` names rppal, which only `hardware` may", package.name)
            } else {
                return None;
            };
            Some(Breach::at_file(&package.manifest, fault, ARROW_WAY_OUT))
        })
        .collect()
}

fn impure(name: &str, reached: &BTreeSet<String>, never: &[&str]) -> Vec<Breach> {
    never
        .iter()
        .filter(|banned| reached.contains(**banned))
        .map(|banned| {
            let fault = format!("`{name}` reaches `{banned}`");
            let place = format!("Cargo.toml of {name}");
            Breach::at_file(
                &place,
                fault,
                "Take the value as an argument; `cargo tree -p <crate> -i <dependency>` shows the way",
            )
        })
        .collect()
}

fn wrong_terms(package: &Package) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut say = |fault: &str, way_out| {
        breaches.push(Breach::at_file(
            &package.manifest,
            fault.to_owned(),
            way_out,
        ));
    };
    if package.license.as_deref() != Some("Apache-2.0") {
        say(
            "the licence is not Apache-2.0",
            "Write `license.workspace = true`",
        );
    }
    if package.may_be_published {
        say(
            "the crate could be published by mistake",
            "Write `publish.workspace = true`",
        );
    }
    breaches
}

fn wrong_manifest(path: &str, text: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let own = OWN_LINTS.contains(&path) && text.contains("undocumented_unsafe_blocks");
    if !own && !text.contains("[lints]\nworkspace = true") {
        let fault = "the workspace's lints are off".to_owned();
        breaches.push(Breach::at_file(
            path,
            fault,
            "Write `[lints]` and `workspace = true`",
        ));
    }
    let mut in_dependencies = false;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            in_dependencies = line.contains("dependencies");
        } else if in_dependencies && line.contains('=') && !line.contains("workspace = true") {
            let fault = format!("`{line}` has a version of its own");
            let way_out = "Pin it in the root Cargo.toml and write `workspace = true`";
            breaches.push(Breach::at_line(path, index + 1, fault, way_out));
        }
    }
    breaches
}

#[test]
fn catches_wrong_arrows() {
    for (name, dependency, breaches) in [
        ("edge", "cloud", 1),
        ("cloud", "edge-core", 1),
        ("edge-core", "hardware", 1),
        ("shared", "web", 1),
        ("cloud", "rppal", 1),
        ("newcomer", "shared", 1),
        ("hardware", "rppal", 0),
        ("edge", "edge-core", 0),
        ("cloud", "serde", 0),
    ] {
        let package = example(name, dependency);
        assert_eq!(
            wrong_arrows(&package).len(),
            breaches,
            "{name} -> {dependency}"
        );
    }
}

#[test]
fn catches_impure_crates() {
    let reached = BTreeSet::from(["tokio".to_owned(), "serde".to_owned()]);
    assert_eq!(impure("shared", &reached, IMPURE).len(), 1);
    let everything = reach("cloud");
    for found in ["tokio", "rusqlite", "axum", "reqwest", "rumqttd"] {
        assert!(
            everything.contains(found),
            "`cargo tree` no longer shows that cloud has {found}"
        );
    }
}

#[test]
fn catches_wrong_terms() {
    assert!(wrong_terms(&example("edge", "serde")).is_empty());
    let loose = Package {
        license: None,
        may_be_published: true,
        ..example("edge", "serde")
    };
    assert_eq!(wrong_terms(&loose).len(), 2);
    let own = "[dependencies]\nserde = \"1\"\nhex.workspace = true\n";
    assert_eq!(wrong_manifest("edge/Cargo.toml", own).len(), 2);
    let unsafe_code = "[lints.rust]\nunsafe_code = \"allow\"\n";
    assert_eq!(wrong_manifest(OWN_LINTS[0], unsafe_code).len(), 1);
    let explained = format!("{unsafe_code}[lints.clippy]\nundocumented_unsafe_blocks = \"warn\"\n");
    assert_eq!(wrong_manifest(OWN_LINTS[0], &explained).len(), 0);
    assert_eq!(wrong_manifest("edge/Cargo.toml", &explained).len(), 1);
}

fn example(name: &str, dependency: &str) -> Package {
    Package {
        name: name.to_owned(),
        manifest: format!("{name}/Cargo.toml"),
        license: Some("Apache-2.0".to_owned()),
        may_be_published: false,
        dependencies: vec![dependency.to_owned()],
    }
}
