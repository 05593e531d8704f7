//! What a rental's secret address tells of the data that is kept: of this rental, and of no other.
//!
//! Invariant: nothing here exports or erases a person. Anybody can type a stranger's CPF at a dock, so
//! the address of a rental proves nothing about its CPF; whoever wants the rest shows a document to
//! staff (`manage/persons`).

use super::super::client::{Client, MINE_DAYS};
use super::super::story::cart_label;
use super::{find, person_reads};
use crate::actions::{Failure, Rejection};
use crate::app::Shared;
use crate::persons::{self, ContactPart, KnownRental, RentalExport};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use cloud_core::notice::Channel;
use cloud_core::raffle::entry_code;
use cloud_core::rental::Backing;
use web::customer::{DataContact, DataPage, csp};
use web::notice::NoticeChannel;
use web::ui::Frame;

pub(super) async fn page(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
) -> Response {
    match kept(&app, &token).await {
        Ok((known, export)) => {
            let shown = view(&client, &token, &known, export);
            client.page(StatusCode::OK, shown.render(), csp())
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

pub(super) async fn export(
    State(app): State<Shared>,
    Path(token): Path<String>,
    client: Client,
) -> Response {
    match kept(&app, &token).await {
        Ok((_, export)) => {
            let headers = [
                (header::CACHE_CONTROL, "no-store"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"volta.json\"",
                ),
            ];
            (headers, Json(export)).into_response()
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn kept(app: &Shared, token: &str) -> Result<(KnownRental, RentalExport), Failure> {
    let row = find(app, token).await?;
    let found = persons::rental_export(&app.store, &app.keys, row.id).await?;
    Ok(found.ok_or(Rejection::UnknownRental)?)
}

fn view(client: &Client, token: &str, known: &KnownRental, export: RentalExport) -> DataPage {
    let row = &known.row;
    let at = known.at.as_ref();
    let came = known.payments.iter().map(|pix| pix.e2eid.clone());
    let back = known.refunds.iter().filter_map(|r| r.return_id.clone());
    DataPage {
        frame: Frame {
            path: format!("/r/{token}/data"),
            ..client.frame.clone()
        },
        token: token.to_owned(),
        started_ms: row.created_ms,
        dock_name: at.map(|at| at.name.clone()).unwrap_or_default(),
        store_name: at.map(|at| at.store_name.clone()).unwrap_or_default(),
        deposit: row.deposit,
        cart_label: cart_label(row),
        returned_ms: row.returned_ms,
        pix: came.chain(back).collect(),
        cpf_masked: export.cpf_masked,
        entry_code: known.entry.as_ref().map(|entry| entry_code(&entry.id)),
        contacts: export.contacts.into_iter().map(contact).collect(),
        contact_days: persons::CONTACTS_KEPT_DAYS,
        by_card: row.backing == Backing::Card,
        cpf_days: (
            days(persons::KEPT_AFTER_RENTAL_MS),
            days(persons::KEPT_AFTER_CAMPAIGN_MS),
        ),
        device_days: u64::from(MINE_DAYS),
    }
}

fn contact(part: ContactPart) -> DataContact {
    DataContact {
        channel: match part.kind {
            Channel::Mail => NoticeChannel::Mail,
            Channel::Push => NoticeChannel::Push,
            Channel::Messenger => NoticeChannel::Messenger,
        },
        masked: part.address_masked,
    }
}

fn days(ms: i64) -> u64 {
    u64::try_from(ms / persons::DAY_MS).unwrap_or(0)
}
