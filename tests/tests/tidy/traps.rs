//! Each trap of the bank's world (`shared/facts/pix.md`, 4.1) has a test that carries its number.

use crate::repo;
use std::collections::BTreeSet;

const TRAPS: usize = 25;

fn named(text: &str) -> BTreeSet<usize> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let tests = lines.windows(2).filter(|pair| {
        let attribute = pair[0].starts_with("#[test]") || pair[0].starts_with("#[tokio::test");
        attribute && pair[1].contains("fn trap_")
    });
    tests
        .filter_map(|pair| {
            let (_, rest) = pair[1].split_once("fn trap_")?;
            rest.get(..2)?.parse().ok()
        })
        .collect()
}

#[test]
fn no_trap_is_without_its_test() {
    let found: BTreeSet<usize> = repo::files()
        .iter()
        .filter(|path| path.ends_with(".rs"))
        .filter_map(|path| repo::text(path))
        .flat_map(|text| named(&text))
        .collect();
    let missing: Vec<usize> = (1..=TRAPS).filter(|trap| !found.contains(trap)).collect();
    assert_eq!(missing, Vec::<usize>::new());
}

#[test]
fn only_a_test_counts() {
    let text = "#[test]\nfn trap_07_polls() {}\nfn trap_08_helps() {}\n// fn trap_09_is_words\n\
                #[tokio::test]\n    async fn trap_10_waits() {}\n";
    assert_eq!(named(text), BTreeSet::from([7, 10]));
}
