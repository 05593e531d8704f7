//! The customer's pages. GET shows, POST changes and redirects; nothing needs a script.

mod contacts;
mod data;
mod found;
mod inside;
mod live;
mod payout;
mod prize;
mod raffle;
mod receipt;
mod take;

use super::carry;
use super::client::{Client, is_token};
use super::story::{self, bay_views, nearby};
use crate::actions::{Failure, Rejection, abandon_rental, cancel_rental, object_rescue};
use crate::app::{App, Shared, now};
use crate::store::rental::RentalRow;
use crate::store::story::{DockStory, Offer, RentalStory};
use crate::store::{StoreError, Tx, rental, story as stories};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use cloud_core::rental::Rental;
use std::sync::Arc;
use web::customer::{
    CampaignView, CpfError, DockPage, ErrorKind, ErrorPage, HelpPage, HomeDock, HomePage, MinePage,
    MineRental, MineState, PrivacyPage, RentalPage, TakeRefusal, csp,
};

pub use live::{ping, states};
pub use take::begin as begin_rental;

pub fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(home))
        .route("/help", get(help))
        .route("/privacy", get(privacy))
        .route("/mine", get(mine))
        .route("/mine/forget", post(forget))
        .route("/d/{code}", get(dock))
        .route("/d/{code}/take", post(take::take))
        .route("/r/{token}", get(live::rental_page).post(receipt::bring))
        .route("/r/{token}/sorteio", get(inside::of_rental))
        .route("/r/{token}/comprovante.json", get(inside::receipt))
        .route("/sorteio", get(raffle::list))
        .route("/sorteio/verificar.html", get(raffle::verifier))
        .route("/sorteio/{id}", get(raffle::show))
        .route("/sorteio/{id}/regras", get(raffle::rules))
        .route("/sorteio/{id}/pacote.json", get(raffle::bundle))
        .route(
            "/sorteio/{id}/conferir",
            get(inside::form).post(inside::check),
        )
        .route("/premio/{code}", get(prize::show))
        .route("/premio/{code}/nome", post(prize::consent))
        .route("/r/{token}/returned", post(receipt::bring_code))
        .route("/r/{token}/live", get(live::stream))
        .route("/r/{token}/qr.svg", get(qr_image))
        .route("/r/{token}/data", get(data::page))
        .route("/r/{token}/data.json", get(data::export))
        .route("/r/{token}/cancel", post(cancel))
        .route("/r/{token}/payout", get(payout::show).post(payout::name))
        .route("/r/{token}/claim-entry", post(take::claim_entry))
        .route(
            "/r/{token}/notices",
            get(contacts::show).post(contacts::keep),
        )
        .route("/r/{token}/notices/push", post(contacts::keep_push))
        .route("/r/{token}/notices/forget", post(contacts::forget))
        .route("/sw.js", get(contacts::service_worker))
        .route("/r/{token}/contest", post(contest))
        .route("/found", get(found::form).post(found::type_code))
        .route("/found/{proof}", get(found::show).post(found::claim))
        .route("/found/{proof}/mine", post(found::claim_mine))
        .layer(Extension(Arc::new(receipt::Guesses::default())))
}

pub async fn not_found(client: Client) -> Response {
    error_page(&client, ErrorKind::NotFound)
}

pub(super) fn error_page(client: &Client, kind: ErrorKind) -> Response {
    let mut frame = client.frame.clone();
    // Whatever was asked for does not come back in a page: it may be a document, typed into an address.
    if kind.status() == StatusCode::NOT_FOUND {
        "/".clone_into(&mut frame.path);
    }
    let page = ErrorPage::of(frame, kind);
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    client.page(status, page.render(), csp())
}

/// A person reads a page where a machine would read a problem.
pub(super) fn person_reads(client: &Client, failure: &Failure) -> Response {
    let kind = match failure {
        Failure::Rejected(Rejection::UnknownDock) => ErrorKind::UnknownDock,
        Failure::Rejected(Rejection::UnknownRental) => ErrorKind::UnknownRental,
        Failure::Rejected(
            Rejection::UnknownRescue
            | Rejection::UnknownCampaign
            | Rejection::UnknownVoucher
            | Rejection::NoEntry,
        ) => ErrorKind::NotFound,
        Failure::Rejected(_) => ErrorKind::NotNow,
        Failure::Store(StoreError::Busy) => ErrorKind::TooMany,
        Failure::Store(error) => {
            tracing::error!(db.error = %error, "a page found the database failing");
            ErrorKind::Unavailable
        }
    };
    error_page(client, kind)
}

async fn home(State(app): State<Shared>, client: Client) -> Response {
    let docks = match app.store.read(stories::all_docks).await {
        Ok(docks) => docks,
        Err(error) => return person_reads(&client, &error.into()),
    };
    let at = now();
    let page = HomePage {
        frame: client.frame.clone(),
        docks: docks.iter().map(|dock| home_dock(dock, at)).collect(),
    };
    client.page(StatusCode::OK, page.render(), csp())
}

fn home_dock(story: &DockStory, at: shared::time::UnixMs) -> HomeDock {
    let bays = bay_views(&story.bays);
    HomeDock {
        code: story.dock.code.clone(),
        dock_name: story.dock.name.clone(),
        store_name: story.dock.store_name.clone(),
        carts_ready: web::ui::bay::carts_ready(&bays),
        places_free: web::ui::bay::places_free(&bays),
        online: story.online(at),
    }
}

async fn help(client: Client) -> Response {
    let page = HelpPage {
        frame: client.frame.clone(),
    };
    client.page(StatusCode::OK, page.render(), csp())
}

async fn privacy(client: Client) -> Response {
    let page = PrivacyPage {
        frame: client.frame.clone(),
    };
    client.page(StatusCode::OK, page.render(), csp())
}

async fn dock(State(app): State<Shared>, Path(code): Path<String>, client: Client) -> Response {
    let seen = DockForm::default();
    match dock_page(&app, &client, &code, seen).await {
        Ok(page) => client.page(StatusCode::OK, page.render(), csp()),
        Err(failure) => person_reads(&client, &failure),
    }
}

/// What the form on the dock page holds when it is shown again.
#[derive(Default)]
struct DockForm {
    cpf: String,
    cpf_error: Option<CpfError>,
    refusal: Option<TakeRefusal>,
}

async fn dock_page(
    app: &Shared,
    client: &Client,
    code: &str,
    form: DockForm,
) -> Result<DockPage, Failure> {
    let (wanted, at) = (code.to_owned(), now());
    let offer: Option<Offer> = app
        .store
        .read(move |tx| stories::offer(tx, &wanted, at))
        .await?;
    let offer = offer.ok_or(Rejection::UnknownDock)?;
    let here = &offer.here;
    let mut frame = client.frame.clone();
    frame.path = format!("/d/{}", here.dock.code);
    Ok(DockPage {
        frame,
        code: here.dock.code.clone(),
        dock_name: here.dock.name.clone(),
        store_name: here.dock.store_name.clone(),
        deposit: offer.policy.deposit_centavos,
        payee: story::payee(app),
        site_host: host_of(&app.config.public_url).to_owned(),
        dock_online: here.online(at),
        dock_serves: here.serves(),
        bays: bay_views(&here.bays),
        nearest: nearby(&offer.near),
        campaign: offer.campaign.as_ref().map(|(name, draw_ms)| CampaignView {
            name: name.clone(),
            draw_ms: *draw_ms,
        }),
        cpf_typed: form.cpf,
        cpf_error: form.cpf_error,
        refusal: form.refusal,
        rentals_here: u64::try_from(client.tokens.len()).unwrap_or(0),
    })
}

fn host_of(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

async fn mine(State(app): State<Shared>, client: Client) -> Response {
    let tokens = client.tokens.clone();
    let found = app
        .store
        .read(move |tx| {
            let mut found = Vec::new();
            for token in tokens {
                if let Some(row) = rental::by_token(tx, &token_hash(&token))?
                    && let Some(story) = stories::of_rental(tx, row)?
                {
                    found.push((token, story));
                }
            }
            Ok(found)
        })
        .await;
    match found {
        Ok(found) => {
            let page = MinePage {
                frame: client.frame.clone(),
                rentals: found.into_iter().map(mine_rental).collect(),
            };
            client.page(StatusCode::OK, page.render(), csp())
        }
        Err(error) => person_reads(&client, &error.into()),
    }
}

fn mine_rental((token, story): (String, RentalStory)) -> MineRental {
    let refunding = story.refunds.last().is_some_and(|r| !r.state.is_paid());
    MineRental {
        token,
        dock_name: story.at.name,
        store_name: story.at.store_name,
        started_ms: story.rental.created_ms,
        deposit: story.rental.deposit,
        state: match story.rental.state {
            Rental::AwaitingPayment => MineState::AwaitingPayment,
            Rental::Paid => MineState::Paid,
            Rental::Out { .. } => MineState::Out,
            Rental::Abandoned { .. } => MineState::Abandoned,
            Rental::Rescued => MineState::Rescued,
            Rental::Returned { .. } => MineState::Refunding,
            Rental::Cancelled { .. } | Rental::Expired if refunding => MineState::Refunding,
            Rental::Closed => MineState::Closed,
            Rental::Expired => MineState::Expired,
            Rental::Cancelled { .. } => MineState::Cancelled,
        },
    }
}

async fn qr_image(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
) -> Response {
    let page = match look(&app, &client, &token).await {
        Ok(page) => page,
        Err(failure) => return person_reads(&client, &failure),
    };
    let Some(image) = page.qr_image() else {
        return error_page(&client, ErrorKind::NotNow);
    };
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, image).into_response()
}

async fn forget(client: Client) -> Response {
    let mut response = Redirect::to("/mine").into_response();
    client.forget(&mut response);
    response
}

async fn cancel(State(app): State<Shared>, Path(token): Path<String>, client: Client) -> Response {
    match cancel_by(&app, &token).await {
        Ok(()) => Redirect::to(&format!("/r/{token}")).into_response(),
        Err(failure) => person_reads(&client, &failure),
    }
}

/// The payer of an abandoned cart says that they brought it themselves.
async fn contest(State(app): State<Shared>, Path(token): Path<String>, client: Client) -> Response {
    let row = match find(&app, &token).await {
        Ok(row) => row,
        Err(failure) => return person_reads(&client, &failure),
    };
    let at = now();
    let done = app
        .store
        .write(move |tx: &Tx<'_>| object_rescue::run(tx, at, &row.id))
        .await;
    match done {
        Ok(_) => Redirect::to(&format!("/r/{token}")).into_response(),
        Err(failure) => person_reads(&client, &failure),
    }
}

pub(super) async fn cancel_by(app: &Shared, token: &str) -> Result<(), Failure> {
    let row = find(app, token).await?;
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| cancel_rental::by_customer(tx, at, &row.id))
        .await
}

/// The rental behind a secret address.
pub(super) async fn find(app: &App, token: &str) -> Result<RentalRow, Failure> {
    if !is_token(token) {
        return Err(Rejection::UnknownRental.into());
    }
    let hash = token_hash(token);
    let row = app
        .store
        .read(move |tx| rental::by_token(tx, &hash))
        .await?;
    Ok(row.ok_or(Rejection::UnknownRental)?)
}

/// The page's view of a rental as it is now.
pub(super) async fn look(
    app: &Shared,
    client: &Client,
    token: &str,
) -> Result<RentalPage, Failure> {
    if !is_token(token) {
        return Err(Rejection::UnknownRental.into());
    }
    let hash = token_hash(token);
    let (at, zone) = (now(), app.zone.clone());
    let told = app
        .store
        .read(move |tx| {
            let Some(row) = rental::by_token(tx, &hash)? else {
                return Ok(None);
            };
            let out = row.clone();
            let Some(mut story) = stories::of_rental(tx, row)? else {
                return Ok(None);
            };
            // A page without the moment is better than no page.
            let moment = abandon_rental::abandoned_at(tx, at, &zone, &out);
            story.abandon_ms = moment.ok().flatten();
            let near = stories::neighbours(tx, &story.at)?;
            Ok(Some((story, near)))
        })
        .await?;
    let (mut told, near) = told.ok_or(Rejection::UnknownRental)?;
    carry::hand_out(app, &mut told, at).await?;
    let mut frame = client.frame.clone();
    frame.now_ms = at;
    frame.path = format!("/r/{token}");
    Ok(RentalPage {
        frame,
        view: story::view(app, token, &told, &near, at),
    })
}

pub(super) fn token_hash(token: &str) -> [u8; 32] {
    super::gateway::secret_hash(token.as_bytes())
}
