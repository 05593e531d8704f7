//! What every handler and worker shares.

use crate::book::Book;
use crate::book::callback::Delivery;
use crate::clock::Clock;
use crate::config::Config;
use crate::faults::{FaultKind, Faults};
use crate::operation::Operation;
use crate::requests::Requests;
use crate::tokens::Tokens;
use tokio::sync::Notify;

const LOCATION_PATH: &str = "/qr/v2/";

pub(crate) struct Bank {
    pub(crate) config: Config,
    /// `host[:port]` in locations.
    pub(crate) public_host: String,
    pub(crate) book: Book,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) requests: Requests,
    pub(crate) tokens: Tokens,
    pub(crate) http: reqwest::Client,
    /// The same without the bank's certificate.
    pub(crate) http_bare: reqwest::Client,
    pub(crate) clerk_woken: Notify,
    pub(crate) postman_woken: Notify,
}

impl Bank {
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Where a charge's payload is served, without scheme, as BR Codes carry it.
    pub(crate) fn location(&self, token: &str) -> String {
        format!("{}{LOCATION_PATH}{token}", self.public_host)
    }

    /// The token in a location of this bank; `None` for another bank's.
    pub(crate) fn token_of<'a>(&self, location: &'a str) -> Option<&'a str> {
        location
            .strip_prefix(self.public_host.as_str())?
            .strip_prefix(LOCATION_PATH)
    }

    /// How the next callback of this kind goes out.
    pub(crate) fn delivery(&self, callback: Operation) -> Delivery {
        self.faults
            .meet(callback, |kind| match kind {
                FaultKind::CallbackEarly => Some(Delivery::Early),
                FaultKind::CallbackLate { late_ms } => Some(Delivery::Late {
                    late_ms: i64::try_from(*late_ms).unwrap_or(i64::MAX),
                }),
                FaultKind::CallbackRepeat { count } => Some(Delivery::Repeated { count: *count }),
                FaultKind::CallbackShuffle => Some(Delivery::Shuffled),
                FaultKind::CallbackNever => Some(Delivery::Never),
                _ => None,
            })
            .unwrap_or(Delivery::Normal)
    }
}
