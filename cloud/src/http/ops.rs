//! Health for load balancers, metrics for operators.

use super::problem::Problem;
use crate::app::{Shared, now};
use crate::store::report;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use shared::time::UnixMs;

pub fn public_router() -> Router<Shared> {
    Router::new()
        .route("/health/live", get(|| async { "alive\n" }))
        .route("/health/ready", get(ready))
}

pub fn router(app: Shared) -> Router {
    public_router()
        .route("/metrics", get(metrics))
        .with_state(app)
}

#[derive(Serialize)]
struct Ready {
    database: &'static str,
    broker: &'static str,
}

/// Ready means the database answers. Without the broker everything works, only slower.
async fn ready(State(app): State<Shared>) -> Result<Json<Ready>, Problem> {
    app.store.read(report::ping).await?;
    let broker = if app.mqtt.stats().healthy {
        "ready"
    } else {
        "unavailable"
    };
    Ok(Json(Ready {
        database: "ready",
        broker,
    }))
}

/// Figures of "today" for operators count from here.
const DAY_MS: i64 = 24 * 3_600 * 1_000;

async fn metrics(State(app): State<Shared>) -> Result<impl IntoResponse, Problem> {
    let since = UnixMs(now().0 - DAY_MS);
    let figures = app.store.read(move |tx| report::figures(tx, since)).await?;
    let page = app.metrics.page(&figures, &app.mqtt.stats());
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, kind)], page))
}
