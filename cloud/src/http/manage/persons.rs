//! What staff do for a person who asks: look up by CPF, hand over what is known, erase it. A CPF
//! travels in a form's body only, and each of the three is in the audit, without the CPF.

mod views;

use super::super::client::Client;
use super::super::customer::{error_page, person_reads};
use super::gate::Gate;
use super::who::Staff;
use super::{audit_id, page};
use crate::actions::erase_person::ErasePerson;
use crate::actions::{Failure, Rejection};
use crate::app::{Shared, now};
use crate::persons::{self, Erased, PersonsError};
use crate::store::{Tx, person, staff as books};
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use shared::document::Cpf;
use shared::ids::PersonId;
use std::sync::Arc;
use web::customer::ErrorKind;
use web::manager::{PersonError, PersonView, PersonsPage, Role, csp};

/// Rentals listed on the look-up; the export has all.
const LISTED_MAX: u16 = 20;

/// What the audit calls a CPF that led to nobody.
const NOBODY: &str = "nobody";

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    cpf: String,
}

#[derive(Deserialize)]
pub struct Sure {
    #[serde(default)]
    sure: String,
}

pub async fn ask(staff: Staff, client: Client) -> Response {
    match staff.may(Role::Manager) {
        true => page(&client, empty(&staff, &client).render()),
        false => error_page(&client, ErrorKind::Forbidden),
    }
}

pub async fn find(
    State(app): State<Shared>,
    Extension(gate): Extension<Arc<Gate>>,
    staff: Staff,
    client: Client,
    form: Result<Form<Asked>, FormRejection>,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    let Ok(Form(asked)) = form else {
        return error_page(&client, ErrorKind::BadForm);
    };
    let Ok(cpf) = asked.cpf.trim().parse::<Cpf>() else {
        return again(&staff, &client, None, PersonError::Cpf);
    };
    if !gate.looks_up(&staff.id()) {
        return again(&staff, &client, None, PersonError::TooFast);
    }
    match look_up(&app, &staff, &cpf).await {
        Ok(Some(found)) => {
            let shown = PersonsPage {
                found: Some(found),
                ..empty(&staff, &client)
            };
            page(&client, shown.render())
        }
        Ok(None) => again(&staff, &client, None, PersonError::Unknown),
        Err(failure) => person_reads(&client, &failure),
    }
}

/// The export as a file.
pub async fn export(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    let id = match wanted(&staff, &id) {
        Ok(id) => id,
        Err(kind) => return error_page(&client, kind),
    };
    match handed_over(&app, &staff, id).await {
        Ok(Some(known)) => {
            let headers = [
                (header::CACHE_CONTROL, "no-store"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"dados.json\"",
                ),
            ];
            (headers, axum::Json(persons::Export::of(&known))).into_response()
        }
        Ok(None) => error_page(&client, ErrorKind::NotFound),
        Err(failure) => person_reads(&client, &failure),
    }
}

/// The export as a page, to be read and printed.
pub async fn export_page(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    let id = match wanted(&staff, &id) {
        Ok(id) => id,
        Err(kind) => return error_page(&client, kind),
    };
    match handed_over(&app, &staff, id).await {
        Ok(Some(known)) => match views::export(&app, &known, frame(&client), staff.view()) {
            Some(shown) => page(&client, shown.render()),
            None => error_page(&client, ErrorKind::NotFound),
        },
        Ok(None) => error_page(&client, ErrorKind::NotFound),
        Err(failure) => person_reads(&client, &failure),
    }
}

pub async fn erase(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
    form: Result<Form<Sure>, FormRejection>,
) -> Response {
    let id = match wanted(&staff, &id) {
        Ok(id) => id,
        Err(kind) => return error_page(&client, kind),
    };
    let Ok(Form(sure)) = form else {
        return error_page(&client, ErrorKind::BadForm);
    };
    let found = match view(&app, id).await {
        Ok(found) => found,
        Err(failure) => return person_reads(&client, &failure),
    };
    if sure.sure != "yes" {
        return again(&staff, &client, found, PersonError::NotConfirmed);
    }
    let order = ErasePerson {
        person: id,
        by: Some(staff.id()),
        audit_id: audit_id(),
    };
    let list = Erased::beside(&app.config.key_file);
    let error = match persons::erase(&app.store, &list, order).await {
        Ok(_) => {
            let shown = PersonsPage {
                erased: true,
                ..empty(&staff, &client)
            };
            return page(&client, shown.render());
        }
        Err(PersonsError::Failed(Failure::Rejected(Rejection::CartOut))) => PersonError::CartOut,
        Err(PersonsError::Failed(Failure::Rejected(Rejection::MoneyOwed))) => {
            PersonError::MoneyOwed
        }
        Err(PersonsError::Failed(Failure::Rejected(_))) => PersonError::Unknown,
        Err(PersonsError::Failed(failure)) => return person_reads(&client, &failure),
        Err(error) => {
            tracing::error!(error = %error, "an erasure is not on the list that restored backups meet");
            return error_page(&client, ErrorKind::Unavailable);
        }
    };
    again(&staff, &client, found, error)
}

/// Whose data, asked for by somebody who may.
fn wanted(staff: &Staff, id: &str) -> Result<PersonId, ErrorKind> {
    if !staff.may(Role::Manager) {
        return Err(ErrorKind::Forbidden);
    }
    id.parse().map_err(|_| ErrorKind::NotFound)
}

/// The language link of an answer to a POST leads to the form.
fn frame(client: &Client) -> web::ui::Frame {
    web::ui::Frame {
        path: "/manage/persons".into(),
        ..client.frame.clone()
    }
}

fn empty(staff: &Staff, client: &Client) -> PersonsPage {
    PersonsPage {
        frame: frame(client),
        staff: staff.view(),
        found: None,
        error: None,
        erased: false,
    }
}

fn again(
    staff: &Staff,
    client: &Client,
    found: Option<PersonView>,
    error: PersonError,
) -> Response {
    let shown = PersonsPage {
        found,
        error: Some(error),
        ..empty(staff, client)
    };
    let status = match error {
        PersonError::TooFast => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    client.page(status, shown.render(), csp())
}

/// Noted before anything is shown, whether somebody is found or not.
async fn look_up(app: &Shared, staff: &Staff, cpf: &Cpf) -> Result<Option<PersonView>, Failure> {
    let found = persons::find(&app.store, &app.keys, cpf).await?;
    let subject = found.map_or_else(|| NOBODY.to_owned(), |id| id.to_string());
    note(app, staff, subject, "look_up_person").await?;
    match found {
        Some(id) => view(app, id).await,
        None => Ok(None),
    }
}

/// Noted before it leaves. None for nobody, and for somebody who was erased.
async fn handed_over(
    app: &Shared,
    staff: &Staff,
    id: PersonId,
) -> Result<Option<persons::Known>, Failure> {
    let known = persons::known(&app.store, &app.keys, id, persons::RENTALS_MAX).await?;
    let known = known.filter(|known| known.cpf.is_some());
    if known.is_some() {
        note(app, staff, id.to_string(), "export_person").await?;
    }
    Ok(known)
}

async fn note(
    app: &Shared,
    staff: &Staff,
    subject: String,
    verb: &'static str,
) -> Result<(), Failure> {
    let (at, by, audit) = (now(), staff.id(), audit_id());
    app.store
        .write(move |tx: &Tx<'_>| Ok(books::audit(tx, &audit, Some(&by), verb, &subject, at)?))
        .await
}

/// None for nobody, and for somebody who was erased.
async fn view(app: &Shared, id: PersonId) -> Result<Option<PersonView>, Failure> {
    let known = persons::known(&app.store, &app.keys, id, LISTED_MAX).await?;
    let Some(known) = known else {
        return Ok(None);
    };
    let (earned, open) = app
        .store
        .read(move |tx| {
            let open = person::unfinished_rentals(tx, &id, LISTED_MAX)?;
            Ok((person::earned(tx, &id)?, open))
        })
        .await?;
    let blockers = persons::rentals(&app.store, open).await?;
    Ok(views::masked(app, &known, earned, &blockers))
}
