//! The simulated dock's page and its forms.

use super::Pages;
use super::hands::{Done, Fields, Verb};
use super::live::{self, Live};
use super::problem::Problem;
use super::reader::{self, Query};
use crate::status::Stage;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query as QueryOf, State};
use axum::http::HeaderMap;
use axum::response::{Redirect, Response};
use hardware::simulated::{BayView, FaultKind, SimulatedDock};
use std::sync::Arc;
use web::edge::{Cart, simulator as view};
use web::ui::Lang;

#[derive(Clone)]
pub(super) struct Desk {
    pub(super) pages: Arc<Pages>,
    pub(super) dock: SimulatedDock,
}

pub(super) async fn page(
    State(desk): State<Desk>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    live::hold(&desk, lang, query.visto.as_deref()).await;
    let simulator = desk.view(lang);
    let arriving = query.cart.as_deref().and_then(|tag| tag.parse().ok());
    let visit = view::Visit {
        // A reload of the page that brought it does not bring it twice.
        arriving: arriving
            .map(|tag| Cart { tag })
            .filter(|cart| !simulator.has(cart)),
        refused: query.aviso.clone(),
    };
    let seen = live::name(&simulator.live());
    reader::answer(&query, lang, simulator.page(&visit, &seen))
}

pub(super) async fn live(
    State(desk): State<Desk>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    live::stream(desk, lang, query.visto)
}

/// Every form of the page: does it and leads back, with a word when it was refused.
pub(super) async fn form(
    State(desk): State<Desk>,
    Path(verb): Path<String>,
    fields: Result<Form<Fields>, FormRejection>,
) -> Redirect {
    let done = fields
        .map_err(|rejection| Problem::unreadable(&rejection.body_text()))
        .and_then(|Form(fields)| Verb::named(&verb)?.perform(&desk, &fields));
    match done {
        Ok(Done { url: Some(url), .. }) => Redirect::to(&url),
        Ok(_) => Redirect::to(view::PATH),
        Err(problem) => Redirect::to(&format!("{}?aviso={}", view::PATH, problem.code)),
    }
}

impl Desk {
    fn view(&self, lang: Lang) -> view::Simulator {
        let world = self.dock.state();
        let handle = &self.pages.handle;
        let place = match &handle.status.borrow().stage {
            Stage::Serving(serving) => Some(view::Place {
                store_name: serving.store_name.clone(),
                dock_name: serving.dock_name.clone(),
                dock_url: serving.dock_url.clone(),
            }),
            Stage::Enrolling(_) => None,
        };
        view::Simulator {
            lang,
            place,
            bays: world.bays.iter().map(bay).collect(),
            plugged: handle.cable.is_plugged(),
            hand: world.lot.into_iter().map(|tag| Cart { tag }).collect(),
            neighbours: handle
                .neighbours
                .iter()
                .map(|neighbour| neighbour.name.clone())
                .collect(),
            fault_codes: FaultKind::ALL.iter().map(|kind| kind.code()).collect(),
        }
    }
}

impl Live for Desk {
    fn pages(&self) -> &Pages {
        &self.pages
    }

    fn html(&self, lang: Lang) -> String {
        self.view(lang).live()
    }
}

fn bay(bay: &BayView) -> view::Bay {
    view::Bay {
        bay: bay.bay,
        kind: bay.kind,
        capacity: bay.capacity,
        carts: bay.carts.iter().map(|tag| Cart { tag: *tag }).collect(),
        cart_at_mouth: bay.cart_at_mouth,
        bolt_engaged: bay.bolt_engaged,
        pullable: bay.pullable,
        lamp: bay.lamp,
        sounds: bay.sounds,
        last_sound: bay.last_sound,
        faults: bay.faults.iter().map(|fault| fault.kind.code()).collect(),
    }
}
