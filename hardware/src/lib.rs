//! A dock's hardware: the traits of a bay, the driver that turns levels into observations, and a
//! simulated dock that is a small physical world.

mod bay;
mod debounce;
mod drive;
pub mod simulated;

pub use bay::{
    BayHardware, BoltSensor, DeviceError, Dock, Indicator, Lock, PresenceSensor, TagReader,
};
pub use drive::{Driver, drive};
