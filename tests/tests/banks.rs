//! The real Pix client against the sandbox bank behaving as each bank it knows, in the clear and
//! over mutual TLS, and the bank's callbacks over mutual TLS.

#[path = "banks/bench.rs"]
mod bench;

#[path = "banks/callbacks.rs"]
mod callbacks;

#[path = "banks/dialects.rs"]
mod dialects;

#[path = "banks/ending.rs"]
mod ending;

#[path = "banks/stale.rs"]
mod stale;

#[path = "banks/mutual.rs"]
mod mutual;

#[path = "banks/patience.rs"]
mod patience;
