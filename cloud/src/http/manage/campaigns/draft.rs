//! The plan of a campaign, as a form.

mod plan;

pub(super) use plan::moment;

use super::super::super::client::Client;
use super::super::super::customer::{error_page, person_reads};
use super::super::super::raffle as views;
use super::super::audit_id;
use super::super::who::Staff;
use super::find;
use super::forms::{Typed, value, wrong};
use crate::actions::campaign_step::By;
use crate::actions::draft_campaign::{self, DraftCampaign};
use crate::actions::{Failure, Rejection};
use crate::app::{Shared, now};
use crate::entropy::Entropy;
use crate::store::campaign::LifeRow;
use crate::store::{Tx, dock};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use plan::{plan, suggested, typed_of};
use shared::ids::CampaignId;
use web::customer::ErrorKind;
use web::manager::{
    CampaignDraftPage, CampaignForm, Choice, FieldError, FieldKey, FormAction, FormField, Role,
};

/// `GET /manage/campaigns/new`
pub async fn new(State(app): State<Shared>, staff: Staff, client: Client) -> Response {
    shown(&app, &staff, &client, (None, None)).await
}

/// `GET /manage/campaigns/{id}/draft`
pub async fn change(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    match find(&app, &staff, &id).await {
        Ok(found) => shown(&app, &staff, &client, (Some(&found.row), None)).await,
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn shown(
    app: &Shared,
    staff: &Staff,
    client: &Client,
    (row, refused): (Option<&LifeRow>, Option<CampaignForm>),
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(client, ErrorKind::Forbidden);
    }
    let stores = match store_names(app, staff).await {
        Ok(stores) => stores,
        Err(failure) => return person_reads(client, &failure),
    };
    let status = match refused {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let typed = row.map_or_else(|| suggested(app), |row| typed_of(app, row));
    let form = refused.unwrap_or_else(|| form(client, row, &stores, &typed));
    let page = CampaignDraftPage {
        frame: client.frame.clone(),
        staff: staff.view(),
        terms: row.map(|row| views::terms(row, now())),
        form,
    };
    client.page(status, page.render(), web::manager::csp())
}

async fn store_names(app: &Shared, staff: &Staff) -> Result<Vec<String>, Failure> {
    let chain = staff.chain().ok_or(Rejection::NoStore)?;
    let stores = app.store.read(move |tx| dock::stores(tx, &chain)).await?;
    Ok(stores.into_iter().map(|(_, name)| name).collect())
}

fn form(client: &Client, row: Option<&LifeRow>, stores: &[String], typed: &Typed) -> CampaignForm {
    let href = match row {
        None => "/manage/campaigns/new".to_owned(),
        Some(row) => format!("/manage/campaigns/{}/draft", views::simple(&row.row.id)),
    };
    let fields = FormAction::Draft.fields().iter().map(|key| FormField {
        key: *key,
        typed: value(typed, *key).to_owned(),
        choices: match key {
            FieldKey::Mode => modes(client, value(typed, FieldKey::Mode)),
            FieldKey::Stores => stores
                .iter()
                .map(|name| Choice {
                    value: name.clone(),
                    label: name.clone(),
                    chosen: chosen_stores(typed).contains(name),
                })
                .collect(),
            _ => Vec::new(),
        },
        error: None,
    });
    CampaignForm {
        action: FormAction::Draft,
        href,
        seen: row.map(|row| row.revision.to_string()).unwrap_or_default(),
        fields: fields.collect(),
        error: None,
    }
}

fn modes(client: &Client, chosen: &str) -> Vec<Choice> {
    use web::campaign::CampaignMode;
    let words = &client.frame.lang.text().raffle;
    [
        ("draw", CampaignMode::Draw),
        ("certain", CampaignMode::Certain),
    ]
    .into_iter()
    .map(|(value, mode)| Choice {
        value: value.to_owned(),
        label: (words.mode)(&mode).to_owned(),
        chosen: value == chosen,
    })
    .collect()
}

fn chosen_stores(typed: &Typed) -> Vec<String> {
    let all = typed
        .iter()
        .filter(|(name, _)| name == FieldKey::Stores.key());
    all.map(|(_, store)| store.clone()).collect()
}

/// `POST /manage/campaigns/new`
pub async fn make(
    State(app): State<Shared>,
    staff: Staff,
    client: Client,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    kept(&app, &staff, &client, (None, form)).await
}

/// `POST /manage/campaigns/{id}/draft`
pub async fn change_plan(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    match find(&app, &staff, &id).await {
        Ok(found) => kept(&app, &staff, &client, (Some(&found.row), form)).await,
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn kept(
    app: &Shared,
    staff: &Staff,
    client: &Client,
    (row, form): (Option<&LifeRow>, Result<Form<Typed>, FormRejection>),
) -> Response {
    let Ok(Form(typed)) = form else {
        return error_page(client, ErrorKind::BadForm);
    };
    if !staff.may(Role::Manager) {
        return error_page(client, ErrorKind::Forbidden);
    }
    match keep(app, staff, client, (row, &typed)).await {
        Ok(id) => {
            Redirect::to(&format!("/manage/campaigns/{}", views::simple(&id))).into_response()
        }
        Err(Kept::Form(form)) => shown(app, staff, client, (row, Some(*form))).await,
        Err(Kept::Failed(failure)) => person_reads(client, &failure),
    }
}

enum Kept {
    Form(Box<CampaignForm>),
    Failed(Failure),
}

async fn keep(
    app: &Shared,
    staff: &Staff,
    client: &Client,
    (row, typed): (Option<&LifeRow>, &Typed),
) -> Result<CampaignId, Kept> {
    let stores = store_names(app, staff).await.map_err(Kept::Failed)?;
    let blank = form(client, row, &stores, typed);
    let refuse = |(key, error)| Kept::Form(Box::new(wrong(blank.clone(), key, error)));
    let id = match row {
        Some(row) => row.row.id,
        None => Entropy::default().id(CampaignId::new, now()),
    };
    let plan = plan(app, id, &stores, typed).map_err(refuse)?;
    let wanted = DraftCampaign {
        chain: staff
            .chain()
            .ok_or(Kept::Failed(Rejection::NoStore.into()))?,
        plan,
        by: By {
            staff: staff.id(),
            audit_id: audit_id(),
        },
    };
    let at = now();
    let done = app
        .store
        .write(move |tx: &Tx<'_>| draft_campaign::run(tx, at, &wanted))
        .await;
    match done {
        Ok(_) => Ok(id),
        Err(Failure::Rejected(Rejection::CampaignOverlaps)) => {
            Err(refuse((FieldKey::OpensAt, FieldError::OutOfBounds)))
        }
        Err(failure) => Err(Kept::Failed(failure)),
    }
}
