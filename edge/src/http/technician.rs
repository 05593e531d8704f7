//! The sections behind the sign-in. Every order goes to the loop and is a signed event there.

mod bundle;
mod journal;
mod network;
mod orders;
mod vouchers;

use super::Pages;
use super::guard::Pass;
use super::live::{self, Live};
use super::problem::Problem;
use super::reader::{self, Query};
use super::sign_in::{self, Signed};
use super::views;
use crate::status::{PageCommand, Serving, Stage};
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, Path, Query as QueryOf, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, middleware};
use edge_core::io::TechnicianOrder;
use shared::event::Technician;
use shared::ids::BayNo;
use std::time::Duration;
use tokio::time::timeout;
use web::edge::technician::{Shell, bays, settings, system, trial};
use web::ui::{Lang, Zone};

/// How long an answer waits for the loop to have done what was ordered. It answers either way.
const DONE_WITHIN: Duration = Duration::from_millis(500);

/// A form of a few short fields.
const FORM_BYTES_MAX: usize = 4 * 1024;

pub(super) fn router(pages: Pages) -> Router {
    let within = Router::new()
        .route("/tech", get(page::<Bays>))
        .route("/tech/live", get(stream::<Bays>))
        .route("/tech/bay/{bay}", get(trial_page))
        .route("/tech/bay/{bay}/live", get(trial_stream))
        .route("/tech/system", get(page::<System>))
        .route("/tech/system/live", get(stream::<System>))
        .route("/tech/journal", get(journal::page))
        .route("/tech/settings", get(settings_page))
        .route("/tech/vouchers", get(vouchers::page).post(vouchers::look))
        .route("/tech/vouchers/redeem", post(vouchers::redeem))
        .route("/tech/do/{verb}", post(orders::act))
        .route("/tech/renew", post(orders::renew))
        .route("/tech/bundle", post(bundle::take))
        .route_layer(middleware::from_fn_with_state(
            pages.clone(),
            sign_in::required,
        ));
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::answer))
        .route("/sign-out", post(sign_in::leave))
        .route("/enrol", get(sign_in::enrol_page).post(sign_in::enrol))
        .merge(within)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .with_state(pages)
}

/// A section whose live part shows the whole gateway.
trait Part: Live {
    fn new(pages: Pages, pass: Pass, told: Option<String>) -> Self;
    fn page(&self, lang: Lang, seen: &str) -> String;
}

#[derive(Clone)]
struct Visit {
    pages: Pages,
    pass: Pass,
    told: Option<String>,
}

#[derive(Clone)]
struct Bays(Visit);

#[derive(Clone)]
struct System(Visit);

#[derive(Clone)]
struct Trial(Visit, BayNo);

async fn page<P: Part>(
    State(pages): State<Pages>,
    pass: Signed,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let part = P::new(pages, pass.0, query.aviso.clone());
    let lang = reader::lang(&query, &headers);
    live::hold(&part, lang, query.visto.as_deref()).await;
    let seen = live::name(&part.html(lang));
    reader::answer(&query, lang, part.page(lang, &seen))
}

async fn stream<P: Part>(
    State(pages): State<Pages>,
    pass: Signed,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    live::stream(P::new(pages, pass.0, None), lang, query.visto)
}

async fn trial_page(
    State(pages): State<Pages>,
    pass: Signed,
    bay: Result<Path<BayNo>, PathRejection>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    let Some(bay) = pages.named(bay) else {
        return unknown_bay(&headers);
    };
    let part = Trial(Visit::of(pages, pass.0, query.aviso.clone()), bay);
    live::hold(&part, lang, query.visto.as_deref()).await;
    let seen = live::name(&part.html(lang));
    let html = part.view(lang).page(&seen);
    reader::answer(&query, lang, html)
}

async fn trial_stream(
    State(pages): State<Pages>,
    pass: Signed,
    bay: Result<Path<BayNo>, PathRejection>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    let Some(bay) = pages.named(bay) else {
        return unknown_bay(&headers);
    };
    live::stream(
        Trial(Visit::of(pages, pass.0, None), bay),
        lang,
        query.visto,
    )
}

async fn settings_page(
    State(pages): State<Pages>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    let status = pages.handle.status.borrow().clone();
    let renewal = match &status.stage {
        Stage::Enrolling(_) => None,
        Stage::Serving(serving) => Some(settings::Renewal {
            unsent: serving.backlog(),
            state: status.renewal.clone(),
        }),
    };
    let view = settings::Settings {
        shell: pages.shell(lang, query.aviso.clone()),
        settings: pages
            .handle
            .machine
            .settings
            .iter()
            .map(views::setting)
            .collect(),
        renewal,
    };
    reader::answer(&query, lang, view.page())
}

fn unknown_bay(headers: &HeaderMap) -> Response {
    let problem = Problem {
        status: StatusCode::NOT_FOUND,
        code: "unknown_bay",
        detail: "bay is not one of this dock's".to_owned(),
    };
    problem.for_reader(headers)
}

impl Pages {
    pub(super) async fn order(&self, by: Technician, order: TechnicianOrder) -> bool {
        self.send(PageCommand::Technician { by, order }).await
    }

    /// Hands a command on and waits a moment for its effect. False: too many wait, or the loop ended.
    pub(super) async fn send(&self, command: PageCommand) -> bool {
        let mut status = self.handle.status.clone();
        status.mark_unchanged();
        if self.handle.commands.try_send(command).is_err() {
            return false;
        }
        // The page that follows shows it as soon as it is there.
        let _ = timeout(DONE_WITHIN, status.changed()).await;
        true
    }

    pub(super) fn shell(&self, lang: Lang, told: Option<String>) -> Shell {
        let status = self.handle.status.borrow().clone();
        let serving = match &status.stage {
            Stage::Serving(serving) => Some(serving),
            Stage::Enrolling(_) => None,
        };
        Shell {
            lang,
            zone: Zone::sao_paulo(),
            dock_name: serving.map(|serving| serving.dock_name.clone()),
            in_service: serving.is_some_and(|serving| serving.service.is_some()),
            told,
        }
    }

    /// The bay of an address, when this dock has it.
    fn named(&self, bay: Result<Path<BayNo>, PathRejection>) -> Option<BayNo> {
        bay.ok().map(|Path(bay)| bay).filter(|bay| self.has(*bay))
    }

    fn has(&self, bay: BayNo) -> bool {
        self.with_serving(|serving| serving.bays.iter().any(|it| it.snapshot.bay == bay))
            .unwrap_or(false)
    }

    fn with_serving<T>(&self, read: impl FnOnce(&Serving) -> T) -> Option<T> {
        match &self.handle.status.borrow().stage {
            Stage::Serving(serving) => Some(read(serving)),
            Stage::Enrolling(_) => None,
        }
    }
}

impl Visit {
    fn of(pages: Pages, pass: Pass, told: Option<String>) -> Self {
        Self { pages, pass, told }
    }

    fn shell(&self, lang: Lang) -> Shell {
        self.pages.shell(lang, self.told.clone())
    }
}

impl Bays {
    fn view(&self, lang: Lang) -> bays::Bays {
        bays::Bays {
            shell: self.0.shell(lang),
            bays: self
                .0
                .pages
                .with_serving(views::testable_bays)
                .unwrap_or_default(),
        }
    }
}

impl System {
    fn view(&self, lang: Lang) -> system::System {
        let status = self.0.pages.handle.status.borrow().clone();
        let (serving, free_bytes) = match &status.stage {
            Stage::Enrolling(_) => (None, None),
            Stage::Serving(serving) => (
                Some(Box::new(views::machine(serving))),
                Some(serving.storage.free_bytes).filter(|free| *free > 0),
            ),
        };
        system::System {
            shell: self.0.shell(lang),
            software: status.software.clone(),
            cloud_url: status.cloud_url.clone(),
            device_key: status.device_key.clone(),
            serving,
            free_bytes,
            addresses: network::addresses(),
        }
    }
}

impl Trial {
    fn view(&self, lang: Lang) -> trial::Trial {
        let Self(visit, bay) = self;
        let stage = visit
            .pages
            .with_serving(|serving| views::trial(serving, *bay));
        trial::Trial {
            shell: visit.shell(lang),
            bay: *bay,
            stage: stage.unwrap_or(trial::Stage::Idle { elsewhere: None }),
        }
    }
}

impl Part for Bays {
    fn new(pages: Pages, pass: Pass, told: Option<String>) -> Self {
        Self(Visit::of(pages, pass, told))
    }

    fn page(&self, lang: Lang, seen: &str) -> String {
        self.view(lang).page(seen)
    }
}

impl Part for System {
    fn new(pages: Pages, pass: Pass, told: Option<String>) -> Self {
        Self(Visit::of(pages, pass, told))
    }

    fn page(&self, lang: Lang, seen: &str) -> String {
        self.view(lang).page(seen)
    }
}

macro_rules! live_for_signed {
    ($($part:ty),*) => {
        $(impl Live for $part {
            fn pages(&self) -> &Pages {
                &self.0.pages
            }

            fn html(&self, lang: Lang) -> String {
                self.view(lang).live()
            }

            fn is_open(&self) -> bool {
                self.0.pages.is_open(&self.0.pass)
            }
        })*
    };
}

live_for_signed!(Bays, System, Trial);
