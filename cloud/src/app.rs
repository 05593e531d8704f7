//! What the rooms of one running cloud share.

use crate::actions::watch_certificate::Ending;
use crate::config::Config;
use crate::keys::Keys;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::mqtt::{Downlink, Mqtt};
use crate::notices::Channels;
use crate::pix::{PayoutProvider, PixClient};
use crate::store::Store;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use shared::time::UnixMs;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

pub struct App {
    pub config: Config,
    pub store: Store,
    pub hub: Hub,
    pub keys: Keys,
    pub bank: PixClient,
    /// Over which payers are told.
    pub channels: Channels,
    /// None: sending is off, and a person must pay.
    pub payouts: Option<Arc<dyn PayoutProvider>>,
    /// The certificates between us and the bank.
    pub endings: Vec<Ending>,
    pub mqtt: Mqtt,
    pub downlink: Downlink,
    pub metrics: Metrics,
    pub admission: crate::http::Admission,
    pub bank_watch: crate::watch::Hints,
    pub takes: Takes,
    pub card_lists: crate::http::CardLists,
    pub bundles: crate::bundles::Bundles,
    /// Ends every worker and stream.
    pub stopping: Stopping,
    pub zone: jiff::tz::TimeZone,
}

pub type Shared = Arc<App>;

/// Beginning a rental promises a cart and costs the bank a charge: no address begins many.
pub struct Takes(DefaultKeyedRateLimiter<IpAddr>);

/// Addresses remembered before those that have calmed down are dropped.
const ADDRESSES_MAX: usize = 4_096;

impl Takes {
    pub fn per_minute(count: NonZeroU32) -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(count)))
    }

    pub fn admits(&self, from: IpAddr) -> bool {
        if self.0.len() > ADDRESSES_MAX {
            self.0.retain_recent();
        }
        self.0.check_key(&from).is_ok()
    }
}

/// Told once, heard by everybody, also by those who ask later.
#[derive(Clone)]
pub struct Stopping(watch::Sender<bool>);

impl Default for Stopping {
    fn default() -> Self {
        Self(watch::channel(false).0)
    }
}

impl Stopping {
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    pub async fn wait(&self) {
        // The sender lives in `self`, so the wait ends only with the word.
        let _ = self.0.subscribe().wait_for(|stopping| *stopping).await;
    }
}

/// How far this process's clock is ahead of the machine's. Only tests set it, as they set the clock of
/// the bank sandbox: nobody waits for a ninety-first day.
static AHEAD_MS: AtomicI64 = AtomicI64::new(0);

/// How this process dies at a crash point, where a test holds several clouds in one process.
static DEATH: OnceLock<fn(&Config, &str)> = OnceLock::new();

pub fn now() -> UnixMs {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
        .plus(AHEAD_MS.load(Ordering::Relaxed))
}

/// Test aid: sets the clock of this process ahead of the machine's, by so much in all.
pub fn run_ahead(by_ms: i64) {
    AHEAD_MS.store(by_ms, Ordering::Relaxed);
}

/// Test aid: crash points call `death` instead of killing the process. The first caller decides.
pub fn die_by(death: fn(&Config, &str)) {
    let _ = DEATH.set(death);
}

/// Where a test kills the process (VOLTA_CLOUD_CRASH_AT), as a power cut would.
pub fn crash_point(config: &Config, name: &str) {
    if config.crash_at.as_deref() != Some(name) {
        return;
    }
    if let Some(death) = DEATH.get() {
        return death(config, name);
    }
    tracing::warn!(crash.at = name, "killing this process as asked");
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
}
