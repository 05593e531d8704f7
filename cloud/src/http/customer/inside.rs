//! "Is my entry inside?": the way from an entry's leaf to the published root, and the file that shows
//! whose it is.

use super::super::address::Address;
use super::super::client::{Client, is_token};
use super::super::raffle as views;
use super::super::story::outside;
use super::raffle::row_of;
use super::receipt::Guesses;
use super::{find, person_reads};
use crate::actions::{Failure, Rejection};
use crate::app::{Shared, now};
use crate::bundles::{self, Inside};
use crate::store::campaign::{EntryRow, LifeRow, LifeState};
use crate::store::rental::RentalRow;
use crate::store::{campaign, frozen_entry, rental};
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use cloud_core::raffle::campaign::Campaign;
use cloud_core::raffle::canonical::Digest;
use cloud_core::raffle::tree::node;
use cloud_core::raffle::{entry_code, read_entry_code};
use serde::Deserialize;
use shared::ids::RentalId;
use std::sync::Arc;
use web::customer::{
    InsideAnswer, InsideError, InsideFormPage, InsidePage, OutsideReason, ProofStep, ProofView,
    Side, csp,
};
use web::ui::Frame;

#[derive(Deserialize)]
pub(super) struct CodeForm {
    #[serde(default)]
    code: String,
}

pub(super) async fn form(
    State(app): State<Shared>,
    Path(id): Path<String>,
    client: Client,
) -> Response {
    match row_of(&app, &id).await {
        Ok(row) => ask(&client, &row, (String::new(), None)),
        Err(failure) => person_reads(&client, &failure),
    }
}

fn ask(client: &Client, row: &LifeRow, (typed, error): (String, Option<InsideError>)) -> Response {
    let id = views::simple(&row.row.id);
    let status = match error {
        None => StatusCode::OK,
        Some(InsideError::TooFast) => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = InsideFormPage {
        frame: Frame {
            path: format!("/sorteio/{id}/conferir"),
            ..client.frame.clone()
        },
        campaign_id: id,
        campaign: row.row.name.clone(),
        typed,
        error,
    };
    client.page(status, page.render(), csp())
}

/// By the receipt's code, or by the address of the rental.
pub(super) async fn check(
    State(app): State<Shared>,
    Path(id): Path<String>,
    client: Client,
    Extension(guesses): Extension<Arc<Guesses>>,
    from: Address,
    form: Result<Form<CodeForm>, FormRejection>,
) -> Response {
    let row = match row_of(&app, &id).await {
        Ok(row) => row,
        Err(failure) => return person_reads(&client, &failure),
    };
    let typed = form.map(|Form(form)| form.code).unwrap_or_default();
    let typed: String = typed.trim().chars().take(200).collect();
    if typed.is_empty() {
        return ask(&client, &row, (typed, Some(InsideError::Empty)));
    }
    if !guesses.admits_code(from) {
        return ask(&client, &row, (typed, Some(InsideError::TooFast)));
    }
    let found = match by_code(&app, &row, &typed).await {
        Ok(found) => found,
        Err(failure) => return person_reads(&client, &failure),
    };
    let Some((rental, entry)) = found else {
        return ask(&client, &row, (typed, Some(InsideError::Unknown)));
    };
    if entry.campaign.id != row.row.id && entry.moved_from != Some(row.row.id) {
        return ask(&client, &row, (typed, Some(InsideError::Elsewhere)));
    }
    match answer(&app, &rental, Some(&entry)).await {
        Ok(said) => shown(&client, (&row, None), Some(&entry), said),
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn by_code(
    app: &Shared,
    row: &LifeRow,
    typed: &str,
) -> Result<Option<(RentalRow, EntryRow)>, Failure> {
    let token = typed.rsplit('/').next().unwrap_or(typed).to_owned();
    if is_token(&token) {
        return match find(app, &token).await {
            Ok(rental) => {
                let id = rental.id;
                let entry = app
                    .store
                    .read(move |tx| campaign::entry_of(tx, &id))
                    .await?;
                Ok(entry.map(|entry| (rental, entry)))
            }
            Err(Failure::Rejected(_)) => Ok(None),
            Err(failure) => Err(failure),
        };
    }
    let Some(tail) = read_entry_code(typed) else {
        return Ok(None);
    };
    let id = row.row.id;
    let found = app
        .store
        .read(move |tx| {
            let Some(rental) = campaign::rental_by_code(tx, &id, tail)? else {
                return Ok(None);
            };
            Ok(rental::by_id(tx, &rental)?.zip(campaign::entry_of(tx, &rental)?))
        })
        .await?;
    Ok(found)
}

/// The same, for whoever holds the address of the rental.
pub(super) async fn of_rental(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
) -> Response {
    match rental_page(&app, &client, &token).await {
        Ok(response) => response,
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn rental_page(app: &Shared, client: &Client, token: &str) -> Result<Response, Failure> {
    let rental = find(app, token).await?;
    let id = rental.id;
    let found = app
        .store
        .read(move |tx| {
            let Some(entry) = campaign::entry_of(tx, &id)? else {
                return Ok(None);
            };
            let row = campaign::life(tx, &entry.campaign.id)?;
            Ok(row.map(|row| (row, entry)))
        })
        .await?;
    let (row, entry) = found.ok_or(Rejection::NoEntry)?;
    let said = answer(app, &rental, Some(&entry)).await?;
    Ok(shown(client, (&row, Some(token)), Some(&entry), said))
}

fn shown(
    client: &Client,
    (row, token): (&LifeRow, Option<&str>),
    entry: Option<&EntryRow>,
    answer: InsideAnswer,
) -> Response {
    let id = views::simple(&row.row.id);
    let page = InsidePage {
        frame: Frame {
            path: match token {
                Some(token) => format!("/r/{token}/sorteio"),
                None => format!("/sorteio/{id}/conferir"),
            },
            ..client.frame.clone()
        },
        campaign_id: id,
        campaign: row.row.name.clone(),
        certain: matches!(row.state, LifeState::Certain(_)),
        code: entry.map(|entry| entry_code(&entry.id)),
        token: token.map(str::to_owned),
        answer,
    };
    client.page(StatusCode::OK, page.render(), csp())
}

/// Where an entry stands.
pub(super) async fn answer(
    app: &Shared,
    rental: &RentalRow,
    entry: Option<&EntryRow>,
) -> Result<InsideAnswer, Failure> {
    let Some(entry) = entry else {
        return Ok(InsideAnswer::Outside(OutsideReason::NotHonoured));
    };
    let (id, campaign_id) = (rental.id, entry.campaign.id);
    if let Some(inside) = inside(app, id).await? {
        return Ok(InsideAnswer::Inside(proof(&inside)));
    }
    let row = app
        .store
        .read(move |tx| campaign::life(tx, &campaign_id))
        .await?;
    let row = row.ok_or(Rejection::UnknownCampaign)?;
    if let Some(why) = entry.outside {
        return Ok(InsideAnswer::Outside(outside(why, &row.state)));
    }
    if entry.person.is_none() {
        let until_ms = entry.is_open(now()).then_some(entry.until_ms);
        return Ok(InsideAnswer::Outside(OutsideReason::NoCpf { until_ms }));
    }
    let list_by_ms = match &row.state {
        LifeState::Draw(draw) if !matches!(draw, Campaign::Draft(_) | Campaign::Cancelled(_)) => {
            views::terms(&row, now()).commit_by_ms()
        }
        _ => None,
    };
    Ok(InsideAnswer::NotYet {
        closes_ms: entry.campaign.closes_ms.plus(-1),
        list_by_ms,
    })
}

/// Of a committed list.
async fn inside(app: &Shared, rental: RentalId) -> Result<Option<Inside>, Failure> {
    let frozen = app
        .store
        .read(move |tx| frozen_entry::of_rental(tx, &rental))
        .await?;
    let Some(frozen) = frozen else {
        return Ok(None);
    };
    let made = app.bundles.of(app, frozen.campaign).await?;
    Ok(made.and_then(|made| made.inside(&frozen.leaf)))
}

fn proof(inside: &Inside) -> ProofView {
    let (mut at, mut last) = (inside.index, inside.n - 1);
    let mut reached = inside.leaf;
    let mut steps = Vec::with_capacity(inside.path.len());
    for sibling in &inside.path {
        // A last one without a neighbour goes up as it is.
        while at & 1 == 0 && at == last {
            at >>= 1;
            last >>= 1;
        }
        let is_left = at & 1 == 1;
        reached = match is_left {
            true => node(sibling, &reached),
            false => node(&reached, sibling),
        };
        steps.push(ProofStep {
            side: if is_left { Side::Left } else { Side::Right },
            sibling: sibling.to_string(),
            result: reached.to_string(),
        });
        at >>= 1;
        last >>= 1;
    }
    let text = |digest: &Digest| digest.to_string();
    ProofView {
        number: inside.place.map(|(_, number)| number.to_string()),
        position: inside.place.map(|(position, _)| u64::from(position)),
        index: u64::from(inside.index),
        entries: u64::from(inside.n),
        leaf: text(&inside.leaf),
        steps,
        root: text(&inside.root),
    }
}

/// The file that shows whose entry it is: the event, and the salt that hides it in the list.
pub(super) async fn receipt(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
) -> Response {
    match receipt_text(&app, &token).await {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "no-store"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"comprovante.json\"",
                ),
            ];
            (headers, text).into_response()
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn receipt_text(app: &Shared, token: &str) -> Result<String, Failure> {
    let id = find(app, token).await?.id;
    let text = app.store.read(move |tx| bundles::receipt(tx, &id)).await?;
    Ok(text.ok_or(Rejection::NoEntry)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud_core::raffle::tree::Tree;
    use shared::octets::Octets;

    #[test]
    fn the_steps_on_the_page_lead_to_the_root() {
        for n in 1..40_u8 {
            let leaves: Vec<Digest> = (0..n).map(|i| Octets([i; 32])).collect();
            let tree = Tree::new(&leaves);
            for index in 0..n {
                let inside = Inside {
                    index: u32::from(index),
                    n: u32::from(n),
                    leaf: leaves[usize::from(index)],
                    path: tree.proof(usize::from(index)).unwrap(),
                    root: tree.root(),
                    place: None,
                };
                let view = proof(&inside);
                let end = view.steps.last().map_or(&view.leaf, |step| &step.result);
                assert_eq!(end, &view.root, "{index} of {n}");
            }
        }
    }
}
