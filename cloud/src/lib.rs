//! The cloud service.

pub mod actions;
pub mod entropy;
pub mod keys;
pub mod live;
pub mod mqtt;
pub mod pix;
pub mod store;
