//! The bank's callback. It wakes a read and is otherwise not believed: anybody may send one.

use super::body::Capped;
use super::problem::Problem;
use crate::app::Shared;
use crate::pix::callback::{CALLBACK_BYTES_MAX, parse};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use tower_http::catch_panic::CatchPanicLayer;

/// Banks append `/pix` to the registered address, or not, or after a trailing slash.
const PATHS: [&str; 3] = ["/pix/callback", "/pix/callback/pix", "/pix/callback//pix"];

pub fn router() -> Router<Shared> {
    PATHS.into_iter().fold(Router::new(), |router, path| {
        router.route(path, post(receive))
    })
}

/// All that the callback's own listener answers: the path of the registered address as it stands,
/// and with what banks append to it.
pub fn own_router(app: Shared) -> Router {
    Router::new()
        .fallback(receive)
        .layer(from_fn_with_state(app.clone(), only_callbacks))
        .layer(CatchPanicLayer::custom(super::problem::panicked))
        .with_state(app)
}

async fn only_callbacks(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let registered = app.config.callback.callback_url.parse::<Uri>();
    let base = registered.as_ref().map_or("/", Uri::path);
    if request.method() == Method::POST && is_ours(base, request.uri().path()) {
        next.run(request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// The bare address, `/pix` after it, and `//pix` where it ends with a slash or is thought to.
fn is_ours(base: &str, path: &str) -> bool {
    let base = base.trim_end_matches('/');
    let rest = path.strip_prefix(base);
    rest.is_some_and(|rest| matches!(rest, "" | "/" | "/pix" | "//pix"))
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

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn trap_12_callback_paths_banks_append_to_the_address_or_do_not() {
        for (base, path, expected) in [
            ("/", "/", true),
            ("/", "/pix", true),
            ("/", "//pix", true),
            ("/volta", "/volta", true),
            ("/volta", "/volta/pix", true),
            ("/volta/", "/volta//pix", true),
            ("/volta", "/volta/", true),
            ("/volta", "/volta/pix/pix", false),
            ("/volta", "/pix", false),
            ("/volta", "/voltar", false),
            ("/volta", "/", false),
        ] {
            assert_eq!(is_ours(base, path), expected, "{base} {path}");
        }
    }
}
