//! The simulated dock for programs: what the page's forms do, in JSON.

use super::hands::{Done, Fields, Verb};
use super::problem::Problem;
use super::reader::{self, Query};
use super::simulator::Desk;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query as QueryOf, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use hardware::simulated::WorldState;
use serde::Serialize;
use shared::ids::TagUid;

#[derive(Serialize)]
struct Answer {
    /// The cart that was moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<TagUid>,
    /// Where a carried cart can be brought in.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    state: WorldState,
}

pub(super) async fn state(State(desk): State<Desk>) -> Json<WorldState> {
    Json(desk.dock.state())
}

pub(super) async fn act(
    State(desk): State<Desk>,
    Path(verb): Path<String>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
    fields: Result<Json<Fields>, JsonRejection>,
) -> Response {
    let done = Verb::named(&verb).and_then(|verb| {
        let Json(fields) = fields.map_err(|rejection| Problem {
            status: rejection.status(),
            ..Problem::unreadable(&rejection.body_text())
        })?;
        verb.perform(&desk, &fields)
    });
    match done {
        Ok(Done { tag, url }) => Json(Answer {
            tag,
            url,
            state: desk.dock.state(),
        })
        .into_response(),
        Err(problem) => problem.in_words(reader::lang(&query, &headers)),
    }
}
