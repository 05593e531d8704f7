//! Every value of the configuration, the diagnostics bundle, and enrolment.

use super::{Section, Shell, Tab};
use crate::edge::text::settings::help;
use crate::edge::text::technician::{Words, words};
use crate::ui::frame::html;
use askama::Template;

#[derive(Debug, Clone)]
pub struct Settings {
    pub shell: Shell,
    pub settings: Vec<Setting>,
    /// None before enrolment: there is nothing to renew.
    pub renewal: Option<Renewal>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub name: String,
    pub value: Value,
    /// The program's own help, in English.
    pub help: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Plain(String),
    /// There is one, and nobody is shown it.
    Masked,
    Empty,
}

#[derive(Debug, Clone, Default)]
pub struct Renewal {
    /// Events that the cloud has not acknowledged.
    pub unsent: u64,
    /// How the last request stands, in the cloud's or the program's own words; empty for none.
    pub state: String,
}

impl Settings {
    pub fn page(&self) -> String {
        let w = words(self.shell.lang);
        let rest = html(&Lists { w, view: self });
        self.shell.page(Section {
            tab: Tab::Settings,
            title: w.settings,
            path: Tab::Settings.path(),
            live: None,
            rest,
        })
    }
}

#[derive(Template)]
#[template(path = "edge/tech_settings.html")]
struct Lists<'a> {
    w: &'a Words,
    view: &'a Settings,
}

impl Lists<'_> {
    fn help(&self, name: &str) -> Option<&'static str> {
        help(self.view.shell.lang, name)
    }

    fn unsent(&self, renewal: &Renewal) -> String {
        (self.w.renew_unsent)(renewal.unsent)
    }

    fn confirm(&self, renewal: &Renewal) -> String {
        (self.w.renew_confirm)(renewal.unsent)
    }

    fn state(&self, renewal: &Renewal) -> String {
        (self.w.renew_state)(&renewal.state)
    }
}
