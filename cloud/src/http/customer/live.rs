//! The rental page and what keeps it current: a held answer without scripts, a stream with them.

use super::{look, person_reads};
use crate::actions::Failure;
use crate::app::Shared;
use crate::http::client::{Client, is_token};
use crate::http::problem::Problem;
use crate::live::Topic;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use serde::Deserialize;
use shared::ids::RentalId;
use shared::receipt::Receipt;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::Instant;
use web::customer::{RentalPage, csp};

/// A navigation without scripts is held this long for news.
const HOLD: Duration = Duration::from_secs(25);

/// Browsers cannot see comments; a named event proves the line is alive.
const PING: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
pub(super) struct Seen {
    /// The state key the reader has on screen.
    visto: Option<String>,
}

pub(super) async fn rental_page(
    State(app): State<Shared>,
    Path(token): Path<String>,
    Query(seen): Query<Seen>,
    client: Client,
) -> Response {
    if !is_token(&token) && Receipt::claimed_gateway(&token).is_some() {
        return super::receipt::show(&app, &client, &token).await;
    }
    match held(&app, &client, &token, seen.visto.as_deref()).await {
        Ok(page) => {
            let mut response = client.page(StatusCode::OK, page.render(), csp());
            client.remember(&mut response, &token);
            response
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn held(
    app: &Shared,
    client: &Client,
    token: &str,
    seen: Option<&str>,
) -> Result<RentalPage, Failure> {
    let mut news = app.hub.subscribe();
    let page = look(app, client, token).await?;
    if seen != Some(page.state_key().as_str()) || page.is_final() {
        return Ok(page);
    }
    let rental = super::find(app, token).await?.id;
    let changed = async {
        let mut again = page.look_again_seconds();
        loop {
            tokio::select! {
                () = told(&mut news, rental) => {}
                () = pause(again) => {}
            }
            let page = look(app, client, token).await?;
            if seen != Some(page.state_key().as_str()) {
                return Ok(page);
            }
            again = page.look_again_seconds();
        }
    };
    tokio::select! {
        page = changed => page,
        () = tokio::time::sleep(HOLD) => Ok(page),
        () = app.stopping.wait() => Ok(page),
    }
}

/// Returns after so many seconds, or never.
async fn pause(seconds: Option<u64>) {
    match seconds {
        Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
        None => std::future::pending().await,
    }
}

/// Returns when something may have changed about the rental.
async fn told(news: &mut broadcast::Receiver<Topic>, rental: RentalId) {
    loop {
        match news.recv().await {
            Ok(Topic::Rental(id)) if id == rental => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

pub(super) async fn stream(
    State(app): State<Shared>,
    Path(token): Path<String>,
    Query(seen): Query<Seen>,
    client: Client,
) -> Result<Response, Problem> {
    let render = |page: &RentalPage| Event::default().event("state").data(page.render_live());
    let events = states(app, client, token, seen.visto, render).await?;
    let mut response = Sse::new(events).into_response();
    let headers = response.headers_mut();
    headers.insert("cache-control", "no-store".parse().expect("an ASCII value"));
    headers.insert("x-accel-buffering", "no".parse().expect("an ASCII value"));
    Ok(response)
}

/// A rental's states as they come, rendered, until the last; `seen` is what the reader has already.
pub async fn states(
    app: Shared,
    client: Client,
    token: String,
    seen: Option<String>,
    render: fn(&RentalPage) -> Event,
) -> Result<impl Stream<Item = Result<Event, Infallible>>, Failure> {
    let news = app.hub.subscribe();
    let rental = super::find(&app, &token).await?.id;
    let watch = Watch {
        app,
        client,
        token,
        rental,
        news,
        seen,
        render,
        first: true,
        over: false,
        again: None,
        ping_due: Instant::now() + PING,
    };
    Ok(watch.events())
}

struct Watch {
    app: Shared,
    client: Client,
    token: String,
    rental: RentalId,
    news: broadcast::Receiver<Topic>,
    seen: Option<String>,
    render: fn(&RentalPage) -> Event,
    first: bool,
    over: bool,
    /// Seconds until a look that nothing calls for.
    again: Option<u64>,
    ping_due: Instant,
}

impl Watch {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        futures_util::stream::unfold(self, |mut watch| async move {
            let event = watch.next().await?;
            watch.ping_due = Instant::now() + PING;
            Some((Ok(event), watch))
        })
    }

    /// The state where the reader has not seen it, else a ping by the clock; nothing after the end.
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        loop {
            if !self.first {
                tokio::select! {
                    () = told(&mut self.news, self.rental) => {}
                    () = pause(self.again) => {}
                    () = tokio::time::sleep_until(self.ping_due) => return Some(ping()),
                    () = self.app.stopping.wait() => return None,
                }
            }
            let first = std::mem::replace(&mut self.first, false);
            // A database that is busy for a moment is no reason to drop a customer's line.
            let Ok(page) = look(&self.app, &self.client, &self.token).await else {
                return Some(ping());
            };
            let key = page.state_key();
            self.over = page.is_final();
            self.again = page.look_again_seconds();
            if self.seen.as_deref() != Some(&key) {
                self.seen = Some(key);
                return Some((self.render)(&page));
            }
            if self.over || first {
                return Some(ping());
            }
        }
    }
}

pub fn ping() -> Event {
    Event::default().event("ping").data("1")
}
