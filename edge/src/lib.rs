//! The gateway process: the brain of `edge-core` with a journal, a dock, a cloud and a page.

mod clock;
mod cloud;
pub mod config;
pub mod crash;
mod downlink;
pub mod enrolment;
mod files;
mod gateway;
pub mod http;
pub mod identity;
pub mod journal;
mod process;
pub mod status;
mod uplink;

pub use config::Config;
pub use process::{Failure, SOFTWARE, run};
