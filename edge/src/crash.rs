//! A test aid: the process aborts itself at a named point, as a power cut would end it.
//!
//! `VOLTA_GATEWAY_CRASH_AT=release_started:after_commit` aborts once an event of that kind is
//! durable and before anything moves; `cart_pulled:before_report` aborts after the orders that
//! follow from the event and before the cloud can hear of it. `cart_docked:hangs` lets the event
//! loop hang behind the commit instead, and `cart_docked:panics` lets it panic, as a defect would.

use shared::event::Fact;
use std::str::FromStr;
use std::thread;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrashAt(Option<(String, Point)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    AfterCommit,
    BeforeReport,
    /// Is none at which a process ends: it stands still after the commit.
    Hangs,
    /// The event loop alone ends, by a panic behind the commit.
    Panics,
}

impl Point {
    /// Those that are no end of the process stand behind the commit.
    fn is_at(self, point: Self) -> bool {
        let behind = matches!(self, Self::Hangs | Self::Panics);
        self == point || (behind && point == Self::AfterCommit)
    }
}

impl CrashAt {
    /// Ends the process if this is the point, and one of the events just committed is of the kind.
    pub fn reached(&self, point: Point, records: &[Fact]) {
        if let Some((kind, at)) = &self.0
            && at.is_at(point)
            && records.iter().any(|fact| fact.kind() == kind)
        {
            match at {
                Point::AfterCommit | Point::BeforeReport => std::process::abort(),
                Point::Panics => panic!("a defect, as {kind}:panics asks for"),
                Point::Hangs => loop {
                    thread::park();
                },
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write the kind of an event and after_commit, before_report, hangs or panics, joined by a colon"
)]
pub struct Malformed;

impl FromStr for CrashAt {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        let (kind, point) = text.split_once(':').ok_or(Malformed)?;
        let point = match point {
            "after_commit" => Point::AfterCommit,
            "before_report" => Point::BeforeReport,
            "hangs" => Point::Hangs,
            "panics" => Point::Panics,
            _ => return Err(Malformed),
        };
        Ok(Self(Some((kind.to_owned(), point))))
    }
}
