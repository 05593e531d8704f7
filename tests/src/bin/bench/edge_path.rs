//! (c) At the edge: from an input to the order it leads to, the durable commit included, against
//! bare single-row commits of the same size.

use super::report::{heading, latency, ratio};
use ed25519_dalek::SigningKey;
use edge::journal::Journal;
use edge_core::Brain;
use edge_core::io::{Command, Input, Now, Start};
use rusqlite::{Connection, params};
use shared::dock::{Lamp, Observation, Seen};
use shared::enrol::{BayKind, BayLayout};
use shared::grant::Grant;
use shared::ids::{BayNo, GatewayId, GrantId, RentalId, TagUid};
use shared::time::{MonoMs, UnixMs};
use shared::witness::WitnessKey;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

const ROUNDS: u8 = 200;
const WALL_MS: i64 = 1_795_000_000_000;

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    heading("(c) at the edge: input to order, committed with synchronous=FULL in between");
    let folder = tempfile::tempdir()?;
    let mut dock = Dock::open(folder.path())?;
    let (mut seen, mut granted) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        seen.push(dock.cart_comes(round)?);
        granted.push(dock.cart_goes(round)?);
    }
    let tag = latency("tag settled → committed → \"returned\" shown", seen);
    let bolt = latency("grant → committed → bolt command", granted);
    let bare = latency("bare single-row commit", bare(folder.path())?);
    println!(
        "  ratio of medians to the bare commit: shown {}, bolt {}\n",
        ratio(tag.micros(50), bare.micros(50)),
        ratio(bolt.micros(50), bare.micros(50))
    );
    Ok(())
}

pub(crate) struct Dock {
    brain: Brain,
    journal: Journal,
    gateway: GatewayId,
    bay: BayNo,
    mono: u64,
    wall: UnixMs,
}

impl Dock {
    pub(crate) fn open(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let gateway = GatewayId::new(1, [7; 10]);
        let key = SigningKey::from_bytes(&[7; 32]);
        Self::open_as(folder, gateway, &key, UnixMs(WALL_MS))
    }

    /// A dock whose cloud has just told it the time.
    pub(crate) fn open_as(
        folder: &Path,
        gateway: GatewayId,
        key: &SigningKey,
        wall: UnixMs,
    ) -> Result<Self, Box<dyn Error>> {
        let path = folder.join("journal.db");
        Journal::create(&path, &gateway)?;
        let now = Now {
            mono: MonoMs(0),
            wall,
            random: 0,
        };
        let journal = Journal::open(&path, gateway, key, now)?;
        let bay = BayNo::new(1)?;
        let start = Start {
            boot: journal.boot(),
            machine_boot: "bench".into(),
            head: journal.head(),
            acked: journal.acked(),
            memory: journal.memory().clone(),
            bays: vec![BayLayout {
                bay,
                kind: BayKind::Slot,
                capacity: 1,
            }],
            secret: None,
            witness: WitnessKey::of(journal.key()),
        };
        let mut dock = Self {
            brain: Brain::new(start),
            journal,
            gateway,
            bay,
            mono: 0,
            wall,
        };
        dock.feed(Input::Started {
            software: "bench".into(),
        })?;
        for seen in [Seen::Tag(None), bolt(true), present(false)] {
            dock.sees(seen)?;
        }
        // Without a clock it would open no more bays in a day than it may risk.
        dock.feed(Input::Synced {
            acked: dock.journal.acked(),
            server_ms: wall,
            sent: MonoMs(dock.mono),
            pause_ms: None,
        })?;
        Ok(dock)
    }

    /// Puts a cart in and answers how long its last moment took, from input to lamp.
    pub(crate) fn cart_comes(&mut self, number: u8) -> Result<Duration, Box<dyn Error>> {
        let tag = TagUid::new(&[4, 0, 0, number])?;
        self.sees(present(true))?;
        self.sees(Seen::Tag(Some(tag)))?;
        self.mono += edge_core::limits::SETTLE_MS;
        let began = Instant::now();
        let commands = self.feed(Input::Tick)?;
        let took = began.elapsed();
        let accepted = |c: &Command| matches!(c, Command::Show { signal, .. } if signal.lamp == Lamp::Accepted);
        if !commands.iter().any(accepted) {
            return Err(format!("the cart was not accepted: {commands:?}").into());
        }
        Ok(took)
    }

    /// Grants the bay, answers how long the bolt command took, and lets the cart go.
    pub(crate) fn cart_goes(&mut self, number: u8) -> Result<Duration, Box<dyn Error>> {
        let grant = Grant {
            v: 1,
            id: GrantId::new(2, [number; 10]),
            gateway: self.gateway,
            bay: self.bay,
            rental: RentalId::new(2, [number; 10]),
            serial: number.into(),
            issued_ms: UnixMs(WALL_MS),
            expires_ms: UnixMs(WALL_MS + 3_600_000),
        };
        let took = self.opens(grant)?;
        self.leave()?;
        Ok(took)
    }

    pub(crate) fn opens(&mut self, grant: Grant) -> Result<Duration, Box<dyn Error>> {
        let began = Instant::now();
        let commands = self.feed(Input::Granted(grant))?;
        let took = began.elapsed();
        if !commands.iter().any(|c| matches!(c, Command::Unlock { .. })) {
            return Err(format!("the bolt was not commanded: {commands:?}").into());
        }
        Ok(took)
    }

    pub(crate) fn leave(&mut self) -> Result<(), Box<dyn Error>> {
        for seen in [bolt(false), present(false), Seen::Tag(None), bolt(true)] {
            self.sees(seen)?;
        }
        self.mono += 10_000;
        self.feed(Input::Tick).map(drop)
    }

    fn sees(&mut self, seen: Seen) -> Result<(), Box<dyn Error>> {
        let bay = self.bay;
        self.mono += 1;
        self.feed(Input::Observed(Observation { bay, seen }))
            .map(drop)
    }

    fn feed(&mut self, input: Input) -> Result<Vec<Command>, Box<dyn Error>> {
        let now = Now {
            mono: MonoMs(self.mono),
            wall: self.wall,
            random: 0,
        };
        let output = self.brain.handle(input, now);
        let stamp = self.brain.stamp(now);
        let memory = self.brain.memory();
        self.journal.commit(stamp, &output.records, &memory, None)?;
        Ok(output.commands)
    }
}

fn bolt(engaged: bool) -> Seen {
    Seen::Bolt { engaged }
}

fn present(present: bool) -> Seen {
    Seen::Presence { present }
}

fn bare(folder: &Path) -> Result<Vec<Duration>, Box<dyn Error>> {
    let db = Connection::open(folder.join("bare.db"))?;
    db.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
         CREATE TABLE event (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, line TEXT NOT NULL) STRICT;",
    )?;
    let line = "x".repeat(430);
    let mut insert = db.prepare("INSERT INTO event (hash, line) VALUES (?1, ?2)")?;
    let mut samples = Vec::new();
    for round in 0..ROUNDS {
        let began = Instant::now();
        insert.execute(params![[round; 32], line])?;
        samples.push(began.elapsed());
    }
    Ok(samples)
}
