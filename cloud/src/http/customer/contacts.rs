//! Where a payer wants to be told. GET shows, POST keeps or forgets.

use super::{find, person_reads};
use crate::actions::put_contact::{self, PutContact};
use crate::actions::{Failure, forget_contacts};
use crate::app::{App, Shared, now};
use crate::entropy::Entropy;
use crate::http::client::Client;
use crate::http::problem::Problem;
use crate::notices::{Address, Contact, PushTarget, mail_address, phone_number};
use crate::persons::CONTACTS_KEPT_DAYS;
use crate::store::contact::SealedContact;
use crate::store::rental::RentalRow;
use crate::store::{Tx, contact, policy};
use axum::extract::rejection::{FormRejection, JsonRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use cloud_core::notice::Channel;
use cloud_core::policy::Policy;
use cloud_core::rental::Rental;
use serde::Deserialize;
use shared::ids::RentalId;
use web::customer::{
    ContactError, ContactField, ContactsPage, ErrorKind, PushOffer, SERVICE_WORKER_JS, csp,
};

/// What a form may hold of an address before it is shown again.
const TYPED_CHARS_MAX: usize = 254;

#[derive(Deserialize)]
pub(super) struct Shown {
    /// Something was kept just now.
    ok: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ContactForm {
    mail: Option<String>,
    phone: Option<String>,
}

/// A browser's `PushSubscription` as it writes itself.
#[derive(Deserialize)]
pub(super) struct Subscription {
    endpoint: String,
    keys: SubscriptionKeys,
}

#[derive(Deserialize)]
struct SubscriptionKeys {
    p256dh: String,
    auth: String,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Path(token): Path<String>,
    Query(shown): Query<Shown>,
    client: Client,
) -> Response {
    match page(&app, &client, &token).await {
        Ok(mut page) => {
            page.saved = shown.ok.is_some();
            client.page(StatusCode::OK, page.render(), csp())
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

pub(super) async fn keep(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
    form: Result<Form<ContactForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return super::error_page(&client, ErrorKind::BadForm);
    };
    let (read, error, typed) = match (form.mail, form.phone) {
        (Some(mail), None) if app.channels.has(Channel::Mail) => (
            mail_address(&mail).map(Address::Mail),
            ContactError::Mail,
            mail,
        ),
        (None, Some(phone)) if app.channels.has(Channel::Messenger) => (
            phone_number(&phone).map(Address::Phone),
            ContactError::Phone,
            phone,
        ),
        _ => return super::error_page(&client, ErrorKind::BadForm),
    };
    let Some(address) = read else {
        return show_again(&app, &client, &token, (error, &typed)).await;
    };
    match put(&app, &client, &token, address).await {
        Ok(()) => Redirect::to(&format!("/r/{token}/notices?ok=1")).into_response(),
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn show_again(
    app: &App,
    client: &Client,
    token: &str,
    (error, typed): (ContactError, &str),
) -> Response {
    match page(app, client, token).await {
        Ok(mut page) => {
            page.error = Some(error);
            page.typed = typed.chars().take(TYPED_CHARS_MAX).collect();
            client.page(StatusCode::UNPROCESSABLE_ENTITY, page.render(), csp())
        }
        Err(failure) => person_reads(client, &failure),
    }
}

pub(super) async fn keep_push(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
    body: Result<Json<Subscription>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let refused = |why: &str| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "push_refused", why);
    let Json(made) = body.map_err(|_| refused("the body is not a push subscription"))?;
    let target = PushTarget {
        endpoint: made.endpoint,
        p256dh: made.keys.p256dh,
        auth: made.keys.auth,
        vapid: app.channels.push_key().unwrap_or_default().to_owned(),
    };
    if !app.channels.takes(&target) {
        return Err(refused("the push service is not one that this site calls"));
    }
    put(&app, &client, &token, Address::Push(target)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn forget(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
) -> Response {
    match forget_by(&app, &token).await {
        Ok(()) => Redirect::to(&format!("/r/{token}/notices")).into_response(),
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn forget_by(app: &App, token: &str) -> Result<(), Failure> {
    let id = find(app, token).await?.id;
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| forget_contacts::run(tx, at, &id))
        .await
}

/// The browser asks for it again and again; it is always the newest.
pub(super) async fn service_worker(headers: HeaderMap) -> Response {
    // A page that names it as a script elsewhere gets nothing.
    let from = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    if from.is_some_and(|site| site != b"same-origin" && site != b"none") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "text/javascript"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, SERVICE_WORKER_JS).into_response()
}

async fn put(app: &Shared, client: &Client, token: &str, address: Address) -> Result<(), Failure> {
    let id = find(app, token).await?.id;
    let channel = match &address {
        Address::Mail(_) => Channel::Mail,
        Address::Push(_) => Channel::Push,
        Address::Phone(_) => Channel::Messenger,
    };
    let contact = Contact {
        token: token.to_owned(),
        lang: client.frame.lang.code().to_owned(),
        address,
    };
    let mut entropy = Entropy::default();
    let put = PutContact {
        rental: id,
        channel,
        address: contact.to_bytes(),
        fresh: app.keys.new_contact_key(&id, &mut entropy),
        nonce: entropy.bytes(),
    };
    let (keys, at) = (Shared::clone(app), now());
    app.store
        .write(move |tx: &Tx<'_>| put_contact::run(tx, at, &keys.keys, &put))
        .await
}

async fn page(app: &App, client: &Client, token: &str) -> Result<ContactsPage, Failure> {
    let row = find(app, token).await?;
    let (id, decided) = (row.id, row.policy);
    let (policy, mail, phone, push) = app
        .store
        .read(move |tx| {
            let policy = policy::by_id(tx, &decided)?.map_or(Policy::DEFAULT, |row| row.policy);
            let mail = contact::sealed(tx, &id, Channel::Mail)?;
            let phone = contact::sealed(tx, &id, Channel::Messenger)?;
            let push = contact::sealed(tx, &id, Channel::Push)?;
            Ok((policy, mail, phone, push))
        })
        .await?;
    let mut frame = client.frame.clone();
    frame.path = format!("/r/{token}/notices");
    Ok(ContactsPage {
        frame,
        token: token.to_owned(),
        lead_minutes: policy.notice_lead_minutes,
        kept_days: CONTACTS_KEPT_DAYS,
        open: is_open(&row),
        mail: field(app, &id, Channel::Mail, mail),
        phone: field(app, &id, Channel::Messenger, phone),
        push: match (push, app.channels.push_key()) {
            (Some(_), _) => PushOffer::Given,
            (None, Some(key)) => PushOffer::Asked {
                key: key.to_owned(),
            },
            (None, None) => PushOffer::Off,
        },
        saved: false,
        error: None,
        typed: String::new(),
    })
}

fn is_open(row: &RentalRow) -> bool {
    !matches!(
        row.state,
        Rental::AwaitingPayment | Rental::Closed | Rental::Expired | Rental::Cancelled { .. }
    )
}

fn field(
    app: &App,
    rental: &RentalId,
    channel: Channel,
    found: Option<SealedContact>,
) -> ContactField {
    let opened = found.and_then(|sealed| {
        let bytes = app
            .keys
            .open_contact(&sealed.key, (rental, channel), &sealed.sealed)?;
        Contact::read(&bytes)
    });
    match opened {
        Some(contact) => ContactField::Given(contact.masked()),
        None if app.channels.has(channel) => ContactField::Asked,
        None => ContactField::Off,
    }
}
