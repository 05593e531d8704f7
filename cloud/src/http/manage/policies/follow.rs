//! The page on which a store goes back to its chain's rules.

use super::super::super::client::Client;
use super::super::super::customer::{error_page, person_reads};
use super::super::who::Staff;
use super::super::{audit_id, page};
use super::Place;
use super::form::{Typed, chosen_moment, cut, place, text};
use crate::actions::follow_chain::{self, FollowChain};
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
use shared::ids::{PolicyId, StoreId};
use web::customer::ErrorKind;
use web::manager::{PolicyFollowPage, PolicyFormError as FormError, Role, csp};

pub async fn ask(
    State(app): State<Shared>,
    Path(asked): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    match found(&app, &staff, asked).await {
        Ok(Some((place, _))) => {
            let shown = shown(&place, &staff, &client, &Typed::new(), None);
            page(&client, shown.render())
        }
        Ok(None) => error_page(&client, ErrorKind::NotFound),
        Err(failure) => person_reads(&client, &failure),
    }
}

pub async fn follow(
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
    let (place, store) = match found(&app, &staff, asked).await {
        Ok(Some(found)) => found,
        Ok(None) => return error_page(&client, ErrorKind::NotFound),
        Err(failure) => return person_reads(&client, &failure),
    };
    let again = |error: FormError| {
        let status = match error {
            FormError::Moved => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let shown = shown(&place, &staff, &client, &typed, Some(error));
        client.page(status, shown.render(), csp())
    };
    let valid_from = match chosen_moment(&typed, &app.zone, at) {
        Ok(valid_from) => valid_from,
        Err(error) => return again(error),
    };
    let wish = FollowChain {
        id: Entropy::default().id(PolicyId::new, at),
        chain,
        store,
        seen: text(&typed, "seen").parse().unwrap_or(-1),
        valid_from,
        audit_id: audit_id(),
    };
    let by = staff.id();
    let done = app
        .store
        .write(move |tx: &Tx<'_>| follow_chain::run(tx, at, &wish, &by))
        .await;
    match done {
        Ok(_) => Redirect::to(&place.view.href).into_response(),
        Err(Failure::Rejected(Rejection::PolicyMoved)) => again(FormError::Moved),
        Err(Failure::Rejected(Rejection::PolicyUnchanged)) => again(FormError::Unchanged),
        Err(Failure::Rejected(Rejection::NoChainPolicy)) => again(FormError::NoChain),
        Err(failure) => person_reads(&client, &failure),
    }
}

/// The store that an address names; a chain follows nobody.
async fn found(
    app: &Shared,
    staff: &Staff,
    asked: String,
) -> Result<Option<(Place, StoreId)>, Failure> {
    let place = place(app, staff, asked).await?;
    Ok(place.and_then(|place| match place.scope {
        Scope::Store(store) => Some((place, store)),
        Scope::Chain(_) => None,
    }))
}

fn shown(
    place: &Place,
    staff: &Staff,
    client: &Client,
    typed: &Typed,
    error: Option<FormError>,
) -> PolicyFollowPage {
    let mut frame = client.frame.clone();
    frame.path = format!("{}/follow", place.view.href);
    let seen = match text(typed, "seen").parse() {
        Ok(seen) if error != Some(FormError::Moved) => seen,
        _ => place.newest.as_ref().map_or(0, |row| row.version),
    };
    PolicyFollowPage {
        frame,
        staff: staff.view(),
        scope: place.view.clone(),
        seen,
        from_typed: cut(text(typed, "moment")),
        later: text(typed, "when") == "later",
        error,
    }
}
