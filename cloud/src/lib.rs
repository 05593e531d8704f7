//! The cloud service: what settles Pix, keeps the books and tells the docks.

pub mod actions;
pub mod admin;
pub mod app;
pub mod books;
pub mod bundles;
pub mod config;
pub mod entropy;
pub mod http;
pub mod jobs;
pub mod keys;
pub mod live;
pub mod metrics;
pub mod mqtt;
pub mod notices;
pub mod outbox;
pub mod password;
pub mod persons;
pub mod pix;
pub mod serve;
pub mod store;
pub mod tls;
pub mod watch;
