//! Days are closed against a bank that lists over real HTTP, page by page.

use crate::site::Site;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use cloud::books::{BooksError, close_due};
use cloud::store::statement::{self, Version};
use cloud::store::{alarm, stray};
use serde_json::{Value, json};
use shared::time::UnixMs;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::runtime::Runtime;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// Noon of 21 November 2026 in São Paulo.
const NOON: UnixMs = UnixMs(1_795_273_200_000);
const YESTERDAY: &str = "2026-11-20";

/// The cloud's default.
const KEY: &str = "5b6a1f0e-7c1d-4f59-9a58-0d5f6c1b2a33";

/// So that three Pix take two pages.
const PAGE: usize = 2;

#[derive(Default)]
struct Book {
    /// When each Pix settled and how much it brought.
    pix: Vec<(i64, &'static str)>,
    /// The whole of a Pix given back in the bank's app: which, and when.
    given_back: Vec<(usize, i64)>,
    away: bool,
    asked: usize,
}

/// A bank that knows no charge and lists what it received.
#[derive(Clone, Default)]
struct Bank(Arc<Mutex<Book>>);

impl Bank {
    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.0
            .lock()
            .expect("no test panics while it holds the book")
    }

    fn receives(&self, at: UnixMs, valor: &'static str) {
        self.book().pix.push((at.0, valor));
    }
}

struct Shop {
    site: Site,
    bank: Bank,
    /// Serves the bank.
    _runtime: Runtime,
}

impl Shop {
    fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let bank = Bank::default();
        let router = Router::new()
            .route("/token", post(token))
            .route("/v2/pix", get(list))
            .with_state(bank.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener");
        runtime.spawn(async move { axum::serve(listener, router).await });
        let (api, token) = (
            format!("http://{address}/v2"),
            format!("http://{address}/token"),
        );
        Self {
            site: Site::with(&["--bank-url", &api, "--bank-token-url", &token]),
            bank,
            _runtime: runtime,
        }
    }

    fn closes(&self, at: UnixMs) -> Result<(), BooksError> {
        self.site.runtime.block_on(close_due(&self.site.app, at))
    }

    fn versions(&self, day: &'static str) -> Vec<Version> {
        self.site.world.read(move |tx| statement::versions(tx, day))
    }

    /// `version received differences` of a day, the latest version first.
    fn told(&self, day: &'static str) -> Vec<String> {
        let line = |v: &Version| {
            let received = v.statement.bank.received.get();
            format!("{} {received} {}", v.version, v.differences)
        };
        self.versions(day).iter().map(line).collect()
    }

    fn alarms(&self) -> Vec<(String, String)> {
        let open = self.site.world.read(|tx| alarm::open(tx, 99));
        let differ = open.into_iter().filter(|one| one.kind == "books_differ");
        differ.map(|one| (one.subject, one.detail)).collect()
    }

    fn last_day(&self) -> Option<String> {
        self.site.world.read(statement::last_day)
    }
}

async fn token() -> Json<Value> {
    Json(json!({"access_token": "t", "token_type": "Bearer", "expires_in": 3600}))
}

async fn list(
    State(bank): State<Bank>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    let mut book = bank.book();
    book.asked += 1;
    if book.away {
        return Err(StatusCode::BAD_GATEWAY);
    }
    let at = |name: &str| -> i64 {
        let moment: jiff::Timestamp = asked[name].parse().expect("an instant");
        moment.as_millisecond()
    };
    let span = at("inicio")..=at("fim");
    let pix: Vec<Value> = (0..)
        .zip(&book.pix)
        .filter(|(_, (ms, _))| span.contains(ms))
        .map(|(number, (ms, valor))| {
            let horario = jiff::Timestamp::from_millisecond(*ms).expect("our time");
            let back = book.given_back.iter().filter(|(of, _)| *of == number);
            let back: Vec<Value> = back.map(|(_, at)| devolucao(*at, valor)).collect();
            json!({"endToEndId": format!("E{number:031}"), "valor": valor,
                "chave": KEY, "horario": horario.to_string(), "devolucoes": back})
        })
        .collect();
    let page: usize = asked["paginacao.paginaAtual"].parse().expect("a number");
    let pages = json!({"quantidadeDePaginas": pix.len().div_ceil(PAGE)});
    let shown: Vec<_> = pix.into_iter().skip(page * PAGE).take(PAGE).collect();
    Ok(Json(
        json!({"parametros": {"paginacao": pages}, "pix": shown}),
    ))
}

fn devolucao(at: i64, valor: &str) -> Value {
    let settled = jiff::Timestamp::from_millisecond(at).expect("our time");
    json!({"id": "APP1", "rtrId": "D1", "valor": valor, "status": "DEVOLVIDO",
        "horario": {"liquidacao": settled.to_string()}})
}

#[test]
fn each_day_is_closed_once_it_is_over_with_what_only_the_bank_knew() {
    let shop = Shop::new();
    let early = NOON.plus(-DAY);
    for valor in ["5.00", "6.00", "7.00"] {
        shop.bank.receives(early, valor);
    }
    shop.closes(NOON).expect("a bank that lists");
    assert_eq!(shop.last_day().as_deref(), Some(YESTERDAY));
    assert_eq!(shop.told(YESTERDAY), ["1 1800 0"], "all pages, all booked");
    let booked = shop.site.world.read(|tx| stray::passed(tx, 9));
    assert_eq!(booked.len(), 3);
    let days = shop
        .site
        .world
        .read(|tx| statement::latest_days(tx, "2027", 99));
    assert_eq!(days.len(), 31, "a new chain asks no bank for years");
    let asked = shop.bank.book().asked;
    shop.closes(NOON.plus(HOUR)).expect("nothing to do");
    assert_eq!(shop.bank.book().asked, asked, "today is not over");
    // Midnight and the margin.
    let midnight = NOON.plus(12 * HOUR);
    shop.closes(midnight.plus(2 * HOUR - 1))
        .expect("nothing yet");
    assert_eq!(shop.last_day().as_deref(), Some(YESTERDAY));
    shop.closes(midnight.plus(2 * HOUR))
        .expect("a bank that lists");
    assert_eq!(shop.last_day().as_deref(), Some("2026-11-21"));
    assert_eq!(shop.told(YESTERDAY), ["1 1800 0"], "read again, the same");
}

#[test]
fn what_a_bank_lists_late_makes_a_new_version() {
    let shop = Shop::new();
    shop.closes(NOON).expect("a bank that lists");
    assert_eq!(shop.told(YESTERDAY), ["1 0 0"]);
    shop.bank.receives(NOON.plus(-14 * HOUR), "7.00");
    shop.closes(NOON.plus(DAY)).expect("a bank that lists");
    assert_eq!(shop.told(YESTERDAY), ["2 700 0", "1 0 0"]);
    assert_eq!(shop.alarms(), []);
}

#[test]
fn what_goes_back_days_later_is_looked_for_on_the_day_it_came() {
    let shop = Shop::new();
    shop.bank.receives(NOON.plus(-5 * DAY), "200.01");
    shop.closes(NOON).expect("a bank that lists");
    let held = shop.site.world.read(|tx| stray::held(tx, 9));
    assert_eq!(held.len(), 1);
    shop.bank.book().given_back = vec![(0, NOON.0)];
    shop.closes(NOON.plus(DAY)).expect("a bank that lists");
    let of_day = shop.versions("2026-11-21");
    assert_eq!(of_day[0].statement.bank.returned.get(), 20_001);
    assert_eq!(of_day[0].differences, 0);
    assert_eq!(of_day[0].statement.end.stray.get(), 0);
    let held = shop.site.world.read(|tx| stray::held(tx, 9));
    assert!(held.is_empty(), "booked and ended by the closing itself");
}

#[test]
fn a_difference_is_an_alarm_until_it_is_explained() {
    let shop = Shop::new();
    shop.bank.receives(NOON.plus(-DAY), "5.00");
    shop.closes(NOON).expect("a bank that lists");
    // The bank forgets what the ledger has.
    let forgotten = std::mem::take(&mut shop.bank.book().pix);
    shop.closes(NOON.plus(DAY)).expect("a bank that lists");
    assert_eq!(shop.told(YESTERDAY), ["2 0 1", "1 500 0"]);
    let told = [(YESTERDAY.to_owned(), "differences: 1".to_owned())];
    assert_eq!(shop.alarms(), told);
    shop.bank.book().pix = forgotten;
    shop.closes(NOON.plus(2 * DAY)).expect("a bank that lists");
    assert_eq!(shop.told(YESTERDAY)[0], "3 500 0");
    assert_eq!(shop.alarms(), []);
}

#[test]
fn a_bank_that_is_away_closes_no_day_and_a_person_is_told_after_one() {
    let shop = Shop::new();
    shop.closes(NOON).expect("a bank that lists");
    shop.bank.book().away = true;
    let next = NOON.plus(DAY);
    assert!(matches!(shop.closes(next), Err(BooksError::Bank(_))));
    assert_eq!(shop.last_day().as_deref(), Some(YESTERDAY));
    assert_eq!(shop.alarms(), []);
    assert!(shop.closes(next.plus(DAY)).is_err());
    assert_eq!(shop.alarms()[0].0, "2026-11-21");
    shop.bank.book().away = false;
    shop.closes(next.plus(DAY)).expect("a bank that lists");
    assert_eq!(shop.last_day().as_deref(), Some("2026-11-22"));
    assert_eq!(shop.alarms(), []);
}
