//! One page, kept up to date: a stream of states where scripts run, a held answer where not.
//!
//! A state is named by a hash of its HTML. A reader who names the state it has is told nothing
//! until there is another one, so there is no log to replay.

use super::Pages;
use super::problem::Problem;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use sha2::{Digest as _, Sha256};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use web::ui::Lang;

/// More open pages than a dock has visitors; each costs a rendering a change.
const STREAMS_MAX: usize = 48;

/// A named event, as scripts cannot see comments; the page's watchdog waits for two of them.
const PING_INTERVAL: Duration = Duration::from_secs(10);

/// Changes that come together are shown together.
const GATHER: Duration = Duration::from_millis(40);

/// How long an answer is held for a reader without scripts; proxies cut after 30 s and more.
const HOLD: Duration = Duration::from_secs(25);

#[derive(Clone)]
pub(super) struct Streams(Arc<Semaphore>);

impl Default for Streams {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(STREAMS_MAX)))
    }
}

/// A page's live part.
pub(super) trait Live: Clone + Send + 'static {
    fn pages(&self) -> &Pages;
    /// The HTML as of now.
    fn html(&self, lang: Lang) -> String;
    /// Whether the reader may go on looking.
    fn is_open(&self) -> bool {
        true
    }
}

/// How the live stream calls this HTML.
pub(super) fn name(html: &str) -> String {
    hex::encode(&Sha256::digest(html.as_bytes())[..8])
}

/// Waits until there is a state other than `seen`, or long enough.
pub(super) async fn hold(page: &impl Live, lang: Lang, seen: Option<&str>) {
    let Some(seen) = seen else { return };
    let mut changes = Changes::of(page.pages());
    let other = async { while name(&page.html(lang)) == seen && changes.next().await {} };
    // The page is answered either way.
    let _ = timeout(HOLD, other).await;
}

pub(super) fn stream<L: Live>(page: L, lang: Lang, seen: Option<String>) -> Response {
    let Ok(place) = page.pages().streams.0.clone().try_acquire_owned() else {
        let problem = Problem {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "too_many_readers",
            detail: format!("{STREAMS_MAX} pages are open already; close one"),
        };
        return problem.in_words(lang);
    };
    let teller = Teller {
        changes: Changes::of(page.pages()),
        page,
        lang,
        seen: seen.unwrap_or_default(),
        ping_at: Instant::now() + PING_INTERVAL,
        _place: place,
    };
    let events = stream::unfold(teller, |mut teller| async move {
        let event = teller.next().await?;
        Some((Ok::<_, Infallible>(event), teller))
    });
    let unbuffered = (
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    ([unbuffered], Sse::new(events)).into_response()
}

struct Teller<L> {
    changes: Changes,
    page: L,
    lang: Lang,
    seen: String,
    ping_at: Instant,
    _place: OwnedSemaphorePermit,
}

impl<L: Live> Teller<L> {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if !self.page.is_open() {
                return None;
            }
            let html = self.page.html(self.lang);
            let name = name(&html);
            if name != self.seen {
                self.seen.clone_from(&name);
                return Some(Event::default().event("state").id(name).data(html));
            }
            tokio::select! {
                () = sleep_until(self.ping_at) => {
                    self.ping_at = Instant::now() + PING_INTERVAL;
                    return Some(Event::default().event("ping").data("1"));
                }
                going_on = self.changes.next() => {
                    if !going_on {
                        return None;
                    }
                    sleep(GATHER).await;
                }
            }
        }
    }
}

struct Changes {
    status: watch::Receiver<Arc<crate::status::Status>>,
    world: Option<watch::Receiver<u64>>,
    cable: watch::Receiver<bool>,
}

impl Changes {
    fn of(pages: &Pages) -> Self {
        let world = pages.handle.simulated.as_ref();
        Self {
            status: pages.handle.status.clone(),
            world: world.map(|dock| dock.subscribe()),
            cable: pages.handle.cable.subscribe(),
        }
    }

    /// False when the gateway has ended.
    async fn next(&mut self) -> bool {
        match &mut self.world {
            None => self.status.changed().await.is_ok(),
            Some(world) => tokio::select! {
                changed = self.status.changed() => changed.is_ok(),
                changed = world.changed() => changed.is_ok(),
                changed = self.cable.changed() => changed.is_ok(),
            },
        }
    }
}
