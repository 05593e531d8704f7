//! What stands where, and what needs a person.

use super::super::client::Client;
use super::super::customer::person_reads;
use super::super::story::bay_views;
use super::figures::{Figures, Moment};
use super::page;
use super::rentals::line_view;
use super::who::Staff;
use crate::app::Shared;
use crate::store::listing;
use crate::store::story::{self as stories, DockStory};
use axum::extract::State;
use axum::response::Response;
use shared::time::UnixMs;
use web::manager::{DashboardPage, DockPlan, DocksPage, GatewayView, RentalFilter};

/// Rentals below the figures: what a glance takes in.
const RECENT_ROWS: u16 = 8;

pub async fn dashboard(State(app): State<Shared>, staff: Staff, client: Client) -> Response {
    let moment = Moment::now(&app);
    let newest = moment.listing(RentalFilter::All, None);
    let found = app
        .store
        .read(move |tx| {
            let docks = stories::all_docks(tx)?;
            let figures = Figures::read(tx, &docks, moment)?;
            Ok((docks, figures, listing::page(tx, &newest, RECENT_ROWS, 0)?))
        })
        .await;
    match found {
        Ok((docks, figures, recent)) => {
            let shown = DashboardPage {
                frame: client.frame.clone(),
                staff: staff.view(),
                problems: figures.problems,
                totals: figures.totals,
                docks: plans(&docks, moment.at),
                recent: recent
                    .iter()
                    .map(|line| line_view(&app, line, moment.at))
                    .collect(),
            };
            page(&client, shown.render())
        }
        Err(error) => person_reads(&client, &error.into()),
    }
}

pub async fn docks(State(app): State<Shared>, staff: Staff, client: Client) -> Response {
    match app.store.read(stories::all_docks).await {
        Ok(docks) => {
            let shown = DocksPage {
                frame: client.frame.clone(),
                staff: staff.view(),
                docks: plans(&docks, client.frame.now_ms),
            };
            page(&client, shown.render())
        }
        Err(error) => person_reads(&client, &error.into()),
    }
}

fn plans(docks: &[DockStory], at: UnixMs) -> Vec<DockPlan> {
    docks
        .iter()
        .map(|story| DockPlan {
            code: story.dock.code.clone(),
            dock_name: story.dock.name.clone(),
            store_name: story.dock.store_name.clone(),
            online: story.online(at),
            seen_ms: story.gateway.as_ref().map(|gateway| gateway.seen_ms),
            bays: bay_views(&story.bays),
            gateway: story.gateway.as_ref().map(|gateway| GatewayView {
                id: gateway.id.to_string(),
                software: gateway.software.clone(),
                acked_seq: gateway.head.seq,
                backlog: gateway.backlog,
            }),
        })
        .collect()
}
