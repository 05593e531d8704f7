//! A small dock to let chance loose on: carts, latches, sensors, and a book that checks every record.

use super::{Fact, Now, layout, no, now, start, words};
use crate::Brain;
use crate::io::{Command, Input, Memory, Output, Start, SyncFailure};
use crate::limits::{RELIABLE_MS, SYNC_IDLE_MS};
use shared::allowance::CardKey;
use shared::chain::Head;
use shared::dock::{Observation, Part, Seen};
use shared::event::{Technician, TechnicianAction};
use shared::grant::Grant;
use shared::ids::{BayNo, GrantId, RentalId, TagUid};
use shared::time::MonoMs;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem;
use std::sync::Arc;

/// More ticks than this in twenty seconds are a storm.
const TICKS_MAX: usize = 100;

pub(super) struct World {
    brain: Brain,
    at: u64,
    deadline: Option<MonoMs>,
    boot: u32,
    bays: BTreeMap<BayNo, Physical>,
    pub(super) lot: Vec<TagUid>,
    pending: VecDeque<Observation>,
    in_flight: Option<Head>,
    /// The next output that orders anything is committed, and the power cut before it is obeyed.
    pub(super) cut_next: bool,
    book: Book,
}

#[derive(Default)]
struct Physical {
    carts: Vec<TagUid>,
    capacity: usize,
    open: bool,
    stuck: bool,
    rolling: bool,
    failed: BTreeSet<Part>,
}

/// What the journal says, read as the cloud would.
#[derive(Default)]
struct Book {
    records: u64,
    decided: BTreeSet<GrantId>,
    open: BTreeMap<BayNo, GrantId>,
    holders: BTreeMap<TagUid, BayNo>,
    faulted: BTreeSet<BayNo>,
    in_service: bool,
    testing: Option<BayNo>,
    cards: BTreeMap<RentalId, CardKey>,
    /// The rental each cart was last released under.
    released: BTreeMap<TagUid, RentalId>,
}

impl World {
    pub(super) fn new(carts: Vec<TagUid>) -> Self {
        let physical = |capacity: u16| Physical {
            capacity: capacity.into(),
            ..Physical::default()
        };
        let bays = layout().into_iter();
        let mut world = Self {
            brain: Brain::new(start(1, Memory::default(), 0)),
            at: 0,
            deadline: None,
            boot: 0,
            bays: bays.map(|bay| (bay.bay, physical(bay.capacity))).collect(),
            lot: carts,
            pending: VecDeque::new(),
            in_flight: None,
            cut_next: false,
            book: Book::default(),
        };
        world.restart();
        world
    }

    pub(super) fn restart(&mut self) {
        self.boot += 1;
        self.in_flight = None;
        let memory = self.brain.memory();
        self.brain = Brain::new(Start {
            // Every other start comes from a power cut, the rest from the process alone.
            machine_boot: format!("machine {}", self.boot / 2),
            ..start(self.boot, memory, self.book.records)
        });
        let software = "test".to_owned();
        self.handle(Input::Started { software });
        let list = Arc::new(words::list(1, &["9", "99"]));
        self.handle(Input::AllowanceLoaded(list));
        self.tell_all();
    }

    pub(super) fn push(&mut self, bay: u16, cart: usize) {
        let physical = self.bays.get_mut(&no(bay)).unwrap();
        let full = physical.carts.len() >= physical.capacity;
        if self.lot.is_empty() || full || physical.rolling {
            return;
        }
        let cart = self.lot.swap_remove(cart % self.lot.len());
        physical.carts.push(cart);
        self.pass(bay, 300);
    }

    pub(super) fn pull(&mut self, bay: u16, by_force: bool) {
        let physical = self.bays.get_mut(&no(bay)).unwrap();
        if !(physical.open || by_force) || physical.rolling {
            return;
        }
        let Some(cart) = physical.carts.pop() else {
            return;
        };
        self.lot.push(cart);
        physical.rolling = !physical.carts.is_empty();
        self.pass(bay, 200);
        self.wait(900);
        self.bays.get_mut(&no(bay)).unwrap().rolling = false;
        self.tell(no(bay));
    }

    /// The reader misses the tag for a moment.
    pub(super) fn miss(&mut self, bay: u16, for_ms: u64) {
        self.observe(no(bay), Seen::Tag(None));
        self.wait(for_ms);
        self.tell(no(bay));
    }

    pub(super) fn stick(&mut self, bay: u16, stuck: bool) {
        self.bays.get_mut(&no(bay)).unwrap().stuck = stuck;
    }

    pub(super) fn fail(&mut self, bay: u16, part: Part) {
        if self.bays.get_mut(&no(bay)).unwrap().failed.insert(part) {
            self.handle(Input::Observed(Observation {
                bay: no(bay),
                seen: Seen::Failed(part),
            }));
        }
    }

    pub(super) fn heal(&mut self, bay: u16, part: Part) {
        self.bays.get_mut(&no(bay)).unwrap().failed.remove(&part);
        self.observe(no(bay), Seen::Healed(part));
        self.tell(no(bay));
    }

    pub(super) fn grant(&mut self, grant: Grant) {
        self.handle(Input::Granted(grant));
    }

    /// Shows a card; each number is one grant and rental, used once.
    pub(super) fn card(&mut self, number: u8, name: &str) {
        let number = 100 + number;
        let grant = GrantId::new(1, [number; 10]);
        if !self.book.decided.contains(&grant) {
            self.handle(Input::CardShown {
                card: words::card(name),
                grant,
                rental: words::rental(number),
            });
        }
    }

    pub(super) fn technician(&mut self, order: &[&str]) {
        self.handle(Input::Technician {
            by: Technician::Code,
            order: words::parse_order(order),
        });
    }

    pub(super) fn input(&mut self, input: Input) {
        self.handle(input);
    }

    pub(super) fn answer(&mut self, failure: Option<SyncFailure>) {
        let Some(after) = self.in_flight.take() else {
            return;
        };
        let server_ms = self.now().wall.plus(5_000);
        let seq = self.book.records;
        self.handle(match failure {
            Some(failure) => Input::SyncFailed {
                failure,
                retry_after_ms: None,
            },
            None => Input::Synced {
                acked: Head { seq, ..after },
                server_ms,
                sent: MonoMs(self.at),
                pause_ms: None,
            },
        });
    }

    pub(super) fn wait(&mut self, ms: u64) {
        let to = self.at + ms;
        let mut ticks = 0;
        while let Some(due) = self.deadline.filter(|due| due.0 <= to) {
            self.at = due.0;
            self.handle(Input::Tick);
            ticks += 1;
            assert!(ticks < TICKS_MAX, "a storm of ticks at {}", self.at);
        }
        self.at = to;
    }

    /// Everything is repaired and everybody goes home. A release under way may still fail for what
    /// was repaired too late, so the technician comes twice.
    pub(super) fn come_to_rest(&mut self) {
        self.cut_next = false;
        self.technician(&["end"]);
        for bay in [1, 2, 3, 1, 2, 3] {
            self.repair(bay);
            for _ in 0..20 {
                self.wait(SYNC_IDLE_MS);
                self.answer(None);
            }
        }
        // Bays that were out because their parts failed too often come back by themselves.
        self.wait(RELIABLE_MS);
        self.answer(None);
    }

    pub(super) fn check_rest(&self) {
        assert!(self.book.open.is_empty(), "releases that did not end");
        assert_eq!(self.brain.backlog(), 0);
        for snapshot in self.brain.snapshot() {
            let mouth = self.bays[&snapshot.bay].carts.last().copied();
            let contested = snapshot.contradiction.is_some();
            assert!(snapshot.fault.is_none(), "{snapshot:?}");
            assert!(
                snapshot.tag == mouth || contested,
                "{snapshot:?} is {mouth:?}"
            );
        }
    }

    fn repair(&mut self, bay: u16) {
        self.stick(bay, false);
        self.bays.get_mut(&no(bay)).unwrap().open = false;
        for part in [
            Part::Reader,
            Part::Lock,
            Part::BoltSensor,
            Part::PresenceSensor,
        ] {
            self.heal(bay, part);
        }
    }

    fn pass(&mut self, bay: u16, for_ms: u64) {
        let bay = no(bay);
        self.bays.get_mut(&bay).unwrap().open = true;
        self.tell(bay);
        self.wait(for_ms);
        self.bays.get_mut(&bay).unwrap().open = false;
        self.tell(bay);
    }

    fn tell_all(&mut self) {
        for bay in layout() {
            for part in self.bays[&bay.bay].failed.clone() {
                self.handle(Input::Observed(Observation {
                    bay: bay.bay,
                    seen: Seen::Failed(part),
                }));
            }
            self.tell(bay.bay);
        }
    }

    fn tell(&mut self, bay: BayNo) {
        let physical = &self.bays[&bay];
        let tag = physical.carts.last().filter(|_| !physical.rolling);
        let (tag, engaged) = (tag.copied(), !physical.open);
        self.observe(bay, Seen::Bolt { engaged });
        self.observe(bay, Seen::Tag(tag));
        let present = tag.is_some();
        self.observe(bay, Seen::Presence { present });
    }

    fn observe(&mut self, bay: BayNo, seen: Seen) {
        let part = match seen {
            Seen::Tag(_) => Some(Part::Reader),
            Seen::Bolt { .. } => Some(Part::BoltSensor),
            Seen::Presence { .. } => Some(Part::PresenceSensor),
            Seen::Failed(_) | Seen::Healed(_) => None,
        };
        let failed = &self.bays[&bay].failed;
        if part.is_none_or(|part| !failed.contains(&part)) {
            self.handle(Input::Observed(Observation { bay, seen }));
        }
    }

    fn handle(&mut self, input: Input) {
        let out = self.brain.handle(input, self.now());
        self.deadline = out.deadline;
        self.book.check(&out, &self.brain.memory());
        if self.cut_next && !out.commands.is_empty() {
            self.cut_next = false;
            return self.restart();
        }
        for command in out.commands {
            self.obey(command);
        }
        while let Some(observation) = self.pending.pop_front() {
            self.observe(observation.bay, observation.seen);
        }
    }

    fn obey(&mut self, command: Command) {
        let (bay, open) = match command {
            Command::Unlock { bay, .. } => (bay, true),
            Command::Lock { bay } => (bay, false),
            Command::Show { .. } => return,
            Command::Sync { after, .. } => {
                assert!(self.in_flight.replace(after).is_none(), "two in flight");
                return;
            }
        };
        let physical = self.bays.get_mut(&bay).unwrap();
        if !physical.stuck && !physical.failed.contains(&Part::Lock) {
            physical.open = open;
            let seen = Seen::Bolt { engaged: !open };
            self.pending.push_back(Observation { bay, seen });
        }
    }

    fn now(&self) -> Now {
        now(self.at, self.at.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

impl Book {
    fn check(&mut self, out: &Output, memory: &Memory) {
        for fact in &out.records {
            self.records += 1;
            self.enter(fact);
        }
        for command in &out.commands {
            if let Command::Unlock { bay, .. } = command {
                let moves = self.open.contains_key(bay) || self.testing == Some(*bay);
                assert!(moves, "an unlock without a release or a test");
            }
        }
        let in_memory = memory.carts.iter();
        let holders = in_memory.flat_map(|(bay, carts)| carts.iter().map(|cart| (*cart, *bay)));
        assert_eq!(holders.collect::<BTreeMap<_, _>>(), self.holders);
        let under = memory.releasing.values().map(|it| (it.tag, it.rental));
        self.released.extend(under);
        let releasing = memory.releasing.iter().map(|(bay, it)| (*bay, it.grant));
        assert_eq!(releasing.collect::<BTreeMap<_, _>>(), self.open);
        let faulted: BTreeSet<BayNo> = memory.faults.keys().copied().collect();
        assert_eq!(faulted, self.faulted);
    }

    fn enter(&mut self, fact: &Fact) {
        match fact {
            Fact::ReleaseStarted { bay, grant, .. } => self.begin(*bay, *grant),
            Fact::CardReleaseStarted {
                bay,
                grant,
                rental,
                card,
                ..
            } => {
                self.begin(*bay, *grant);
                let out = self.cards.values().any(|holder| holder == card);
                assert!(!out, "a card with two carts");
                self.cards.insert(*rental, *card);
            }
            Fact::GrantRefused { grant, .. } => {
                assert!(self.decided.insert(*grant), "decided twice");
            }
            Fact::CartPulled {
                bay,
                grant,
                tag,
                rental,
            } => {
                assert_eq!(self.open.remove(bay), Some(*grant));
                assert_eq!(self.holders.remove(tag), Some(*bay));
                self.released.insert(*tag, *rental);
            }
            Fact::ReleaseExpired {
                bay, grant, rental, ..
            }
            | Fact::ReleaseFailed {
                bay, grant, rental, ..
            } => {
                assert_eq!(self.open.remove(bay), Some(*grant));
                self.cards.remove(rental);
            }
            Fact::ReleaseUnclear { bay, grant, .. } => {
                assert_eq!(self.open.remove(bay), Some(*grant));
            }
            Fact::CartDocked { bay, tag } | Fact::CartPlaced { bay, tag } => {
                assert_eq!(self.holders.insert(*tag, *bay), None, "in two bays");
                let over = self.released.remove(tag);
                self.cards.retain(|rental, _| Some(*rental) != over);
            }
            Fact::CartLeft { bay, tag } | Fact::CartTaken { bay, tag } => {
                assert_eq!(self.holders.remove(tag), Some(*bay));
            }
            Fact::BayFaulted { bay, .. } => {
                self.faulted.insert(*bay);
            }
            Fact::BayRecovered { bay } => assert!(self.faulted.remove(bay)),
            Fact::TechnicianActed { action, .. } => self.act(action),
            Fact::GatewayStarted { .. } => self.testing = None,
            Fact::JournalSalvaged { .. }
            | Fact::VoucherRedeemed { .. }
            | Fact::CommitmentWitnessed { .. }
            | Fact::CommitmentContradicted { .. }
            | Fact::DockingContradicted { .. } => {}
        }
    }

    fn begin(&mut self, bay: BayNo, grant: GrantId) {
        assert!(!self.in_service, "a release in service");
        assert!(self.decided.insert(grant), "decided twice");
        assert_eq!(self.open.insert(bay, grant), None);
    }

    fn act(&mut self, action: &TechnicianAction) {
        match action {
            TechnicianAction::ServiceBegan => {
                assert!(!mem::replace(&mut self.in_service, true));
            }
            TechnicianAction::ServiceEnded => {
                assert!(mem::replace(&mut self.in_service, false));
                assert_eq!(self.testing, None);
            }
            TechnicianAction::TestBegan { bay } => {
                assert!(self.in_service && !self.open.contains_key(bay));
                assert_eq!(self.testing.replace(*bay), None);
            }
            TechnicianAction::TestEnded { bay, .. } => {
                assert_eq!(self.testing.take(), Some(*bay));
            }
            _ => {}
        }
    }
}
