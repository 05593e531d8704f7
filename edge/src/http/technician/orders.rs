//! What the buttons say, as orders for the loop.

use super::super::Pages;
use super::super::problem::Problem;
use super::super::reader::{self, Query};
use super::super::sign_in::Signed;
use super::unknown_bay;
use crate::config::EnrolmentCode;
use crate::status::{PageCommand, Stage};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use edge_core::io::TechnicianOrder;
use serde::Deserialize;
use shared::ids::BayNo;
use web::edge::technician::{Tab, trial};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    bay: Option<BayNo>,
    works: Option<bool>,
}

/// Does what a button says and leads back to where it stands.
pub(super) async fn act(
    State(pages): State<Pages>,
    pass: Signed,
    Path(verb): Path<String>,
    headers: HeaderMap,
    fields: Result<Form<Fields>, FormRejection>,
) -> Response {
    let lang = reader::lang(&Query::default(), &headers);
    let Ok(Form(fields)) = fields else {
        let detail = "bay must be a number from 1 to 999, and works true or false";
        return Problem::field(detail).in_words(lang);
    };
    let Some((order, to)) = order_of(&verb, &fields) else {
        return Problem::field("there is no such order, or its bay is missing").in_words(lang);
    };
    if fields.bay.is_some_and(|bay| !pages.has(bay)) {
        return unknown_bay(&headers);
    }
    let to = match pages.order(pass.0.by.clone(), order).await {
        true => to,
        false => format!("{}?aviso=busy", Tab::Bays.path()),
    };
    Redirect::to(&to).into_response()
}

/// What a verb means, and the page that shows what came of it.
fn order_of(verb: &str, fields: &Fields) -> Option<(TechnicianOrder, String)> {
    let bays = Tab::Bays.path();
    let order = match (verb, fields.bay) {
        ("locate", Some(bay)) => (
            TechnicianOrder::Locate { bay },
            format!("{bays}?aviso=locate"),
        ),
        ("sync", _) => (
            TechnicianOrder::SyncNow,
            format!("{}?aviso=sync", Tab::System.path()),
        ),
        ("begin-service", None) => (
            TechnicianOrder::BeginService,
            format!("{bays}?aviso=service"),
        ),
        ("begin-service", Some(bay)) => (TechnicianOrder::BeginService, trial::Trial::path(bay)),
        ("end-service", _) => (TechnicianOrder::EndService, format!("{bays}?aviso=served")),
        ("begin-test", Some(bay)) => (TechnicianOrder::BeginTest { bay }, trial::Trial::path(bay)),
        ("confirm", Some(bay)) => (
            TechnicianOrder::Confirm {
                bay,
                works: fields.works?,
            },
            trial::Trial::path(bay),
        ),
        ("abandon-test", Some(bay)) => (
            TechnicianOrder::AbandonTest { bay },
            trial::Trial::path(bay),
        ),
        _ => return None,
    };
    Some(order)
}

#[derive(Deserialize)]
pub(super) struct Renew {
    code: String,
    /// How many unsent events may stay behind.
    leave: Option<u64>,
}

pub(super) async fn renew(
    State(pages): State<Pages>,
    pass: Signed,
    Form(form): Form<Renew>,
) -> Redirect {
    let back = |code: &str| Redirect::to(&format!("{}?aviso={code}", Tab::Settings.path()));
    let code = form.code.parse::<EnrolmentCode>().ok();
    let Some(code) = code.filter(|code| code.given().is_some()) else {
        return back("code");
    };
    let unsent = match &pages.handle.status.borrow().stage {
        Stage::Enrolling(_) => 0,
        Stage::Serving(serving) => serving.backlog(),
    };
    // Fewer than were agreed to is what was agreed to.
    if unsent > form.leave.unwrap_or(0) {
        return back("unsent");
    }
    let by = pass.0.by.clone();
    match pages.send(PageCommand::Renew { by, code }).await {
        true => back("renew"),
        false => back("busy"),
    }
}
