//! The web room: one file per resource. A handler extracts, calls one action or one query, and maps
//! the answer.

mod address;
mod admission;
pub mod api;
mod body;
mod callback;
mod carry;
mod client;
mod customer;
mod gateway;
mod manage;
mod ops;
mod problem;
mod raffle;
mod session;
mod story;

use crate::app::Shared;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;

pub use admission::Admission;
pub use callback::own_router as callback_router;
pub use gateway::CardLists;
pub use gateway::{code_hash, secret_hash};
pub use ops::router as ops_router;

/// Where brotli begins to look for context: the first page is 7 % smaller than at the default of 4.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(5);

/// Everything people and gateways reach.
pub fn router(app: Shared) -> Router {
    // No cookie stands behind these: signatures, credentials or nothing at all.
    let mut machines = Router::new()
        .merge(gateway::router())
        .merge(ops::public_router());
    if app.config.callback.callback_listen.is_none() {
        machines = machines.merge(callback::router());
    }
    let people = Router::new()
        .merge(customer::router())
        .merge(manage::router(&app))
        .merge(api::router())
        .layer(CsrfLayer::new());
    Router::new()
        .merge(machines)
        .merge(people)
        .fallback(customer::not_found)
        .layer(CompressionLayer::new().quality(COMPRESSION))
        .layer(axum::middleware::from_fn_with_state(app.clone(), count))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .with_state(app)
}

fn fixed(name: header::HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

async fn count(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    app.metrics.answered(response.status().as_u16());
    response
}
