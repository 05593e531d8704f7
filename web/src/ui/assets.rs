//! What pages carry inline, as it stands in `static/`.

/// Reloads where scripts run but modules do not. Customer pages with a live part carry it.
pub const NO_MODULE_JS: &str = include_str!("../../static/nomodule.js");

/// The mark of the house as a data URI: no request for an icon.
pub const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' \
    viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%230b5d3b'/%3E%3Cpath \
    d='M9 18a7 7 0 1 0 2-6M9 8v5h5' fill='none' stroke='%23fff' stroke-width='3'/%3E%3C/svg%3E";
