//! The copy as text: a head, then frames. A frame is the signed lines of one commit and a mark, whose
//! check covers them all: a frame is whole or worth nothing.
//!
//! `volta-journal-copy 1 <check> {"gateway":…,"base":{"seq":…,"hash":…},"mark":{…}}`
//! `<signed line>` …
//! `= <check> {"boot":…,"acked":…,"memory":{…}}`
//!
//! The head's mark holds the brain's memory, the others what changed in it.

use crate::journal::line::Line;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use shared::chain::Head;
use shared::ids::GatewayId;
use shared::signed::{self, Domain, PublicKey};

const TITLE: &str = "volta-journal-copy 1 ";

/// No line begins like this: it is no letter of a signature.
const MARK: &str = "= ";

/// 64 bits of SHA-256: against torn writes and rotten bits, not against people.
const CHECK_CHARS: usize = 16;

/// Where the gateway stood after a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::journal) struct Mark {
    pub boot: u32,
    /// Number of the last line that the cloud was known to hold.
    pub acked: u64,
    pub memory: Value,
}

#[derive(Serialize, Deserialize)]
struct Title {
    gateway: GatewayId,
    base: Head,
    mark: Mark,
}

/// What a segment says, as far as it is whole.
#[derive(Debug, Clone)]
pub(in crate::journal) struct Reading {
    pub gateway: GatewayId,
    /// The line before the first.
    pub base: Head,
    /// The last line of the last whole frame.
    pub end: Head,
    /// As of the last whole frame, with the whole memory.
    pub mark: Mark,
    pub lines: Vec<Line>,
    /// Bytes up to the end of the last whole frame.
    pub whole_bytes: usize,
    /// Something follows that is no whole frame.
    pub torn: bool,
}

pub(super) fn title(gateway: GatewayId, base: Head, mark: Mark) -> String {
    let title = Title {
        gateway,
        base,
        mark,
    };
    let json = serde_json::to_string(&title).expect("a title has string keys");
    format!("{TITLE}{} {json}\n", check(&[json.as_bytes()]))
}

pub(super) fn frame(lines: &[Line], mark: &Mark) -> String {
    let bytes: usize = lines.iter().map(|line| line.text.len() + 1).sum();
    let mut text = String::with_capacity(bytes + 256);
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    let json = serde_json::to_string(mark).expect("a mark has string keys");
    let check = check(&[text.as_bytes(), json.as_bytes()]);
    text.push_str(MARK);
    text.push_str(&check);
    text.push(' ');
    text.push_str(&json);
    text.push('\n');
    text
}

/// Reads a segment up to the first frame that is not whole or does not follow; `None` when its head
/// is no head.
pub(in crate::journal) fn read(bytes: &[u8]) -> Option<Reading> {
    let (first, mut at) = next_text(bytes, 0)?;
    let title: Title = checked(first.strip_prefix(TITLE)?, &[])?;
    let mut reading = Reading {
        gateway: title.gateway,
        base: title.base,
        end: title.base,
        mark: title.mark,
        lines: Vec::new(),
        whole_bytes: at,
        torn: false,
    };
    while let Some((lines, mark, after)) = next_frame(bytes, at, &reading) {
        if let Some(line) = lines.last() {
            reading.end = line.head;
        }
        reading.lines.extend(lines);
        reading.mark.boot = mark.boot;
        reading.mark.acked = mark.acked;
        apply(&mut reading.mark.memory, mark.memory);
        reading.whole_bytes = after;
        at = after;
    }
    reading.torn = at < bytes.len();
    Some(reading)
}

/// Lines in what is left of a broken segment, each vouched for by its own signature.
pub(in crate::journal) fn loose(bytes: &[u8], gateway: &GatewayId, key: &SigningKey) -> Vec<Line> {
    let public = PublicKey::of(key);
    let genuine = |piece: &[u8]| {
        let text = std::str::from_utf8(piece).ok()?;
        signed::verify(&public, Domain::Event, text).ok()?;
        Some(Line::claimed(text, gateway)?.0)
    };
    bytes.split(|b| *b == b'\n').filter_map(genuine).collect()
}

/// What must be changed in `old` to make `new` of it (RFC 7396, JSON Merge Patch).
pub(super) fn difference(old: &Value, new: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return new.clone();
    };
    let mut changes = Map::new();
    for (name, value) in new {
        match old.get(name) {
            Some(before) if before == value => {}
            Some(before) => {
                changes.insert(name.clone(), difference(before, value));
            }
            None => {
                changes.insert(name.clone(), value.clone());
            }
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        changes.insert(name.clone(), Value::Null);
    }
    Value::Object(changes)
}

fn apply(target: &mut Value, changes: Value) {
    let Value::Object(changes) = changes else {
        *target = changes;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let fields = target.as_object_mut().expect("it was made an object");
    for (name, change) in changes {
        match change {
            Value::Null => {
                fields.remove(&name);
            }
            change => apply(fields.entry(name).or_insert(Value::Null), change),
        }
    }
}

fn next_frame(bytes: &[u8], start: usize, before: &Reading) -> Option<(Vec<Line>, Mark, usize)> {
    let (mut head, mut lines, mut at) = (before.end, Vec::new(), start);
    loop {
        let (text, after) = next_text(bytes, at)?;
        if let Some(mark) = text.strip_prefix(MARK) {
            let mark = checked(mark, &bytes[start..at])?;
            return Some((lines, mark, after));
        }
        let (line, prev) = Line::claimed(text, &before.gateway)?;
        if !line.follows(prev, head) {
            return None;
        }
        head = line.head;
        lines.push(line);
        at = after;
    }
}

/// The text up to the next line break, and where it goes on.
fn next_text(bytes: &[u8], at: usize) -> Option<(&str, usize)> {
    let rest = bytes.get(at..)?;
    let length = rest.iter().position(|b| *b == b'\n')?;
    let text = std::str::from_utf8(&rest[..length]).ok()?;
    Some((text, at + length + 1))
}

fn checked<T: for<'de> Deserialize<'de>>(text: &str, covered: &[u8]) -> Option<T> {
    let (said, json) = text.split_at_checked(CHECK_CHARS)?;
    let json = json.strip_prefix(' ')?;
    if said != check(&[covered, json.as_bytes()]) {
        return None;
    }
    serde_json::from_str(json).ok()
}

fn check(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    let mut text = hex::encode(digest.finalize());
    text.truncate(CHECK_CHARS);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_changed_makes_the_new_of_the_old() {
        let rows = [
            (json!({}), json!({"a": {"1": [1]}})),
            (json!({"a": {"1": [1], "2": [2]}}), json!({"a": {"2": [2]}})),
            (json!({"a": {"1": [1]}, "b": 5}), json!({"a": {}, "b": 6})),
            (
                json!({"a": {"1": {"x": 1, "y": 2}}}),
                json!({"a": {"1": {"x": 1}}}),
            ),
            (json!({"a": "text"}), json!({"a": {"1": 1}})),
            (json!({"a": 1}), json!({})),
        ];
        for (old, new) in rows {
            let changes = difference(&old, &new);
            let mut made = old.clone();
            apply(&mut made, changes.clone());
            assert_eq!(made, new, "{old} and {changes}");
        }
        assert_eq!(difference(&json!({"a": 1}), &json!({"a": 1})), json!({}));
    }
}
