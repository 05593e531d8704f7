//! The language both sides of Volta speak: ids, money, time, documents, events, the hash chain,
//! grants, the sync exchange and the raffle's commitment. Pure: no clock, no randomness, no I/O.

pub mod allowance;
mod carried;
pub mod chain;
pub mod commitment;
pub mod dock;
pub mod document;
pub mod enrol;
pub mod event;
pub mod grant;
pub mod held;
pub mod ids;
pub mod json;
pub mod money;
pub mod octets;
pub mod offline;
pub mod personal;
pub mod pix_key;
pub mod receipt;
pub mod signed;
pub mod sync;
pub mod time;
pub mod voucher;
pub mod witness;
