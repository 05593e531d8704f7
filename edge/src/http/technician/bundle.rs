//! The diagnostics bundle as a download. Taking it is an event, so it is a form's answer.

use super::super::Pages;
use super::super::sign_in::Signed;
use super::network;
use crate::diagnostics::{self, Sources};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use shared::event::TechnicianAction;

pub(super) async fn take(State(pages): State<Pages>, pass: Signed) -> Response {
    pages
        .note(pass.0.by.clone(), TechnicianAction::DiagnosticsTaken)
        .await;
    let sources = Sources {
        status: pages.handle.status.borrow().clone(),
        machine: pages.handle.machine.clone(),
        addresses: network::addresses()
            .into_iter()
            .map(|it| format!("{} {}", it.interface, it.address))
            .collect(),
    };
    let packed = tokio::task::spawn_blocking(move || diagnostics::bundle(&sources)).await;
    let Ok(Ok(bytes)) = packed else {
        tracing::error!("the diagnostics bundle cannot be packed");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "application/x-tar"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"volta-diagnostics.tar\"",
        ),
    ];
    (headers, bytes).into_response()
}
