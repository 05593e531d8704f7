//! A dock's hardware: the traits of a bay, the driver that turns levels into observations, the
//! Raspberry Pi, and a simulated dock that is a small physical world.

mod bay;
mod beat;
mod debounce;
mod drive;
pub mod raspberry_pi;
pub mod simulated;

pub use bay::{
    BayHardware, BoltSensor, DeviceError, Dock, Field, Indicator, Lock, PresenceSensor, Remedy,
    TagReader,
};
pub use beat::Beat;
pub use drive::{Driver, drive};
