//! The gateway's brain: `handle(input, now) -> output`, no I/O.
//!
//! Feed [`Brain`] every observation, grant and outcome; commit the records and the memory of each
//! [`io::Output`] durably; then carry out its commands. Because the commands come after the commit,
//! no bolt moves before its intent is on disk and nothing is shown that a power cut could undo.

mod bay;
mod brain;
mod clock;
mod door;
mod grants;
pub mod io;
pub mod limits;
mod reliability;
mod sensors;
mod uplink;
mod witness;

pub use brain::Brain;
pub use uplink::{Link, UplinkStatus};
