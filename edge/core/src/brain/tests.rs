//! Scripts of what happens at a dock, each line with what the brain must make of it.
//!
//! `at 1000: 1 tag a; 1 in => show 1 Reading`: at that millisecond bay 1's reader sees tag `a` and
//! its presence sensor a cart. Right of `=>` stands everything recorded, ordered or answered since
//! the line before, the ticks between included; syncs are left out. Bays 1 and 2 are slots, 3 is a
//! lane. `g7` is grant number 7, as a signed grant or as a code; `m1` to `m9` are cards of members,
//! `x1` is a denied one.

mod clock;
mod docking;
mod door;
mod faults;
mod grants;
mod physics;
mod properties;
mod release;
mod reliability;
mod restart;
mod service;
mod storage;
mod truth_table;
mod words;

use super::*;
use crate::io::{Command, DoorAnswer, Source, TechnicianOrder};
use shared::chain::{Hash, Head};
use shared::dock::{Lamp, Observation, Seen};
use shared::enrol::{BayKind, BayLayout};
use shared::event::Technician;
use shared::grant::Grant;
use shared::ids::{GatewayId, GrantId};
use shared::time::UnixMs;
use std::sync::Arc;
use words::{cloud_key, list, parse_seen, rental, say_answer, say_command, say_fact, secret};

/// The machine's wall clock when its monotonic one is zero.
const EPOCH: i64 = 1_790_000_000_000;

/// More ticks than this between two lines are a storm.
const TICKS_MAX: usize = 200;

pub(super) struct Script {
    brain: Brain,
    pub(super) at: u64,
    deadline: Option<MonoMs>,
    boot: u32,
    machine: u32,
    /// What every sensor reports now, to be told again after a restart.
    levels: BTreeMap<BayNo, (Option<TagUid>, bool, bool)>,
    said: Vec<String>,
    pub(super) journal: Vec<Fact>,
    /// When each record was made, as its stamp says.
    pub(super) stamps: Vec<Stamp>,
    pub(super) answers: Vec<DoorAnswer>,
    pub(super) lamps: BTreeMap<BayNo, Lamp>,
    /// How far the machine's clock is wrong.
    pub(super) skew_ms: i64,
    cards_shown: u8,
}

impl Script {
    pub(super) fn new() -> Self {
        let levels = layout()
            .into_iter()
            .map(|bay| (bay.bay, (None, true, false)));
        let mut script = Self {
            brain: Brain::new(start(1, Memory::default(), 0)),
            at: 0,
            deadline: None,
            boot: 1,
            machine: 1,
            levels: levels.collect(),
            said: Vec::new(),
            journal: Vec::new(),
            stamps: Vec::new(),
            answers: Vec::new(),
            lamps: BTreeMap::new(),
            skew_ms: 0,
            cards_shown: 100,
        };
        script.begin(true);
        script.said.clear();
        script
    }

    /// Runs every line and compares.
    pub(super) fn play(text: &str) -> Self {
        let mut script = Self::new();
        script.follow(text);
        script
    }

    /// Runs further lines and compares.
    pub(super) fn follow(&mut self, text: &str) {
        for line in lines(text) {
            let (inputs, expected) = line.split_once("=>").unwrap_or((line, ""));
            self.line(inputs);
            let said = mem::take(&mut self.said).join(", ");
            assert_eq!(said, expected.trim(), "{line}\nin {text}");
        }
    }

    /// Does what stands left of `=>`.
    pub(super) fn line(&mut self, inputs: &str) {
        let inputs = inputs.trim().strip_prefix("at ").expect("at <ms>");
        let (at, inputs) = inputs.split_once(':').unwrap_or((inputs, ""));
        self.advance(at.trim().replace('_', "").parse().unwrap());
        for input in inputs.split(';').filter(|input| !input.trim().is_empty()) {
            let words: Vec<&str> = input.split_whitespace().collect();
            self.input(&words);
        }
    }

    pub(super) fn advance(&mut self, to: u64) {
        let mut ticks = 0;
        while let Some(due) = self.deadline.filter(|due| due.0 <= to) {
            self.at = due.0;
            self.handle(Input::Tick);
            ticks += 1;
            assert!(ticks < TICKS_MAX, "a storm of ticks at {}", self.at);
        }
        self.at = to;
    }

    pub(super) fn restart(&mut self, levels_told: bool) {
        self.boot += 1;
        let head_seq = u64::try_from(self.journal.len()).unwrap();
        self.brain = Brain::new(Start {
            machine_boot: format!("machine {}", self.machine),
            ..start(self.boot, self.brain.memory(), head_seq)
        });
        self.begin(levels_told);
    }

    pub(super) fn memory(&self) -> Memory {
        self.brain.memory()
    }

    pub(super) fn snapshot(&self, bay: u16) -> BaySnapshot {
        let snapshot = self.brain.snapshot();
        snapshot.into_iter().find(|it| it.bay == no(bay)).unwrap()
    }

    fn begin(&mut self, levels_told: bool) {
        let software = "test".to_owned();
        self.handle(Input::Started { software });
        if levels_told {
            for (bay, (tag, engaged, present)) in self.levels.clone() {
                self.see(bay, Seen::Tag(tag));
                self.see(bay, Seen::Bolt { engaged });
                self.see(bay, Seen::Presence { present });
            }
        }
    }

    fn input(&mut self, words: &[&str]) {
        match *words {
            ["restart"] => self.restart(true),
            ["restart", "blind"] => self.restart(false),
            ["reboot", ref blind @ ..] => {
                self.machine += 1;
                self.restart(blind.is_empty());
            }
            ["synced"] => self.synced(self.journal.len()),
            ["grant", name, bay] => self.handle(Input::Granted(grant(name, bay, 3_600_000))),
            ["grant", name, bay, "until", expires] => {
                let expires = expires.parse().unwrap();
                self.handle(Input::Granted(grant(name, bay, expires)));
            }
            ["carry", name, bay] => self.handle(Input::Carried(grant(name, bay, 3_600_000))),
            ["carry", name, bay, "until", expires] => {
                let expires = expires.parse().unwrap();
                self.handle(Input::Carried(grant(name, bay, expires)));
            }
            ["type", code] => self.handle(Input::CodeTyped {
                code: code.into(),
                from: Source::Reader,
            }),
            ["code", name, bay] => self.code(name, bay, true_time(self.at)),
            ["code", name, bay, "of", issued] => {
                let issued = true_time(issued.parse().unwrap());
                self.code(name, bay, issued);
            }
            ["card", name] => self.card(name),
            ["list", version, ref limits @ ..] => {
                let list = Arc::new(list(version.parse().unwrap(), limits));
                self.handle(Input::AllowanceLoaded(list));
            }
            ["closed", number] => {
                let over = vec![rental(number.parse().unwrap())];
                self.handle(Input::CardsClosed(over));
            }
            ["storage", level] => self.handle(Input::Storage(words::parse_level(level))),
            ["tech", ref order @ ..] => self.technician(words::parse_order(order)),
            ["skew", ms] => self.skew_ms = ms.parse().unwrap(),
            ["failed"] => self.handle(Input::SyncFailed {
                failure: crate::io::SyncFailure::Unreachable,
                retry_after_ms: None,
            }),
            ["locate", bay, ms] => self.handle(Input::Locate {
                bay: bay.parse().unwrap(),
                duration_ms: ms.parse().unwrap(),
            }),
            [bay, ref seen @ ..] => self.see(bay.parse().unwrap(), parse_seen(seen)),
            [] => panic!("an empty input"),
        }
    }

    /// Types the code that the cloud made for grant `name` at `issued`.
    fn code(&mut self, name: &str, bay: &str, issued: UnixMs) {
        let serial = grant(name, bay, 0).serial;
        let code = secret().release_code(serial, bay.parse().unwrap(), issued);
        self.handle(Input::CodeTyped {
            code,
            from: Source::Reader,
        });
    }

    /// Shows a card; its rentals count from 101.
    fn card(&mut self, name: &str) {
        self.cards_shown += 1;
        let number = self.cards_shown;
        self.handle(Input::CardShown {
            card: words::card(name),
            grant: GrantId::new(1, [number; 10]),
            rental: rental(number),
        });
    }

    pub(super) fn technician(&mut self, order: TechnicianOrder) {
        let by = Technician::Key("ana".to_owned());
        self.handle(Input::Technician { by, order });
    }

    /// The cloud has everything up to record `count`; its clock is right.
    pub(super) fn synced(&mut self, count: usize) {
        let now = now(self.at, 0);
        let acked = Head {
            seq: u64::try_from(count).unwrap(),
            hash: Hash::genesis(&GatewayId::new(1, [0; 10])),
        };
        self.handle(Input::Synced {
            acked,
            server_ms: now.wall,
            sent: now.mono,
            pause_ms: None,
        });
    }

    fn see(&mut self, bay: BayNo, seen: Seen) {
        let (tag, engaged, present) = self.levels.get_mut(&bay).unwrap();
        match seen {
            Seen::Tag(now) => *tag = now,
            Seen::Bolt { engaged: now } => *engaged = now,
            Seen::Presence { present: now } => *present = now,
            Seen::Failed(_) | Seen::Healed(_) => {}
        }
        self.handle(Input::Observed(Observation { bay, seen }));
    }

    pub(super) fn now(&self) -> Now {
        let now = now(self.at, 0);
        Now {
            wall: now.wall.plus(self.skew_ms),
            ..now
        }
    }

    fn handle(&mut self, input: Input) {
        let now = self.now();
        let out = self.brain.handle(input, now);
        self.deadline = out.deadline;
        self.said.extend(out.records.iter().map(say_fact));
        let commands = out.commands.iter().filter_map(say_command);
        self.said.extend(commands);
        self.said.extend(out.answer.as_ref().map(say_answer));
        let stamp = self.brain.stamp(now);
        self.stamps.extend(out.records.iter().map(|_| stamp));
        self.journal.extend(out.records);
        self.answers.extend(out.answer);
        for command in out.commands {
            if let Command::Show { bay, signal } = command {
                self.lamps.insert(bay, signal.lamp);
            }
        }
        assert_eq!(
            self.brain.head_seq(),
            u64::try_from(self.journal.len()).unwrap()
        );
    }
}

pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

pub(super) fn now(mono: u64, random: u64) -> Now {
    Now {
        mono: MonoMs(mono),
        wall: UnixMs(EPOCH).plus(i64::try_from(mono).unwrap()),
        random,
    }
}

pub(super) fn true_time(mono: u64) -> UnixMs {
    now(mono, 0).wall
}

pub(super) fn layout() -> Vec<BayLayout> {
    let bay = |bay, kind, capacity| BayLayout {
        bay: no(bay),
        kind,
        capacity,
    };
    vec![
        bay(1, BayKind::Slot, 1),
        bay(2, BayKind::Slot, 1),
        bay(3, BayKind::Lane, 3),
    ]
}

pub(super) fn start(boot: u32, memory: Memory, head_seq: u64) -> Start {
    let hash = Hash::genesis(&GatewayId::new(1, [0; 10]));
    Start {
        boot,
        machine_boot: "machine 1".to_owned(),
        head: Head {
            seq: head_seq,
            hash,
        },
        acked: Head { seq: 0, hash },
        memory,
        bays: layout(),
        secret: Some(secret()),
        witness: words::witness(),
    }
}

pub(super) fn no(bay: u16) -> BayNo {
    BayNo::new(bay).unwrap()
}

pub(super) fn tag(name: &str) -> TagUid {
    TagUid::new(&[4, 0, 0, name.as_bytes()[0]]).unwrap()
}

/// `g7` is grant 7, for rental 7; it expires `until` milliseconds after the epoch. `c7` is the one
/// that the code with serial 7 names too.
pub(super) fn grant(name: &str, bay: &str, until: i64) -> Grant {
    let (kind, number) = name.split_at(1);
    let number: u8 = number.parse().unwrap();
    let id = match kind {
        "g" => GrantId::new(1, [number; 10]),
        "c" => secret().grant_id(number.into()),
        _ => panic!("{name}"),
    };
    Grant {
        v: 1,
        id,
        gateway: GatewayId::new(1, [0; 10]),
        bay: bay.parse().unwrap(),
        rental: rental(number),
        serial: number.into(),
        issued_ms: UnixMs(EPOCH),
        expires_ms: UnixMs(EPOCH).plus(until),
    }
}
