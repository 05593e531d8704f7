//! The whole system over its real processes: the journey, every way to break it, and bad input.
//!
//! Each test starts bank, cloud and two docks of its own and ends with an audit: one refund or none
//! as the rules say, ledger and bank agree, every event in the cloud once and byte for byte.

#[path = "system/journey.rs"]
mod journey;

#[path = "system/cloud_kills.rs"]
mod cloud_kills;

#[path = "system/gateway_kills.rs"]
mod gateway_kills;

#[path = "system/bank_faults.rs"]
mod bank_faults;

#[path = "system/late_money.rs"]
mod late_money;

#[path = "system/books.rs"]
mod books;

#[path = "system/refund_life.rs"]
mod refund_life;

#[path = "system/payouts.rs"]
mod payouts;

#[path = "system/abandoned.rs"]
mod abandoned;

#[path = "system/vouchers.rs"]
mod vouchers;

#[path = "system/docks.rs"]
mod docks;

#[path = "system/tags.rs"]
mod tags;

#[path = "system/bad_requests.rs"]
mod bad_requests;

#[path = "system/bad_batches.rs"]
mod bad_batches;

#[path = "system/bad_starts.rs"]
mod bad_starts;

#[path = "system/network.rs"]
mod network;

#[path = "system/backlog.rs"]
mod backlog;

#[path = "system/installer.rs"]
mod installer;

#[path = "system/kills.rs"]
mod kills;

#[path = "system/clock.rs"]
mod clock;

#[path = "system/tls.rs"]
mod tls;

#[path = "system/canaries.rs"]
mod canaries;

#[path = "system/openapi.rs"]
mod openapi;

#[path = "system/storm.rs"]
mod storm;

#[path = "system/witnesses.rs"]
mod witnesses;

#[path = "system/raffles.rs"]
mod raffles;
