//! What a room may know: the rooms of the cloud, and the crates that know neither order nor time.

use crate::repo::{Breach, demand_none};
use crate::source::{self, Kind, Source, word};
use proc_macro2::Delimiter;
use std::collections::BTreeSet;

struct Room {
    /// A path prefix: the room is `prefix.rs` and everything under `prefix/`.
    prefix: &'static str,
    /// Names that must not be written there.
    words: &'static [&'static str],
    /// Rooms beside it that it must not import.
    rooms: &'static [&'static str],
    way_out: &'static str,
}

const ROOMS: &[Room] = &[
    Room {
        prefix: "cloud/src/http",
        words: &["reqwest", "rumqttc", "rumqttd"],
        rooms: &[],
        way_out: "A handler extracts, calls one action or one store read, and maps the answer",
    },
    Room {
        prefix: "cloud/src/actions",
        words: &["axum", "reqwest", "rumqttc", "rumqttd"],
        rooms: &["http", "mqtt", "outbox"],
        way_out: "An action decides inside one transaction; what the outside must do is an outbox row",
    },
    Room {
        prefix: "cloud/src/store",
        words: &["axum", "reqwest", "rumqttc", "rumqttd"],
        rooms: &["actions", "http", "mqtt", "outbox", "pix"],
        way_out: "The store knows SQL and nothing else; let an action combine",
    },
    Room {
        prefix: "cloud/src/pix",
        words: &["rumqttc", "rumqttd", "Tx"],
        rooms: &["store", "outbox"],
        way_out: "The client speaks to the bank; the outbox or an action stores what it learned",
    },
    Room {
        prefix: "cloud/src/mqtt",
        words: &["axum", "reqwest", "Tx"],
        rooms: &["http", "outbox"],
        way_out: "MQTT carries hints (decision D1); state changes are actions",
    },
    Room {
        prefix: "cloud/src/outbox",
        words: &["axum", "reqwest", "rumqttc", "rumqttd"],
        rooms: &["http"],
        way_out: "The outbox calls pix, mqtt and mail, and writes the outcome back by an action",
    },
];

const CLOUD: &[&str] = &["cloud/src"];
const ORDERED: &[&str] = &["shared/src", "edge/core/src", "cloud/core/src"];
const TIMELESS: &[&str] = &["shared/src", "edge/core/src", "cloud/core/src", "web/src"];

const SQL_WAY_OUT: &str =
    "Only cloud/src/store speaks SQL: put a function into the table's file there";

#[test]
fn rooms_of_the_cloud_know_only_their_own_trade() {
    demand_none(&over(CLOUD, strangers));
}

#[test]
fn handlers_hand_the_transaction_on_and_do_not_use_it() {
    demand_none(&over(CLOUD, handler_at_the_database));
}

#[test]
fn only_the_store_of_the_cloud_speaks_sql() {
    demand_none(&over(CLOUD, stray_sql));
}

#[test]
fn cores_iterate_in_order_and_take_time_as_an_argument() {
    demand_none(&over(TIMELESS, disorder));
}

fn over(folders: &[&str], rule: fn(&Source) -> Vec<Breach>) -> Vec<Breach> {
    source::within(folders).iter().flat_map(rule).collect()
}

fn strangers(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for room in ROOMS.iter().filter(|room| is_in(&source.path, room.prefix)) {
        let known = named(source)
            .into_iter()
            .filter(|(name, _)| room.words.contains(name));
        let entered = entered_rooms(source);
        let visits = entered
            .iter()
            .copied()
            .filter(|(name, _)| room.rooms.contains(name));
        for (name, line) in known
            .chain(visits)
            .filter(|(_, line)| !source.in_test(*line))
        {
            let fault = format!("`{name}` is not for {}", room.prefix);
            breaches.push(Breach::at_line(&source.path, line, fault, room.way_out));
        }
    }
    breaches
}

/// A handler names the transaction to pass it to an action or a store function, and that is all.
fn handler_at_the_database(source: &Source) -> Vec<Breach> {
    if !is_in(&source.path, "cloud/src/http") {
        return Vec::new();
    }
    let mut names = BTreeSet::from(["tx"]);
    for window in source.tokens.windows(4) {
        if let [
            Kind::Word(name),
            Kind::Mark(':'),
            Kind::Mark('&'),
            Kind::Word(kind),
        ] = [
            &window[0].kind,
            &window[1].kind,
            &window[2].kind,
            &window[3].kind,
        ] && kind == "Tx"
        {
            names.insert(name);
        }
    }
    let calls = names.iter().flat_map(|name| {
        let lines = source.find(&[word(name), Kind::Mark('.')]);
        lines.into_iter().map(move |line| (name, line))
    });
    calls
        .filter(|(_, line)| !source.in_test(*line))
        .map(|(name, line)| {
            let fault = format!("a handler calls a method of the transaction `{name}`");
            Breach::at_line(&source.path, line, fault, SQL_WAY_OUT)
        })
        .collect()
}

fn stray_sql(source: &Source) -> Vec<Breach> {
    if !source.path.starts_with("cloud/src/") || is_in(&source.path, "cloud/src/store") {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    let mut say = |line: usize, fault: String| {
        if !source.in_test(line) {
            breaches.push(Breach::at_line(&source.path, line, fault, SQL_WAY_OUT));
        }
    };
    for (name, line) in named(source) {
        if ["rusqlite", "postgres"].contains(&name) {
            say(line, format!("`{name}` is named outside the store"));
        }
    }
    for (index, token) in source.tokens.iter().enumerate() {
        let Kind::Text(text) = &token.kind else {
            continue;
        };
        let is_doc = index >= 2 && source.tokens[index - 2].kind == word("doc");
        if !is_doc && is_sql(text) {
            say(
                token.line,
                format!("SQL outside the store: {:.40?}", text.trim_start()),
            );
        }
    }
    breaches
}

fn disorder(source: &Source) -> Vec<Breach> {
    let lies_in = |folders: &[&str]| folders.iter().any(|folder| is_in(&source.path, folder));
    let mut breaches = Vec::new();
    let mut say = |line: usize, fault: String, way_out| {
        if !source.in_test(line) {
            breaches.push(Breach::at_line(&source.path, line, fault, way_out));
        }
    };
    for (name, line) in named(source) {
        if lies_in(ORDERED) && ["HashMap", "HashSet"].contains(&name) {
            say(
                line,
                format!("`{name}` has no order"),
                "Use BTreeMap or BTreeSet",
            );
        }
    }
    for clock in ["SystemTime", "Instant", "UtcDateTime", "Timestamp", "Zoned"] {
        let asks = [word(clock), Kind::Mark(':'), Kind::Mark(':'), word("now")];
        for line in source.find(&asks).into_iter().filter(|_| lies_in(TIMELESS)) {
            say(
                line,
                format!("`{clock}::now` reads a clock"),
                "Take `now` as an argument",
            );
        }
    }
    breaches
}

fn is_in(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

fn is_sql(text: &str) -> bool {
    const VERBS: &[&str] = &[
        "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "PRAGMA", "WITH",
    ];
    let first = text.split_whitespace().next().unwrap_or_default();
    let has_more = text.trim().len() > first.len();
    VERBS.contains(&first) && has_more || text.ends_with(".sql")
}

fn named(source: &Source) -> Vec<(&str, usize)> {
    source
        .tokens
        .iter()
        .filter_map(|token| match &token.kind {
            Kind::Word(name) => Some((name.as_str(), token.line)),
            _ => None,
        })
        .collect()
}

/// The first name after every `crate::`, groups in braces included.
fn entered_rooms(source: &Source) -> Vec<(&str, usize)> {
    let tokens = &source.tokens;
    let mut entered = Vec::new();
    for (start, window) in tokens.windows(3).enumerate() {
        let crate_path = [word("crate"), Kind::Mark(':'), Kind::Mark(':')];
        if !window.iter().map(|token| &token.kind).eq(&crate_path) {
            continue;
        }
        let mut depth = 0_usize;
        let mut expects_name = true;
        for token in &tokens[start + 3..] {
            match &token.kind {
                Kind::Open(Delimiter::Brace) => depth += 1,
                Kind::Close(Delimiter::Brace) => depth -= 1,
                Kind::Word(name) if expects_name && depth <= 1 => {
                    entered.push((name.as_str(), token.line));
                    expects_name = false;
                }
                Kind::Mark(',') if depth == 1 => expects_name = true,
                _ => {}
            }
            if depth == 0 && !expects_name {
                break;
            }
        }
    }
    entered
}

#[test]
fn catches_strangers() {
    for (path, text, breaches) in [
        ("cloud/src/http/dock.rs", "use rumqttc::Client;", 1),
        ("cloud/src/http.rs", "fn f(client: &reqwest::Client) {}", 1),
        ("cloud/src/http/dock.rs", "use axum::Router;", 0),
        ("cloud/src/httpd.rs", "use rumqttc::Client;", 0),
        ("cloud/src/actions/take_cart.rs", "use axum::Json;", 1),
        (
            "cloud/src/actions/take_cart.rs",
            "fn f() { vec![rumqttc::x()]; }",
            1,
        ),
        (
            "cloud/src/actions.rs",
            "use crate::{http::page, store::{Tx, outbox}};",
            1,
        ),
        (
            "cloud/src/actions.rs",
            "#[cfg(test)]\nmod tests { use axum::Json; }",
            0,
        ),
        (
            "cloud/src/store/rental.rs",
            "use crate::actions::take_cart;",
            1,
        ),
        (
            "cloud/src/outbox.rs",
            "use crate::{actions::settle_refund, pix::client, mqtt};",
            0,
        ),
    ] {
        let found = strangers(&Source::parse(path, text));
        assert_eq!(found.len(), breaches, "{path}: {text}: {found:?}");
    }
}

#[test]
fn catches_handlers_at_the_database() {
    for (path, text, breaches) in [
        (
            "cloud/src/http/dock.rs",
            "fn f() { s.read(|tx| tx.all(Q, &[])); }",
            1,
        ),
        (
            "cloud/src/http/dock.rs",
            "fn f(db: &Tx<'_>) { db.execute(Q, &[]); }",
            1,
        ),
        (
            "cloud/src/http/dock.rs",
            "fn f() { s.write(|tx: &Tx<'_>| take_cart::run(tx, at)); }",
            0,
        ),
        (
            "cloud/src/store/dock.rs",
            "fn f(tx: &Tx<'_>) { tx.execute(Q, &[]); }",
            0,
        ),
    ] {
        let found = handler_at_the_database(&Source::parse(path, text));
        assert_eq!(found.len(), breaches, "{path}: {text}: {found:?}");
    }
}

#[test]
fn catches_stray_sql() {
    for (path, text, breaches) in [
        (
            "cloud/src/http/dock.rs",
            r#"const Q: &str = "SELECT id FROM dock";"#,
            1,
        ),
        (
            "cloud/src/outbox.rs",
            "const Q: &str = r\"\n  DELETE FROM outbox\";",
            1,
        ),
        ("cloud/src/actions/x.rs", "use rusqlite::Connection;", 1),
        (
            "cloud/src/main.rs",
            r#"const Q: &str = include_str!("schema.sql");"#,
            1,
        ),
        (
            "cloud/src/store/dock.rs",
            r#"const Q: &str = "SELECT id FROM dock";"#,
            0,
        ),
        ("cloud/src/http/dock.rs", r#"const V: &str = "UPDATE";"#, 0),
        (
            "cloud/src/http/dock.rs",
            "/// SELECT is for the store\nconst V: u8 = 1;",
            0,
        ),
        (
            "edge/src/journal.rs",
            r#"const Q: &str = "SELECT id FROM event";"#,
            0,
        ),
    ] {
        let found = stray_sql(&Source::parse(path, text));
        assert_eq!(found.len(), breaches, "{path}: {text}: {found:?}");
    }
}

#[test]
fn catches_disorder() {
    for (path, text, breaches) in [
        (
            "cloud/core/src/rental.rs",
            "use std::collections::HashMap;",
            1,
        ),
        ("shared/src/ids.rs", "fn f() -> HashSet<u8> { todo() }", 1),
        ("web/src/ui.rs", "use std::collections::HashMap;", 0),
        (
            "web/src/ui.rs",
            "fn f() { std::time::SystemTime::now(); }",
            1,
        ),
        ("edge/core/src/brain.rs", "fn f() { Instant::now(); }", 1),
        ("edge/src/main.rs", "fn f() { Instant::now(); }", 0),
        (
            "edge/core/src/brain.rs",
            "#[cfg(test)]\nmod tests { use std::collections::HashSet; }",
            0,
        ),
    ] {
        let found = disorder(&Source::parse(path, text));
        assert_eq!(found.len(), breaches, "{path}: {text}: {found:?}");
    }
}
