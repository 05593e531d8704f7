//! The gateway's pages: its state for anybody, the technician's sections behind a sign-in, and, in
//! simulated mode, a dock to play with.
//!
//! GET changes nothing. What a form does, the JSON interface does alike.

mod api;
mod dock;
mod front;
mod guard;
mod hands;
mod listen;
mod live;
mod problem;
mod reader;
mod sign_in;
mod simulator;
mod status;
mod stranded;
mod technician;
#[cfg(test)]
mod tests;
mod views;

use crate::status::Handle;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::{get, post};
pub(crate) use front::Front;
use guard::Guard;
use live::Streams;
use reqwest::Url;
use simulator::Desk;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
pub(crate) use stranded::Told;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use web::ui::csp;

/// A form of a few short fields.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// Between two pieces of a form: a phone at the edge of the dock's network takes a second.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// Serves the pages until the listener fails.
pub async fn serve(listener: TcpListener, handle: Handle) -> io::Result<()> {
    listen::serve(listener, router(handle)).await
}

#[derive(Clone)]
struct Pages {
    handle: Handle,
    streams: Streams,
    guard: Guard,
}

fn router(handle: Handle) -> Router {
    let policy = web::edge::policy(&origins(&handle));
    let pages = Pages {
        streams: Streams::default(),
        guard: Guard::new(Instant::now()),
        handle,
    };
    let mut router = Router::new()
        .route("/", get(status::page))
        .route("/live", get(status::live))
        .with_state(pages.clone())
        .merge(dock::router(pages.clone()))
        .merge(technician::router(pages.clone()));
    if let Some(dock) = pages.handle.simulated.clone() {
        router = router.merge(simulated(Desk {
            pages: Arc::new(pages),
            dock,
        }));
    }
    dressed(router.fallback(problem::not_found), &policy)
}

/// What stands around every page.
fn dressed(router: Router, policy: &str) -> Router {
    let mut router = router
        .layer(CsrfLayer::new())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(RequestBodyTimeoutLayer::new(BODY_PATIENCE))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new());
    if let Ok(policy) = HeaderValue::from_str(policy) {
        let name = header::CONTENT_SECURITY_POLICY;
        router = router.layer(SetResponseHeaderLayer::overriding(name, policy));
    }
    for (name, value) in csp::PAGE_HEADERS {
        router = router.layer(SetResponseHeaderLayer::if_not_present(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        ));
    }
    router
}

fn simulated(desk: Desk) -> Router {
    Router::new()
        .route("/simulator", get(simulator::page))
        .route("/simulator/live", get(simulator::live))
        .route("/simulator/{verb}", post(simulator::form))
        .route("/simulator/scan", post(dock::scan_form))
        .route("/simulator/api/state", get(api::state))
        .route("/simulator/api/scan", post(dock::scan_json))
        .route("/simulator/api/{verb}", post(api::act))
        .with_state(desk)
}

/// Where the form that takes a cart away may lead.
fn origins(handle: &Handle) -> Vec<String> {
    handle
        .neighbours
        .iter()
        .filter_map(|neighbour| Url::parse(&neighbour.url).ok())
        .map(|url| url.origin().ascii_serialization())
        .collect()
}
