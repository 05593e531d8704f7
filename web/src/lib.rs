//! Views, templates, text and drawings of every page. No I/O.
