//! Sessions of staff, on our own table.
