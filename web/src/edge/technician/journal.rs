//! Looking things up in the journal.

use super::{Section, Shell, Tab};
use crate::edge::text::technician::{Words, words};
use crate::edge::text::{self, Text};
use crate::ui::frame::html;
use crate::ui::url;
use askama::Template;
use shared::event::TechnicianAction;
use shared::ids::BayNo;
use shared::time::UnixMs;

/// Codes of all kinds of events, as a choice to search by.
pub const KINDS: [&str; 20] = [
    "cart_docked",
    "docking_contradicted",
    "cart_left",
    "release_started",
    "card_release_started",
    "cart_pulled",
    "release_expired",
    "release_failed",
    "release_unclear",
    "grant_refused",
    "cart_placed",
    "cart_taken",
    "bay_faulted",
    "bay_recovered",
    "technician_acted",
    "voucher_redeemed",
    "gateway_started",
    "journal_salvaged",
    "commitment_witnessed",
    "commitment_contradicted",
];

/// The search as it was typed; an empty text does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    pub kind: String,
    pub bay: String,
    pub tag: String,
    pub from: String,
    pub to: String,
}

#[derive(Debug, Clone)]
pub struct Journal {
    pub shell: Shell,
    pub search: Search,
    pub result: Result<Found, NotSearched>,
}

/// Why there is nothing to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSearched {
    /// The journal cannot be read now.
    Journal,
    /// What was typed here means nothing.
    Field(Field),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Bay,
    Tag,
    From,
    To,
}

#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The newest first.
    pub events: Vec<Event>,
    /// Where the next page begins; none when all was searched.
    pub older_than: Option<u64>,
}

#[derive(Debug, Clone)]
pub struct Event {
    pub seq: u64,
    /// None for a line that cannot be read.
    pub known: Option<Known>,
}

#[derive(Debug, Clone)]
pub struct Known {
    pub kind: String,
    /// What a technician did.
    pub action: Option<TechnicianAction>,
    pub bay: Option<BayNo>,
    pub at: UnixMs,
    /// The event's own words, as JSON.
    pub details: String,
}

impl Journal {
    pub fn page(&self) -> String {
        let w = words(self.shell.lang);
        let rest = html(&Table {
            t: text::text(self.shell.lang),
            w,
            shell: &self.shell,
            view: self,
        });
        self.shell.page(Section {
            tab: Tab::Journal,
            title: w.journal,
            path: Tab::Journal.path(),
            live: None,
            rest,
        })
    }
}

impl Search {
    /// The address of the page after this one.
    fn older(&self, than: &u64) -> String {
        let mut address = format!("{}?", Tab::Journal.path());
        for (name, value) in [
            ("kind", &self.kind),
            ("bay", &self.bay),
            ("tag", &self.tag),
            ("from", &self.from),
        ] {
            if !value.is_empty() {
                address.push_str(&format!("{name}={}&", url::query_value(value)));
            }
        }
        format!("{address}to={}", than.saturating_sub(1))
    }
}

#[derive(Template)]
#[template(path = "edge/tech_journal.html")]
struct Table<'a> {
    t: &'a Text,
    w: &'a Words,
    shell: &'a Shell,
    view: &'a Journal,
}

impl Table<'_> {
    fn kind(&self, code: &str) -> &'static str {
        (self.t.event_kind)(code)
    }

    fn event(&self, known: &Known) -> String {
        let kind = self.kind(&known.kind);
        match &known.action {
            None => kind.to_owned(),
            Some(action) => format!("{kind}: {}", (self.w.action)(action)),
        }
    }

    fn wrong(&self, field: Field) -> bool {
        matches!(self.view.result, Err(NotSearched::Field(wrong)) if wrong == field)
    }

    fn why_not(&self, why: &NotSearched) -> String {
        let field = match why {
            NotSearched::Journal => return self.w.journal_unreadable.to_owned(),
            NotSearched::Field(Field::Bay) => self.t.bay,
            NotSearched::Field(Field::Tag) => self.t.tag,
            NotSearched::Field(Field::From) => self.w.from_no,
            NotSearched::Field(Field::To) => self.w.to_no,
        };
        (self.w.unreadable_field)(field)
    }

    fn down_to(&self, than: &u64) -> String {
        (self.w.searched_down_to)(*than)
    }
}
