//! A disk in memory on which the power can be cut at any step, for SQLite and for whatever else
//! writes through [`edge::journal::Disk`].
//!
//! What was synced stays. Of what was written and not synced each sector stays, goes, or is torn; of
//! names that were made, moved or removed and not synced the first few stay. The model knows no
//! mercy and no order among unsynced sectors: a real disk is kinder.

mod disk;
mod sea;
mod vfs;

pub use disk::{CrashDisk, Picture};
pub use sea::Chance;
