//! What logs and errors must not be able to say: who somebody is, where they are, and secrets.
//!
//! `shared::personal` cannot be printed, and the compiler proves it. These rules are for what comes
//! before a text is one of its types, and for the ways around it.

use crate::repo::{Breach, demand_none};
use crate::source::{self, Kind, Source};
use std::collections::BTreeSet;

/// Programs and their rooms. `web` logs nothing: it has no crate to log with.
const LOGGING: &[&str] = &[
    "cloud/src",
    "cloud/core/src",
    "cloud/psp-sandbox/src",
    "edge/src",
    "edge/core/src",
    "hardware/src",
    "shared/src",
];

/// Macros that write where operators read. What a command prints on its standard output was asked for.
const WRITERS: &[&str] = &[
    "trace", "debug", "info", "warn", "error", "event", "span", "eprintln", "eprint",
];

/// Fields, values and calls that are a person, an address of one, or a secret.
const PRIVATE: &[&str] = &[
    "cpf",
    "email",
    "phone",
    "holder",
    "payer",
    "person_name",
    "pix_key",
    "chave",
    "nome",
    "motivo",
    "login",
    "password",
    "bearer",
    "secret",
    "token",
    "copy_paste",
    "reveal",
    "digits",
    "formatted",
    "body",
    "headers",
    "query",
    "uri",
    "ip",
    "peer_addr",
    "remote_addr",
    "forwarded",
    "user_agent",
];

/// A text with one of these names is a person's before it is parsed.
const PERSONAL_FIELDS: &[&str] = &[
    "cpf",
    "email",
    "phone",
    "holder",
    "person_name",
    "payer_name",
];

#[test]
fn no_log_line_names_a_person_or_a_secret() {
    demand_none(&over(LOGGING, told));
}

#[test]
fn nothing_logs_its_arguments_or_whole_requests() {
    demand_none(&over(LOGGING, unseen));
}

#[test]
fn what_prints_itself_holds_no_personal_text() {
    demand_none(&over(
        &[
            "cloud/src",
            "cloud/core/src",
            "edge/src",
            "edge/core/src",
            "shared/src",
        ],
        printable,
    ));
}

fn over(folders: &[&str], rule: fn(&Source) -> Vec<Breach>) -> Vec<Breach> {
    source::within(folders).iter().flat_map(rule).collect()
}

/// Private words within `info!(…)` and its like; in format strings only what stands in braces.
fn told(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for at in 0..source.tokens.len() {
        let Some(inside) = written(source, at) else {
            continue;
        };
        let words: BTreeSet<(String, usize)> = inside
            .iter()
            .flat_map(|token| {
                words_of(&token.kind)
                    .into_iter()
                    .map(|word| (word, token.line))
            })
            .collect();
        for (word, line) in words {
            if PRIVATE.contains(&word.as_str()) && !source.in_test(line) {
                let fault = format!("a log line has `{word}`");
                breaches.push(Breach::at_line(
                    &source.path,
                    line,
                    fault,
                    "Log an id, a count or a code; a person is read by `masked` on pages only",
                ));
            }
        }
    }
    breaches
}

/// What stands within the macro call that begins at this token.
fn written(source: &Source, at: usize) -> Option<&[source::Token]> {
    let [name, mark, open] = source.tokens.get(at..at + 3)? else {
        return None;
    };
    let Kind::Word(name) = &name.kind else {
        return None;
    };
    if !WRITERS.contains(&name.as_str()) || mark.kind != Kind::Mark('!') {
        return None;
    }
    let Kind::Open(_) = open.kind else {
        return None;
    };
    let mut depth = 0;
    let rest = &source.tokens[at + 2..];
    let end = rest.iter().position(|token| {
        match token.kind {
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    Some(&rest[..end])
}

fn words_of(kind: &Kind) -> Vec<String> {
    match kind {
        Kind::Word(word) => vec![word.clone()],
        Kind::Text(text) => {
            let within = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split('}').next());
            within
                .map(|name| name.split(':').next().unwrap_or_default().to_owned())
                .collect()
        }
        _ => Vec::new(),
    }
}

/// `#[instrument]` writes every argument down, `TraceLayer` every address that is asked for.
fn unseen(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for word in ["instrument", "TraceLayer"] {
        for line in source.find(&[source::word(word)]) {
            let fault = format!("`{word}` logs what nobody chose");
            breaches.push(Breach::at_line(
                &source.path,
                line,
                fault,
                "Log the event where it happens, with the fields it needs",
            ));
        }
    }
    breaches
}

/// `cpf: String` in a type that derives `Debug`, with or without `Option`.
fn printable(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut derives_debug = false;
    let kinds: Vec<&Kind> = source.tokens.iter().map(|token| &token.kind).collect();
    let is = |at: usize, word: &str| matches!(kinds.get(at), Some(Kind::Word(w)) if w == word);
    for (at, kind) in kinds.iter().enumerate() {
        if is(at, "derive") {
            let list = kinds[at..]
                .iter()
                .take_while(|kind| !matches!(kind, Kind::Close(_)));
            derives_debug = list.into_iter().any(|kind| **kind == source::word("Debug"));
        }
        if is(at, "fn") || is(at, "impl") {
            derives_debug = false;
        }
        let Kind::Word(field) = kind else {
            continue;
        };
        let text = is(at + 2, "String") || (is(at + 2, "Option") && is(at + 4, "String"));
        let line = source.tokens[at].line;
        if derives_debug
            && PERSONAL_FIELDS.contains(&field.as_str())
            && kinds.get(at + 1) == Some(&&Kind::Mark(':'))
            && text
            && !source.in_test(line)
        {
            breaches.push(Breach::at_line(
                &source.path,
                line,
                format!("`{field}: String` in a type that prints itself"),
                "Use the type of shared::personal or shared::document, or derive no `Debug`",
            ));
        }
    }
    breaches
}

#[test]
fn finds_every_kind_of_breach() {
    let count = |rule: fn(&Source) -> Vec<Breach>, text: &str| {
        rule(&Source::parse("cloud/src/pix.rs", text)).len()
    };
    for (text, breaches) in [
        ("fn a() { tracing::info!(person.cpf = %x, \"known\"); }", 1),
        ("fn a() { warn!(\"no mail to {email}\"); }", 1),
        ("fn a() { eprintln!(\"{}\", name.reveal()); }", 1),
        (
            "fn a() { tracing::debug!(from = ?request.headers(), \"x\"); }",
            1,
        ),
        (
            "fn a() { tracing::info!(rental.id = %id, \"the cpf is known\"); }",
            0,
        ),
        ("fn a() { let cpf = 1; }", 0),
        (
            "#[cfg(test)]\nmod tests { fn a() { eprintln!(\"{cpf}\"); } }",
            0,
        ),
    ] {
        assert_eq!(count(told, text), breaches, "{text}");
    }
    assert_eq!(count(unseen, "#[tracing::instrument] fn a() {}"), 1);
    assert_eq!(count(unseen, "fn a() { TraceLayer::new_for_http(); }"), 1);
    for (text, breaches) in [
        ("#[derive(Debug, Clone)] struct A { cpf: String }", 1),
        (
            "#[derive(Debug)] struct A { pub holder: Option<String> }",
            1,
        ),
        ("#[derive(Clone)] struct A { cpf: String }", 0),
        ("#[derive(Debug)] struct A { cpf: Cpf }", 0),
        (
            "#[derive(Debug)] struct A { x: u8 } impl A { fn b(cpf: String) {} }",
            0,
        ),
    ] {
        assert_eq!(count(printable, text), breaches, "{text}");
    }
}
