//! The gateway's pages: status for technicians and, in simulated mode, a dock to play with.
//!
//! GET changes nothing. What a form does, the JSON interface does alike.

mod api;
mod hands;
mod live;
mod problem;
mod reader;
mod simulator;
mod status;
#[cfg(test)]
mod tests;

use crate::status::Handle;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::{get, post};
use live::Streams;
use reqwest::Url;
use simulator::Desk;
use std::io;
use std::sync::Arc;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use web::ui::csp;

/// A form of a few short fields.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// Serves the pages until the listener fails.
pub async fn serve(listener: TcpListener, handle: Handle) -> io::Result<()> {
    axum::serve(listener, router(handle)).await
}

#[derive(Clone)]
struct Pages {
    handle: Handle,
    streams: Streams,
}

fn router(handle: Handle) -> Router {
    let policy = web::edge::policy(&origins(&handle));
    let pages = Pages {
        streams: Streams::default(),
        handle,
    };
    let mut router = Router::new()
        .route("/", get(status::page))
        .route("/live", get(status::live))
        .route("/sync", post(status::sync))
        .route("/locate", post(status::locate))
        .with_state(pages.clone());
    if let Some(dock) = pages.handle.simulated.clone() {
        router = router.merge(simulated(Desk {
            pages: Arc::new(pages),
            dock,
        }));
    }
    let mut router = router
        .fallback(problem::not_found)
        .layer(CsrfLayer::new())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new());
    if let Ok(policy) = HeaderValue::from_str(&policy) {
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
        .route("/simulator/api/state", get(api::state))
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
