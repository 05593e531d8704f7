//! The customers' own page: public on the dock's network, and useful without internet.
//!
//! Nothing opens on a GET: links are followed by previews and scanners too.

use super::Pages;
use super::live::{self, Live, Streams};
use super::problem::Problem;
use super::reader::{self, Query};
use super::simulator::Desk;
use crate::door::Heard;
use crate::status::{Serving, Stage, Status, Uplink};
use axum::extract::rejection::{FormRejection, JsonRejection};
use axum::extract::{ConnectInfo, Path, Query as QueryOf, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Form, Json, Router};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use web::edge::dock as view;
use web::ui::{Lang, Zone};

/// Wishes from one phone: a code mistyped a few times, then one every ten seconds.
const ADDRESS_BURST: NonZeroU32 = NonZeroU32::new(8).expect("not zero");
const ADDRESS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(6).expect("not zero");

/// Wishes from all phones: more than a dock has bays to open.
const ALL_BURST: NonZeroU32 = NonZeroU32::new(30).expect("not zero");
const ALL_PER_SECOND: NonZeroU32 = NonZeroU32::new(1).expect("not zero");

/// Addresses remembered before those that have calmed down are dropped.
const ADDRESSES_MAX: usize = 1_024;

#[derive(Clone)]
struct Front {
    /// With streams of its own: customers do not take the technician's place.
    pages: Pages,
    limits: Arc<Limits>,
}

struct Limits {
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    all: DefaultDirectRateLimiter,
}

pub(super) type From = Option<Extension<ConnectInfo<SocketAddr>>>;

pub(super) fn router(pages: Pages) -> Router {
    let front = Front {
        pages: Pages {
            streams: Streams::default(),
            ..pages
        },
        limits: Arc::default(),
    };
    Router::new()
        .route("/dock", get(page))
        .route("/dock/live", get(stream))
        .route("/dock/code", post(code))
        .route("/g/{carried}", get(carried).post(hand_in))
        .with_state(front)
}

async fn page(
    State(front): State<Front>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    live::hold(&front, lang, query.visto.as_deref()).await;
    let told = query.aviso.as_deref().map(view::Answer::from_code);
    let dock = front.view(lang);
    let seen = live::name(&dock.live());
    reader::answer(&query, lang, dock.page(told.as_ref(), &seen))
}

async fn stream(
    State(front): State<Front>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    live::stream(front, lang, query.visto)
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

async fn code(
    State(front): State<Front>,
    from: From,
    form: Result<Form<Code>, FormRejection>,
) -> Redirect {
    let heard = match form {
        Ok(_) if !front.limits.admit(address(&from)) => return slow_down(),
        Ok(Form(form)) => {
            let door = &front.pages.handle.door;
            door.type_code(&form.code, address(&from)).await
        }
        Err(_) => Heard::Unread,
    };
    told(heard)
}

async fn carried(
    State(front): State<Front>,
    Path(text): Path<String>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    let grant = front.pages.handle.door.carried(&text);
    let status = front.pages.handle.status.borrow().clone();
    let page = view::Carried {
        lang,
        dock_name: serving(&status).map(|serving| serving.dock_name.clone()),
        bay: grant.map(|grant| grant.bay),
        text,
    };
    reader::answer(&query, lang, page.page())
}

async fn hand_in(State(front): State<Front>, from: From, Path(text): Path<String>) -> Redirect {
    if !front.limits.admit(address(&from)) {
        return slow_down();
    }
    told(front.pages.handle.door.hand_in(&text).await)
}

fn told(heard: Heard) -> Redirect {
    Redirect::to(&format!("{}?aviso={}", view::PATH, answer(heard).code()))
}

fn slow_down() -> Redirect {
    Redirect::to(&format!("{}?aviso=slow_down", view::PATH))
}

/// Who asks, as far as the network says.
pub(super) fn address(from: &From) -> IpAddr {
    let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let known = from.as_ref().map(|from| from.0.0.ip().to_canonical());
    known.unwrap_or(unknown)
}

impl Default for Limits {
    fn default() -> Self {
        let by_address = Quota::per_minute(ADDRESS_PER_MINUTE).allow_burst(ADDRESS_BURST);
        let all = Quota::per_second(ALL_PER_SECOND).allow_burst(ALL_BURST);
        Self {
            by_address: RateLimiter::keyed(by_address),
            all: RateLimiter::direct(all),
        }
    }
}

impl Limits {
    /// The narrow limit is asked first, so that one phone cannot use up what everybody has.
    fn admit(&self, address: IpAddr) -> bool {
        if self.by_address.len() > ADDRESSES_MAX {
            self.by_address.retain_recent();
        }
        self.by_address.check_key(&address).is_ok() && self.all.check().is_ok()
    }
}

impl Front {
    fn view(&self, lang: Lang) -> view::Dock {
        let status = self.pages.handle.status.borrow().clone();
        view::Dock {
            lang,
            zone: Zone::sao_paulo(),
            place: serving(&status).map(place),
        }
    }
}

impl Live for Front {
    fn pages(&self) -> &Pages {
        &self.pages
    }

    fn html(&self, lang: Lang) -> String {
        self.view(lang).live()
    }
}

fn serving(status: &Status) -> Option<&Serving> {
    match &status.stage {
        Stage::Serving(serving) => Some(serving),
        Stage::Enrolling(_) => None,
    }
}

fn place(serving: &Serving) -> view::Place {
    let base = cloud_base(&serving.dock_url);
    view::Place {
        store_name: serving.store_name.clone(),
        dock_name: serving.dock_name.clone(),
        dock_url: serving.dock_url.clone(),
        online: !matches!(serving.uplink, Uplink::Failing { .. }),
        bays: serving
            .bays
            .iter()
            .map(|bay| view::Bay {
                bay: bay.snapshot.bay,
                state: bay.snapshot.state,
                carts: bay.snapshot.carts,
            })
            .collect(),
        receipts: serving
            .receipts
            .iter()
            .map(|held| view::Receipt {
                bay: held.bay,
                at: held.time(),
                code: held.code.clone(),
                url: base.map(|base| format!("{base}/r/{}", held.carried)),
            })
            .collect(),
        said: serving.said.map(answer),
        witnessed: super::views::witnessed(serving),
    }
}

/// The cloud's address before the path of a dock's page.
fn cloud_base(dock_url: &str) -> Option<&str> {
    dock_url.rsplit_once("/d/").map(|(base, _)| base)
}

fn answer(heard: Heard) -> view::Answer {
    match heard.bay() {
        Some(bay) => view::Answer::Opening(bay),
        None => view::Answer::Refused(heard.code().to_owned()),
    }
}

/// What the simulated dock's reader is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scan {
    line: String,
}

/// Longer ones the real scanner would not pass on either.
const SCAN_CHARS_MAX: usize = 512;

#[derive(Serialize)]
struct Said {
    said: String,
}

pub(super) async fn scan_form(
    State(desk): State<Desk>,
    form: Result<Form<Scan>, FormRejection>,
) -> Redirect {
    let heard = match form {
        Ok(Form(scan)) => desk.scan(&scan).await,
        Err(_) => Heard::Unread,
    };
    let code = answer(heard).code();
    Redirect::to(&format!("{}?aviso={code}", web::edge::simulator::PATH))
}

pub(super) async fn scan_json(
    State(desk): State<Desk>,
    QueryOf(query): QueryOf<Query>,
    headers: HeaderMap,
    body: Result<Json<Scan>, JsonRejection>,
) -> Response {
    let lang = reader::lang(&query, &headers);
    let scan = match body {
        Ok(Json(scan)) => scan,
        Err(rejection) => return Problem::unreadable(&rejection.body_text()).in_words(lang),
    };
    let heard = desk.scan(&scan).await;
    let said = answer(heard).words(lang);
    match heard.bay().is_some() || heard == Heard::Waiting {
        true => Json(Said { said }).into_response(),
        false => {
            let refused = Problem {
                status: StatusCode::CONFLICT,
                code: heard.code(),
                detail: said.clone(),
            };
            refused.titled(&said)
        }
    }
}

impl Desk {
    async fn scan(&self, scan: &Scan) -> Heard {
        match scan.line.len() <= SCAN_CHARS_MAX {
            true => self.pages.handle.door.scan(scan.line.trim()).await,
            false => Heard::Unread,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_phone_is_slowed_before_all_are() {
        let phone = |last| IpAddr::V4(Ipv4Addr::new(10, 42, 0, last));
        let limits = Limits::default();
        let one = (0..20).filter(|_| limits.admit(phone(2))).count();
        assert_eq!(one, 8);
        assert!(limits.admit(phone(3)), "others go on");
        let all = (4..=250).filter(|last| limits.admit(phone(*last)));
        assert!(all.count() <= 30, "everybody together");
    }

    #[test]
    fn the_clouds_address_stands_in_the_docks() {
        for (dock_url, base) in [
            (
                "https://volta.example/d/norte",
                Some("https://volta.example"),
            ),
            (
                "https://volta.example/v/d/norte",
                Some("https://volta.example/v"),
            ),
            ("https://volta.example/norte", None),
        ] {
            assert_eq!(cloud_base(dock_url), base);
        }
    }
}
