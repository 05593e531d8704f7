//! The physics: carts, spring bolts, a lane's slope. Pure: `now_ms` is an argument and never runs
//! backwards.

mod bay;
#[cfg(test)]
mod tests;

use super::fault::{Fault, FaultKind};
use super::state::WorldState;
use bay::Bay;
use shared::dock::Signal;
use shared::enrol::BayLayout;
use shared::ids::{BayNo, TagUid};
use std::collections::BTreeMap;

/// How long [`FaultKind::TagFlash`] shows its tag.
const FLASH_MS: u64 = 500;

#[derive(Debug, Clone)]
pub struct World {
    bays: BTreeMap<BayNo, Bay>,
    lot: Vec<TagUid>,
    revision: u64,
}

/// Why the world did not let a hand have its way, in the order of checking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("there is no such bay at this dock")]
    UnknownBay,
    #[error("this cart does not stand in the lot of this dock")]
    UnknownCart,
    #[error("this cart is here already")]
    AlreadyHere,
    #[error("the bay is full")]
    BayFull,
    #[error("the bay is empty")]
    BayEmpty,
    #[error("the next cart still rolls to the mouth of the lane")]
    CartRolling,
    #[error("the bolt holds the cart")]
    Locked,
    #[error("this fault shows a tag: name one")]
    TagMissing,
}

impl Refused {
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownBay => "unknown_bay",
            Self::UnknownCart => "unknown_cart",
            Self::AlreadyHere => "already_here",
            Self::BayFull => "bay_full",
            Self::BayEmpty => "bay_empty",
            Self::CartRolling => "cart_rolling",
            Self::Locked => "locked",
            Self::TagMissing => "tag_missing",
        }
    }
}

impl World {
    pub fn new(layout: &[BayLayout], carts: BTreeMap<BayNo, Vec<TagUid>>) -> Self {
        Self::with_lot(layout, carts, Vec::new())
    }

    pub(super) fn with_lot(
        layout: &[BayLayout],
        mut carts: BTreeMap<BayNo, Vec<TagUid>>,
        mut lot: Vec<TagUid>,
    ) -> Self {
        let mut bays = BTreeMap::new();
        for layout in layout {
            let mut inside = carts.remove(&layout.bay).unwrap_or_default();
            let room = usize::from(layout.capacity).min(inside.len());
            lot.extend(inside.drain(room..));
            bays.insert(layout.bay, Bay::new(*layout, inside));
        }
        lot.extend(carts.into_values().flatten());
        Self {
            bays,
            lot,
            revision: 0,
        }
    }

    pub fn layout(&self) -> Vec<BayLayout> {
        self.bays.values().map(|bay| bay.layout).collect()
    }

    /// Counts changes, including those that time alone made in [`Self::step`].
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub fn state(&self) -> WorldState {
        WorldState {
            revision: self.revision,
            bays: self.bays.values().map(Bay::view).collect(),
            lot: self.lot.clone(),
        }
    }

    /// Lets time pass up to `now_ms`.
    pub fn step(&mut self, now_ms: u64) {
        for bay in self.bays.values_mut() {
            if bay.step(now_ms) {
                self.revision += 1;
            }
        }
    }

    pub fn push(&mut self, bay: BayNo, tag: TagUid, now_ms: u64) -> Result<(), Refused> {
        let target = self.bays.get_mut(&bay).ok_or(Refused::UnknownBay)?;
        let place = self.lot.iter().position(|cart| *cart == tag);
        let place = place.ok_or(Refused::UnknownCart)?;
        target.push(tag, now_ms)?;
        self.lot.remove(place);
        self.revision += 1;
        Ok(())
    }

    pub fn pull(&mut self, bay: BayNo, now_ms: u64) -> Result<TagUid, Refused> {
        let source = self.bays.get_mut(&bay).ok_or(Refused::UnknownBay)?;
        source.may_pull()?;
        Ok(self.take_out(bay, now_ms))
    }

    pub fn force(&mut self, bay: BayNo, now_ms: u64) -> Result<TagUid, Refused> {
        let source = self.bays.get_mut(&bay).ok_or(Refused::UnknownBay)?;
        source.cart_in_reach()?;
        Ok(self.take_out(bay, now_ms))
    }

    fn take_out(&mut self, bay: BayNo, now_ms: u64) -> TagUid {
        let tag = self
            .bays
            .get_mut(&bay)
            .and_then(|bay| bay.take_out(now_ms))
            .expect("both callers found the bay and a cart at its mouth");
        self.lot.push(tag);
        self.revision += 1;
        tag
    }

    pub fn carry_away(&mut self, tag: TagUid) -> Result<(), Refused> {
        let place = self.lot.iter().position(|cart| *cart == tag);
        self.lot.remove(place.ok_or(Refused::UnknownCart)?);
        self.revision += 1;
        Ok(())
    }

    pub fn bring(&mut self, tag: TagUid) -> Result<(), Refused> {
        let docked = self.bays.values().any(|bay| bay.carts.contains(&tag));
        if docked || self.lot.contains(&tag) {
            return Err(Refused::AlreadyHere);
        }
        self.bring_clone(tag)
    }

    pub fn bring_clone(&mut self, tag: TagUid) -> Result<(), Refused> {
        self.lot.push(tag);
        self.revision += 1;
        Ok(())
    }

    pub fn inject(&mut self, bay: BayNo, fault: Fault, now_ms: u64) -> Result<(), Refused> {
        let bay = self.bays.get_mut(&bay).ok_or(Refused::UnknownBay)?;
        if fault.kind.shows_tag() && fault.tag.is_none() {
            return Err(Refused::TagMissing);
        }
        let until_ms = (fault.kind == FaultKind::TagFlash).then(|| now_ms + FLASH_MS);
        bay.inject(fault, until_ms);
        self.revision += 1;
        Ok(())
    }

    /// Clears one kind of fault, or all of them.
    pub fn clear(&mut self, bay: BayNo, kind: Option<FaultKind>) -> Result<(), Refused> {
        let bay = self.bays.get_mut(&bay).ok_or(Refused::UnknownBay)?;
        bay.clear(kind);
        self.revision += 1;
        Ok(())
    }

    pub fn has(&self, bay: BayNo, kind: FaultKind) -> bool {
        self.bays.get(&bay).is_some_and(|bay| bay.has(kind))
    }

    /// The tag that the bay's reader sees.
    pub fn tag_in_field(&self, bay: BayNo) -> Option<TagUid> {
        self.bays.get(&bay)?.tag_in_field()
    }

    /// The raw level of the bolt's switch.
    pub fn bolt_switch(&self, bay: BayNo, now_ms: u64) -> bool {
        self.bays
            .get(&bay)
            .is_some_and(|bay| bay.bolt_switch(now_ms))
    }

    /// The raw level of the cart sensor.
    pub fn cart_switch(&self, bay: BayNo, now_ms: u64) -> bool {
        self.bays
            .get(&bay)
            .is_some_and(|bay| bay.cart_switch(now_ms))
    }

    /// Drives the coil.
    pub fn release(&mut self, bay: BayNo, pulse_ms: u32, now_ms: u64) {
        self.change(bay, |bay| bay.release(pulse_ms, now_ms));
    }

    /// Cuts the coil and re-arms the latch.
    pub fn secure(&mut self, bay: BayNo, now_ms: u64) {
        self.change(bay, |bay| bay.secure(now_ms));
    }

    pub fn show(&mut self, bay: BayNo, signal: Signal) {
        self.change(bay, |bay| bay.show(signal));
    }

    fn change(&mut self, bay: BayNo, action: impl FnOnce(&mut Bay)) {
        if let Some(bay) = self.bays.get_mut(&bay) {
            action(bay);
            self.revision += 1;
        }
    }
}
