//! The parts of a bay. Every call is synchronous: the driver gives each kind its own thread.

use shared::dock::Signal;
use shared::enrol::BayKind;
use shared::ids::{BayNo, TagUid};

/// A part did not do what it was asked. The text is for technicians.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DeviceError(pub String);

/// A reader of RFID tags, such as an MFRC522 on SPI.
pub trait TagReader: Send {
    /// Reads the field once; `Ok(None)` when no tag answers. May block for some tens of
    /// milliseconds, and may never return when the chip dies under the call: it runs on a thread of
    /// its own, and the driver declares the reader failed when a call passes its deadline.
    fn poll(&mut self) -> Result<Option<TagUid>, DeviceError>;

    /// Tries to bring a deaf reader back (soft reset, reset line); called between failing polls.
    fn revive(&mut self) -> Result<(), DeviceError> {
        Ok(())
    }
}

/// The coil that lets the bolt go. Never blocks.
pub trait Lock: Send {
    /// Starts a pulse and returns. The implementation ends the pulse after `pulse_ms` whatever the
    /// process does meanwhile (a monostable, or a timer as the second-best).
    fn release(&mut self, pulse_ms: u32) -> Result<(), DeviceError>;

    /// Cuts the coil and re-arms the latch: the bolt goes back as soon as nothing holds it.
    fn secure(&mut self) -> Result<(), DeviceError>;
}

/// The raw level of the bolt's switch; the driver debounces it. Never blocks.
pub trait BoltSensor: Send {
    fn engaged(&mut self) -> Result<bool, DeviceError>;
}

/// The raw level of the cart sensor; the driver debounces it. Never blocks.
pub trait PresenceSensor: Send {
    fn present(&mut self) -> Result<bool, DeviceError>;
}

/// Lamp and sounder. Patterns run by themselves once shown. Never blocks.
pub trait Indicator: Send {
    fn show(&mut self, signal: Signal) -> Result<(), DeviceError>;
}

/// Everything at one bay.
pub struct BayHardware {
    pub bay: BayNo,
    pub kind: BayKind,
    pub capacity: u16,
    pub reader: Box<dyn TagReader>,
    pub lock: Box<dyn Lock>,
    pub bolt: Box<dyn BoltSensor>,
    pub presence: Box<dyn PresenceSensor>,
    pub indicator: Box<dyn Indicator>,
}

/// All bays of one gateway.
pub struct Dock {
    pub bays: Vec<BayHardware>,
}
