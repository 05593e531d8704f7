//! The Pix that are sent to persons, and a manager's word about those that wait for one.

use super::super::client::Client;
use super::super::customer::{error_page, person_reads};
use super::who::Staff;
use super::{audit_id, page};
use crate::actions::decide_payout::{self, Decision, Verdict};
use crate::actions::{Failure, Rejection};
use crate::app::{Shared, now};
use crate::keys::{PersonKey, SealedPixKey};
use crate::store::payout::{self, Debt, PayoutRow as Stored};
use crate::store::{DbError, Tx, person_field};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use cloud_core::payout::{Hold, PayoutState as Life, Refusal};
use shared::ids::PayoutId;
use shared::money::Centavos;
use web::customer::ErrorKind;
use web::manager::{PayoutPurpose, PayoutRow, PayoutState, PayoutsPage, Role};

/// More than anybody works through; the latest come first.
const ROWS: u16 = 200;

pub async fn list(State(app): State<Shared>, staff: Staff, client: Client) -> Response {
    let found = match app.store.read(read).await {
        Ok(found) => found,
        Err(error) => return person_reads(&client, &error.into()),
    };
    let shown = PayoutsPage {
        frame: client.frame.clone(),
        staff: staff.view(),
        may_decide: staff.may(Role::Manager),
        is_off: app.payouts.is_none(),
        rows: found.iter().map(|row| view(&app, row)).collect(),
    };
    page(&client, shown.render())
}

pub async fn decide(
    State(app): State<Shared>,
    Path((id, verdict)): Path<(String, String)>,
    staff: Staff,
    client: Client,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    let verdict = match verdict.as_str() {
        "release" => Verdict::Release,
        "void" => Verdict::Void,
        "repeat" => Verdict::Repeat,
        _ => return error_page(&client, ErrorKind::NotFound),
    };
    let Ok(payout) = id.parse() else {
        return error_page(&client, ErrorKind::NotFound);
    };
    let decision = Decision {
        payout,
        verdict,
        by: staff.id(),
        audit_id: audit_id(),
    };
    let at = now();
    let done = app
        .store
        .write(move |tx: &Tx<'_>| decide_payout::run(tx, at, &decision))
        .await;
    match done {
        Ok(_) => Redirect::to("/manage/payouts").into_response(),
        Err(Failure::Rejected(Rejection::UnknownPayout)) => {
            error_page(&client, ErrorKind::NotFound)
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

struct Row {
    order: Stored,
    key: Option<(PersonKey, SealedPixKey)>,
    returned: Centavos,
    is_last: bool,
}

fn read(tx: &Tx<'_>) -> Result<Vec<Row>, DbError> {
    let mut rows = Vec::new();
    for order in payout::latest(tx, ROWS)? {
        let orders = payout::of_debt(tx, &order.debt)?;
        rows.push(Row {
            key: person_field::payout_key(tx, &order.person, &order.id)?,
            returned: payout::returned_of(tx, &order.id)?,
            is_last: orders.last().is_some_and(|last| last.id == order.id),
            order,
        });
    }
    Ok(rows)
}

fn view(app: &Shared, row: &Row) -> PayoutRow {
    let order = &row.order;
    let key = row.key.as_ref();
    let key = key.and_then(|(own, sealed)| app.keys.open_pix_key(own, sealed));
    let is_owed = matches!(order.debt, Debt::Owed(_));
    let objected = order.state == Life::Held(Hold::Objection);
    PayoutRow {
        id: PayoutId::to_string(&order.id),
        rental: order.rental.to_string(),
        ordered_ms: order.ordered_ms,
        amount: order.amount,
        returned: row.returned.is_positive().then_some(row.returned),
        purpose: purpose_view(&order.debt),
        state: state_view(&row.order, row.is_last),
        key: key.map(|key| key.masked()),
        detail: order.refusal.clone(),
        can_release: matches!(order.state, Life::Held(_)) && !objected,
        can_void: is_owed && order.state.is_unsent() && !objected,
        can_repeat: row.is_last && matches!(order.state, Life::Refused(_) | Life::Returned),
    }
}

pub(super) fn purpose_view(debt: &Debt) -> PayoutPurpose {
    match debt {
        Debt::Finder(_) => PayoutPurpose::Finder,
        Debt::Owed(_) => PayoutPurpose::Owed,
    }
}

/// `is_last`: no later order of the same debt took its place.
pub(super) fn state_view(order: &Stored, is_last: bool) -> PayoutState {
    match order.state {
        Life::Waiting => PayoutState::Waiting,
        Life::Held(Hold::Objection) => PayoutState::HeldByObjection,
        Life::Held(Hold::AboveLimit) => PayoutState::HeldAboveLimit,
        Life::Held(Hold::AboveDayLimit) => PayoutState::HeldAboveDayLimit,
        Life::Held(Hold::Review) => PayoutState::HeldForReview,
        Life::Requested | Life::Processing => PayoutState::AtBank,
        Life::Settled => PayoutState::Settled,
        Life::Refused(_) if !is_last => PayoutState::Replaced,
        Life::Refused(why) if Refusal::asks_for_key(why) => PayoutState::NeedsKey,
        Life::Refused(_) => PayoutState::Refused,
        Life::Returned => PayoutState::Returned,
        Life::Void => PayoutState::Void,
    }
}
