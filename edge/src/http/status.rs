//! The technician's page.

use super::Pages;
use super::live::{self, Live};
use super::reader::{self, Query};
use crate::status as inner;
use axum::Form;
use axum::extract::{Query as QueryOf, State};
use axum::http::HeaderMap;
use axum::response::{Redirect, Response};
use edge_core::io::SyncFailure;
use serde::Deserialize;
use shared::ids::BayNo;
use shared::time::ClockQuality;
use tokio::sync::mpsc::error::TrySendError;
use web::edge::status as view;
use web::ui::{Lang, Zone};

pub(super) async fn page(
    State(pages): State<Pages>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    live::hold(&pages, lang, query.visto.as_deref()).await;
    let told = match query.aviso.as_deref() {
        Some("sync") => Some(view::Told::Synced),
        Some("locate") => Some(view::Told::Located),
        Some("busy") => Some(view::Told::Busy),
        _ => None,
    };
    let status = pages.view(lang);
    let seen = live::name(&status.live());
    reader::answer(&query, lang, status.page(told, &seen))
}

pub(super) async fn live(
    State(pages): State<Pages>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    live::stream(pages, lang, query.visto)
}

pub(super) async fn sync(State(pages): State<Pages>) -> Redirect {
    pages.order(inner::PageCommand::SyncNow, "/?aviso=sync")
}

#[derive(Deserialize)]
pub(super) struct Locate {
    bay: BayNo,
}

pub(super) async fn locate(State(pages): State<Pages>, Form(form): Form<Locate>) -> Redirect {
    let command = inner::PageCommand::Locate { bay: form.bay };
    pages.order(command, "/?aviso=locate")
}

impl Pages {
    fn order(&self, command: inner::PageCommand, done: &str) -> Redirect {
        match self.handle.commands.try_send(command) {
            Ok(()) => Redirect::to(done),
            Err(TrySendError::Full(_) | TrySendError::Closed(_)) => Redirect::to("/?aviso=busy"),
        }
    }

    fn view(&self, lang: Lang) -> view::Status {
        let status = self.handle.status.borrow().clone();
        view::Status {
            lang,
            zone: Zone::sao_paulo(),
            software: status.software.clone(),
            cloud_url: status.cloud_url.clone(),
            device_key: status.device_key.clone(),
            simulated: self.handle.simulated.is_some(),
            stage: match &status.stage {
                inner::Stage::Enrolling(enrolling) => enrolment(enrolling),
                inner::Stage::Serving(serving) => {
                    view::Stage::Serving(Box::new(serving_view(serving)))
                }
            },
        }
    }
}

impl Live for Pages {
    fn pages(&self) -> &Pages {
        self
    }

    fn html(&self, lang: Lang) -> String {
        self.view(lang).live()
    }
}

fn enrolment(enrolling: &inner::Enrolling) -> view::Stage {
    match enrolling {
        inner::Enrolling::CodeMissing => view::Stage::EnrolmentCodeMissing,
        inner::Enrolling::Asking => view::Stage::EnrolmentAsking,
        inner::Enrolling::Unreachable => view::Stage::EnrolmentUnreachable,
        inner::Enrolling::Refused { title, detail } => view::Stage::EnrolmentRefused {
            title: title.clone(),
            detail: detail.clone(),
        },
    }
}

fn serving_view(serving: &inner::Serving) -> view::Serving {
    let age_ms = serving.oldest_unacked_ms;
    let age_ms = age_ms.map(|age_ms| i64::try_from(age_ms).unwrap_or(i64::MAX));
    view::Serving {
        store_name: serving.store_name.clone(),
        dock_name: serving.dock_name.clone(),
        dock_url: serving.dock_url.clone(),
        gateway: serving.gateway.to_string(),
        boot: serving.boot,
        clock_offset_ms: match serving.clock {
            ClockQuality::Unset => None,
            ClockQuality::Server => Some(serving.clock_offset_ms),
        },
        uplink: uplink(&serving.uplink),
        downlink_connected: serving.downlink_connected,
        backlog: serving.backlog(),
        backlog_since: age_ms.map(|age_ms| serving.at.plus(age_ms.saturating_neg())),
        quarantined: serving.quarantined.clone(),
        journal_bytes: serving.journal_bytes,
        bays: serving.bays.iter().map(bay).collect(),
        events: serving.events.iter().rev().map(event).collect(),
    }
}

fn uplink(uplink: &inner::Uplink) -> view::Uplink {
    match *uplink {
        inner::Uplink::NotYet => view::Uplink::NotYet,
        inner::Uplink::Answered { last_ms } => view::Uplink::Answered { last: last_ms },
        inner::Uplink::Failing {
            failure,
            since_ms,
            attempts,
        } => view::Uplink::Failing {
            cause: match failure {
                SyncFailure::Unreachable => view::Cause::Unreachable,
                SyncFailure::CloudError => view::Cause::CloudError,
                SyncFailure::Gap { .. } => view::Cause::Gap,
                SyncFailure::Fork => view::Cause::Fork,
                SyncFailure::NotEnrolled => view::Cause::NotEnrolled,
                SyncFailure::Refused => view::Cause::Refused,
            },
            since: since_ms,
            attempts,
        },
    }
}

fn bay(bay: &inner::BayView) -> view::Bay {
    let snapshot = &bay.snapshot;
    view::Bay {
        bay: snapshot.bay,
        state: snapshot.state,
        carts: snapshot.carts,
        capacity: snapshot.capacity,
        tag: snapshot.tag,
        fault: snapshot.fault,
        contradiction: snapshot.contradiction,
        lamp: bay.signal.map(|signal| signal.lamp),
        bolt_engaged: bay.sensors.bolt_engaged,
        present: bay.sensors.present,
    }
}

fn event(event: &inner::EventView) -> view::Event {
    view::Event {
        seq: event.seq,
        kind: event.kind,
        bay: event.bay,
        at: event.wall_ms,
    }
}
