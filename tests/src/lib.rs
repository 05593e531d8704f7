//! Drives the whole system as its users do: the four real programs on loopback, their HTTP
//! interfaces, their logs, and their databases read-only.
//!
//! `System::start(Options::new())` answers when both docks show their carts. `System::audit` says at
//! the end whether money, events, journals and entries agree. Everything ends with the value.

mod audit;
mod backlog;
mod bank;
mod clock;
mod customer;
mod database;
mod device;
mod dock;
mod http;
mod kills;
mod mail;
mod matrix;
mod options;
mod process;
mod proxy;
mod raffle;
mod staff;
mod storm;
mod system;
mod tls;

pub use audit::Fate;
pub use bank::Bank;
pub use customer::{CPF, Rental};
pub use database::Database;
pub use device::{Batch, Device};
pub use dock::Dock;
pub use http::{
    Answer, FORM, between, cookie_of, eventually, form, get, post, send, send_with, try_send,
};
pub use kills::{Tally, kill_at_random};
pub use mail::MailServer;
pub use matrix::{Death, Fault, Played, Timing, Visits, one_journey, play};
pub use options::{BANK, CLOUD, NORTE, Options, SUL};
pub use process::{Program, run_to_its_end};
pub use proxy::{Mode, Proxy, Route};
pub use raffle::{Raffle, Stage, later, planned, returns};
pub use staff::Staff;
pub use storm::{Phase, Report, Storm, allow_files, rage};
pub use system::System;
pub use tls::{Authority, TlsFront};
