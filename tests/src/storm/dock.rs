//! A dock of two slots, physically, and what its switches have told.

use edge_core::io::Command;
use hardware::simulated::World;
use shared::dock::{Observation, Seen};
use shared::enrol::{BayKind, BayLayout};
use shared::ids::{BayNo, TagUid};
use std::collections::BTreeMap;

/// Bolts and carts are at rest so long after somebody's hand or a pulse.
const MOVES_FOR_MS: u64 = 3_000;

#[derive(Debug)]
pub(super) struct Dock {
    world: World,
    /// Every level that was told.
    told: BTreeMap<BayNo, [Option<Seen>; 3]>,
    moves_until_ms: u64,
}

pub(super) fn layout() -> Vec<BayLayout> {
    let slot = |bay| BayLayout {
        bay,
        kind: BayKind::Slot,
        capacity: 1,
    };
    vec![slot(bay(1)), slot(bay(2))]
}

pub(super) fn bay(number: u16) -> BayNo {
    BayNo::new(number).expect("from 1 to 999")
}

/// A cart's tag: `kind` keeps those of different purposes apart.
pub(super) fn tag(kind: u8, number: usize) -> TagUid {
    let number = u32::try_from(number).expect("fewer carts than four billion");
    let [a, b, c, d] = number.to_be_bytes();
    TagUid::new(&[0x04, kind, 0, a, b, c, d]).expect("seven bytes are a UID")
}

impl Dock {
    pub(super) fn new(carts: BTreeMap<BayNo, Vec<TagUid>>) -> Self {
        Self {
            world: World::new(&layout(), carts),
            told: BTreeMap::new(),
            moves_until_ms: 0,
        }
    }

    /// The same carts after a power cut: every level is told anew.
    pub(super) fn again(&self) -> Self {
        let bays = self.world.state().bays.into_iter();
        Self::new(bays.map(|view| (view.bay, view.carts)).collect())
    }

    pub(super) fn moves(&self, now_ms: u64) -> bool {
        now_ms < self.moves_until_ms
    }

    pub(super) fn push(&mut self, bay: BayNo, tag: TagUid, now_ms: u64) {
        let brought = self.world.bring(tag);
        let pushed = brought.and_then(|()| self.world.push(bay, tag, now_ms));
        assert_eq!(pushed, Ok(()), "{tag} into bay {bay}");
        self.stir(now_ms);
    }

    /// The cart, if the bolt lets it go; it leaves for somewhere else.
    pub(super) fn pull(&mut self, bay: BayNo, now_ms: u64) -> Option<TagUid> {
        self.world.step(now_ms);
        let tag = self.world.pull(bay, now_ms).ok()?;
        let gone = self.world.carry_away(tag);
        assert_eq!(gone, Ok(()), "{tag} stood in the lot");
        self.stir(now_ms);
        Some(tag)
    }

    pub(super) fn obey(&mut self, order: &Command, now_ms: u64) {
        match *order {
            Command::Unlock { bay, pulse_ms } => {
                self.world.release(bay, pulse_ms, now_ms);
                self.stir(now_ms);
            }
            Command::Lock { bay } => self.world.secure(bay, now_ms),
            Command::Show { bay, signal } => self.world.show(bay, signal),
            Command::Sync { .. } => {}
        }
    }

    /// Every level that is not as it was told.
    pub(super) fn look(&mut self, now_ms: u64) -> Vec<Observation> {
        self.world.step(now_ms);
        let mut changed = Vec::new();
        for BayLayout { bay, .. } in layout() {
            let engaged = self.world.bolt_switch(bay, now_ms);
            let present = self.world.cart_switch(bay, now_ms);
            let levels = [
                Seen::Tag(self.world.tag_in_field(bay)),
                Seen::Bolt { engaged },
                Seen::Presence { present },
            ];
            for (place, seen) in levels.into_iter().enumerate() {
                let told = &mut self.told.entry(bay).or_default()[place];
                if told.replace(seen) != Some(seen) {
                    changed.push(Observation { bay, seen });
                }
            }
        }
        changed
    }

    fn stir(&mut self, now_ms: u64) {
        self.moves_until_ms = now_ms + MOVES_FOR_MS;
    }
}
