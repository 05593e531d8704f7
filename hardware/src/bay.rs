//! The parts of a bay. Every call is synchronous: the driver gives each kind its own thread.

use shared::dock::Signal;
use shared::enrol::BayKind;
use shared::ids::{BayNo, TagUid};

/// A part did not do what it was asked. The text is for technicians.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DeviceError(pub String);

/// What one look into a reader's field found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Empty,
    /// One tag, by its UID: a label that anybody can copy. A reader that has a tag prove a secret
    /// gets a variant of its own.
    Tag(TagUid),
    /// Tags that answer together: which one is the cart's cannot be said. The reader is well.
    Several,
}

/// What brings a deaf reader back, the gentlest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// The chip's reset command, and its registers anew.
    SoftReset,
    /// The chip's reset pin.
    ResetPin,
    /// The switch in the chip's supply.
    PowerCycle,
}

/// A reader of RFID tags, such as an MFRC522 on SPI.
pub trait TagReader: Send {
    /// Looks into the field once. An error means the reader, never a tag. May block for some tens
    /// of milliseconds, and may never return when the chip dies under the call: it runs on a
    /// thread of its own, and the driver declares the reader failed when a call passes its
    /// deadline.
    fn poll(&mut self) -> Result<Field, DeviceError>;

    /// Tries to bring a deaf reader back; the driver escalates between failing polls. A reader
    /// without the means does the next gentler thing. Returns what was done.
    fn revive(&mut self, remedy: Remedy) -> Result<Remedy, DeviceError> {
        Ok(remedy)
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
