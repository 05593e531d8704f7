//! Signing in and out, and choosing a password.

use super::super::client::Client;
use super::super::customer::{error_page, person_reads};
use super::super::session::{SIGNED_IN, SignedIn, cookie_name};
use super::gate::Gate;
use super::who::{Newcomer, broken};
use super::{audit_id, page};
use crate::actions::note_sign_in::{self, AtTheDoor};
use crate::actions::{Failure, change_password as change};
use crate::app::{Shared, now};
use crate::entropy::Entropy;
use crate::http::address::Address;
use crate::password;
use crate::store::staff::StaffRow;
use crate::store::{Tx, staff};
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use std::sync::Arc;
use tower_sessions::Session;
use web::customer::ErrorKind;
use web::manager::{
    ChangePasswordPage, LoginError, LoginPage, PASSWORD_CHARS_MIN, PasswordError, csp,
};

/// More says nothing more about who somebody is, and hashing it costs.
const PASSWORD_CHARS_MAX: usize = 128;

/// What a refused form may show again, and a limit may remember.
const LOGIN_CHARS_MAX: usize = 64;

const NEXT_CHARS_MAX: usize = 512;

/// A guesser who is told to wait is told how long.
const RETRY_AFTER_SECONDS: &str = "30";

#[derive(Default, Deserialize)]
pub struct Arrival {
    #[serde(default)]
    next: String,
    ended: Option<String>,
}

#[derive(Deserialize)]
pub struct LoginForm {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    current: String,
    new_password: String,
    repeat: String,
}

pub async fn login_page(
    client: Client,
    arrival: Result<Query<Arrival>, QueryRejection>,
) -> Response {
    let arrival = arrival.map(|Query(arrival)| arrival).unwrap_or_default();
    let shown = LoginPage {
        frame: client.frame.clone(),
        next: ours(&arrival.next).to_owned(),
        login_typed: String::new(),
        error: arrival.ended.map(|_| LoginError::SessionEnded),
    };
    page(&client, shown.render())
}

pub async fn login(
    State(app): State<Shared>,
    Extension(gate): Extension<Arc<Gate>>,
    from: Address,
    session: Session,
    client: Client,
    form: Result<Form<LoginForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return error_page(&client, ErrorKind::BadForm);
    };
    let typed = form.login.trim().chars().filter(|c| !c.is_control());
    let login: String = typed.take(LOGIN_CHARS_MAX).collect();
    let next = ours(&form.next).to_owned();
    let again = |error| LoginPage {
        frame: client.frame.clone(),
        next: next.clone(),
        login_typed: login.clone(),
        error: Some(error),
    };
    if !gate.admits(&login, from) {
        let html = again(LoginError::TooMany).render();
        let mut response = client.page(StatusCode::TOO_MANY_REQUESTS, html, csp());
        let seconds = HeaderValue::from_static(RETRY_AFTER_SECONDS);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
        return response;
    }
    match known(&app, &gate, &login, form.password).await {
        Ok(Some(row)) => match enter(&app, &session, &row).await {
            Ok(()) if row.must_change => Redirect::to("/manage/password").into_response(),
            Ok(()) => Redirect::to(&next).into_response(),
            Err(response) => response,
        },
        Ok(None) => {
            let html = again(LoginError::BadCredentials).render();
            client.page(StatusCode::UNAUTHORIZED, html, csp())
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

/// The person of this login and password; a refusal is noted.
async fn known(
    app: &Shared,
    gate: &Gate,
    login: &str,
    password: String,
) -> Result<Option<StaffRow>, Failure> {
    let wanted = login.to_owned();
    let row = app
        .store
        .read(move |tx| staff::by_login(tx, &wanted))
        .await?;
    let stored = row.as_ref().map(|row| row.password_hash.clone());
    let short_enough = password.chars().count() <= PASSWORD_CHARS_MAX;
    if gate.verify(password, stored).await && short_enough {
        return Ok(row);
    }
    note(app, AtTheDoor::Refused(login.to_owned())).await?;
    Ok(None)
}

/// The id from before the sign-in, whoever may know it, is worth nothing afterwards.
async fn enter(app: &Shared, session: &Session, row: &StaffRow) -> Result<(), Response> {
    session.cycle_id().await.map_err(|e| broken(&e))?;
    let signed_in = SignedIn::new(row.id, now());
    let kept = session.insert(SIGNED_IN, signed_in).await;
    kept.map_err(|e| broken(&e))?;
    let noted = note(app, AtTheDoor::SignedIn(row.id)).await;
    noted.map_err(|e| super::super::problem::Problem::from(e).into_response())
}

async fn note(app: &Shared, what: AtTheDoor) -> Result<(), Failure> {
    let (at, id) = (now(), audit_id());
    app.store
        .write(move |tx: &Tx<'_>| note_sign_in::run(tx, at, &what, &id))
        .await
}

pub async fn logout(State(app): State<Shared>, session: Session) -> Response {
    let who: Option<SignedIn> = session.get(SIGNED_IN).await.ok().flatten();
    if let Some(signed_in) = who {
        if let Err(error) = session.flush().await {
            return broken(&error);
        }
        if let Err(failure) = note(&app, AtTheDoor::SignedOut(signed_in.staff)).await {
            tracing::error!(error = %failure, "a sign-out could not be noted");
        }
    }
    let mut response = Redirect::to("/manage/login").into_response();
    let headers = response.headers_mut();
    // Not "cookies": the same browser may hold a customer's rentals and language.
    headers.insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    let secure = app.config.secure_cookies();
    let name = cookie_name(secure);
    let flag = if secure { "; Secure" } else { "" };
    let gone = format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{flag}");
    if let Ok(gone) = HeaderValue::from_str(&gone) {
        headers.append(header::SET_COOKIE, gone);
    }
    response
}

pub async fn password_page(client: Client, somebody: Newcomer) -> Response {
    let shown = password_form(&client, &somebody, None);
    page(&client, shown.render())
}

fn password_form(
    client: &Client,
    somebody: &Newcomer,
    error: Option<PasswordError>,
) -> ChangePasswordPage {
    ChangePasswordPage {
        frame: client.frame.clone(),
        staff: somebody.view(),
        first: somebody.must_change,
        error,
    }
}

pub async fn change_password(
    State(app): State<Shared>,
    Extension(gate): Extension<Arc<Gate>>,
    from: Address,
    session: Session,
    client: Client,
    somebody: Newcomer,
    form: Result<Form<PasswordForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return error_page(&client, ErrorKind::BadForm);
    };
    if !gate.admits(&somebody.login, from) {
        return error_page(&client, ErrorKind::TooMany);
    }
    if let Err(error) = acceptable(&gate, &somebody, &form).await {
        let html = password_form(&client, &somebody, Some(error)).render();
        return client.page(StatusCode::UNPROCESSABLE_ENTITY, html, csp());
    }
    let chosen = form.new_password;
    let hashed = gate
        .run(move || password::hash(&chosen, &mut Entropy::default()))
        .await;
    let Some(hashed) = hashed else {
        return error_page(&client, ErrorKind::Unavailable);
    };
    let (at, id, audit) = (now(), somebody.id, audit_id());
    let changed = app
        .store
        .write(move |tx: &Tx<'_>| change::run(tx, at, &id, &hashed, &audit))
        .await;
    if let Err(failure) = changed {
        return person_reads(&client, &failure);
    }
    match session.cycle_id().await {
        Ok(()) => Redirect::to("/manage").into_response(),
        Err(error) => broken(&error),
    }
}

async fn acceptable(
    gate: &Gate,
    somebody: &Newcomer,
    form: &PasswordForm,
) -> Result<(), PasswordError> {
    let chars = form.new_password.chars().count();
    if chars < PASSWORD_CHARS_MIN {
        return Err(PasswordError::TooShort);
    }
    if chars > PASSWORD_CHARS_MAX {
        return Err(PasswordError::TooLong);
    }
    if form.new_password != form.repeat {
        return Err(PasswordError::Mismatch);
    }
    let is_stored = |typed: &str| {
        gate.verify(
            typed.chars().take(PASSWORD_CHARS_MAX).collect(),
            Some(somebody.password_hash.clone()),
        )
    };
    if !somebody.must_change && !is_stored(&form.current).await {
        return Err(PasswordError::WrongCurrent);
    }
    if is_stored(&form.new_password).await {
        return Err(PasswordError::SameAsOld);
    }
    Ok(())
}

/// Where to go after signing in: a page of this room, else its first.
fn ours(next: &str) -> &str {
    const FIRST: &str = "/manage";
    let plain = next.len() <= NEXT_CHARS_MAX && next.bytes().all(|b| b.is_ascii_graphic());
    match next.strip_prefix(FIRST) {
        Some(rest) if plain && (rest.is_empty() || rest.starts_with(['/', '?'])) => next,
        _ => FIRST,
    }
}

#[cfg(test)]
mod tests {
    use super::ours;

    #[test]
    fn only_our_own_pages_follow_a_sign_in() {
        for good in [
            "/manage",
            "/manage/docks",
            "/manage/rentals?state=out&q=a%20b",
        ] {
            assert_eq!(ours(good), good);
        }
        for bad in [
            "",
            "/",
            "https://evil.example",
            "//evil.example",
            "/manager",
            "/manage\r\nset-cookie: a=b",
            "/manage/../x y",
            "\\\\evil",
            "/managehttps://evil",
            &format!("/manage/{}", "a".repeat(600)),
        ] {
            assert_eq!(ours(bad), "/manage", "{bad}");
        }
    }
}
