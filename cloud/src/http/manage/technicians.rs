//! Who may open the gateways' own pages: by a key, or by an answer that somebody here reads out.

use super::super::client::Client;
use super::super::customer::{error_page, person_reads};
use super::gate::Gate;
use super::who::Staff;
use super::{audit_id, page};
use crate::actions::add_technician::{self, AddTechnician};
use crate::actions::{Failure, Rejection, answer_technician, revoke_technician};
use crate::app::{Shared, now};
use crate::store::story as stories;
use crate::store::{Tx, technician_key};
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use shared::allowance::TECHNICIAN_NAME_CHARS_MAX;
use shared::signed::PublicKey;
use std::sync::Arc;
use web::customer::ErrorKind;
use web::manager::{AnswerView, Role, TechnicianError, TechnicianRow, TechniciansPage, csp};

/// What a gateway's page shows: eight letters and digits that nobody confuses.
const CHALLENGE_CHARS: usize = 8;

const NAME_CHARS_MAX: usize = TECHNICIAN_NAME_CHARS_MAX;

/// What a refused form shows again.
const TYPED_CHARS_MAX: usize = 80;

#[derive(Default, Deserialize)]
pub struct Ask {
    #[serde(default)]
    dock: String,
}

#[derive(Deserialize)]
pub struct ChallengeForm {
    #[serde(default)]
    dock: String,
    #[serde(default)]
    challenge: String,
}

#[derive(Deserialize)]
pub struct KeyForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    key: String,
}

/// What a page shows besides the lists.
#[derive(Default)]
struct Shown {
    dock: String,
    challenge: String,
    answer: Option<(String, String)>,
    name: String,
    key: String,
    error: Option<TechnicianError>,
}

pub async fn list(
    State(app): State<Shared>,
    staff: Staff,
    client: Client,
    ask: Result<Query<Ask>, QueryRejection>,
) -> Response {
    let ask = ask.map(|Query(ask)| ask).unwrap_or_default();
    let shown = Shown {
        dock: ask.dock,
        ..Shown::default()
    };
    answer_page(&app, &staff, &client, shown).await
}

/// The answer is on the page and nowhere else: not in an address, not in the database.
pub async fn answer(
    State(app): State<Shared>,
    Extension(gate): Extension<Arc<Gate>>,
    staff: Staff,
    client: Client,
    form: Result<Form<ChallengeForm>, FormRejection>,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    let Ok(Form(form)) = form else {
        return error_page(&client, ErrorKind::BadForm);
    };
    let challenge = plain(&form.challenge);
    let mut shown = Shown {
        dock: form.dock,
        challenge: cut(&form.challenge),
        ..Shown::default()
    };
    if challenge.len() != CHALLENGE_CHARS {
        shown.error = Some(TechnicianError::Challenge);
        return answer_page(&app, &staff, &client, shown).await;
    }
    if !gate.answers(&staff.id()) {
        shown.error = Some(TechnicianError::TooFast);
        return answer_page(&app, &staff, &client, shown).await;
    }
    let (at, by, id) = (now(), staff.id(), audit_id());
    let (asking, dock, asked) = (Shared::clone(&app), shown.dock.clone(), challenge.clone());
    let done = app
        .store
        .write(move |tx: &Tx<'_>| {
            answer_technician::run(tx, at, &asking.keys, (&dock, &asked), &by, &id)
        })
        .await;
    match done {
        Ok(digits) => {
            shown.challenge = String::new();
            shown.answer = Some((challenge, digits));
        }
        Err(Failure::Rejected(_)) => shown.error = Some(TechnicianError::Dock),
        Err(failure) => return person_reads(&client, &failure),
    }
    answer_page(&app, &staff, &client, shown).await
}

pub async fn add(
    State(app): State<Shared>,
    staff: Staff,
    client: Client,
    form: Result<Form<KeyForm>, FormRejection>,
) -> Response {
    let (true, Some(chain)) = (staff.may(Role::Manager), staff.chain()) else {
        return error_page(&client, ErrorKind::Forbidden);
    };
    let Ok(Form(form)) = form else {
        return error_page(&client, ErrorKind::BadForm);
    };
    let mut shown = Shown {
        name: cut(&form.name),
        key: cut(&form.key),
        ..Shown::default()
    };
    let name = form.name.trim();
    let named = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.chars().any(char::is_control);
    let key = form.key.trim().parse::<PublicKey>();
    let (true, Ok(key)) = (named, key) else {
        shown.error = Some(if named {
            TechnicianError::Key
        } else {
            TechnicianError::Name
        });
        return answer_page(&app, &staff, &client, shown).await;
    };
    let add = AddTechnician {
        chain,
        name: name.to_owned(),
        key,
        audit_id: audit_id(),
    };
    let (at, by) = (now(), staff.id());
    let done = app
        .store
        .write(move |tx: &Tx<'_>| add_technician::run(tx, at, &add, &by))
        .await;
    shown.error = match done {
        Ok(()) => return Redirect::to("/manage/technicians").into_response(),
        Err(Failure::Rejected(Rejection::TechnicianTaken)) => Some(TechnicianError::Taken),
        Err(Failure::Rejected(_)) => Some(TechnicianError::TooMany),
        Err(failure) => return person_reads(&client, &failure),
    };
    answer_page(&app, &staff, &client, shown).await
}

pub async fn revoke(
    State(app): State<Shared>,
    staff: Staff,
    client: Client,
    form: Result<Form<KeyForm>, FormRejection>,
) -> Response {
    let (true, Some(chain)) = (staff.may(Role::Manager), staff.chain()) else {
        return error_page(&client, ErrorKind::Forbidden);
    };
    let key = form
        .ok()
        .and_then(|Form(form)| form.key.parse::<PublicKey>().ok());
    let Some(key) = key else {
        return error_page(&client, ErrorKind::BadForm);
    };
    let (at, by, id) = (now(), staff.id(), audit_id());
    let done = app
        .store
        .write(move |tx: &Tx<'_>| revoke_technician::run(tx, at, (&chain, &key), &by, &id))
        .await;
    match done {
        Ok(()) => Redirect::to("/manage/technicians").into_response(),
        Err(Failure::Rejected(_)) => error_page(&client, ErrorKind::NotFound),
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn answer_page(app: &Shared, staff: &Staff, client: &Client, shown: Shown) -> Response {
    let chain = staff.chain();
    let found = app
        .store
        .read(move |tx| {
            let docks = stories::all_docks(tx)?;
            let rows = match chain {
                Some(chain) => technician_key::all(tx, &chain)?,
                None => Vec::new(),
            };
            Ok((docks, rows))
        })
        .await;
    let (docks, rows) = match found {
        Ok(found) => found,
        Err(error) => return person_reads(client, &error.into()),
    };
    let docks = docks.into_iter().filter(|dock| dock.gateway.is_some());
    let docks: Vec<_> = docks.map(|dock| (dock.dock.code, dock.dock.name)).collect();
    let named = docks.iter().find(|(code, _)| *code == shown.dock);
    let answer = shown.answer.map(|(challenge, digits)| AnswerView {
        dock_name: named.map_or_else(String::new, |(_, name)| name.clone()),
        challenge,
        digits,
    });
    let status = match shown.error {
        None => StatusCode::OK,
        Some(TechnicianError::TooFast) => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut frame = client.frame.clone();
    "/manage/technicians".clone_into(&mut frame.path);
    let shown = TechniciansPage {
        frame,
        staff: staff.view(),
        may_change: staff.may(Role::Manager),
        docks,
        dock: shown.dock,
        challenge_typed: shown.challenge,
        answer,
        name_typed: shown.name,
        key_typed: shown.key,
        error: shown.error,
        rows: rows
            .into_iter()
            .map(|row| TechnicianRow {
                name: row.name,
                key: row.key.to_string(),
                since_ms: row.created_ms,
                revoked_ms: row.revoked_ms,
            })
            .collect(),
    };
    match status {
        StatusCode::OK => page(client, shown.render()),
        status => client.page(status, shown.render(), csp()),
    }
}

/// As the gateway made it: look-alikes stand for what they look like.
fn plain(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric);
    letters
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

fn cut(typed: &str) -> String {
    typed.chars().take(TYPED_CHARS_MAX).collect()
}
