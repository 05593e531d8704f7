//! A dock that was dark for long: its journal filled while its gateway is down.

use crate::options::CLOUD;
use crate::system::System;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use edge::journal::Journal;
use edge_core::io::Now;
use rusqlite::params;
use shared::event::Fact;
use shared::ids::{BayNo, GatewayId, TagUid};
use shared::time::{ClockQuality, MonoMs, Stamp, UnixMs};
use std::fs;
use std::path::Path;

/// A day of the year these tests were written in.
const WALL_MS: i64 = 1_795_000_000_000;

/// Records in one commit while a backlog is made.
const COMMIT_MAX: usize = 1_000;

impl System {
    /// Writes `count` events of a bay that nobody rents from into a dock's journal, with the
    /// gateway's own code and key. The gateway must not run.
    pub fn fill_journal(&mut self, dock: &'static str, count: usize) {
        self.fill_journal_by(dock, count, passing);
    }

    /// As [`Self::fill_journal`], with events of at least so many characters.
    pub fn fill_journal_with_long_lines(&mut self, dock: &'static str, count: usize, chars: usize) {
        self.fill_journal_by(dock, count, |_, _| Fact::GatewayStarted {
            software: "x".repeat(chars),
        });
    }

    fn fill_journal_by(
        &mut self,
        dock: &'static str,
        count: usize,
        fact: impl Fn(BayNo, usize) -> Fact,
    ) {
        assert!(!self.is_running(dock), "{dock} holds its journal");
        assert_ne!(dock, CLOUD, "a cloud has no journal");
        let gateway: String = self.cloud_db().one(
            "SELECT g.id FROM gateway g JOIN dock d ON d.id = g.dock_id \
             WHERE d.code = ?1 AND g.state = 'active'",
            params![dock],
        );
        let gateway = gateway.parse().expect("the cloud's own id");
        fill(&self.folder().join(dock), gateway, count, fact);
    }
}

/// Appends `count` events to the journal in a gateway's data directory.
fn fill(data_dir: &Path, gateway: GatewayId, count: usize, fact: impl Fn(BayNo, usize) -> Fact) {
    let key = device_key(data_dir);
    let path = data_dir.join("journal.db");
    let mut journal = Journal::open(&path, gateway, &key, now())
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let memory = journal.memory().clone();
    let bay = BayNo::new(1).expect("1 is a bay number");
    for first in (0..count).step_by(COMMIT_MAX) {
        let numbers = first..count.min(first + COMMIT_MAX);
        let facts: Vec<Fact> = numbers.map(|number| fact(bay, number)).collect();
        journal
            .commit(stamp(first), &facts, &memory, None)
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
    journal
        .checkpoint()
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

/// A strange cart that comes and goes: it is nobody's rental.
fn passing(bay: BayNo, number: usize) -> Fact {
    let mut uid = [0x04, 0xfe, 0, 0, 0, 0, 0];
    let cart = u32::try_from(number / 2).unwrap_or(u32::MAX);
    uid[3..].copy_from_slice(&cart.to_be_bytes());
    let tag = TagUid::new(&uid).expect("seven bytes are a UID");
    match number % 2 {
        0 => Fact::CartDocked { bay, tag },
        _ => Fact::BayRecovered { bay },
    }
}

/// Any time will do: an open journal only keeps it against clocks that fall back.
fn now() -> Now {
    Now {
        mono: MonoMs(0),
        wall: UnixMs(WALL_MS),
        random: 0,
    }
}

fn stamp(number: usize) -> Stamp {
    Stamp {
        boot: 2,
        mono_ms: MonoMs(number as u64),
        wall_ms: UnixMs(WALL_MS),
        clock: ClockQuality::Unset,
    }
}

fn device_key(data_dir: &Path) -> SigningKey {
    let path = data_dir.join("device.key");
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut seed = [0u8; 32];
    let written = URL_SAFE_NO_PAD.decode_slice(text.trim(), &mut seed);
    assert_eq!(written, Ok(32), "{} is a device's key", path.display());
    SigningKey::from_bytes(&seed)
}
