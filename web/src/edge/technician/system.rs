//! Link, clock, storage, network, and what the dock may do without internet.

use super::{Section, Shell, Tab};
use crate::edge::status::{Cause, Uplink};
use crate::edge::text::technician::{Words, words};
use crate::edge::text::{self, Text};
use crate::edge::witness::{self, Witnessed};
use crate::ui::frame::html;
use crate::ui::{money, qr};
use askama::Template;
use shared::money::Centavos;
use shared::time::{ClockQuality, UnixMs};

#[derive(Debug, Clone)]
pub struct System {
    pub shell: Shell,
    pub software: String,
    pub cloud_url: String,
    pub device_key: String,
    /// None before enrolment.
    pub serving: Option<Box<Serving>>,
    pub free_bytes: Option<u64>,
    pub addresses: Vec<Address>,
}

#[derive(Debug, Clone)]
pub struct Serving {
    pub gateway: String,
    pub boot: u32,
    pub dock_url: String,
    pub uplink: Uplink,
    pub downlink_connected: bool,
    pub head_seq: u64,
    pub acked_seq: u64,
    /// When the oldest event without acknowledgement was recorded.
    pub backlog_since: Option<UnixMs>,
    pub quarantined: Vec<u64>,
    /// The gateway's own time.
    pub at: UnixMs,
    pub clock: ClockQuality,
    pub clock_offset_ms: i64,
    pub clock_floor: UnixMs,
    pub level: Level,
    pub journal_bytes: u64,
    pub list: Option<List>,
    /// Released without the cloud's word in the running day, and how much may be.
    pub spent: Centavos,
    pub limit: Centavos,
    pub open_cards: usize,
    /// The newest first.
    pub witnessed: Vec<Witnessed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Ample,
    Low,
    Full,
}

/// The allowance list that the gateway goes by.
#[derive(Debug, Clone)]
pub struct List {
    pub version: u64,
    pub issued: UnixMs,
    pub allow: usize,
    pub deny: usize,
    pub technicians: Vec<String>,
}

/// One address of one network interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub interface: String,
    pub address: String,
}

impl System {
    /// The whole page; `seen` is what the live stream calls this state.
    pub fn page(&self, seen: &str) -> String {
        self.shell.page(Section {
            tab: Tab::System,
            title: words(self.shell.lang).system,
            path: Tab::System.path(),
            live: Some(("/tech/system/live", seen, self.live())),
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

impl Serving {
    fn online(&self) -> bool {
        matches!(self.uplink, Uplink::Answered { .. })
    }

    fn backlog(&self) -> u64 {
        self.head_seq.saturating_sub(self.acked_seq)
    }
}

#[derive(Template)]
#[template(path = "edge/tech_system.html")]
struct Live<'a> {
    t: &'a Text,
    w: &'a Words,
    shell: &'a Shell,
    view: &'a System,
}

impl Live<'_> {
    fn qr(&self, url: &str) -> String {
        qr::svg(url, self.t.customer_qr)
    }

    /// Before all else where it is an alarm, after all else where it is not.
    fn witnessed(&self, serving: &Serving, first: bool) -> String {
        match witness::is_broken(&serving.witnessed) == first {
            true => witness::in_full(&serving.witnessed, self.shell.lang, &self.shell.zone),
            false => String::new(),
        }
    }

    fn uplink(&self, serving: &Serving) -> &'static str {
        match serving.uplink {
            Uplink::NotYet => self.t.not_yet,
            Uplink::Answered { .. } => self.t.connected,
            Uplink::Failing { cause, .. } => Cause::words(cause, self.t),
        }
    }

    fn last_ack(&self, serving: &Serving) -> String {
        match serving.uplink {
            Uplink::Answered { last } => self.shell.stamp(&last),
            Uplink::NotYet => self.t.never.to_owned(),
            Uplink::Failing {
                since, attempts, ..
            } => (self.t.failing)(&self.shell.stamp(&since), attempts),
        }
    }

    fn backlog(&self, serving: &Serving) -> String {
        match (serving.backlog(), serving.backlog_since) {
            (0, _) => self.t.backlog_none.to_owned(),
            (events, Some(since)) => (self.t.backlog_some)(events, &self.shell.stamp(&since)),
            (events, None) => self.count(&events),
        }
    }

    fn quarantined(&self, serving: &Serving) -> String {
        let numbers: Vec<String> = serving.quarantined.iter().map(u64::to_string).collect();
        numbers.join(", ")
    }

    fn clock(&self, serving: &Serving) -> &'static str {
        match serving.clock {
            ClockQuality::Unset => self.w.clock_unset,
            ClockQuality::Floor => self.w.clock_floor,
            ClockQuality::Server => self.w.clock_server,
        }
    }

    fn level(&self, serving: &Serving) -> &'static str {
        match serving.level {
            Level::Ample => self.w.storage_ample,
            Level::Low => self.w.storage_low,
            Level::Full => self.w.storage_full,
        }
    }

    fn list(&self, list: &List) -> String {
        let count = |number: usize| self.count(&u64::try_from(number).unwrap_or(u64::MAX));
        format!(
            "{} · {} · {}",
            list.version,
            self.shell.stamp(&list.issued),
            (self.w.list_cards)(&count(list.allow), &count(list.deny))
        )
    }

    fn exposure(&self, serving: &Serving) -> String {
        let money = |amount| money::money(amount, self.shell.lang);
        (self.w.exposure_of)(&money(serving.spent), &money(serving.limit))
    }

    fn count(&self, number: &u64) -> String {
        money::count(*number, self.shell.lang)
    }

    fn bytes(&self, bytes: &u64) -> String {
        match bytes {
            0..1_000_000 => format!("{} kB", self.count(&bytes.div_ceil(1000))),
            _ => format!("{} MB", self.count(&(bytes / 1_000_000))),
        }
    }
}
