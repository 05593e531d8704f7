//! Hands at a bay: switches that are pushed, a coil that is watched, a tag in a field.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// How long a passing cart holds the bolt aside.
const PASSING: Duration = Duration::from_millis(350);

/// Emulated machines are slow, and a customer's payment takes its way.
const PATIENCE: Duration = Duration::from_secs(60);

const LOOK_EVERY: Duration = Duration::from_millis(2);

const HOLD_EVERY: Duration = Duration::from_millis(250);

/// The pins of a bay. Its switches close to ground: low is "engaged" and "a cart is there".
#[derive(Clone, Copy)]
pub struct Place {
    pub bay: u16,
    pub reader: &'static str,
    pub coil: u32,
    pub bolt: u32,
    pub presence: u32,
    pub supply: Option<u32>,
}

pub struct Bay {
    place: Place,
    sim: PathBuf,
    field: PathBuf,
    /// Which switches are closed.
    closed: Arc<Mutex<BTreeMap<u32, bool>>>,
}

impl Bay {
    pub fn new(place: Place, fields: &str) -> Self {
        let sim = PathBuf::from(env::var("SIM").expect("$SIM"));
        let field = PathBuf::from(fields).join(place.reader);
        let closed = Arc::default();
        let (lines, switches) = (sim.clone(), Arc::clone(&closed));
        thread::spawn(move || hold(&lines, &switches));
        Self {
            place,
            sim,
            field,
            closed,
        }
    }

    pub fn number(&self) -> u16 {
        self.place.bay
    }

    /// What the reader's library finds: a tag, nothing, or a fault.
    pub fn field(&self, text: &str) {
        // In one piece: it is read at any moment.
        let new = self.field.with_extension("new");
        let written = fs::write(&new, text).and_then(|()| fs::rename(&new, &self.field));
        written.unwrap_or_else(|e| panic!("{}: {e}", self.field.display()));
    }

    /// A cart was here before the gateway.
    pub fn stands(&self, tag: &str) {
        self.close(self.place.bolt, true);
        self.close(self.place.presence, true);
        self.field(tag);
    }

    /// Waits for the coil and moves the bolt as a lock does; how long the coil was on.
    pub fn opens(&self) -> Duration {
        self.coil_goes_on();
        let began = Instant::now();
        self.close(self.place.bolt, false);
        self.wait(self.place.coil, false, "the coil's pulse ends");
        began.elapsed()
    }

    pub fn pulled(&self) {
        self.field("");
        self.close(self.place.presence, false);
        thread::sleep(PASSING);
        self.close(self.place.bolt, true);
    }

    pub fn pushed(&self, tag: &str) {
        self.close(self.place.bolt, false);
        self.close(self.place.presence, true);
        self.field(tag);
        thread::sleep(PASSING);
        self.close(self.place.bolt, true);
    }

    pub fn coil_goes_on(&self) {
        self.wait(self.place.coil, true, "the coil is driven");
    }

    pub fn coil_is_on(&self) -> bool {
        self.level(self.place.coil)
    }

    /// Waits until the reader's supply is switched off.
    pub fn supply_goes(&self) {
        let supply = self.place.supply.expect("a bay with a switched supply");
        self.wait(supply, false, "the reader's supply is switched off");
    }

    fn close(&self, line: u32, closed: bool) {
        let mut switches = self.closed.lock().expect("no hand panics");
        switches.insert(line, closed);
        pull(&self.sim, line, closed);
    }

    fn level(&self, line: u32) -> bool {
        level(&self.sim, line)
    }

    fn wait(&self, line: u32, high: bool, what: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.level(line) != high {
            assert!(Instant::now() < deadline, "waited in vain: {what}");
            thread::sleep(LOOK_EVERY);
        }
    }
}

/// A closed switch is stronger than the pull-up that a program asks of gpio-sim with a line. It is
/// closed again one round later: the kernel misses an edge while it still hands the line out.
fn hold(sim: &Path, switches: &Mutex<BTreeMap<u32, bool>>) {
    let mut lifted = Vec::new();
    loop {
        let switches: Vec<(u32, bool)> = {
            let switches = switches.lock().expect("no hand panics");
            let wrong = |(line, closed): &(&u32, &bool)| level(sim, **line) == **closed;
            let found = switches.iter().filter(wrong);
            found.map(|(line, closed)| (*line, *closed)).collect()
        };
        for (line, closed) in switches.iter().filter(|it| lifted.contains(*it)) {
            pull(sim, *line, *closed);
        }
        lifted = switches;
        thread::sleep(HOLD_EVERY);
    }
}

fn pull(sim: &Path, line: u32, down: bool) {
    let pull = if down { "pull-down" } else { "pull-up" };
    let file = sim.join(format!("sim_gpio{line}/pull"));
    fs::write(&file, pull).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
}

fn level(sim: &Path, line: u32) -> bool {
    let file = sim.join(format!("sim_gpio{line}/value"));
    let level = fs::read_to_string(&file);
    level
        .unwrap_or_else(|e| panic!("{}: {e}", file.display()))
        .trim()
        == "1"
}
