//! A bank to develop against: API Pix 2.9.0 over real HTTP, with its own book and faults on demand.
//!
//! Shape: `api` (what a merchant's program calls) and `pages` (what the merchant's customer taps)
//! both act on `book` (SQLite, double entry). Two workers carry what a bank does later: `clerk`
//! settles devoluções, `postman` delivers callbacks. `faults` bends each of these on purpose.
//! Invariant: the book never lies. Faults change answers, timing and decisions, never entries.

mod api;
mod bank;
mod book;
mod brcode;
mod clerk;
mod clock;
mod config;
mod control;
mod control_envio;
mod dialect;
mod directory;
pub mod faults;
mod gate;
mod json;
pub mod operation;
mod own_return;
mod pages;
mod pay;
mod postman;
mod problem;
mod profile;
mod random;
mod requests;
mod router;
mod server;
mod tls;
mod tokens;

pub use config::{Config, ConfigError, DEFAULT_CHAVE, DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
pub use profile::Profile;
pub use server::{Running, ServeError, serve, spawn};
pub use tls::{TlsError, TlsFiles};
