//! The form that makes the next version.

use super::super::super::client::Client;
use super::super::super::customer::{error_page, person_reads};
use super::super::who::Staff;
use super::super::{audit_id, page};
use super::typed::{number_of, read};
use super::{Place, named};
use crate::actions::make_policy::{self, MakePolicy};
use crate::actions::{Failure, Rejection};
use crate::app::{Shared, now};
use crate::entropy::Entropy;
use crate::store::Tx;
use crate::store::policy::Scope;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cloud_core::policy::{Field, Policy, PolicyError};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use shared::ids::PolicyId;
use shared::time::UnixMs;
use std::collections::BTreeMap;
use web::customer::ErrorKind;
use web::manager::{
    PolicyField, PolicyFieldError as Wrong, PolicyFormError as FormError, PolicyFormPage, Role, csp,
};

/// A moment further away is a slip of the keyboard.
const AHEAD_DAYS_MAX: i64 = 366;

/// What a refused form shows again.
const TYPED_CHARS_MAX: usize = 40;

/// What was typed, by the names of the fields.
pub(super) type Typed = BTreeMap<String, String>;

/// What is wrong with it.
#[derive(Default)]
struct Errors {
    fields: BTreeMap<Field, Wrong>,
    form: Option<FormError>,
}

/// The form, filled with what is in force.
pub async fn new(
    State(app): State<Shared>,
    Path(asked): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    match place(&app, &staff, asked).await {
        Ok(Some(place)) => {
            let start = place.in_force.as_ref().map(|row| row.policy);
            let start = start.unwrap_or(Policy::DEFAULT);
            let lang = client.frame.lang;
            let typed = Field::ALL.map(|field| {
                let number = number_of(field);
                let typed = number.typed(start.number(field), lang);
                (number.key().to_owned(), typed)
            });
            let shown = form(&place, &staff, &client, &typed.into(), &Errors::default());
            page(&client, shown.render())
        }
        Ok(None) => error_page(&client, ErrorKind::NotFound),
        Err(failure) => person_reads(&client, &failure),
    }
}

pub async fn make(
    State(app): State<Shared>,
    Path(asked): Path<String>,
    staff: Staff,
    client: Client,
    typed: Result<Form<Typed>, FormRejection>,
) -> Response {
    let (true, Some(chain)) = (staff.may(Role::Manager), staff.chain()) else {
        return error_page(&client, ErrorKind::Forbidden);
    };
    let Ok(Form(typed)) = typed else {
        return error_page(&client, ErrorKind::BadForm);
    };
    let at = now();
    let place = match place(&app, &staff, asked).await {
        Ok(Some(place)) => place,
        Ok(None) => return error_page(&client, ErrorKind::NotFound),
        Err(failure) => return person_reads(&client, &failure),
    };
    let (policy, valid_from) = match understood(&typed, &app.zone, at) {
        Ok(understood) => understood,
        Err(errors) => return again(&place, &staff, &client, &typed, &errors),
    };
    let make = MakePolicy {
        id: Entropy::default().id(PolicyId::new, at),
        chain,
        scope: place.scope,
        seen: text(&typed, "seen").parse().unwrap_or(-1),
        policy,
        valid_from,
        audit_id: audit_id(),
    };
    let by = staff.id();
    let done = app
        .store
        .write(move |tx: &Tx<'_>| make_policy::run(tx, at, &make, &by))
        .await;
    let form = match done {
        Ok(_) => return Redirect::to(&place.view.href).into_response(),
        Err(Failure::Rejected(Rejection::PolicyMoved)) => FormError::Moved,
        Err(Failure::Rejected(Rejection::PolicyUnchanged)) => FormError::Unchanged,
        Err(failure) => return person_reads(&client, &failure),
    };
    let errors = Errors {
        form: Some(form),
        ..Errors::default()
    };
    again(&place, &staff, &client, &typed, &errors)
}

pub(super) async fn place(
    app: &Shared,
    staff: &Staff,
    asked: String,
) -> Result<Option<Place>, Failure> {
    let (at, chain, name) = (now(), staff.chain(), staff.view().chain_name);
    let read = app
        .store
        .read(move |tx| named(tx, chain, &name, &asked, at));
    Ok(read.await?)
}

fn understood(
    typed: &Typed,
    zone: &TimeZone,
    at: UnixMs,
) -> Result<(Policy, Option<UnixMs>), Errors> {
    let mut errors = Errors::default();
    let numbers = Field::ALL.map(|field| read(field, text(typed, number_of(field).key())));
    let policy = Policy::of(|field| {
        let place = Field::ALL.iter().position(|one| *one == field);
        place.and_then(|at| numbers[at].ok().flatten())
    });
    for wrong in policy.as_ref().err().into_iter().flatten() {
        let why = match wrong {
            PolicyError::OutOfBounds(_) => Wrong::OutOfBounds,
            PolicyError::NoticeBeforeStart => Wrong::NoticeBeforeStart,
        };
        errors.fields.insert(wrong.field(), why);
    }
    for (field, number) in Field::ALL.into_iter().zip(numbers) {
        if number.is_err() {
            errors.fields.insert(field, Wrong::NotANumber);
        }
    }
    let from = chosen_moment(typed, zone, at);
    errors.form = from.err();
    match (policy, from) {
        (Ok(policy), Ok(from)) if errors.fields.is_empty() => Ok((policy, from)),
        _ => Err(errors),
    }
}

/// None: from now on.
pub(super) fn chosen_moment(
    typed: &Typed,
    zone: &TimeZone,
    at: UnixMs,
) -> Result<Option<UnixMs>, FormError> {
    match text(typed, "when") {
        "later" => moment(text(typed, "moment"), zone, at).map(Some),
        _ => Ok(None),
    }
}

/// A moment by the clock of the shop.
fn moment(typed: &str, zone: &TimeZone, at: UnixMs) -> Result<UnixMs, FormError> {
    let civil: DateTime = typed.trim().parse().map_err(|_| FormError::NotAMoment)?;
    let zoned = civil.to_zoned(zone.clone());
    let moment = zoned.map_err(|_| FormError::NotAMoment)?.timestamp();
    let moment = UnixMs(moment.as_millisecond());
    match moment.since(at) {
        past if past < 0 => Err(FormError::InPast),
        ahead if ahead > AHEAD_DAYS_MAX * 86_400_000 => Err(FormError::TooFar),
        _ => Ok(moment),
    }
}

fn again(
    place: &Place,
    staff: &Staff,
    client: &Client,
    typed: &Typed,
    errors: &Errors,
) -> Response {
    let status = match errors.form {
        Some(FormError::Moved) => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let shown = form(place, staff, client, typed, errors);
    client.page(status, shown.render(), csp())
}

fn form(
    place: &Place,
    staff: &Staff,
    client: &Client,
    typed: &Typed,
    errors: &Errors,
) -> PolicyFormPage {
    let mut frame = client.frame.clone();
    frame.path = format!("{}/new", place.view.href);
    let field = |field: Field| {
        let number = number_of(field);
        PolicyField {
            number,
            typed: cut(text(typed, number.key())),
            min: *field.bounds().start(),
            max: *field.bounds().end(),
            error: errors.fields.get(&field).copied(),
        }
    };
    // After the word that it moved, what is sent next has seen it; no other correction has.
    let seen = match text(typed, "seen").parse() {
        Ok(seen) if errors.form != Some(FormError::Moved) => seen,
        _ => place.newest.as_ref().map_or(0, |row| row.version),
    };
    PolicyFormPage {
        frame,
        staff: staff.view(),
        is_chain: matches!(place.scope, Scope::Chain(_)),
        scope: place.view.clone(),
        seen,
        fields: Field::ALL.map(field).into(),
        from_typed: cut(text(typed, "moment")),
        later: text(typed, "when") == "later",
        error: errors.form,
    }
}

pub(super) fn text<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).map_or("", String::as_str)
}

pub(super) fn cut(typed: &str) -> String {
    typed.chars().take(TYPED_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2026-11-21T17:32:07Z, 14:32:07 in São Paulo.
    const NOW: UnixMs = UnixMs(1_795_282_327_000);

    #[test]
    fn a_moment_is_by_the_clock_of_the_shop() {
        let zone = |name: &str| TimeZone::get(name).unwrap();
        let paulo = zone("America/Sao_Paulo");
        let minute = UnixMs(1_795_282_380_000);
        for (zone, typed, expected) in [
            (&paulo, "2026-11-21T14:33", Ok(minute)),
            (&zone("America/Manaus"), "2026-11-21T13:33", Ok(minute)),
            (&paulo, "2026-11-21T14:32", Err(FormError::InPast)),
            (&paulo, "2027-11-23T00:00", Err(FormError::TooFar)),
            (&paulo, "2026-12-01", Ok(UnixMs(1_796_094_000_000))),
            (&paulo, "", Err(FormError::NotAMoment)),
            (&paulo, "tomorrow", Err(FormError::NotAMoment)),
            (&paulo, "2026-13-01T00:00", Err(FormError::NotAMoment)),
        ] {
            assert_eq!(moment(typed, zone, NOW), expected, "{typed}");
        }
    }
}
