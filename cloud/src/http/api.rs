//! The customer's journey as JSON, for kiosks and the shop's own app. The document at
//! `/api/v1/openapi.json` is made of these very routes.

mod shapes;

use super::address::Address;
use super::body::Capped;
use super::client::Client;
use super::customer::{begin_rental, cancel_by, look, states};
use super::problem::{Problem, unreadable};
use crate::app::{Shared, now};
use crate::store::story as stories;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::Stream;
use serde::de::DeserializeOwned;
use shapes::{Begin, Begun, DockStatus, RentalStatus};
use shared::document::Cpf;
use shared::ids::BayNo;
use shared::json::check_bounds;
use std::convert::Infallible;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::customer::RentalPage;

/// A request here is a bay and a CPF.
const BODY_BYTES_MAX: usize = 4 * 1024;
const DEPTH_MAX: usize = 4;

#[derive(OpenApi)]
#[openapi(info(
    title = "Volta",
    description = "Supermarket carts lent against a Pix deposit: the customer's journey. \
                   Times are unix milliseconds, money is integer centavos, errors are problem+json \
                   with a stable `code`.",
    license(name = "Apache-2.0")
))]
struct Document;

pub fn router() -> Router<Shared> {
    let (routes, _) = described().split_for_parts();
    routes.route("/api/v1/openapi.json", get(|| async { Json(document()) }))
}

/// The OpenAPI document of this API.
pub fn document() -> utoipa::openapi::OpenApi {
    described().split_for_parts().1
}

fn described() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(docks))
        .routes(routes!(dock))
        .routes(routes!(begin))
        .routes(routes!(rental))
        .routes(routes!(cancel))
        .routes(routes!(events))
}

/// All docks.
#[utoipa::path(get, path = "/api/v1/docks", responses(
    (status = 200, description = "Every dock with its bays", body = [DockStatus]),
    (status = 503, description = "Try again", body = Problem, content_type = "application/problem+json"),
))]
async fn docks(State(app): State<Shared>) -> Result<Json<Vec<DockStatus>>, Problem> {
    let at = now();
    let docks = app.store.read(stories::all_docks).await?;
    Ok(Json(
        docks.iter().map(|dock| DockStatus::of(dock, at)).collect(),
    ))
}

/// One dock, by the code in its QR.
#[utoipa::path(get, path = "/api/v1/docks/{code}", params(("code" = String, Path, description = "As in the dock's QR")), responses(
    (status = 200, description = "The dock with its bays", body = DockStatus),
    (status = 404, description = "unknown_dock", body = Problem, content_type = "application/problem+json"),
))]
async fn dock(
    State(app): State<Shared>,
    Path(code): Path<String>,
) -> Result<Json<DockStatus>, Problem> {
    let at = now();
    let offer = app
        .store
        .read(move |tx| stories::offer(tx, &code, at))
        .await?
        .ok_or(crate::actions::Rejection::UnknownDock)?;
    Ok(Json(DockStatus::of_offer(&offer, at)))
}

/// Begins a rental: promises a bay and orders a Pix charge.
#[utoipa::path(post, path = "/api/v1/docks/{code}/rentals", params(("code" = String, Path, description = "As in the dock's QR")), request_body = Begin, responses(
    (status = 201, description = "The rental's secret token", body = Begun),
    (status = 404, description = "unknown_dock", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too_fast", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "dock_dark or no_cart", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "body_too_large", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "A field is wrong: see `field`", body = Problem, content_type = "application/problem+json"),
))]
async fn begin(
    State(app): State<Shared>,
    Path(code): Path<String>,
    from: Address,
    Capped(body): Capped<BODY_BYTES_MAX>,
) -> Result<impl IntoResponse, Problem> {
    let wanted: Begin = json(&body)?;
    let wrong = |field, detail: String| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", detail).of_field(field)
    };
    let cpf: Option<Cpf> = wanted
        .cpf
        .map(|text| text.parse())
        .transpose()
        .map_err(|e: shared::ids::InvalidId| wrong("cpf", e.to_string()))?;
    let bay = wanted
        .bay
        .map(BayNo::new)
        .transpose()
        .map_err(|e| wrong("bay", e.to_string()))?;
    if !app.takes.admits(from.0) {
        let detail = "this address begins rentals too fast: try again in a minute";
        return Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_fast",
            detail,
        ));
    }
    let token = begin_rental(&app, &code, bay, cpf).await?;
    let begun = Begun {
        page: format!("{}/r/{token}", app.config.public_url),
        token,
    };
    Ok((StatusCode::CREATED, Json(begun)))
}

/// A rental, by its secret token.
#[utoipa::path(get, path = "/api/v1/rentals/{token}", params(("token" = String, Path, description = "From the answer that began it")), responses(
    (status = 200, description = "The rental as it is now", body = RentalStatus),
    (status = 404, description = "unknown_rental", body = Problem, content_type = "application/problem+json"),
))]
async fn rental(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
) -> Result<Json<RentalStatus>, Problem> {
    let page = look(&app, &client, &token).await?;
    Ok(Json(RentalStatus::of(&page)))
}

/// Cancels a rental that is not paid yet.
#[utoipa::path(post, path = "/api/v1/rentals/{token}/cancel", params(("token" = String, Path, description = "From the answer that began it")), responses(
    (status = 204, description = "Cancelled, or was cancelled before"),
    (status = 404, description = "unknown_rental", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "wrong_state: paid already, or over", body = Problem, content_type = "application/problem+json"),
))]
async fn cancel(
    State(app): State<Shared>,
    Path(token): Path<String>,
) -> Result<StatusCode, Problem> {
    cancel_by(&app, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The rental's changes as server-sent events: `rental` with a RentalStatus, `ping` every 10 s.
#[utoipa::path(get, path = "/api/v1/rentals/{token}/events", params(("token" = String, Path, description = "From the answer that began it")), responses(
    (status = 200, description = "A stream", content_type = "text/event-stream", body = String),
    (status = 404, description = "unknown_rental", body = Problem, content_type = "application/problem+json"),
))]
async fn events(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    Ok(Sse::new(states(app, client, token, None, event_of).await?))
}

fn event_of(page: &RentalPage) -> Event {
    let data = serde_json::to_string(&RentalStatus::of(page)).unwrap_or_default();
    Event::default().event("rental").data(data)
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let wrong = |detail: String| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_json", detail).of_field("body")
    };
    check_bounds(body, BODY_BYTES_MAX, DEPTH_MAX).map_err(|e| wrong(e.to_string()))?;
    serde_json::from_slice(body).map_err(|e| wrong(unreadable(&e)))
}
