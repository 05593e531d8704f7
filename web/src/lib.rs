//! Views, templates, text and drawings of every page. No I/O.

#[cfg(feature = "cloud")]
pub mod campaign;
#[cfg(feature = "cloud")]
pub mod customer;
#[cfg(feature = "edge")]
pub mod edge;
#[cfg(feature = "cloud")]
pub mod manager;
#[cfg(feature = "cloud")]
pub mod notice;
#[cfg(feature = "cloud")]
pub mod text;
pub mod ui;
