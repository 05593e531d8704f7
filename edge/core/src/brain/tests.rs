//! Scripts of what happens at a dock, each line with what the brain must make of it.
//!
//! `at 1000: 1 tag a; 1 in => show 1 Reading`: at that millisecond bay 1's reader sees tag `a` and
//! its presence sensor a cart. Right of `=>` stands everything recorded or ordered since the line
//! before, the ticks between included; syncs are left out. Bays 1 and 2 are slots, 3 is a lane.

mod docking;
mod faults;
mod grants;
mod physics;
mod properties;
mod release;
mod restart;

use super::*;
use crate::io::Command;
use shared::chain::{Hash, Head};
use shared::dock::{Observation, Part, Seen};
use shared::enrol::{BayKind, BayLayout};
use shared::ids::{GatewayId, GrantId, RentalId};
use shared::time::UnixMs;

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
        };
        script.begin(true);
        script.said.clear();
        script
    }

    /// Runs every line and compares.
    pub(super) fn play(text: &str) -> Self {
        let mut script = Self::new();
        for line in lines(text) {
            let (inputs, expected) = line.split_once("=>").unwrap_or((line, ""));
            script.line(inputs);
            let said = mem::take(&mut script.said).join(", ");
            assert_eq!(said, expected.trim(), "{line}\nin {text}");
        }
        script
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
            ["reboot"] => {
                self.machine += 1;
                self.restart(true);
            }
            ["synced"] => self.synced(self.journal.len()),
            ["grant", name, bay] => self.handle(Input::Granted(grant(name, bay, 3_600_000))),
            ["grant", name, bay, "until", expires] => {
                let expires = expires.parse().unwrap();
                self.handle(Input::Granted(grant(name, bay, expires)));
            }
            ["locate", bay, ms] => self.handle(Input::Locate {
                bay: bay.parse().unwrap(),
                duration_ms: ms.parse().unwrap(),
            }),
            [bay, ref seen @ ..] => self.see(bay.parse().unwrap(), parse_seen(seen)),
            [] => panic!("an empty input"),
        }
    }

    /// The cloud has everything up to record `count`, and its clock is as the machine's.
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

    fn handle(&mut self, input: Input) {
        let out = self.brain.handle(input, now(self.at, 0));
        self.deadline = out.deadline;
        self.said.extend(out.records.iter().map(say_fact));
        let commands = out.commands.iter().filter_map(say_command);
        self.said.extend(commands);
        self.journal.extend(out.records);
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
    }
}

pub(super) fn no(bay: u16) -> BayNo {
    BayNo::new(bay).unwrap()
}

pub(super) fn tag(name: &str) -> TagUid {
    TagUid::new(&[4, 0, 0, name.as_bytes()[0]]).unwrap()
}

/// `g7` is grant 7, for rental 7; it expires `until` milliseconds after the epoch.
pub(super) fn grant(name: &str, bay: &str, until: i64) -> Grant {
    let number: u8 = name.strip_prefix('g').unwrap().parse().unwrap();
    Grant {
        v: 1,
        id: GrantId::new(1, [number; 10]),
        gateway: GatewayId::new(1, [0; 10]),
        bay: bay.parse().unwrap(),
        rental: RentalId::new(1, [number; 10]),
        issued_ms: UnixMs(EPOCH),
        expires_ms: UnixMs(EPOCH).plus(until),
    }
}

fn parse_seen(words: &[&str]) -> Seen {
    match *words {
        ["tag", "-"] => Seen::Tag(None),
        ["tag", name] => Seen::Tag(Some(tag(name))),
        ["in"] => Seen::Presence { present: true },
        ["out"] => Seen::Presence { present: false },
        ["open"] => Seen::Bolt { engaged: false },
        ["shut"] => Seen::Bolt { engaged: true },
        ["fail", part] => Seen::Failed(parse_part(part)),
        ["heal", part] => Seen::Healed(parse_part(part)),
        _ => panic!("{words:?}"),
    }
}

fn parse_part(name: &str) -> Part {
    match name {
        "reader" => Part::Reader,
        "lock" => Part::Lock,
        "bolt" => Part::BoltSensor,
        "presence" => Part::PresenceSensor,
        "lamp" => Part::Indicator,
        _ => panic!("{name}"),
    }
}

fn say_fact(fact: &Fact) -> String {
    let uid = |tag: &TagUid| char::from(tag.as_bytes()[3]);
    let g = |grant: &GrantId| format!("g{}", grant.as_bytes()[15]);
    match fact {
        Fact::GatewayStarted { .. } => "gateway".to_owned(),
        Fact::ReleaseStarted { bay, grant, .. } => format!("release {bay} {}", g(grant)),
        Fact::CartPulled {
            bay, grant, tag, ..
        } => format!("pulled {bay} {} {}", g(grant), uid(tag)),
        Fact::ReleaseExpired { bay, grant, .. } => format!("expired {bay} {}", g(grant)),
        Fact::ReleaseFailed {
            bay, grant, fault, ..
        } => format!("failed {bay} {} {fault:?}", g(grant)),
        Fact::ReleaseUnclear {
            bay, grant, fault, ..
        } => format!("unclear {bay} {} {fault:?}", g(grant)),
        Fact::GrantRefused {
            bay, grant, reason, ..
        } => format!("refused {bay} {} {reason:?}", g(grant)),
        Fact::CartDocked { bay, tag } => format!("docked {bay} {}", uid(tag)),
        Fact::DockingContradicted {
            bay,
            tag,
            contradiction,
        } => format!(
            "contradicted {bay} {} {contradiction:?}",
            tag.as_ref().map_or('-', uid)
        ),
        Fact::CartLeft { bay, tag } => format!("left {bay} {}", uid(tag)),
        Fact::BayFaulted { bay, fault } => format!("faulted {bay} {fault:?}"),
        Fact::BayRecovered { bay } => format!("recovered {bay}"),
    }
}

fn say_command(command: &Command) -> Option<String> {
    match command {
        Command::Unlock { bay, .. } => Some(format!("unlock {bay}")),
        Command::Lock { bay } => Some(format!("lock {bay}")),
        Command::Show { bay, signal } => {
            let sound = match signal.sound {
                Some(sound) => format!(" with {sound:?}"),
                None => String::new(),
            };
            Some(format!("show {bay} {:?}{sound}", signal.lamp))
        }
        Command::Sync { .. } => None,
    }
}
