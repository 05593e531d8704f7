//! The pages people see: the customer's bank app, and the desk where faults are armed.

pub(crate) mod app;
pub(crate) mod faults;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const STYLE: &str = include_str!("../templates/bank.css");

pub(crate) async fn style() -> Response {
    (
        [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ],
        STYLE,
    )
        .into_response()
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    message: &'static str,
}

/// A page that says what is missing and leads home.
pub(crate) fn missing(status: StatusCode, message: &'static str) -> Response {
    page(status, &MessagePage { message })
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(error = %error, "bank.page_failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A failing book, told to a person.
fn out_of_order(error: &rusqlite::Error) -> Response {
    tracing::error!(error = %error, "bank.book_failed");
    missing(
        StatusCode::INTERNAL_SERVER_ERROR,
        "O banco não conseguiu ler o seu livro. Tente de novo.",
    )
}

/// `21/11/2026 às 14:05`, in São Paulo.
fn local(unix_ms: i64) -> String {
    let zone = TimeZone::get("America/Sao_Paulo").unwrap_or(TimeZone::UTC);
    Timestamp::from_millisecond(unix_ms).map_or_else(
        |_| String::new(),
        |instant| {
            instant
                .to_zoned(zone)
                .strftime("%d/%m/%Y às %H:%M")
                .to_string()
        },
    )
}
