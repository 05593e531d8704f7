//! The bank's callback. It wakes a read and is otherwise not believed: anybody may send one.

use super::body::Capped;
use super::problem::Problem;
use crate::app::Shared;
use crate::pix::callback::{CALLBACK_BYTES_MAX, parse};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;

/// Banks append `/pix` to the registered address, or not, or after a trailing slash.
const PATHS: [&str; 3] = ["/pix/callback", "/pix/callback/pix", "/pix/callback//pix"];

pub fn router() -> Router<Shared> {
    PATHS.into_iter().fold(Router::new(), |router, path| {
        router.route(path, post(receive))
    })
}

async fn receive(
    State(app): State<Shared>,
    Capped(body): Capped<CALLBACK_BYTES_MAX>,
) -> Result<StatusCode, Problem> {
    let hints = parse(&body).map_err(|error| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "callback_malformed",
            error.to_string(),
        )
        .of_field("body")
    })?;
    for hint in hints {
        app.bank_watch.wake(hint);
    }
    Ok(StatusCode::OK)
}
