//! The parts of a bay as the driver sees them.

use super::SimulatedDock;
use super::fault::FaultKind;
use crate::bay::{BoltSensor, DeviceError, Field, Indicator, Lock, PresenceSensor, TagReader};
use shared::dock::Signal;
use shared::ids::BayNo;
use std::sync::PoisonError;

#[derive(Clone)]
pub(super) struct Part {
    dock: SimulatedDock,
    bay: BayNo,
}

impl Part {
    pub(super) fn new(dock: SimulatedDock, bay: BayNo) -> Self {
        Self { dock, bay }
    }

    fn check(&self, fault: FaultKind) -> Result<(), DeviceError> {
        match self.dock.lock().has(self.bay, fault) {
            true => Err(DeviceError(format!("simulated fault: {}", fault.code()))),
            false => Ok(()),
        }
    }
}

pub(super) struct Reader(pub(super) Part);
pub(super) struct Coil(pub(super) Part);
pub(super) struct BoltSwitch(pub(super) Part);
pub(super) struct CartSwitch(pub(super) Part);
pub(super) struct LampAndSounder(pub(super) Part);

impl TagReader for Reader {
    fn poll(&mut self) -> Result<Field, DeviceError> {
        let Part { dock, bay } = &self.0;
        let mut world = dock.lock();
        while world.has(*bay, FaultKind::ReaderHangs) {
            world = dock
                .inner
                .faults_changed
                .wait(world)
                .unwrap_or_else(PoisonError::into_inner);
        }
        drop(world);
        self.0.check(FaultKind::ReaderDeaf)?;
        Ok(match dock.with(|world, _| world.tag_in_field(*bay)) {
            Some(tag) => Field::Tag(tag),
            None => Field::Empty,
        })
    }
}

impl Lock for Coil {
    fn release(&mut self, pulse_ms: u32) -> Result<(), DeviceError> {
        self.0.check(FaultKind::LockFails)?;
        let Part { dock, bay } = &self.0;
        dock.with(|world, now_ms| world.release(*bay, pulse_ms, now_ms));
        Ok(())
    }

    fn secure(&mut self) -> Result<(), DeviceError> {
        self.0.check(FaultKind::LockFails)?;
        let Part { dock, bay } = &self.0;
        dock.with(|world, now_ms| world.secure(*bay, now_ms));
        Ok(())
    }
}

impl BoltSensor for BoltSwitch {
    fn engaged(&mut self) -> Result<bool, DeviceError> {
        self.0.check(FaultKind::SwitchesFail)?;
        let Part { dock, bay } = &self.0;
        Ok(dock.with(|world, now_ms| world.bolt_switch(*bay, now_ms)))
    }
}

impl PresenceSensor for CartSwitch {
    fn present(&mut self) -> Result<bool, DeviceError> {
        self.0.check(FaultKind::SwitchesFail)?;
        let Part { dock, bay } = &self.0;
        Ok(dock.with(|world, now_ms| world.cart_switch(*bay, now_ms)))
    }
}

impl Indicator for LampAndSounder {
    fn show(&mut self, signal: Signal) -> Result<(), DeviceError> {
        self.0.check(FaultKind::IndicatorFails)?;
        let Part { dock, bay } = &self.0;
        dock.with(|world, _| world.show(*bay, signal));
        Ok(())
    }
}
