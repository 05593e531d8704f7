//! The house rules that a machine can check (`architecture.md`, style 9 to 15).
//!
//! Every rule is a function from text to breaches, and each room of this test feeds its own rules
//! bad snippets: a rule that cannot fail proves nothing.

#[path = "tidy/repo.rs"]
mod repo;

#[path = "tidy/source.rs"]
mod source;

#[path = "tidy/manifests.rs"]
mod manifests;

#[path = "tidy/rooms.rs"]
mod rooms;

#[path = "tidy/sizes.rs"]
mod sizes;

#[path = "tidy/leftovers.rs"]
mod leftovers;

#[path = "tidy/private.rs"]
mod private;

#[path = "tidy/tree.rs"]
mod tree;

#[path = "tidy/settings.rs"]
mod settings;

#[path = "tidy/traps.rs"]
mod traps;
