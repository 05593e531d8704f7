//! The door of the technician's pages: a challenge, an answer, a session; and the code that makes
//! this device a gateway.

use super::Pages;
use super::guard::{Keys, Pass, Refused};
use super::reader::{self, Query};
use crate::config::EnrolmentCode;
use crate::status::{PageCommand, Stage};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Extension, Query as QueryOf, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use edge_core::io::TechnicianOrder;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use shared::event::{Technician, TechnicianAction};
use std::time::Instant;
use web::edge::technician::{PATH, sign_in as view};

pub(super) async fn page(
    State(pages): State<Pages>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    if pages.pass(&headers, true).is_some() {
        return Redirect::to(PATH).into_response();
    }
    let lang = reader::lang(&query, &headers);
    let now = Instant::now();
    let challenge = pages.guard.challenge(now);
    let refused = match pages.guard.closed_for(now) {
        // The last part of a second counts.
        Some(left) => Some(view::Refused::Closed(left.as_secs() + 1)),
        None => query.aviso.as_deref().map(view::Refused::Code),
    };
    let gateway = pages.gateway();
    let shell = pages.shell(lang, None);
    let html = view::sign_in(&shell, &challenge, gateway.as_deref(), refused);
    reader::answer(&query, lang, html)
}

#[derive(Deserialize)]
pub(super) struct Answer {
    challenge: String,
    answer: String,
}

pub(super) async fn answer(
    State(pages): State<Pages>,
    form: Result<Form<Answer>, FormRejection>,
) -> Response {
    let back = |code: &str| Redirect::to(&format!("{}?aviso={code}", view::PATH)).into_response();
    let Ok(Form(form)) = form else {
        return back("wrong");
    };
    let status = pages.handle.status.borrow().clone();
    let Stage::Serving(serving) = &status.stage else {
        return back("unready");
    };
    let keys = Keys {
        gateway: serving.gateway,
        secret: &serving.secret,
        list: serving.allowance.as_deref(),
    };
    let outcome = pages
        .guard
        .answer(&form.challenge, &form.answer, &keys, Instant::now());
    if outcome.locked_now {
        tracing::warn!("too many wrong answers at the technician's page; locked for a while");
        pages
            .note(Technician::Code, TechnicianAction::LockedOut)
            .await;
    }
    match outcome.entered {
        Err(_) if outcome.locked_now => back(Refused::Locked.code()),
        Err(refused) => back(refused.code()),
        Ok(entered) => {
            pages.note(entered.by, TechnicianAction::SignedIn).await;
            with_cookie(&pages.cookie_name(), &entered.token, PATH)
        }
    }
}

pub(super) async fn leave(State(pages): State<Pages>, headers: HeaderMap) -> Response {
    if let Some(pass) = pages.pass(&headers, false) {
        pages.guard.leave(&pass);
        pages.note(pass.by, TechnicianAction::SignedOut).await;
    }
    with_cookie(&pages.cookie_name(), "", "/?aviso=signed-out")
}

pub(super) async fn enrol_page(
    State(pages): State<Pages>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    if pages.is_serving() {
        return Redirect::to("/").into_response();
    }
    let lang = reader::lang(&query, &headers);
    let html = view::enrol(&pages.shell(lang, query.aviso.clone()));
    reader::answer(&query, lang, html)
}

#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
}

/// Anybody may bring a code to a device that is nothing yet: the cloud judges it, and it is worth as
/// much as whoever made it on the managers' site.
pub(super) async fn enrol(State(pages): State<Pages>, Form(form): Form<Code>) -> Redirect {
    if pages.is_serving() {
        return Redirect::to("/");
    }
    let code = form.code.parse::<EnrolmentCode>().ok();
    let Some(code) = code.filter(|code| code.given().is_some()) else {
        return Redirect::to("/enrol?aviso=code");
    };
    match pages.send(PageCommand::Enrol(code)).await {
        true => Redirect::to("/?aviso=enrol"),
        false => Redirect::to("/enrol?aviso=busy"),
    }
}

/// Lets nobody in without a session; says who it is to everybody behind.
pub(super) async fn required(
    State(pages): State<Pages>,
    mut request: Request,
    next: Next,
) -> Response {
    // A page that looks by itself does not keep the session awake.
    let by_itself = request.uri().path().ends_with("/live")
        || request
            .uri()
            .query()
            .is_some_and(|it| it.contains("visto="));
    match pages.pass(request.headers(), !by_itself) {
        Some(pass) => {
            request.extensions_mut().insert(pass);
            next.run(request).await
        }
        None if request.uri().path().ends_with("/live") => StatusCode::UNAUTHORIZED.into_response(),
        None => Redirect::to(view::PATH).into_response(),
    }
}

/// Whoever got past [`required`].
pub(super) type Signed = Extension<Pass>;

impl Pages {
    pub(super) fn pass(&self, headers: &HeaderMap, used: bool) -> Option<Pass> {
        let token = reader::cookie(headers, &self.cookie_name())?;
        let status = self.handle.status.borrow().clone();
        let keys = keys(&status.stage);
        self.guard.pass(token, keys.as_ref(), used, Instant::now())
    }

    pub(super) fn is_open(&self, pass: &Pass) -> bool {
        let status = self.handle.status.borrow().clone();
        let keys = keys(&status.stage);
        self.guard.is_open(pass, keys.as_ref(), Instant::now())
    }

    pub(super) async fn note(&self, by: Technician, action: TechnicianAction) -> bool {
        self.order(by, TechnicianOrder::Note(action)).await
    }

    fn is_serving(&self) -> bool {
        matches!(self.handle.status.borrow().stage, Stage::Serving(_))
    }

    /// The id that a signed answer must name.
    fn gateway(&self) -> Option<String> {
        match &self.handle.status.borrow().stage {
            Stage::Serving(serving) => Some(serving.gateway.to_string()),
            Stage::Enrolling(_) => None,
        }
    }

    /// Cookies do not know ports: two gateways of one machine need two names.
    fn cookie_name(&self) -> String {
        let key = Sha256::digest(&self.handle.status.borrow().device_key);
        format!("technician-{}", hex::encode(&key[..4]))
    }
}

fn keys(stage: &Stage) -> Option<Keys<'_>> {
    match stage {
        Stage::Enrolling(_) => None,
        Stage::Serving(serving) => Some(Keys {
            gateway: serving.gateway,
            secret: &serving.secret,
            list: serving.allowance.as_deref(),
        }),
    }
}

/// An empty token takes the cookie away.
fn with_cookie(name: &str, token: &str, to: &str) -> Response {
    // Without an age it ends with the browser; the gateway ends it before.
    let age = if token.is_empty() { "; Max-Age=0" } else { "" };
    let cookie = format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{age}");
    let mut response = Redirect::to(to).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
