//! What machines send, read up to a limit.

use super::problem::Problem;
use axum::body::BodyDataStream;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use futures_util::StreamExt as _;
use std::time::Duration;

/// A body of at most this many bytes; a longer one is a `body_too_large` problem.
pub(super) struct Capped<const BYTES_MAX: usize>(pub(super) Vec<u8>);

/// How much of a body that is too long is read and thrown away: an answer to a sender that is still
/// sending is lost with the connection, and the sender never learns why.
const DRAIN_BYTES_MAX: usize = 16 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(5);

impl<S: Sync, const BYTES_MAX: usize> FromRequest<S> for Capped<BYTES_MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let mut chunks = request.into_body().into_data_stream();
        let mut read = Vec::new();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| cut())?;
            if read.len() + chunk.len() > BYTES_MAX {
                let _ = tokio::time::timeout(DRAIN_TIME, drain(chunks)).await;
                return Err(too_large(BYTES_MAX));
            }
            read.extend_from_slice(&chunk);
        }
        Ok(Self(read))
    }
}

async fn drain(mut chunks: BodyDataStream) {
    let mut left = DRAIN_BYTES_MAX;
    while let Some(Ok(chunk)) = chunks.next().await {
        match left.checked_sub(chunk.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

fn too_large(bytes_max: usize) -> Problem {
    let detail = format!("the body has more than {bytes_max} bytes: send less at a time");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail).of_field("body")
}

fn cut() -> Problem {
    let detail = "the body ended before its announced length: send it again";
    Problem::new(StatusCode::BAD_REQUEST, "body_cut", detail).of_field("body")
}
