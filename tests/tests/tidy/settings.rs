//! Every setting that a program reads stands in the README's table, and nothing else does.

use crate::repo::{self, Breach, demand_none};
use crate::source::{self, Kind, Source};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn the_readme_names_every_setting_and_no_other() {
    let mut settings = BTreeMap::new();
    for source in source::all() {
        for (name, line) in read_settings(&source) {
            settings
                .entry(name)
                .or_insert_with(|| (source.path.clone(), line));
        }
    }
    assert!(
        settings.len() > 20,
        "only {} settings found in the sources",
        settings.len()
    );
    let readme = repo::text("README.md").unwrap_or_default();
    let mut breaches = undocumented(&settings, &readme);
    breaches.extend(stale(&readme, &everywhere_but_readme()));
    demand_none(&breaches);
}

/// String literals outside tests that are a setting's name and nothing more.
fn read_settings(source: &Source) -> Vec<(String, usize)> {
    source
        .tokens
        .iter()
        .filter(|token| !source.in_test(token.line))
        .filter_map(|token| match &token.kind {
            Kind::Text(text) if is_setting(text) => Some((text.clone(), token.line)),
            _ => None,
        })
        .collect()
}

fn undocumented(settings: &BTreeMap<String, (String, usize)>, readme: &str) -> Vec<Breach> {
    let documented = settings_in(readme);
    settings
        .iter()
        .filter(|(name, _)| !documented.contains(*name))
        .map(|(name, (path, line))| {
            let fault = format!("README.md says nothing of {name}");
            Breach::at_line(path, *line, fault, "Add it to the configuration table")
        })
        .collect()
}

fn stale(readme: &str, known: &BTreeSet<String>) -> Vec<Breach> {
    settings_in(readme)
        .iter()
        .filter(|name| !known.contains(*name))
        .map(|name| {
            let fault = format!("nothing reads {name}");
            Breach::at_file("README.md", fault, "Take it out, or correct the name")
        })
        .collect()
}

fn everywhere_but_readme() -> BTreeSet<String> {
    let is_code = |path: &String| path.ends_with(".rs") || path.starts_with("scripts/");
    let is_browser_test = |path: &String| path.starts_with("tests/e2e/");
    repo::files()
        .iter()
        .filter(|path| is_code(path) || is_browser_test(path))
        .flat_map(|path| settings_in(&repo::text(path).unwrap_or_default()))
        .collect()
}

fn settings_in(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| is_setting(word))
        .map(str::to_owned)
        .collect()
}

fn is_setting(text: &str) -> bool {
    let allowed =
        |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    text.strip_prefix("VOLTA_")
        .is_some_and(|rest| !rest.is_empty() && !rest.ends_with('_') && rest.chars().all(allowed))
}

#[test]
fn catches_settings_that_the_readme_lacks() {
    let text = "#[arg(long, env = \"VOLTA_EDGE_A\")]\nconst B: &str = \"VOLTA_EDGE_B\";\nconst C: &str = \"see VOLTA_EDGE_C\";\n#[cfg(test)]\nmod tests { const D: &str = \"VOLTA_EDGE_D\"; }";
    let found = read_settings(&Source::parse("edge/src/config.rs", text));
    assert_eq!(
        found,
        [
            ("VOLTA_EDGE_A".to_owned(), 1),
            ("VOLTA_EDGE_B".to_owned(), 2)
        ]
    );
    let settings: BTreeMap<String, (String, usize)> = found
        .into_iter()
        .map(|(name, line)| (name, ("a.rs".to_owned(), line)))
        .collect();
    assert_eq!(undocumented(&settings, "").len(), 2);
    assert_eq!(
        undocumented(&settings, "| `VOLTA_EDGE_A` | `VOLTA_EDGE_BB` |").len(),
        1
    );
}

#[test]
fn catches_settings_that_nothing_reads() {
    let known = BTreeSet::from(["VOLTA_EDGE_A".to_owned()]);
    assert_eq!(
        stale("`VOLTA_EDGE_A` and `VOLTA_EDGE_OLD`", &known).len(),
        1
    );
}
