//! Rentals as rows, and one with its whole story.

use super::super::client::Client;
use super::super::customer::{error_page, person_reads};
use super::super::story::{cart_label, refund_view};
use super::figures::Moment;
use super::who::Staff;
use super::{page, timeline};
use crate::actions::approve_return;
use crate::app::{App, Shared};
use crate::keys::SealedCpf;
use crate::persons::KnownRental;
use crate::store::dock::DockRow;
use crate::store::grant::{GrantRow, GrantState};
use crate::store::listing::{self, COUNTED_MAX, Line, Search};
use crate::store::refund::RefundRow;
use crate::store::rental::RentalRow;
use crate::store::story::{self as stories, RentalStory};
use crate::store::{Tx, rental};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use cloud_core::rental::{Backing, Rental};
use serde::Deserialize;
use shared::ids::RentalId;
use shared::time::UnixMs;
use web::customer::{ErrorKind, RefundState};
use web::manager::{
    PAGE_ROWS, RentalDetailPage, RentalFilter, RentalListPage, RentalRow as Row, RentalState, Role,
};

/// Longer than any id that can be searched for.
const SEARCH_CHARS_MAX: usize = 64;

const ROWS: u16 = 50;
const _: () = assert!(ROWS as u64 == PAGE_ROWS);

#[derive(Default, Deserialize)]
pub struct Ask {
    state: Option<String>,
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

pub async fn list(
    State(app): State<Shared>,
    staff: Staff,
    client: Client,
    ask: Result<Query<Ask>, QueryRejection>,
) -> Response {
    let ask = ask.map(|Query(ask)| ask).unwrap_or_default();
    let filter = RentalFilter::from_key(ask.state.as_deref());
    let typed = ask.q.trim().chars().filter(|c| !c.is_control());
    let query: String = typed.take(SEARCH_CHARS_MAX).collect();
    let moment = Moment::now(&app);
    let listing = moment.listing(filter, Search::of(&query));
    let wanted: u32 = ask.page.parse().unwrap_or(1);
    let found = app
        .store
        .read(move |tx| {
            let total = listing::total(tx, &listing)?;
            let counted = u32::try_from(total.count).unwrap_or(COUNTED_MAX);
            let last = counted.div_ceil(u32::from(ROWS)).max(1);
            let number = wanted.clamp(1, last);
            let lines = listing::page(tx, &listing, ROWS, (number - 1) * u32::from(ROWS))?;
            Ok((total, number, lines))
        })
        .await;
    match found {
        Ok((total, number, lines)) => {
            let shown = RentalListPage {
                frame: client.frame.clone(),
                staff: staff.view(),
                filter,
                query,
                page: u64::from(number),
                total: total.count,
                total_amount: total.amount,
                rows: lines
                    .iter()
                    .map(|line| line_view(&app, line, moment.at))
                    .collect(),
            };
            page(&client, shown.render())
        }
        Err(error) => person_reads(&client, &error.into()),
    }
}

pub async fn detail(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    let Ok(id) = id.parse::<RentalId>() else {
        return error_page(&client, ErrorKind::UnknownRental);
    };
    let found = app
        .store
        .read(move |tx| {
            let Some(row) = rental::by_id(tx, &id)? else {
                return Ok(None);
            };
            let Some(story) = stories::of_rental(tx, row)? else {
                return Ok(None);
            };
            let proofs = timeline::Proofs::read(tx, &story)?;
            Ok(Some((story, proofs)))
        })
        .await;
    match found {
        Ok(Some((story, proofs))) => {
            let subject = Subject {
                rental: &story.rental,
                at: &story.at,
                refunds: &story.refunds,
                person: story.person.as_ref(),
            };
            let under_review = in_review(&story.rental);
            let shown = RentalDetailPage {
                frame: client.frame.clone(),
                staff: staff.view(),
                rental: row_view(&app, subject, client.frame.now_ms),
                steps: timeline::steps(&story, &proofs, client.frame.lang),
                can_approve: under_review && staff.may(Role::Manager),
                can_end: can_end(&story, client.frame.now_ms) && staff.may(Role::Manager),
            };
            page(&client, shown.render())
        }
        Ok(None) => error_page(&client, ErrorKind::UnknownRental),
        Err(error) => person_reads(&client, &error.into()),
    }
}

/// A release is ended by a person once its grant can open no bay any more.
fn can_end(story: &RentalStory, at: UnixMs) -> bool {
    let usable = |g: &GrantRow| g.state == GrantState::Open && g.expires_ms > at;
    approve_return::is_stuck(&story.rental, at) && !story.grant.as_ref().is_some_and(usable)
}

pub async fn approve(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    let Ok(id) = id.parse::<RentalId>() else {
        return error_page(&client, ErrorKind::UnknownRental);
    };
    let (at, by) = (client.frame.now_ms, staff.id());
    let done = app
        .store
        .write(move |tx: &Tx<'_>| approve_return::run(tx, at, &id, &by))
        .await;
    match done {
        Ok(()) => Redirect::to(&format!("/manage/rentals/{id}")).into_response(),
        Err(failure) => person_reads(&client, &failure),
    }
}

pub fn line_view(app: &App, line: &Line, at: UnixMs) -> Row {
    let subject = Subject {
        rental: &line.rental,
        at: &line.at,
        refunds: &line.refunds,
        person: line.person.as_ref(),
    };
    row_view(app, subject, at)
}

pub fn known_view(app: &App, known: &KnownRental, at: UnixMs) -> Option<Row> {
    let subject = Subject {
        rental: &known.row,
        at: known.at.as_ref()?,
        refunds: &known.refunds,
        person: None,
    };
    Some(row_view(app, subject, at))
}

#[derive(Clone, Copy)]
struct Subject<'a> {
    rental: &'a RentalRow,
    at: &'a DockRow,
    refunds: &'a [RefundRow],
    person: Option<&'a SealedCpf>,
}

fn row_view(app: &App, of: Subject<'_>, at: UnixMs) -> Row {
    let rental = of.rental;
    let of_deposit = |refund: &&RefundRow| Some(&refund.e2eid) == rental.e2eid.as_ref();
    let order = of
        .refunds
        .iter()
        .rfind(of_deposit)
        .or_else(|| of.refunds.last());
    let refund = match order {
        Some(order) => Some(refund_view(order, at).state),
        None => in_review(rental).then_some(RefundState::HeldForReview),
    };
    let cpf = of.person.and_then(|sealed| app.keys.open_cpf(sealed));
    Row {
        id: rental.id.to_string(),
        state: state(&rental.state),
        refund,
        dock_name: of.at.name.clone(),
        store_name: of.at.store_name.clone(),
        bay: Some(rental.bay),
        cart_label: cart_label(rental),
        deposit: rental.deposit,
        started_ms: rental.created_ms,
        cpf_masked: cpf.map(|cpf| cpf.masked()),
        by_card: rental.backing == Backing::Card,
    }
}

fn in_review(rental: &RentalRow) -> bool {
    matches!(rental.state, Rental::Returned { review: Some(_) })
}

fn state(state: &Rental) -> RentalState {
    match state {
        Rental::AwaitingPayment => RentalState::AwaitingPayment,
        Rental::Paid => RentalState::Paid,
        Rental::Out { .. } => RentalState::Out,
        Rental::Abandoned { .. } => RentalState::Abandoned,
        Rental::Rescued => RentalState::Rescued,
        Rental::Returned { .. } => RentalState::Returned,
        Rental::Closed => RentalState::Closed,
        Rental::Expired => RentalState::Expired,
        Rental::Cancelled { .. } => RentalState::Cancelled,
    }
}
