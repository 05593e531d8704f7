//! The stream behind an open page: bays that changed, and the figures when they did.
//!
//! Shape: news only mark what is dirty; what is dirty is read again when its pause is over. So a
//! busy hour costs a page a few reads a second, whatever the number of events.

use super::super::client::Client;
use super::super::customer::ping;
use super::figures::{Figures, Moment};
use super::who::Watcher;
use crate::app::{Shared, now};
use crate::live::Topic;
use crate::store::StoreError;
use crate::store::story::{self as stories, DockStory};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use shared::ids::{BayNo, DockId};
use shared::sync::BayState;
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::Instant;
use web::manager::{BayDelta, bays_event, totals_event};
use web::ui::Frame;

/// Pauses between two reads of the bays, and of the figures.
const BAYS_PAUSE: Duration = Duration::from_millis(100);
const TOTALS_PAUSE: Duration = Duration::from_millis(500);

/// Browsers cannot see comments; a named event proves the line is alive. With it, what changes by
/// the clock alone is looked at: a dock that fell silent, a refund that became late.
const PING: Duration = Duration::from_secs(10);

pub async fn stream(State(app): State<Shared>, watcher: Watcher, client: Client) -> Response {
    let at = Instant::now();
    let watch = Watch {
        news: app.hub.subscribe(),
        app,
        watcher,
        frame: client.frame,
        bays_dirty: true,
        totals_dirty: true,
        bays_due: at,
        totals_due: at,
        ping_due: at + PING,
        bays: BTreeMap::new(),
        figures: None,
        ready: VecDeque::new(),
    };
    let mut response = Sse::new(watch.events()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

struct Watch {
    app: Shared,
    watcher: Watcher,
    frame: Frame,
    news: broadcast::Receiver<Topic>,
    bays_dirty: bool,
    totals_dirty: bool,
    bays_due: Instant,
    totals_due: Instant,
    ping_due: Instant,
    /// What the page was told last.
    bays: BTreeMap<(DockId, BayNo), (BayState, u16)>,
    figures: Option<Figures>,
    ready: VecDeque<Event>,
}

impl Watch {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        futures_util::stream::unfold(self, |mut watch| async move {
            let event = watch.next().await?;
            Some((Ok(event), watch))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let look_due = self.look_due();
            tokio::select! {
                told = self.news.recv() => self.mark(&told)?,
                () = tokio::time::sleep_until(look_due.min(self.ping_due)) => {
                    if self.ping_due <= Instant::now() {
                        self.ping().await?;
                    } else {
                        self.look().await;
                    }
                }
                () = self.app.stopping.wait() => return None,
            }
        }
    }

    fn mark(&mut self, told: &Result<Topic, RecvError>) -> Option<()> {
        match told {
            Ok(Topic::Dock(_)) | Err(RecvError::Lagged(_)) => {
                self.bays_dirty = true;
                self.totals_dirty = true;
            }
            Ok(Topic::Rental(_)) => self.totals_dirty = true,
            Ok(Topic::Outbox) => {}
            Err(RecvError::Closed) => return None,
        }
        Some(())
    }

    fn look_due(&self) -> Instant {
        let bays = self.bays_dirty.then_some(self.bays_due);
        let totals = self.totals_dirty.then_some(self.totals_due);
        let due = [bays, totals].into_iter().flatten().min();
        due.unwrap_or(self.ping_due)
    }

    /// Ends the stream with its session.
    async fn ping(&mut self) -> Option<()> {
        self.ping_due = Instant::now() + PING;
        if self.watcher.is_over(&self.app, now()).await {
            return None;
        }
        self.ready.push_back(ping());
        self.totals_dirty = true;
        Some(())
    }

    async fn look(&mut self) {
        let at = Instant::now();
        let totals = self.totals_dirty && self.totals_due <= at;
        let moment = Moment::now(&self.app);
        let found = self
            .app
            .store
            .read(move |tx| {
                let docks = stories::all_docks(tx)?;
                let figures = if totals {
                    Some(Figures::read(tx, &docks, moment)?)
                } else {
                    None
                };
                Ok((docks, figures))
            })
            .await;
        self.bays_dirty = false;
        self.bays_due = at + BAYS_PAUSE;
        if totals {
            self.totals_dirty = false;
            self.totals_due = at + TOTALS_PAUSE;
        }
        self.tell(found);
    }

    fn tell(&mut self, found: Result<(Vec<DockStory>, Option<Figures>), StoreError>) {
        // A database that is busy for a moment is looked at again with the next ping.
        let Ok((docks, figures)) = found else {
            return;
        };
        let changed = self.changed(&docks);
        if !changed.is_empty() {
            let data = bays_event(&changed);
            self.ready
                .push_back(Event::default().event("bays").data(data));
        }
        if let Some(figures) = figures
            && self.figures.as_ref() != Some(&figures)
        {
            let data = totals_event(&figures.totals, figures.problem_count(), &self.frame);
            self.ready
                .push_back(Event::default().event("totals").data(data));
            self.figures = Some(figures);
        }
    }

    fn changed(&mut self, docks: &[DockStory]) -> Vec<BayDelta> {
        let mut changed = Vec::new();
        for story in docks {
            for bay in &story.bays {
                let is = (bay.state, bay.carts);
                let was = self.bays.insert((story.dock.id, bay.bay), is);
                if was != Some(is) {
                    changed.push(BayDelta {
                        dock_code: story.dock.code.clone(),
                        bay: bay.bay,
                        state: bay.state,
                        carts: bay.carts,
                    });
                }
            }
        }
        changed
    }
}
