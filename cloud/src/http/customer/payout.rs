//! A deposit that no devolução can bring: its customer says where the money goes.

use super::receipt::Guesses;
use super::{error_page, find, person_reads};
use crate::actions::take_cart::NewPerson;
use crate::actions::{Failure, Rejection, name_key};
use crate::app::{Shared, now};
use crate::entropy::Entropy;
use crate::http::address::Address;
use crate::http::client::Client;
use crate::store::payout::{Debt, PayoutRow};
use crate::store::refund::RefundRow;
use crate::store::rental::RentalRow;
use crate::store::{DbError, Tx, dock, payout, refund};
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use cloud_core::payout::PayoutState;
use cloud_core::refund::RefundState;
use serde::Deserialize;
use shared::document::Cpf;
use shared::ids::PersonId;
use shared::money::Centavos;
use shared::pix_key::PixKey;
use std::sync::Arc;
use web::customer::{ErrorKind, PayoutError, PayoutPage, PayoutStage, csp};

/// Without `Debug`: what is typed here is nobody else's business.
#[derive(Default, Deserialize)]
pub(super) struct KeyForm {
    #[serde(default)]
    cpf: String,
    #[serde(default)]
    key: String,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
) -> Response {
    match page(&app, &client, &token).await {
        Ok(page) => client.page(StatusCode::OK, page.render(), csp()),
        Err(failure) => person_reads(&client, &failure),
    }
}

pub(super) async fn name(
    State(app): State<Shared>,
    Path(token): Path<String>,
    from: Address,
    Extension(guesses): Extension<Arc<Guesses>>,
    client: Client,
    form: Result<Form<KeyForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return error_page(&client, ErrorKind::BadForm);
    };
    let row = match find(&app, &token).await {
        Ok(row) => row,
        Err(failure) => return person_reads(&client, &failure),
    };
    if !guesses.admits_key(from, &row.id.to_string()) {
        return error_page(&client, ErrorKind::TooMany);
    }
    let error = match read(&form) {
        Err(error) => error,
        Ok((cpf, key)) => match order(&app, &row, &cpf, &key).await {
            // Already ordered, by a second tap or on another phone: the page says how far it is.
            Ok(_) | Err(Failure::Rejected(Rejection::NothingOwed | Rejection::PayoutOrdered)) => {
                return Redirect::to(&format!("/r/{token}/payout")).into_response();
            }
            Err(Failure::Rejected(Rejection::TooManyKeys)) => PayoutError::TooMany,
            Err(failure) => return person_reads(&client, &failure),
        },
    };
    match page(&app, &client, &token).await {
        Ok(mut page) => {
            page.error = Some(error);
            (page.cpf_typed, page.key_typed) = (form.cpf, form.key);
            client.page(StatusCode::UNPROCESSABLE_ENTITY, page.render(), csp())
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

/// All that can be known without the bank is checked here: a wrong key costs the directory's budget.
fn read(form: &KeyForm) -> Result<(Cpf, PixKey), PayoutError> {
    let cpf: Cpf = form.cpf.trim().parse().map_err(|_| PayoutError::Cpf)?;
    let key: PixKey = form.key.parse().map_err(|_| PayoutError::Key)?;
    if !key.may_be_of(&cpf) {
        return Err(PayoutError::KeyOfOther);
    }
    Ok((cpf, key))
}

async fn order(app: &Shared, row: &RentalRow, cpf: &Cpf, key: &PixKey) -> Result<usize, Failure> {
    let mut entropy = Entropy::default();
    let id = entropy.id(PersonId::new, now());
    let new = NewPerson::of(&app.keys, cpf, id, &mut entropy);
    let at = now();
    let known = app
        .store
        .write(move |tx: &Tx<'_>| name_key::know(tx, at, &new));
    let (person, own) = known.await?;
    let sealed = app.keys.seal_pix_key(key, person, &own, &mut entropy);
    let sealed = sealed.ok_or(Rejection::UnknownPerson)?;
    let rental = row.id;
    app.store
        .write(move |tx: &Tx<'_>| name_key::owed(tx, at, &rental, &sealed))
        .await
}

async fn page(app: &Shared, client: &Client, token: &str) -> Result<PayoutPage, Failure> {
    let row = find(app, token).await?;
    let (rental, dock_id) = (row.id, row.dock);
    let read = app.store.read(move |tx| {
        let mut debts = Vec::new();
        for order in refund::of_rental(tx, &rental)? {
            if matches!(order.state, RefundState::Owed | RefundState::PaidOut) {
                let last = last_order(tx, &order)?;
                debts.push((order, last));
            }
        }
        Ok((debts, dock::by_id(tx, &dock_id)?))
    });
    let (debts, at) = read.await?;
    let mut frame = client.frame.clone();
    frame.path = format!("/r/{token}/payout");
    Ok(PayoutPage {
        frame,
        token: token.to_owned(),
        store_name: at.map_or_else(String::new, |at| at.store_name),
        amount: debts
            .iter()
            .map(|(order, _)| order.amount)
            .sum::<Centavos>(),
        stage: stage(&debts),
        cpf_typed: String::new(),
        key_typed: String::new(),
        error: None,
    })
}

fn last_order(tx: &Tx<'_>, order: &RefundRow) -> Result<Option<PayoutRow>, DbError> {
    let orders = payout::of_debt(tx, &Debt::Owed(order.e2eid.clone()))?;
    Ok(orders.into_iter().next_back())
}

/// What of several debts the customer can do something about comes first.
fn stage(debts: &[(RefundRow, Option<PayoutRow>)]) -> PayoutStage {
    let mut stage = PayoutStage::Nothing;
    for (_, last) in debts {
        let one = match last.as_ref().map(|order| (order.state, order.settled_ms)) {
            None | Some((PayoutState::Void, _)) => PayoutStage::AskKey { again: false },
            Some((PayoutState::Refused(_) | PayoutState::Returned, _)) => {
                PayoutStage::AskKey { again: true }
            }
            Some((PayoutState::Held(_), _)) => PayoutStage::Held,
            Some((PayoutState::Settled, Some(at_ms))) => PayoutStage::Paid { at_ms },
            Some(_) => PayoutStage::OnItsWay,
        };
        if rank(one) > rank(stage) {
            stage = one;
        }
    }
    stage
}

fn rank(stage: PayoutStage) -> u8 {
    match stage {
        PayoutStage::Nothing => 0,
        PayoutStage::Paid { .. } => 1,
        PayoutStage::OnItsWay => 2,
        PayoutStage::Held => 3,
        PayoutStage::AskKey { again: false } => 4,
        PayoutStage::AskKey { again: true } => 5,
    }
}
