//! The rules of the business, without I/O.
