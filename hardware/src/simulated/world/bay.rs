//! One bay: a place with a spring bolt at its mouth.

use super::Refused;
use crate::simulated::fault::{Fault, FaultKind};
use crate::simulated::state::BayView;
use shared::dock::{Lamp, Signal, Sound};
use shared::enrol::BayLayout;
use shared::ids::TagUid;
use std::collections::BTreeMap;

/// A healthy bolt's way from one end to the other.
const BOLT_MOVE_MS: u64 = 60;

/// The same with [`FaultKind::BoltSlow`].
const BOLT_SLOW_MS: u64 = 1_500;

/// How long a passing cart holds the bolt aside.
const PASS_MS: u64 = 350;

/// How long the next cart of a lane rolls until it stands at the mouth.
const ROLL_MS: u64 = 800;

/// How long switches chatter with [`FaultKind::SwitchesBounce`], and at which half-period.
const BOUNCE_MS: u64 = 150;
const BOUNCE_HALF_MS: u64 = 13;

#[derive(Debug, Clone)]
pub(super) struct Bay {
    pub(super) layout: BayLayout,
    pub(super) carts: Vec<TagUid>,
    bolt: Bolt,
    rolls_until_ms: Option<u64>,
    moved_ms: u64,
    lamp: Lamp,
    sounds: u64,
    last_sound: Option<Sound>,
    /// Each with the time when it clears itself, if it does.
    faults: BTreeMap<FaultKind, (Fault, Option<u64>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bolt {
    Engaged,
    /// The coil pulls; open at the time.
    Opening(u64),
    /// Held by its latch until a cart has passed.
    Open,
    /// Springs back, or is held aside by a passing cart; engaged at the time.
    Closing(u64),
}

impl Bay {
    pub(super) fn new(layout: BayLayout, carts: Vec<TagUid>) -> Self {
        Self {
            layout,
            carts,
            bolt: Bolt::Engaged,
            rolls_until_ms: None,
            moved_ms: 0,
            lamp: Lamp::Off,
            sounds: 0,
            last_sound: None,
            faults: BTreeMap::new(),
        }
    }

    pub(super) fn view(&self) -> BayView {
        BayView {
            bay: self.layout.bay,
            kind: self.layout.kind,
            capacity: self.layout.capacity,
            carts: self.carts.clone(),
            cart_at_mouth: self.cart_in_reach().is_ok(),
            bolt_engaged: self.bolt_engaged(),
            pullable: self.may_pull().is_ok(),
            lamp: self.lamp,
            sounds: self.sounds,
            last_sound: self.last_sound,
            faults: self.faults.values().map(|(fault, _)| *fault).collect(),
        }
    }

    /// True when anything changed.
    pub(super) fn step(&mut self, now_ms: u64) -> bool {
        let before = self.faults.len();
        self.faults
            .retain(|_, (_, until)| until.is_none_or(|until| now_ms < until));
        let mut changed = self.faults.len() != before;
        if self.rolls_until_ms.is_some_and(|until| now_ms >= until) {
            self.rolls_until_ms = None;
            self.moved_ms = now_ms;
            changed = true;
        }
        let bolt = match self.bolt {
            Bolt::Opening(at) if now_ms >= at => Bolt::Open,
            Bolt::Closing(at) if now_ms >= at => Bolt::Engaged,
            bolt => bolt,
        };
        if bolt != self.bolt {
            self.bolt = bolt;
            self.moved_ms = now_ms;
            changed = true;
        }
        changed
    }

    pub(super) fn push(&mut self, tag: TagUid, now_ms: u64) -> Result<(), Refused> {
        if self.carts.len() >= usize::from(self.layout.capacity) {
            return Err(Refused::BayFull);
        }
        self.carts.push(tag);
        self.rolls_until_ms = None;
        self.let_pass(now_ms);
        Ok(())
    }

    pub(super) fn cart_in_reach(&self) -> Result<(), Refused> {
        if self.carts.is_empty() {
            return Err(Refused::BayEmpty);
        }
        match self.rolls_until_ms {
            Some(_) => Err(Refused::CartRolling),
            None => Ok(()),
        }
    }

    pub(super) fn may_pull(&self) -> Result<(), Refused> {
        self.cart_in_reach()?;
        let lets_go = self.has(FaultKind::BoltStuckOpen)
            || (self.bolt == Bolt::Open && !self.has(FaultKind::BoltStuckClosed));
        if lets_go {
            Ok(())
        } else {
            Err(Refused::Locked)
        }
    }

    /// The cart at the mouth, if there is one; the next one begins to roll.
    pub(super) fn take_out(&mut self, now_ms: u64) -> Option<TagUid> {
        let tag = self.carts.pop()?;
        self.rolls_until_ms = (!self.carts.is_empty()).then_some(now_ms + ROLL_MS);
        self.let_pass(now_ms);
        Some(tag)
    }

    fn let_pass(&mut self, now_ms: u64) {
        self.bolt = Bolt::Closing(now_ms + PASS_MS + self.bolt_move_ms());
        self.moved_ms = now_ms;
    }

    /// The latch holds the bolt once the pulse has moved it, so a shorter pulse than the move
    /// achieves nothing.
    pub(super) fn release(&mut self, pulse_ms: u32, now_ms: u64) {
        let move_ms = self.bolt_move_ms();
        let slow = self.has(FaultKind::BoltSlow);
        if self.bolt != Bolt::Open && (slow || u64::from(pulse_ms) >= move_ms) {
            self.bolt = Bolt::Opening(now_ms + move_ms);
        }
    }

    pub(super) fn secure(&mut self, now_ms: u64) {
        if matches!(self.bolt, Bolt::Open | Bolt::Opening(_)) {
            self.bolt = Bolt::Closing(now_ms + self.bolt_move_ms());
        }
    }

    pub(super) fn show(&mut self, signal: Signal) {
        self.lamp = signal.lamp;
        if signal.sound.is_some() {
            self.sounds += 1;
            self.last_sound = signal.sound;
        }
    }

    pub(super) fn inject(&mut self, fault: Fault, until_ms: Option<u64>) {
        self.faults.insert(fault.kind, (fault, until_ms));
    }

    pub(super) fn clear(&mut self, kind: Option<FaultKind>) {
        match kind {
            Some(kind) => drop(self.faults.remove(&kind)),
            None => self.faults.clear(),
        }
    }

    pub(super) fn has(&self, kind: FaultKind) -> bool {
        self.faults.contains_key(&kind)
    }

    pub(super) fn tag_in_field(&self) -> Option<TagUid> {
        let held = [FaultKind::TagFlash, FaultKind::TagWithoutCart]
            .iter()
            .find_map(|kind| self.faults.get(kind)?.0.tag);
        if held.is_some() {
            return held;
        }
        let readable = self.cart_in_reach().is_ok() && !self.has(FaultKind::CartWithoutTag);
        self.carts.last().copied().filter(|_| readable)
    }

    pub(super) fn bolt_switch(&self, now_ms: u64) -> bool {
        if self.has(FaultKind::BoltSensorStuckEngaged) {
            return true;
        }
        if self.has(FaultKind::BoltSensorStuckOpen) {
            return false;
        }
        self.bolt_engaged() ^ self.bounces(now_ms)
    }

    pub(super) fn cart_switch(&self, now_ms: u64) -> bool {
        if self.has(FaultKind::PresenceStuckPresent) {
            return true;
        }
        if self.has(FaultKind::PresenceStuckAbsent) {
            return false;
        }
        self.cart_in_reach().is_ok() ^ self.bounces(now_ms)
    }

    fn bolt_engaged(&self) -> bool {
        if self.has(FaultKind::BoltStuckOpen) {
            return false;
        }
        self.has(FaultKind::BoltStuckClosed)
            || matches!(self.bolt, Bolt::Engaged | Bolt::Opening(_))
    }

    fn bolt_move_ms(&self) -> u64 {
        match self.has(FaultKind::BoltSlow) {
            true => BOLT_SLOW_MS,
            false => BOLT_MOVE_MS,
        }
    }

    fn bounces(&self, now_ms: u64) -> bool {
        let since_ms = now_ms.saturating_sub(self.moved_ms);
        self.has(FaultKind::SwitchesBounce)
            && since_ms < BOUNCE_MS
            && (since_ms / BOUNCE_HALF_MS) % 2 == 1
    }
}
