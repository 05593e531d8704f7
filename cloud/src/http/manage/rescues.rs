//! Abandoned carts that came back: those that wait for a person, and what was decided.

use super::super::client::Client;
use super::super::customer::{error_page, person_reads};
use super::timeline::review_words;
use super::who::Staff;
use super::{audit_id, page};
use crate::actions::judge_rescue::{self, Judgement};
use crate::actions::{Failure, Outcome, Rejection};
use crate::app::{App, Shared, now};
use crate::keys::SealedCpf;
use crate::store::rescue::{RescueRow as Stored, RescueState};
use crate::store::{Tx, dock, gateway, person, rental, rescue};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use cloud_core::rescue::{Inputs, Objection, Refusal};
use serde::Deserialize;
use shared::ids::RentalId;
use shared::money::Centavos;
use web::customer::ErrorKind;
use web::manager::{RescueFact, RescueReason, RescueRow, RescueStateView, RescuesPage, Role};
use web::text::Text;

/// More than anybody works through; the oldest come first.
const WAITING_ROWS: u16 = 200;
const DECIDED_ROWS: u16 = 50;

/// A row with what stands outside it.
struct Told {
    found: Stored,
    deposit: Centavos,
    dock_name: String,
    finder: Option<SealedCpf>,
    can_judge: bool,
}

pub async fn list(State(app): State<Shared>, staff: Staff, client: Client) -> Response {
    let found = app
        .store
        .read(move |tx| Ok(read(tx)))
        .await
        .map_err(Failure::from)
        .and_then(|read| read);
    match found {
        Ok((waiting, decided)) => {
            let text = client.frame.lang.text();
            let view = |rows: Vec<Told>| rows.iter().map(|told| row(&app, text, told)).collect();
            let shown = RescuesPage {
                frame: client.frame.clone(),
                staff: staff.view(),
                may_judge: staff.may(Role::Manager),
                waiting: view(waiting),
                decided: view(decided),
            };
            page(&client, shown.render())
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

fn read(tx: &Tx<'_>) -> Outcome<(Vec<Told>, Vec<Told>)> {
    let waiting = rescue::queue(tx, WAITING_ROWS)?;
    let names: Vec<RentalId> = waiting.iter().map(|row| row.rental).collect();
    let decided = rescue::decided(tx, DECIDED_ROWS)?;
    let decided = decided
        .into_iter()
        .filter(|row| !names.contains(&row.rental));
    let told = |row| told(tx, row);
    Ok((
        waiting.into_iter().map(told).collect::<Outcome<_>>()?,
        decided.map(told).collect::<Outcome<_>>()?,
    ))
}

fn told(tx: &Tx<'_>, found: Stored) -> Outcome<Told> {
    let row = rental::by_id(tx, &found.rental)?.ok_or(Rejection::UnknownRental)?;
    let serving = gateway::by_id(tx, &found.place.gateway)?.ok_or(Rejection::UnknownGateway)?;
    Ok(Told {
        deposit: row.deposit,
        dock_name: dock::by_id(tx, &serving.dock)?.map_or_else(String::new, |at| at.name),
        finder: match found.finder {
            Some(id) => person::sealed_cpf(tx, &id)?,
            None => None,
        },
        can_judge: judge_rescue::is_for_a_person(tx, &found)?,
        found,
    })
}

fn row(app: &App, text: &Text, told: &Told) -> RescueRow {
    let found = &told.found;
    let cpf = told.finder.as_ref().and_then(|cpf| app.keys.open_cpf(cpf));
    RescueRow {
        rental: found.rental.to_string(),
        docked_ms: found.docked_ms,
        dock_name: told.dock_name.clone(),
        state: state_view(found.state),
        reason: reason(told),
        objected_ms: found.objected_ms,
        deposit: told.deposit,
        share: found.finder_share,
        finder: cpf.map(|cpf| cpf.masked()),
        facts: facts(text, found),
        inputs: found.inputs.clone(),
        can_judge: told.can_judge,
    }
}

pub(super) fn state_view(of: RescueState) -> RescueStateView {
    match of {
        RescueState::Open => RescueStateView::Open,
        RescueState::InTime => RescueStateView::InTime,
        RescueState::Late => RescueStateView::Late,
        RescueState::Rescued => RescueStateView::Rescued,
        RescueState::Unclaimed => RescueStateView::Unclaimed,
        RescueState::Review => RescueStateView::Review,
        RescueState::Overturned => RescueStateView::Overturned,
    }
}

fn reason(told: &Told) -> Option<RescueReason> {
    let found = &told.found;
    if found.objection == Objection::Open {
        return Some(RescueReason::Contested);
    }
    if found.state == RescueState::Rescued && told.can_judge {
        return Some(RescueReason::HeldForOthers);
    }
    let code = found.refusal.as_deref()?;
    let why = Refusal::ALL.into_iter().find(|why| why.as_str() == code);
    Some(why.map_or(RescueReason::Other, in_words))
}

fn in_words(why: Refusal) -> RescueReason {
    match why {
        Refusal::SensorsDisagree => RescueReason::SensorsDisagree,
        Refusal::NotAbandoned => RescueReason::NotAbandoned,
        Refusal::ServiceMode => RescueReason::ServiceMode,
        Refusal::NoClaim => RescueReason::NoClaim,
        Refusal::ClaimLate => RescueReason::ClaimLate,
        Refusal::Staff => RescueReason::Staff,
        Refusal::SameCpf => RescueReason::SameCpf,
        Refusal::SameKey => RescueReason::SameKey,
        Refusal::CapOfCpf => RescueReason::CapOfCpf,
        Refusal::CapOfKey => RescueReason::CapOfKey,
        Refusal::PairTooOften => RescueReason::PairTooOften,
        Refusal::ObjectedTo => RescueReason::ObjectedTo,
        Refusal::Disputed => RescueReason::Disputed,
    }
}

fn facts(text: &Text, found: &Stored) -> Vec<RescueFact> {
    let mut facts = Vec::new();
    let doubt = found.doubt.as_deref().map(|code| {
        let words = rental::review_of(code).map(|why| review_words(text, why));
        RescueFact::Doubt(words.unwrap_or(code).to_owned())
    });
    facts.extend(doubt);
    if found.service {
        facts.push(RescueFact::Service);
    }
    let inputs = found.inputs.as_deref();
    let inputs = inputs.and_then(|text| serde_json::from_str::<Inputs>(text).ok());
    let Some(inputs) = inputs else {
        return facts;
    };
    if inputs.disputed {
        facts.push(RescueFact::Disputed);
    }
    if let Some(finder) = inputs.claim.and_then(|claim| claim.finder) {
        for (applies, fact) in [
            (finder.staff, RescueFact::Staff),
            (finder.same_cpf, RescueFact::SameCpf),
            (finder.same_key, RescueFact::SameKey),
        ] {
            facts.extend(applies.then_some(fact));
        }
        let today = (finder.rewards_today_of_cpf, finder.rewards_today_of_key);
        facts.push(RescueFact::Today(today.0, today.1));
        facts.push(RescueFact::Pair(finder.rewards_of_pair));
        facts.push(RescueFact::Objections(finder.objections));
    }
    facts
}

#[derive(Default, Deserialize)]
pub struct JudgeForm {
    #[serde(default)]
    judgement: String,
}

pub async fn judge(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
    form: Result<Form<JudgeForm>, FormRejection>,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    let Ok(id) = id.parse::<RentalId>() else {
        return error_page(&client, ErrorKind::UnknownRental);
    };
    let said = form.map(|Form(form)| form.judgement).unwrap_or_default();
    let judgement = match said.as_str() {
        "payer" => Judgement::ForPayer,
        "keep" => Judgement::AgainstPayer,
        _ => return error_page(&client, ErrorKind::BadForm),
    };
    let (at, by, audit) = (now(), staff.id(), audit_id());
    let done = app
        .store
        .write(move |tx: &Tx<'_>| judge_rescue::run(tx, at, (&id, judgement), (&by, &audit)))
        .await;
    match done {
        Ok(()) => Redirect::to("/manage/rescues").into_response(),
        Err(failure) => person_reads(&client, &failure),
    }
}
