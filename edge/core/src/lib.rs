//! The gateway's brain: `handle(input, now) -> output`, no I/O.

pub mod io;
