//! What a technician works with once signed in: five sections and the guided test of a bay.

pub mod bays;
pub mod journal;
pub mod settings;
pub mod sign_in;
pub mod system;
pub mod trial;
pub mod vouchers;

use super::text::technician::{Words, words};
use super::text::{self, Text};
use super::{BASE_CSS, LIVE_JS, STATUS_CSS, TECHNICIAN_CSS, TECHNICIAN_JS};
use crate::ui::frame::html;
use crate::ui::{Lang, Zone, assets, time};
use askama::Template;
use shared::time::UnixMs;

pub const PATH: &str = "/tech";

/// What stands around every section.
#[derive(Debug, Clone)]
pub struct Shell {
    pub lang: Lang,
    pub zone: Zone,
    /// Name of the dock; none before enrolment.
    pub dock_name: Option<String>,
    pub in_service: bool,
    /// Code of what the last form led to.
    pub told: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Bays,
    Vouchers,
    Journal,
    System,
    Settings,
}

impl Tab {
    pub const ALL: [Self; 5] = [
        Self::Bays,
        Self::Vouchers,
        Self::Journal,
        Self::System,
        Self::Settings,
    ];

    pub fn path(self) -> &'static str {
        match self {
            Self::Bays => PATH,
            Self::Vouchers => vouchers::PATH,
            Self::Journal => "/tech/journal",
            Self::System => "/tech/system",
            Self::Settings => "/tech/settings",
        }
    }

    fn name(self, w: &Words) -> &'static str {
        match self {
            Self::Bays => w.bays,
            Self::Vouchers => w.vouchers,
            Self::Journal => w.journal,
            Self::System => w.system,
            Self::Settings => w.settings,
        }
    }
}

/// A section's own part of its page.
struct Section<'a> {
    tab: Tab,
    title: &'a str,
    /// This page's own path.
    path: &'a str,
    /// The part that changes: its stream, how the stream calls this state, its HTML.
    live: Option<(&'a str, &'a str, String)>,
    /// The part that stays as it was asked for.
    rest: String,
}

impl Shell {
    fn page(&self, section: Section<'_>) -> String {
        html(&Page {
            t: text::text(self.lang),
            w: words(self.lang),
            shell: self,
            section,
        })
    }

    fn name(&self) -> &str {
        self.dock_name
            .as_deref()
            .unwrap_or(text::text(self.lang).status_title)
    }

    fn told(&self) -> &'static str {
        let code = self.told.as_deref().unwrap_or_default();
        (words(self.lang).told)(code)
    }

    fn stamp(&self, at: &UnixMs) -> String {
        time::stamp(*at, &self.zone, self.lang)
    }
}

#[derive(Template)]
#[template(path = "edge/tech.html")]
struct Page<'a> {
    t: &'a Text,
    w: &'a Words,
    shell: &'a Shell,
    section: Section<'a>,
}

impl Page<'_> {
    fn lang(&self) -> Lang {
        self.shell.lang
    }
}
