//! What a technician takes away to have looked at elsewhere: state, configuration, events and log
//! lines in one tar file.
//!
//! Invariant: no secret and nothing of a person leaves by here. Each part is written field by field
//! from what may be seen; names of technicians and keys of cards are masked in events; and at the end
//! every text is searched for the secrets that this process knows.

use crate::config::SettingValue;
use crate::journal::search::{Found, Hit, Search, search};
use crate::status::{Machine, Serving, Stage, Status};
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;

/// The whole bundle, with room for headers.
pub const BUNDLE_BYTES_MAX: usize = 10 * 1024 * 1024;

/// The newest events that go along: some days of a dock, 2 MB.
const EVENTS_MAX: usize = 4_000;

/// Bytes of one part; a longer one loses its beginning.
const PART_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Fields of events that name a person, or what a person holds.
const PERSONAL: [&str; 2] = ["card", "key"];

const MASK: &str = "***";

pub struct Sources {
    pub status: Arc<Status>,
    pub machine: Machine,
    pub addresses: Vec<String>,
}

/// The bundle's bytes, at most [`BUNDLE_BYTES_MAX`]. Reads the journal, so it takes a moment.
pub fn bundle(sources: &Sources) -> io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in [
        ("status.json", pretty(&status(sources))),
        ("config.json", pretty(&config(&sources.machine))),
        ("events.jsonl", events(&sources.machine)),
        ("log.txt", sources.machine.logs.text()),
    ] {
        let text = sources.machine.hidden.scrub(&text);
        let bytes = tail(&text, PART_BYTES_MAX).as_bytes();
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, bytes)?;
    }
    tar.into_inner()
}

fn status(sources: &Sources) -> Value {
    let status = &sources.status;
    let mut whole = json!({
        "software": status.software,
        "cloud_url": status.cloud_url,
        "device_key": status.device_key,
        "addresses": sources.addresses,
        "renewal": status.renewal,
    });
    whole["stage"] = match &status.stage {
        Stage::Enrolling(enrolling) => json!({ "enrolling": format!("{enrolling:?}") }),
        Stage::Serving(serving) => json!({ "serving": serving_state(serving) }),
    };
    whole
}

fn serving_state(serving: &Serving) -> Value {
    let bay = |it: &crate::status::BayView| {
        json!({
            "snapshot": it.snapshot,
            "lamp": it.signal.map(|signal| signal.lamp),
            "bolt_engaged": it.sensors.bolt_engaged,
            "present": it.sensors.present,
            "failing": it.sensors.failing,
            "reader_failures": it.sensors.reader_failures,
        })
    };
    json!({
        "gateway": serving.gateway,
        "dock": serving.dock,
        "dock_name": serving.dock_name,
        "boot": serving.boot,
        "at_ms": serving.at,
        "clock": serving.clock,
        "clock_offset_ms": serving.clock_offset_ms,
        "clock_floor_ms": serving.clock_floor,
        "head_seq": serving.head_seq,
        "acked_seq": serving.acked_seq,
        "oldest_unacked_ms": serving.oldest_unacked_ms,
        "quarantined": serving.quarantined,
        "uplink": format!("{:?}", serving.uplink),
        "downlink_connected": serving.downlink_connected,
        "journal_bytes": serving.journal_bytes,
        "storage": format!("{:?}", serving.storage),
        "in_service": serving.service.is_some(),
        "test": serving.test.map(|(test, _)| format!("{test:?}")),
        "exposure_centavos": serving.exposure.spent,
        "exposure_limit_centavos": serving.exposure.limit,
        "open_cards": serving.exposure.open_cards,
        "allowance_version": serving.exposure.allowance,
        "witnessed": serving.witnessed,
        "bays": serving.bays.iter().map(bay).collect::<Vec<_>>(),
    })
}

fn config(machine: &Machine) -> Value {
    let settings = machine.settings.iter().map(|setting| {
        let value = match &setting.value {
            SettingValue::Plain(text) => json!(text),
            SettingValue::Masked => json!(MASK),
            SettingValue::Empty => json!(""),
        };
        (setting.name.clone(), value)
    });
    Value::Object(settings.collect())
}

/// One event a line, the newest first; a journal that cannot be read says why instead.
fn events(machine: &Machine) -> String {
    match search(&machine.journal, &Search::default(), EVENTS_MAX) {
        Ok(Found { hits, .. }) => hits.iter().map(event).collect(),
        Err(error) => format!("{}\n", json!({ "unreadable": error.to_string() })),
    }
}

fn event(hit: &Hit) -> String {
    let line = match &hit.event {
        None => json!({ "seq": hit.seq, "damaged": true }),
        Some((line, envelope)) => {
            let mut fact = serde_json::to_value(&envelope.fact).unwrap_or_default();
            mask(&mut fact);
            json!({ "seq": hit.seq, "hash": line.head.hash, "at": envelope.at, "fact": fact })
        }
    };
    format!("{line}\n")
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match PERSONAL.contains(&name.as_str()) {
                    true => *value = json!(MASK),
                    false => mask(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The end of a text, from a line's beginning.
fn tail(text: &str, bytes_max: usize) -> &str {
    if text.len() <= bytes_max {
        return text;
    }
    let from = text.len() - bytes_max;
    let line = text.as_bytes()[from..].iter().position(|b| *b == b'\n');
    line.map_or("", |line| &text[from + line + 1..])
}
