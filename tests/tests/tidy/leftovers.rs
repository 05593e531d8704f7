//! What a finished piece of work does not leave behind.

use crate::repo::{self, Breach, demand_none};
use crate::source::{self, Kind, Source, word};
use proc_macro2::Delimiter::{Bracket, Parenthesis};

/// Split, so that this file does not carry them itself.
const NOTES: &[&str] = &[
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("TO", "DO"),
];

const NOTED: &[&str] = &[
    "rs", "html", "css", "js", "mjs", "sql", "toml", "md", "sh", "py", "yml", "yaml", "json",
];

#[test]
fn no_leftovers_in_the_code() {
    let breaches: Vec<Breach> = source::all().iter().flat_map(leftovers).collect();
    demand_none(&breaches);
}

#[test]
fn no_notes_to_self() {
    let breaches: Vec<Breach> = repo::files()
        .iter()
        .filter(|path| is_noted(path))
        .flat_map(|path| notes(path, &repo::text(path).unwrap_or_default()))
        .collect();
    demand_none(&breaches);
}

fn leftovers(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut say = |line: usize, fault: &str, way_out| {
        breaches.push(Breach::at_line(
            &source.path,
            line,
            fault.to_owned(),
            way_out,
        ));
    };
    for name in ["todo", "unimplemented", "dbg"] {
        for line in source.find(&[word(name), Kind::Mark('!')]) {
            say(
                line,
                &format!("`{name}!` is unfinished work"),
                "Finish it, or leave it out",
            );
        }
    }
    let inner = [
        Kind::Mark('#'),
        Kind::Mark('!'),
        Kind::Open(Bracket),
        word("allow"),
    ];
    let outer = [Kind::Mark('#'), Kind::Open(Bracket), word("allow")];
    for line in source.find(&outer).into_iter().chain(source.find(&inner)) {
        say(
            line,
            "`#[allow]` outlives its cause",
            "Write `#[expect(lint, reason = \"…\")]`",
        );
    }
    for line in expects_without_reason(source) {
        say(line, "`#[expect]` without a reason", "Add `reason = \"…\"`");
    }
    let unwrap = [
        Kind::Mark('.'),
        word("unwrap"),
        Kind::Open(Parenthesis),
        Kind::Close(Parenthesis),
    ];
    for line in source
        .find(&unwrap)
        .into_iter()
        .filter(|line| !source.in_test(*line))
    {
        let way_out = "Return an error, or `expect` with the invariant that makes it safe";
        say(line, "`unwrap()` outside tests", way_out);
    }
    breaches
}

fn expects_without_reason(source: &Source) -> Vec<usize> {
    let start = [Kind::Open(Bracket), word("expect"), Kind::Open(Parenthesis)];
    let tokens = &source.tokens;
    (0..tokens.len())
        .filter(|index| {
            tokens[*index..]
                .iter()
                .map(|token| &token.kind)
                .take(3)
                .eq(&start)
        })
        .filter(|index| {
            let attribute = tokens[*index..]
                .iter()
                .take_while(|token| token.kind != Kind::Close(Bracket));
            !attribute
                .map(|token| &token.kind)
                .any(|kind| *kind == word("reason"))
        })
        .map(|index| tokens[index].line)
        .collect()
}

fn is_noted(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_lock = name == "package-lock.json" || name == "Cargo.lock";
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    !is_lock && (path.starts_with("scripts/") || extension.is_some_and(|it| NOTED.contains(&it)))
}

fn notes(path: &str, text: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        if let Some(note) = words.find(|word| NOTES.contains(word)) {
            let fault = format!("`{note}` is a note to self");
            let way_out = "Do it, or open an issue and take the note out";
            breaches.push(Breach::at_line(path, index + 1, fault, way_out));
        }
    }
    breaches
}

#[test]
fn catches_leftovers() {
    for (path, text, breaches) in [
        ("edge/src/a.rs", "fn f() { todo!() }", 1),
        ("edge/src/a.rs", "fn f() { vec![dbg!(1)]; }", 1),
        ("edge/src/a/tests.rs", "fn f() { unimplemented!() }", 1),
        ("edge/src/a.rs", "#[allow(dead_code)]\nfn f() {}", 1),
        ("edge/src/a.rs", "#![allow(dead_code)]", 1),
        ("edge/src/a.rs", "#[expect(dead_code)]\nfn f() {}", 1),
        (
            "edge/src/a.rs",
            "#[expect(dead_code, reason = \"…\")]\nfn f() {}",
            0,
        ),
        (
            "edge/src/a.rs",
            "fn f() { x().unwrap(); assert!(y.unwrap()); }",
            2,
        ),
        ("edge/src/a.rs", "fn f() { x().unwrap_or_default(); }", 0),
        (
            "edge/src/a.rs",
            "/// never `unwrap()`\nfn f() { g(\".unwrap()\"); }",
            0,
        ),
        (
            "edge/src/a.rs",
            "#[cfg(test)]\nmod tests { fn f() { x().unwrap(); } }",
            0,
        ),
        ("edge/tests/a.rs", "fn f() { x().unwrap(); }", 0),
    ] {
        let found = leftovers(&Source::parse(path, text));
        assert_eq!(found.len(), breaches, "{path}: {text}: {found:?}");
    }
}

#[test]
fn catches_notes() {
    for note in NOTES {
        assert_eq!(
            notes("web/a.css", &format!("a\n/* {note}: later */")).len(),
            1,
            "{note}"
        );
        assert_eq!(
            notes("web/a.css", &format!("{note}S and a{note}")).len(),
            0,
            "{note}"
        );
    }
    assert!(is_noted("scripts/run") && is_noted("web/static/live.js") && is_noted("README.md"));
    assert!(!is_noted("tests/e2e/package-lock.json") && !is_noted("LICENSE"));
}
