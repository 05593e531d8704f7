//! For somebody whom a wrong or old address led here: what is the matter, and the ways on.

use super::text::dock::{self, DockText};
use super::text::{self, Text};
use super::{BASE_CSS, DOCK_CSS};
use crate::ui::frame::html;
use crate::ui::{Lang, assets};
use askama::Template;

/// The page; `code` is that of the refusal.
pub fn page(lang: Lang, code: &str) -> String {
    let t = text::text(lang);
    html(&Astray {
        lang,
        t,
        d: dock::text(lang),
        title: (t.refused)(code),
    })
}

#[derive(Template)]
#[template(path = "edge/astray.html")]
struct Astray<'a> {
    lang: Lang,
    t: &'a Text,
    d: &'a DockText,
    title: &'a str,
}
