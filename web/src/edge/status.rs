//! What a technician sees first: is the dock well, and if not, what to do.

use super::text::{self, Text};
use super::{BASE_CSS, Frame, LIVE_JS, STATUS_CSS};
use crate::ui::frame::html;
use crate::ui::{Lang, Zone, assets, qr, time};
use askama::Template;
use shared::dock::Lamp;
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
    pub gateway: String,
    pub boot: u32,
    /// None when the clock was never compared since this start.
    pub clock_offset_ms: Option<i64>,
    pub uplink: Uplink,
    pub downlink_connected: bool,
    /// Events not acknowledged, and when the oldest of them was recorded.
    pub backlog: u64,
    pub backlog_since: Option<UnixMs>,
    pub quarantined: Vec<u64>,
    pub journal_bytes: u64,
    pub bays: Vec<Bay>,
    /// The newest first.
    pub events: Vec<Event>,
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
}

#[derive(Debug, Clone)]
pub struct Event {
    pub seq: u64,
    pub kind: &'static str,
    pub bay: Option<BayNo>,
    pub at: UnixMs,
}

/// What a button of the page led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Synced,
    Located,
    Busy,
}

impl Status {
    /// The whole page; `seen` is what the live stream calls this state.
    pub fn page(&self, told: Option<Told>, seen: &str) -> String {
        let t = text::text(self.lang);
        let (lang, path) = (self.lang, PATH);
        html(&Page {
            frame: Frame { lang, path, seen },
            t,
            view: self,
            told: match told {
                None => "",
                Some(Told::Synced) => t.asked_sync,
                Some(Told::Located) => t.asked_locate,
                Some(Told::Busy) => t.busy,
            },
            live: self.live(),
        })
    }

    /// The part that changes, as HTML.
    pub fn live(&self) -> String {
        html(&Live {
            t: text::text(self.lang),
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
        let bays = serving.bays.iter().filter_map(|bay| {
            let words = bay.trouble(t)?;
            Some(format!("{} {}: {words}", t.bay, bay.bay))
        });
        let uplink = match serving.uplink {
            Uplink::Failing {
                cause,
                since,
                attempts,
            } => {
                let failing = (t.failing)(&self.stamp(&since), attempts);
                Some(format!("{} {failing}", cause.words(t)))
            }
            Uplink::NotYet | Uplink::Answered { .. } => None,
        };
        let quarantined = (!serving.quarantined.is_empty()).then(|| {
            let numbers: Vec<String> = serving.quarantined.iter().map(u64::to_string).collect();
            format!("{}: {}", t.quarantined, numbers.join(", "))
        });
        bays.chain(uplink).chain(quarantined).collect()
    }
}

impl Serving {
    fn online(&self) -> bool {
        matches!(self.uplink, Uplink::Answered { .. })
    }
}

impl Cause {
    fn words(self, t: &Text) -> &'static str {
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
    fn state_code(&self) -> &'static str {
        self.state.as_str()
    }

    fn sensors(&self, t: &Text) -> String {
        let bolt = self
            .bolt_engaged
            .map(|on| if on { t.bolt_closed } else { t.bolt_open });
        let cart = self
            .present
            .map(|on| if on { t.sensor_cart } else { t.sensor_none });
        format!("{} · {}", bolt.unwrap_or("—"), cart.unwrap_or("—"))
    }

    fn trouble(&self, t: &Text) -> Option<&'static str> {
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

#[derive(Template)]
#[template(path = "edge/status_live.html")]
struct Live<'a> {
    t: &'a Text,
    view: &'a Status,
}

impl Live<'_> {
    fn qr(&self, url: &str) -> String {
        qr::svg(url, self.t.customer_qr)
    }

    fn uplink(&self, serving: &Serving) -> &'static str {
        match serving.uplink {
            Uplink::NotYet => self.t.not_yet,
            Uplink::Answered { .. } => self.t.connected,
            Uplink::Failing { cause, .. } => cause.words(self.t),
        }
    }

    fn last_ack(&self, serving: &Serving) -> String {
        match serving.uplink {
            Uplink::Answered { last } => self.view.stamp(&last),
            Uplink::NotYet => self.t.never.to_owned(),
            Uplink::Failing {
                since, attempts, ..
            } => (self.t.failing)(&self.view.stamp(&since), attempts),
        }
    }

    fn backlog(&self, serving: &Serving) -> String {
        match serving.backlog_since {
            Some(since) if serving.backlog > 0 => {
                (self.t.backlog_some)(serving.backlog, &self.view.stamp(&since))
            }
            _ if serving.backlog > 0 => serving.backlog.to_string(),
            _ => self.t.backlog_none.to_owned(),
        }
    }

    fn clock(&self, serving: &Serving) -> String {
        match serving.clock_offset_ms {
            Some(offset_ms) => (self.t.clock_server)(offset_ms),
            None => self.t.clock_unset.to_owned(),
        }
    }

    fn lamp(&self, bay: &Bay) -> &'static str {
        bay.lamp.map_or("—", |lamp| (self.t.lamp)(lamp))
    }

    fn event(&self, event: &Event) -> &'static str {
        (self.t.event_kind)(event.kind)
    }

    fn bay_state(&self, bay: &Bay) -> &'static str {
        (self.t.bay_state)(bay.state)
    }

    fn kilobytes(&self, bytes: &u64) -> String {
        format!("{} kB", bytes.div_ceil(1024))
    }
}
