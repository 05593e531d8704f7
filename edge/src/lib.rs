//! The gateway process: the brain of `edge-core` with a journal, a dock, a cloud and a page.

mod allowance;
pub mod cable;
mod clock;
mod cloud;
pub mod config;
pub mod crash;
pub mod diagnostics;
pub mod door;
mod downlink;
pub mod enrolment;
mod files;
mod gateway;
pub mod http;
pub mod identity;
pub mod journal;
pub mod logs;
mod orders;
mod process;
pub mod receipts;
pub mod renewal;
mod scanner;
pub mod status;
pub mod storage;
pub mod technician;
mod uplink;
mod watchdog;
pub mod wire;

pub use config::Config;
pub use process::{Failure, Listening, SOFTWARE, coils_off, run, wait_for_settings};
pub use watchdog::is_service;
