//! The worst that can be lost: whatever cards, codes, clocks and power cuts there are.

use crate::brain::tests::{Script, tag};
use crate::limits::DAY_MS;
use proptest::prelude::*;
use shared::allowance::CardKey;
use shared::event::Fact;
use shared::ids::{GrantId, RentalId, TagUid};
use shared::time::ClockQuality;
use std::collections::{BTreeMap, BTreeSet};

/// Releases a day, and of one card.
const LIMIT: u64 = 4;

#[derive(Debug, Clone)]
enum Move {
    Card(u8),
    Code {
        serial: u8,
        bay: u16,
    },
    Carry {
        serial: u8,
        bay: u16,
        by_code_id: bool,
    },
    Granted {
        serial: u8,
        bay: u16,
    },
    Pull {
        bay: u16,
    },
    Return {
        bay: u16,
        cart: usize,
    },
    Wait(u64),
    Restart {
        machine: bool,
    },
    Skew(i64),
    Synced,
    Failed,
    OldList,
    Service(bool),
}

fn moves() -> impl Strategy<Value = Move> {
    let bay = || 1..=2u16;
    let skews = vec![
        0,
        -1_790_000_000_000,
        315_360_000_000,
        -1_209_600_000,
        40_000,
    ];
    prop_oneof![
        8 => (1..=5u8).prop_map(Move::Card),
        3 => (1..60u8, bay()).prop_map(|(serial, bay)| Move::Code { serial, bay }),
        3 => (1..60u8, bay(), any::<bool>())
            .prop_map(|(serial, bay, by_code_id)| Move::Carry { serial, bay, by_code_id }),
        1 => (1..60u8, bay()).prop_map(|(serial, bay)| Move::Granted { serial, bay }),
        8 => bay().prop_map(|bay| Move::Pull { bay }),
        8 => (bay(), 0..3usize).prop_map(|(bay, cart)| Move::Return { bay, cart }),
        4 => (0..120_000u64).prop_map(Move::Wait),
        2 => (0..DAY_MS).prop_map(Move::Wait),
        3 => any::<bool>().prop_map(|machine| Move::Restart { machine }),
        2 => prop::sample::select(skews).prop_map(Move::Skew),
        1 => Just(Move::Synced),
        1 => Just(Move::Failed),
        1 => Just(Move::OldList),
        1 => any::<bool>().prop_map(Move::Service),
    ]
}

/// Two slots, three carts, and whoever pulls and brings back.
struct Dock {
    script: Script,
    inside: [Option<TagUid>; 2],
    lot: Vec<&'static str>,
    seen: usize,
    /// Releases that no word of the cloud vouched for.
    risked: u64,
    holders: BTreeMap<RentalId, CardKey>,
    carts: BTreeMap<TagUid, RentalId>,
    opened: BTreeSet<GrantId>,
    issued: BTreeMap<u8, u64>,
}

const LIST: &str = "list 3 3 4";

impl Dock {
    fn new() -> Self {
        let mut script = Script::new();
        script.line(&format!("at 0: {LIST}"));
        Self {
            script,
            inside: [None, None],
            lot: vec!["a", "b", "c"],
            seen: 0,
            risked: 0,
            holders: BTreeMap::new(),
            carts: BTreeMap::new(),
            opened: BTreeSet::new(),
            issued: BTreeMap::new(),
        }
    }

    fn line(&mut self, inputs: &str) {
        self.line_in(0, inputs);
    }

    fn line_in(&mut self, ms: u64, inputs: &str) {
        let at = self.script.at + ms;
        self.script.line(&format!("at {at}: {inputs}"));
        self.check();
    }

    fn make(&mut self, a_move: &Move) {
        match a_move {
            Move::Card(number) => self.line(&format!("card m{number}")),
            Move::Code { serial, bay } => self.line(&format!("code g{serial} {bay}")),
            Move::Carry {
                serial,
                bay,
                by_code_id,
            } => {
                let kind = if *by_code_id { "c" } else { "g" };
                let until = self.expiry(*serial);
                self.line(&format!("carry {kind}{serial} {bay} until {until}"));
            }
            Move::Granted { serial, bay } => {
                let until = self.expiry(*serial);
                self.line(&format!("grant c{serial} {bay} until {until}"));
            }
            Move::Pull { bay } => self.pull(*bay),
            Move::Return { bay, cart } => self.bring(*bay, *cart),
            Move::Wait(ms) => self.line_in(*ms, ""),
            Move::Restart { machine } => {
                self.line(if *machine { "reboot" } else { "restart" });
                self.line(LIST);
            }
            Move::Skew(ms) => self.line(&format!("skew {ms}")),
            Move::Synced => self.line("synced"),
            Move::Failed => self.line("failed"),
            Move::OldList => self.line("list 2 99 99"),
            Move::Service(begins) => {
                self.line(if *begins { "tech begin" } else { "tech end" });
            }
        }
    }

    /// A grant is signed once.
    fn expiry(&mut self, serial: u8) -> u64 {
        let at = self.script.at;
        *self.issued.entry(serial).or_insert(at) + 900_000
    }

    fn pull(&mut self, bay: u16) {
        let releasing = self.script.memory().releasing;
        let place = &mut self.inside[usize::from(bay) - 1];
        if !releasing.contains_key(&super::super::no(bay)) || place.is_none() {
            return;
        }
        let cart = place.take();
        let name = ["a", "b", "c"].into_iter().find(|it| Some(tag(it)) == cart);
        self.lot.extend(name);
        self.line_in(100, &format!("{bay} open"));
        self.line_in(100, &format!("{bay} tag -; {bay} out"));
        self.line_in(100, &format!("{bay} shut"));
    }

    fn bring(&mut self, bay: u16, cart: usize) {
        let place = &mut self.inside[usize::from(bay) - 1];
        if place.is_some() || self.lot.is_empty() {
            return;
        }
        let name = self.lot.remove(cart % self.lot.len());
        *place = Some(tag(name));
        self.line_in(100, &format!("{bay} tag {name}; {bay} in"));
        self.line_in(3_000, "");
    }

    fn check(&mut self) {
        let facts = self.script.journal[self.seen..].to_vec();
        for fact in facts {
            let vouched = self.script.stamps[self.seen].clock == ClockQuality::Server;
            self.seen += 1;
            self.enter(&fact, vouched);
        }
        let days = self.script.at / DAY_MS + 1;
        assert!(
            self.risked <= days * LIMIT,
            "{} risked in {days} days",
            self.risked
        );
    }

    fn enter(&mut self, fact: &Fact, vouched: bool) {
        match fact {
            Fact::CardReleaseStarted {
                card,
                rental,
                grant,
                ..
            } => {
                self.risked += 1;
                assert!(!self.holders.values().any(|it| it == card), "two carts");
                self.holders.insert(*rental, *card);
                assert!(self.opened.insert(*grant), "opened twice");
            }
            Fact::ReleaseStarted { grant, .. } => {
                self.risked += u64::from(!vouched);
                assert!(self.opened.insert(*grant), "opened twice");
            }
            Fact::CartPulled { rental, tag, .. } => {
                self.carts.insert(*tag, *rental);
            }
            Fact::ReleaseExpired { rental, .. } | Fact::ReleaseFailed { rental, .. } => {
                self.holders.remove(rental);
            }
            Fact::CartDocked { tag, .. } | Fact::CartPlaced { tag, .. } => {
                if let Some(rental) = self.carts.remove(tag) {
                    self.holders.remove(&rental);
                }
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_day_costs_more_than_its_limit_and_no_card_has_two_carts(
        moves in prop::collection::vec(moves(), 1..120),
    ) {
        let mut dock = Dock::new();
        for a_move in &moves {
            dock.make(a_move);
        }
    }
}
