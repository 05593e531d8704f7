//! Drives the whole system as its users do.
