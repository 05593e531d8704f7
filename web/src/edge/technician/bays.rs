//! Every bay with what its sensors say now.

use super::{Section, Shell, Tab};
use crate::edge::status::Bay;
use crate::edge::text::technician::{Words, words};
use crate::edge::text::{self, Text};
use crate::ui::frame::html;
use askama::Template;
use shared::dock::Part;

/// The bays of a dock; empty before enrolment.
#[derive(Debug, Clone)]
pub struct Bays {
    pub shell: Shell,
    pub bays: Vec<TestableBay>,
}

#[derive(Debug, Clone)]
pub struct TestableBay {
    pub bay: Bay,
    pub under_test: bool,
}

impl Bays {
    /// The whole page; `seen` is what the live stream calls this state.
    pub fn page(&self, seen: &str) -> String {
        self.shell.page(Section {
            tab: Tab::Bays,
            title: words(self.shell.lang).bays,
            path: Tab::Bays.path(),
            live: Some(("/tech/live", seen, self.live())),
            rest: String::new(),
        })
    }

    /// The part that changes, as HTML.
    pub fn live(&self) -> String {
        html(&Live {
            t: text::text(self.shell.lang),
            w: words(self.shell.lang),
            shell: &self.shell,
            view: self,
        })
    }
}

#[derive(Template)]
#[template(path = "edge/tech_bays.html")]
struct Live<'a> {
    t: &'a Text,
    w: &'a Words,
    shell: &'a Shell,
    view: &'a Bays,
}

impl Live<'_> {
    fn bolt(&self, bay: &Bay) -> &'static str {
        match bay.bolt_engaged {
            None => self.w.unknown,
            Some(true) => self.t.bolt_closed,
            Some(false) => self.t.bolt_open,
        }
    }

    fn presence(&self, bay: &Bay) -> &'static str {
        match bay.present {
            None => self.w.unknown,
            Some(true) => self.t.sensor_cart,
            Some(false) => self.t.sensor_none,
        }
    }

    fn tag(&self, bay: &Bay) -> String {
        match bay.read {
            None => self.w.unknown.to_owned(),
            Some(None) => self.w.no_tag.to_owned(),
            Some(Some(tag)) => tag.to_string(),
        }
    }

    fn lamp(&self, bay: &Bay) -> &'static str {
        bay.lamp.map_or("—", |lamp| (self.t.lamp)(lamp))
    }

    fn reader(&self, bay: &Bay) -> String {
        let health = match bay.failing.contains(&Part::Reader) {
            true => self.w.reader_deaf,
            false => self.w.reader_reads,
        };
        match bay.reader_failures {
            0 => health.to_owned(),
            failures => format!("{health} · {}", (self.w.reader_failures)(failures)),
        }
    }

    fn state(&self, bay: &Bay) -> &'static str {
        (self.t.bay_state)(bay.state)
    }

    /// What put the bay out of service, else what is wrong with its parts.
    fn troubles(&self, bay: &Bay) -> Vec<&'static str> {
        if let Some(trouble) = bay.trouble(self.t) {
            return vec![trouble];
        }
        let parts = bay.failing.iter();
        parts.map(|part| (self.w.part_failing)(*part)).collect()
    }
}
