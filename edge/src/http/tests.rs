//! Every page and form against a gateway that only listens: what it is told is written down.

mod bundle;
mod technician;

use super::*;
use crate::cable::Cable;
use crate::logs::{Hidden, LogRing};
use crate::status::{
    BayView, Enrolling, Machine, Neighbour, PageCommand, Serving, Stage, Status, Uplink, sample,
};
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use ed25519_dalek::SigningKey;
use hardware::simulated::SimulatedDock;
use serde_json::{Value, json};
use shared::enrol::{BayKind, BayLayout};
use shared::ids::{BayNo, GatewayId, TagUid};
use shared::offline::SharedSecret;
use shared::signed::PublicKey;
use shared::sync::{BaySnapshot, BayState};
use shared::time::{ClockQuality, UnixMs};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use tokio::sync::{mpsc, watch};
use tower::ServiceExt as _;

struct Rig {
    router: Router,
    dock: SimulatedDock,
    status: watch::Sender<Arc<Status>>,
    /// What the loop was told, in order.
    told: Arc<Mutex<Vec<PageCommand>>>,
    machine: Machine,
    cable: Cable,
}

/// Slot 1 with cart `a`, vacant slot 2, lane 3 of three with `b`; one neighbour.
fn rig() -> Rig {
    rig_with(PathBuf::from("/nowhere/journal.db"))
}

fn rig_with(journal: PathBuf) -> Rig {
    let layout = layout();
    let carts = BTreeMap::from([(bay(1), vec![tag('a')]), (bay(3), vec![tag('b')])]);
    let (dock, _) = SimulatedDock::new(&layout, carts);
    let (status, receiver) = watch::channel(Arc::new(Status {
        software: "volta-gateway test".into(),
        cloud_url: "http://127.0.0.1:8080".into(),
        device_key: "KEY".into(),
        stage: Stage::Enrolling(Enrolling::CodeMissing),
        renewal: String::new(),
    }));
    let (sender, mut commands) = mpsc::channel(1);
    let told = Arc::new(Mutex::new(Vec::new()));
    let (loop_status, log) = (status.clone(), Arc::clone(&told));
    tokio::spawn(async move {
        while let Some(command) = commands.recv().await {
            log.lock().unwrap().push(command);
            loop_status.send_modify(|_| {});
        }
    });
    let machine = Machine {
        journal,
        settings: Arc::default(),
        logs: LogRing::default(),
        hidden: Hidden::default(),
    };
    let cable = Cable::default();
    let router = router(Handle {
        status: receiver,
        commands: sender,
        door: Default::default(),
        simulated: Some(dock.clone()),
        neighbours: Arc::new([Neighbour {
            name: "Ponto Sul".into(),
            url: "http://127.0.0.1:8102/".into(),
        }]),
        machine: machine.clone(),
        cable: cable.clone(),
    });
    Rig {
        router,
        dock,
        status,
        told,
        machine,
        cable,
    }
}

impl Rig {
    fn serve(&self, serving: Serving) {
        self.status.send_modify(|status| {
            Arc::make_mut(status).stage = Stage::Serving(Box::new(serving));
        });
    }

    fn told(&self) -> Vec<PageCommand> {
        self.told.lock().unwrap().clone()
    }
}

fn layout() -> [BayLayout; 3] {
    [
        (1, BayKind::Slot, 1),
        (2, BayKind::Slot, 1),
        (3, BayKind::Lane, 3),
    ]
    .map(|(number, kind, capacity)| BayLayout {
        bay: bay(number),
        kind,
        capacity,
    })
}

fn bay(number: u16) -> BayNo {
    BayNo::new(number).unwrap()
}

fn tag(digit: char) -> TagUid {
    format!("0400000{digit}").parse().unwrap()
}

fn request(method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "127.0.0.1:8101")
        .header("content-type", kind)
        .body(body.into())
        .unwrap()
}

async fn send(rig: &Rig, request: Request<Body>) -> Response {
    rig.router.clone().oneshot(request).await.unwrap()
}

async fn get_text(rig: &Rig, path: &str) -> String {
    let response = send(rig, request(Method::GET, path, "", "")).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

async fn call(rig: &Rig, verb: &str, body: &str) -> (StatusCode, Value) {
    let path = format!("/simulator/api/{verb}");
    let post = request(Method::POST, &path, "application/json", body.to_owned());
    let response = send(rig, post).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn hands_by_json() {
    let rig = rig();
    // Each on the world that the rows above left behind.
    for (verb, body, status, code) in [
        ("dance", "{}", 404, "not_found"),
        ("pull", "{}", 422, "invalid_field"),
        ("pull", "no json", 400, "invalid_field"),
        ("pull", r#"{"bay":0}"#, 422, "invalid_field"),
        ("pull", r#"{"bay":1,"by":2}"#, 422, "invalid_field"),
        ("pull", r#"{"bay":9}"#, 404, "unknown_bay"),
        ("pull", r#"{"bay":2}"#, 409, "bay_empty"),
        ("pull", r#"{"bay":1}"#, 409, "locked"),
        ("push", r#"{"bay":2}"#, 422, "invalid_field"),
        ("push", r#"{"bay":2,"tag":"XY"}"#, 422, "invalid_field"),
        ("push", r#"{"bay":2,"tag":"0400000c"}"#, 404, "unknown_cart"),
        ("bring", r#"{"tag":"0400000c"}"#, 200, ""),
        ("bring", r#"{"tag":"0400000c"}"#, 409, "already_here"),
        ("bring", r#"{"tag":"0400000a","clone":true}"#, 200, ""),
        ("bring", "{}", 200, ""),
        ("push", r#"{"bay":1,"tag":"0400000c"}"#, 409, "bay_full"),
        ("push", r#"{"bay":2,"tag":"0400000c"}"#, 200, ""),
        ("force", r#"{"bay":2}"#, 200, ""),
        (
            "carry",
            r#"{"tag":"0400000c","to":7}"#,
            404,
            "unknown_neighbour",
        ),
        ("carry", r#"{"tag":"0400000c"}"#, 200, ""),
        ("carry", r#"{"tag":"0400000c"}"#, 404, "unknown_cart"),
        (
            "inject",
            r#"{"bay":1,"fault":"gremlin"}"#,
            422,
            "invalid_field",
        ),
        (
            "inject",
            r#"{"bay":1,"fault":"tag_flash"}"#,
            422,
            "tag_missing",
        ),
        ("inject", r#"{"bay":1,"fault":"bolt_stuck_open"}"#, 200, ""),
        ("pull", r#"{"bay":1}"#, 200, ""),
        ("clear", r#"{"bay":1}"#, 200, ""),
    ] {
        let (answered, answer) = call(&rig, verb, body).await;
        assert_eq!(answered.as_u16(), status, "{verb} {body}: {answer}");
        assert_eq!(answer["code"].as_str().unwrap_or(""), code, "{verb} {body}");
    }
    let (_, answer) = call(&rig, "carry", r#"{"tag":"0400000a","to":0}"#).await;
    assert_eq!(
        answer["url"],
        "http://127.0.0.1:8102/simulator?cart=0400000a"
    );
    let state: Value = serde_json::from_str(&get_text(&rig, "/simulator/api/state").await).unwrap();
    assert_eq!(state["lot"], json!(["04fefe00", "0400000a"]));
}

#[tokio::test]
async fn forms_lead_back_to_the_page() {
    let rig = rig();
    let kind = "application/x-www-form-urlencoded";
    for (path, body, location) in [
        ("/simulator/pull", "bay=1", "/simulator?aviso=locked"),
        ("/simulator/pull", "bay=x", "/simulator?aviso=invalid_field"),
        ("/simulator/force", "bay=1", "/simulator"),
        (
            "/simulator/inject",
            "bay=1&fault=reader_deaf&tag=",
            "/simulator",
        ),
        ("/simulator/clear", "bay=1&fault=reader_deaf", "/simulator"),
        ("/simulator/push", "tag=0400000a&bay=2", "/simulator"),
        ("/simulator/bring", "", "/simulator"),
        ("/simulator/bring", "clone=true&tag=0400000b", "/simulator"),
        (
            "/simulator/carry",
            "tag=0400000b&to=0",
            "http://127.0.0.1:8102/simulator?cart=0400000b",
        ),
        ("/simulator/sync", "", "/simulator"),
    ] {
        let response = send(&rig, request(Method::POST, path, kind, body)).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path} {body}");
        assert_eq!(response.headers()["location"], location, "{path} {body}");
    }
    while rig.told().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.told(), [PageCommand::SyncNow]);
}

#[tokio::test]
async fn reading_changes_nothing_and_other_sites_may_not_post() {
    let rig = rig();
    let before = rig.dock.state();
    for path in ["/", "/simulator", "/simulator?cart=0400000c&aviso=locked"] {
        get_text(&rig, path).await;
    }
    let mut foreign = request(Method::POST, "/simulator/force", "text/plain", "bay=1");
    let headers = foreign.headers_mut();
    headers.insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
    let response = send(&rig, foreign).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(rig.dock.state(), before);
}

#[tokio::test]
async fn every_page_is_guarded_complete_and_small() {
    let rig = rig();
    for path in ["/", "/simulator", "/?lang=en", "/simulator?lang=en"] {
        let response = send(&rig, request(Method::GET, path, "", "")).await;
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(policy.contains("form-action 'self' http://127.0.0.1:8102;"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(
            response.headers().contains_key("set-cookie"),
            path.contains("lang")
        );
        let html = get_text(&rig, path).await;
        assert!(html.len() < 150_000, "{} bytes of {path}", html.len());
        assert!(!html.contains("style=\""), "{path}: refused by the policy");
        assert_eq!(
            html.contains("lang=\"pt-BR\">\n<head>"),
            !path.contains("en")
        );
    }
    let huge = "x".repeat(BODY_BYTES_MAX + 1);
    let (status, _) = call(&rig, "push", &huge).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn words_of_outsiders_are_escaped() {
    let rig = rig();
    let evil = "<script>alert(1)</script>";
    rig.status.send_modify(|status| {
        Arc::make_mut(status).stage = Stage::Enrolling(Enrolling::Refused {
            title: evil.into(),
            detail: evil.into(),
        });
    });
    assert!(!get_text(&rig, "/").await.contains(evil));
    let query = "/simulator?aviso=%3Cscript%3Ealert(1)%3C/script%3E&cart=%3Cscript%3E";
    assert!(!get_text(&rig, query).await.contains(evil));
}

#[tokio::test]
async fn the_stream_tells_a_state_once_and_then_what_changes() {
    let rig = rig();
    let seen = seen(&get_text(&rig, "/simulator").await);
    let path = format!("/simulator/live?visto={seen}");
    let response = send(&rig, request(Method::GET, &path, "", "")).await;
    let mut body = response.into_body().into_data_stream();
    rig.dock.bring(tag('d')).unwrap();
    let first = futures_util::StreamExt::next(&mut body).await;
    let text = String::from_utf8(first.unwrap().unwrap().to_vec()).unwrap();
    assert!(text.starts_with("event: state\n"), "{text}");
    assert!(text.contains("0400000d"), "not the state that was seen");
}

#[tokio::test]
async fn a_reader_without_scripts_is_answered_when_something_changed() {
    let rig = rig();
    let seen = seen(&get_text(&rig, "/simulator").await);
    let path = format!("/simulator?visto={seen}");
    let held = get_text(&rig, &path);
    let (page, ()) = tokio::join!(held, async {
        tokio::task::yield_now().await;
        rig.dock.bring(tag('d')).unwrap();
    });
    assert!(page.contains("0400000d"));
}

#[tokio::test]
async fn the_status_page_says_why() {
    let rig = rig();
    assert!(get_text(&rig, "/").await.contains("/enrol"));
    for (uplink, words) in [
        (Uplink::NotYet, "No answer yet"),
        (Uplink::Answered { last_ms: UnixMs(0) }, "Connected"),
        (
            Uplink::Failing {
                failure: edge_core::io::SyncFailure::Fork,
                since_ms: UnixMs(0),
                attempts: 3,
            },
            "another journal under this gateway",
        ),
    ] {
        rig.serve(serving(uplink));
        let page = get_text(&rig, "/?lang=en").await;
        assert!(page.contains(words), "{words}");
        // What anybody may see, and no more.
        for inner in [
            "KEY",
            "0400000a",
            "Journal",
            &serving(uplink).gateway.to_string(),
        ] {
            assert!(!page.contains(inner), "{inner}");
        }
    }
}

#[test]
fn every_code_has_words_in_both_languages() {
    use hardware::simulated::FaultKind;
    use web::edge::text;
    use web::ui::Lang;
    for lang in [Lang::Pt, Lang::En] {
        for kind in FaultKind::ALL {
            assert_ne!(text::fault(lang, kind.code()), kind.code());
        }
        let words = text::text(lang);
        for code in [
            "unknown_bay",
            "unknown_cart",
            "already_here",
            "bay_full",
            "bay_empty",
            "cart_rolling",
            "locked",
            "tag_missing",
            "unknown_neighbour",
            "invalid_field",
            "not_found",
            "too_many_readers",
        ] {
            assert_ne!((words.refused)(code), (words.refused)("?"), "{code}");
        }
    }
}

#[tokio::test]
async fn a_wrong_address_is_a_page_for_people_and_a_problem_for_programs() {
    let rig = rig();
    let mut browser = request(Method::GET, "/nowhere", "", "");
    let accept = "text/html,application/xhtml+xml,*/*;q=0.8".parse().unwrap();
    browser.headers_mut().insert("accept", accept);
    for (asked, kind) in [
        (browser, "text/html"),
        (
            request(Method::GET, "/nowhere", "", ""),
            "application/problem+json",
        ),
    ] {
        let response = send(&rig, asked).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        let told = response.headers()["content-type"].to_str().unwrap();
        assert!(told.starts_with(kind), "{told}");
    }
}

#[tokio::test]
async fn the_cable_of_a_simulated_dock_is_pulled_and_plugged() {
    let rig = rig();
    let shown = |page: &str| page.contains("action=\"/simulator/plug\" hidden");
    assert!(shown(&get_text(&rig, "/simulator").await));
    for (verb, plugged) in [("unplug", false), ("plug", true)] {
        assert_eq!(call(&rig, verb, "{}").await.0, StatusCode::OK);
        assert_eq!(rig.cable.is_plugged(), plugged);
        assert_eq!(shown(&get_text(&rig, "/simulator").await), plugged);
    }
}

/// How a page calls the state it shows.
fn seen(page: &str) -> String {
    let (_, rest) = page.split_once("data-seen=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// The gateway's key is 1, the cloud's 2.
fn secret() -> SharedSecret {
    SharedSecret::between(&key(1), &PublicKey::of(&key(2)))
}

fn serving(uplink: Uplink) -> Serving {
    let bay_view = |layout: BayLayout| BayView {
        snapshot: BaySnapshot {
            bay: layout.bay,
            kind: layout.kind,
            capacity: layout.capacity,
            state: BayState::Occupied,
            carts: 1,
            tag: Some(tag('a')),
            fault: None,
            contradiction: None,
        },
        signal: None,
        sensors: Default::default(),
    };
    Serving {
        uplink,
        head_seq: 5,
        acked_seq: 3,
        bays: layout().map(bay_view).into(),
        secret: secret(),
        ..sample::serving()
    }
}
