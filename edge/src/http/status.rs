//! What anybody may see.

use super::Pages;
use super::live::{self, Live};
use super::reader::{self, Query};
use super::views;
use crate::status as inner;
use axum::extract::{Query as QueryOf, State};
use axum::http::HeaderMap;
use axum::response::Response;
use web::edge::status as view;
use web::ui::{Lang, Zone};

pub(super) async fn page(
    State(pages): State<Pages>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    live::hold(&pages, lang, query.visto.as_deref()).await;
    let status = pages.view(lang);
    let seen = live::name(&status.live());
    let told = query.aviso.as_deref();
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

impl Pages {
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
                inner::Stage::Enrolling(enrolling) => views::enrolment(enrolling),
                inner::Stage::Serving(serving) => {
                    view::Stage::Serving(Box::new(views::serving(serving)))
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
