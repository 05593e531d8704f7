//! The gateway's own pages: its state for anybody, the technician's sections, the simulated dock.

pub mod astray;
pub mod dock;
pub mod simulator;
pub mod status;
pub mod stranded;
pub mod technician;
pub mod text;
pub mod witness;

use crate::ui::{Lang, csp};
use shared::ids::TagUid;

/// Styles and scripts of all pages, inlined by hash: one request a page.
const BASE_CSS: &str = include_str!("../static/edge/base.css");
const SIMULATOR_CSS: &str = include_str!("../static/edge/simulator.css");
const STATUS_CSS: &str = include_str!("../static/edge/status.css");
const TECHNICIAN_CSS: &str = include_str!("../static/edge/technician.css");
const DOCK_CSS: &str = include_str!("../static/edge/dock.css");
const LIVE_JS: &str = include_str!("../static/edge/live.js");
const SIMULATOR_JS: &str = include_str!("../static/edge/simulator.js");
const TECHNICIAN_JS: &str = include_str!("../static/edge/technician.js");
const STRANDED_JS: &str = include_str!("../static/edge/stranded.js");

/// The content security policy of all pages. `neighbours` are origins a form may lead to: the
/// browser applies `form-action` to the redirect that takes a cart to another dock, too.
pub fn policy(neighbours: &[String]) -> String {
    let policy = csp::policy(
        &[
            BASE_CSS,
            SIMULATOR_CSS,
            STATUS_CSS,
            TECHNICIAN_CSS,
            DOCK_CSS,
        ],
        &[LIVE_JS, SIMULATOR_JS, TECHNICIAN_JS, STRANDED_JS],
    );
    let actions = ["form-action 'self'".to_owned()]
        .iter()
        .chain(neighbours)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    policy.replace("form-action 'self'", &actions)
}

/// A cart as pages name it: the end of its tag, and one of six colours to follow it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cart {
    pub tag: TagUid,
}

impl Cart {
    pub fn name(&self) -> String {
        let text = self.tag.to_string();
        text[text.len() - 4..].to_uppercase()
    }

    pub fn hue(&self) -> u8 {
        let spread = |sum: u8, byte: &u8| sum.wrapping_mul(31).wrapping_add(*byte);
        self.tag.as_bytes().iter().fold(7, spread) % 6
    }
}

/// What frames the live part of a page.
struct Frame<'a> {
    lang: Lang,
    /// This page's own path.
    path: &'a str,
    /// Names the live part's content, so that the stream need not repeat it.
    seen: &'a str,
}

#[cfg(test)]
mod tests;
