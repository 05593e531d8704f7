//! What a customer asks for: a cart, or an entry.

use super::{DockForm, dock_page, find, person_reads, token_hash};
use crate::actions::take_cart::{self, NewPerson, TakeCart};
use crate::actions::{Failure, Rejection, claim_entry as claiming};
use crate::app::{App, Shared, now};
use crate::entropy::Entropy;
use crate::http::address::Address;
use crate::http::client::{Client, token_text};
use crate::store::{Tx, dock, rental};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cloud_core::rental::Rental;
use serde::Deserialize;
use shared::document::Cpf;
use shared::ids::{BayNo, ChargeId, PersonId, RentalId};
use shared::sync::Hint;
use web::customer::{CpfError, ErrorKind, TakeRefusal, csp};

/// The chosen bay's lamp blinks this long: about as long as paying takes.
const LOCATE_MS: u32 = 60_000;

#[derive(Deserialize)]
pub(super) struct TakeForm {
    #[serde(default)]
    cpf: String,
}

pub(super) async fn take(
    State(app): State<Shared>,
    Path(code): Path<String>,
    from: Address,
    client: Client,
    form: Result<Form<TakeForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return super::error_page(&client, ErrorKind::BadForm);
    };
    // A second tap, or a page that was left open: the rental that waits to be paid is the one.
    match unpaid_here(&app, &client, &code).await {
        Ok(Some(token)) => return Redirect::to(&format!("/r/{token}")).into_response(),
        Ok(None) => {}
        Err(failure) => return person_reads(&client, &failure),
    }
    let mut again = DockForm {
        cpf: form.cpf.chars().take(14).collect(),
        ..DockForm::default()
    };
    let cpf = match optional_cpf(&form.cpf) {
        Ok(cpf) => cpf,
        Err(error) => {
            again.cpf_error = Some(error);
            return show_again(&app, &client, &code, again).await;
        }
    };
    if !app.takes.admits(from.0) {
        again.refusal = Some(TakeRefusal::TooFast);
        return show_again(&app, &client, &code, again).await;
    }
    match begin(&app, &code, None, cpf).await {
        Ok(token) => {
            let mut response = Redirect::to(&format!("/r/{token}")).into_response();
            client.remember(&mut response, &token);
            response
        }
        Err(Failure::Rejected(Rejection::DockDark)) => {
            again.refusal = Some(TakeRefusal::DockOffline);
            show_again(&app, &client, &code, again).await
        }
        Err(Failure::Rejected(Rejection::NoCart)) => {
            again.refusal = Some(TakeRefusal::NoCart);
            show_again(&app, &client, &code, again).await
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

/// The token of this device's rental at this dock that waits for its payment.
async fn unpaid_here(app: &Shared, client: &Client, code: &str) -> Result<Option<String>, Failure> {
    let (tokens, code) = (client.tokens.clone(), code.to_owned());
    let found = app.store.read(move |tx| {
        for token in tokens {
            if let Some(row) = rental::by_token(tx, &token_hash(&token))?
                && row.state == Rental::AwaitingPayment
                && dock::by_id(tx, &row.dock)?.is_some_and(|d| d.code == code)
            {
                return Ok(Some(token));
            }
        }
        Ok(None)
    });
    Ok(found.await?)
}

async fn show_again(app: &Shared, client: &Client, code: &str, form: DockForm) -> Response {
    let status = match form.refusal {
        _ if form.cpf_error.is_some() => StatusCode::UNPROCESSABLE_ENTITY,
        Some(TakeRefusal::TooFast) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::CONFLICT,
    };
    match dock_page(app, client, code, form).await {
        Ok(page) => client.page(status, page.render(), csp()),
        Err(failure) => person_reads(client, &failure),
    }
}

/// Starts a rental and answers its secret token. The bay's lamp is asked to blink.
pub async fn begin(
    app: &Shared,
    dock_code: &str,
    wished: Option<BayNo>,
    cpf: Option<Cpf>,
) -> Result<String, Failure> {
    let at = now();
    let mut entropy = Entropy::default();
    let token = token_text(entropy.bytes());
    let take = TakeCart {
        dock_code: dock_code.to_owned(),
        wished,
        rental: entropy.id(RentalId::new, at),
        token_hash: token_hash(&token),
        txid: entropy.id(ChargeId::new, at).simple(),
        person: cpf.map(|cpf| new_person(app, &cpf, &mut entropy)),
    };
    let taken = app
        .store
        .write(move |tx: &Tx<'_>| take_cart::run(tx, at, &take))
        .await?;
    let locate = Hint::Locate {
        bay: taken.bay,
        duration_ms: LOCATE_MS,
    };
    let hint = serde_json::to_vec(&locate).unwrap_or_default();
    // Only a lamp: a broker that is down delays nobody.
    let _ = app.downlink.publish(&taken.gateway.to_string(), hint);
    Ok(token)
}

fn new_person(app: &App, cpf: &Cpf, entropy: &mut Entropy) -> NewPerson {
    let id = entropy.id(PersonId::new, now());
    NewPerson::of(&app.keys, cpf, id, entropy)
}

/// Empty is no CPF; anything else must be one.
fn optional_cpf(text: &str) -> Result<Option<Cpf>, CpfError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| match text.bytes().filter(u8::is_ascii_digit).count() {
            11 => CpfError::CheckDigits,
            _ => CpfError::Malformed,
        })
}

pub(super) async fn claim_entry(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
    form: Result<Form<TakeForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return super::error_page(&client, ErrorKind::BadForm);
    };
    let claimed = match optional_cpf(&form.cpf) {
        Ok(Some(cpf)) => claim(&app, &token, &cpf).await,
        Ok(None) => return claim_again(&app, &client, &token, CpfError::Malformed).await,
        Err(error) => return claim_again(&app, &client, &token, error).await,
    };
    match claimed {
        Ok(()) => Redirect::to(&format!("/r/{token}")).into_response(),
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn claim_again(app: &Shared, client: &Client, token: &str, error: CpfError) -> Response {
    match super::look(app, client, token).await {
        Ok(mut page) => {
            page.view.claim_error = Some(error);
            client.page(StatusCode::UNPROCESSABLE_ENTITY, page.render(), csp())
        }
        Err(failure) => person_reads(client, &failure),
    }
}

async fn claim(app: &Shared, token: &str, cpf: &Cpf) -> Result<(), Failure> {
    let row = find(app, token).await?;
    let person = new_person(app, cpf, &mut Entropy::default());
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| claiming::run(tx, at, &row.id, &person))
        .await
}
