//! What anybody sees: how the bays are, whether the dock is connected and if not why, and the door
//! to the rest.

use super::text::technician::{Words, words};
use super::text::{self, Text};
use super::{BASE_CSS, Frame, LIVE_JS, STATUS_CSS, TECHNICIAN_CSS};
use crate::ui::frame::html;
use crate::ui::{Lang, Zone, assets, bay, time};
use askama::Template;
use shared::dock::{Lamp, Part};
use shared::event::{BayFault, Contradiction};
use shared::ids::{BayNo, TagUid};
use shared::sync::BayState;
use shared::time::UnixMs;

pub const PATH: &str = "/";

#[derive(Debug, Clone)]
pub struct Status {
    pub lang: Lang,
    pub zone: Zone,
    pub software: String,
    pub cloud_url: String,
    pub device_key: String,
    /// Whether there is a simulator to link to.
    pub simulated: bool,
    pub stage: Stage,
}

#[derive(Debug, Clone)]
pub enum Stage {
    EnrolmentCodeMissing,
    EnrolmentAsking,
    EnrolmentUnreachable,
    /// The cloud's own words.
    EnrolmentRefused {
        title: String,
        detail: String,
    },
    Serving(Box<Serving>),
}

#[derive(Debug, Clone)]
pub struct Serving {
    pub store_name: String,
    pub dock_name: String,
    pub dock_url: String,
    pub in_service: bool,
    pub uplink: Uplink,
    pub bays: Vec<Bay>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uplink {
    NotYet,
    Answered {
        last: UnixMs,
    },
    Failing {
        cause: Cause,
        since: UnixMs,
        attempts: u32,
    },
}

/// Why the cloud could not be brought up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Unreachable,
    CloudError,
    Gap,
    Fork,
    NotEnrolled,
    Refused,
}

#[derive(Debug, Clone)]
pub struct Bay {
    pub bay: BayNo,
    pub state: BayState,
    pub carts: u16,
    pub capacity: u16,
    pub tag: Option<TagUid>,
    pub fault: Option<BayFault>,
    pub contradiction: Option<Contradiction>,
    pub lamp: Option<Lamp>,
    /// What the bolt's switch says; `None` while it has said nothing.
    pub bolt_engaged: Option<bool>,
    /// What the presence sensor says.
    pub present: Option<bool>,
    /// What the reader reads; the outer `None` while it has said nothing.
    pub read: Option<Option<TagUid>>,
    /// Parts that report errors now.
    pub failing: Vec<Part>,
    /// How often the reader failed since the start.
    pub reader_failures: u32,
}

impl Status {
    /// The whole page; `seen` is what the live stream calls this state, `told` the code of what
    /// the last form led to.
    pub fn page(&self, told: Option<&str>, seen: &str) -> String {
        let (lang, path) = (self.lang, PATH);
        html(&Page {
            frame: Frame { lang, path, seen },
            t: text::text(lang),
            view: self,
            told: told.map_or("", words(lang).told),
            live: self.live(),
        })
    }

    /// The part that changes, as HTML.
    pub fn live(&self) -> String {
        html(&Live {
            t: text::text(self.lang),
            w: words(self.lang),
            view: self,
        })
    }

    fn serving(&self) -> Option<&Serving> {
        match &self.stage {
            Stage::Serving(serving) => Some(serving),
            _ => None,
        }
    }

    fn name(&self) -> &str {
        self.serving()
            .map_or(text::text(self.lang).status_title, |serving| {
                &serving.dock_name
            })
    }

    fn stamp(&self, at: &UnixMs) -> String {
        time::stamp(*at, &self.zone, self.lang)
    }

    /// Sentences with the way out, the most pressing first.
    fn problems(&self, t: &Text) -> Vec<String> {
        match &self.stage {
            Stage::EnrolmentCodeMissing => vec![t.enrol_code_missing.to_owned()],
            Stage::EnrolmentAsking => vec![t.enrol_asking.to_owned()],
            Stage::EnrolmentUnreachable => vec![(t.enrol_unreachable)(&self.cloud_url)],
            Stage::EnrolmentRefused { title, detail } => {
                vec![format!("{}: {title}. {detail}", t.enrol_refused)]
            }
            Stage::Serving(serving) => self.serving_problems(serving, t),
        }
    }

    fn serving_problems(&self, serving: &Serving, t: &Text) -> Vec<String> {
        match serving.uplink {
            Uplink::Failing {
                cause,
                since,
                attempts,
            } => {
                let failing = (t.failing)(&self.stamp(&since), attempts);
                vec![format!("{} {failing}", cause.words(t))]
            }
            Uplink::NotYet | Uplink::Answered { .. } => Vec::new(),
        }
    }

    fn in_service(&self) -> bool {
        self.serving().is_some_and(|serving| serving.in_service)
    }
}

impl Cause {
    pub(super) fn words(self, t: &Text) -> &'static str {
        match self {
            Self::Unreachable => t.unreachable,
            Self::CloudError => t.cloud_error,
            Self::Gap => t.gap,
            Self::Fork => t.fork,
            Self::NotEnrolled => t.revoked,
            Self::Refused => t.batch_refused,
        }
    }
}

impl Bay {
    pub(super) fn trouble(&self, t: &Text) -> Option<&'static str> {
        let fault = self.fault.map(t.bay_fault);
        fault.or_else(|| self.contradiction.map(t.contradiction))
    }
}

#[derive(Template)]
#[template(path = "edge/status.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'a Text,
    view: &'a Status,
    told: &'a str,
    live: String,
}

impl Page<'_> {
    fn lang(&self) -> Lang {
        self.frame.lang
    }
}

#[derive(Template)]
#[template(path = "edge/status_live.html")]
struct Live<'a> {
    t: &'a Text,
    w: &'a Words,
    view: &'a Status,
}

impl Live<'_> {
    fn link_words(&self) -> &'static str {
        match self.view.serving().map(|serving| serving.uplink) {
            Some(Uplink::Answered { .. }) => self.t.connected,
            _ => self.t.not_yet,
        }
    }

    fn glyph(&self, bay: &Bay) -> char {
        bay::glyph(bay.state)
    }

    fn bay_state(&self, bay: &Bay) -> &'static str {
        (self.t.bay_state)(bay.state)
    }
}
