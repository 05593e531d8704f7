//! The language both sides of Volta speak: ids, money, time, documents, events, the hash chain,
//! grants and the sync exchange. Pure: no clock, no randomness, no I/O.

pub mod allowance;
mod carried;
pub mod chain;
pub mod dock;
pub mod document;
pub mod enrol;
pub mod event;
pub mod grant;
pub mod held;
pub mod ids;
pub mod json;
pub mod money;
pub mod offline;
pub mod personal;
pub mod pix_key;
pub mod receipt;
pub mod signed;
pub mod sync;
pub mod time;
