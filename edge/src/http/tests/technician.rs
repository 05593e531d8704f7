//! The technician's door and everything behind it.

use super::*;
use crate::journal::Journal;
use edge_core::io::{Now, TechnicianOrder, TestStep, TestView};
use shared::event::{Fact, Technician, TechnicianAction, TestVerdict};
use shared::time::{MonoMs, Stamp};

const FORM: &str = "application/x-www-form-urlencoded";

/// Every page and form behind the door.
const PAGES: [&str; 8] = [
    "/tech",
    "/tech/live",
    "/tech/bay/1",
    "/tech/bay/1/live",
    "/tech/system",
    "/tech/journal",
    "/tech/settings",
    "/tech/vouchers",
];
const FORMS: [(&str, &str); 12] = [
    ("/tech/do/locate", "bay=1"),
    ("/tech/do/sync", ""),
    ("/tech/do/begin-service", ""),
    ("/tech/do/end-service", ""),
    ("/tech/do/begin-test", "bay=1"),
    ("/tech/do/confirm", "bay=1&works=true"),
    ("/tech/do/abandon-test", "bay=1"),
    ("/tech/renew", "code=ABC&leave=2"),
    ("/tech/bundle", ""),
    ("/tech/vouchers", "code=ABC"),
    ("/tech/vouchers/redeem", "code=ABC"),
    ("/tech/do/dance", ""),
];

fn online() -> Serving {
    serving(Uplink::Answered { last_ms: UnixMs(0) })
}

async fn post(rig: &Rig, path: &str, body: &str, cookie: Option<&str>) -> Response {
    let mut post = request(Method::POST, path, FORM, body.to_owned());
    if let Some(cookie) = cookie {
        post.headers_mut().insert("cookie", cookie.parse().unwrap());
    }
    send(rig, post).await
}

async fn get_as(rig: &Rig, path: &str, cookie: &str) -> (StatusCode, String) {
    let mut get = request(Method::GET, path, "", "");
    get.headers_mut().insert("cookie", cookie.parse().unwrap());
    let response = send(rig, get).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn location(response: &Response) -> &str {
    response.headers()["location"].to_str().unwrap()
}

async fn challenge(rig: &Rig) -> String {
    let page = get_text(rig, "/sign-in").await;
    let (_, rest) = page.split_once("data-challenge=\"").unwrap();
    rest[..8].to_owned()
}

async fn answer(rig: &Rig, challenge: &str, answer: &str) -> Response {
    let body = format!("challenge={challenge}&answer={answer}");
    post(rig, "/sign-in", &body, None).await
}

/// The cookie of a technician with a code of the managers' site.
pub(super) async fn enter(rig: &Rig) -> String {
    let challenge = challenge(rig).await;
    let response = answer(rig, &challenge, &secret().technician_answer(&challenge)).await;
    assert_eq!(location(&response), "/tech");
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    for guard in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(guard), "{cookie}");
    }
    cookie.split(';').next().unwrap().to_owned()
}

fn note(by: Technician, action: TechnicianAction) -> PageCommand {
    let order = TechnicianOrder::Note(action);
    PageCommand::Technician { by, order }
}

#[tokio::test]
async fn the_door_opens_once_for_the_right_answer() {
    let rig = rig();
    let early = answer(&rig, "ABCD1234", "12345678").await;
    assert_eq!(location(&early), "/sign-in?aviso=unready");
    rig.serve(online());
    let asked = challenge(&rig).await;
    let right = secret().technician_answer(&asked);
    for (typed, to) in [
        ("00000000", "/sign-in?aviso=wrong"),
        (right.as_str(), "/sign-in?aviso=used"),
    ] {
        assert_eq!(location(&answer(&rig, &asked, typed).await), to);
    }
    let cookie = enter(&rig).await;
    for path in PAGES.iter().filter(|path| !path.ends_with("live")) {
        assert_eq!(
            get_as(&rig, path, &cookie).await.0,
            StatusCode::OK,
            "{path}"
        );
    }
    assert_eq!(
        get_as(&rig, "/sign-in", &cookie).await.0,
        StatusCode::SEE_OTHER,
        "is in already"
    );
    let left = post(&rig, "/sign-out", "", Some(&cookie)).await;
    assert!(
        left.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    assert_eq!(
        get_as(&rig, "/tech", &cookie).await.0,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        rig.told(),
        [
            note(Technician::Code, TechnicianAction::SignedIn),
            note(Technician::Code, TechnicianAction::SignedOut),
        ]
    );
}

#[tokio::test]
async fn five_wrong_answers_close_the_door_and_are_one_event() {
    let rig = rig();
    rig.serve(online());
    for number in 1..=7 {
        let refused = answer(&rig, &challenge(&rig).await, "00000000").await;
        let told = if number < 5 { "wrong" } else { "locked" };
        assert_eq!(location(&refused), format!("/sign-in?aviso={told}"));
    }
    let page = get_text(&rig, "/sign-in").await;
    assert!(
        page.contains("fechada por mais 30 segundos"),
        "says how long"
    );
    let asked = challenge(&rig).await;
    let refused = answer(&rig, &asked, &secret().technician_answer(&asked)).await;
    assert_eq!(location(&refused), "/sign-in?aviso=locked");
    let locked = note(Technician::Code, TechnicianAction::LockedOut);
    assert_eq!(rig.told(), [locked]);
}

#[tokio::test]
async fn nothing_behind_the_door_is_seen_or_done_without_a_session() {
    let rig = rig();
    rig.serve(online());
    for cookie in [
        None,
        Some("technician-00000000=x; lang=pt"),
        Some("technician="),
    ] {
        for path in PAGES {
            let mut get = request(Method::GET, path, "", "");
            if let Some(cookie) = cookie {
                get.headers_mut().insert("cookie", cookie.parse().unwrap());
            }
            let response = send(&rig, get).await;
            match path.ends_with("live") {
                true => assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}"),
                false => assert_eq!(location(&response), "/sign-in", "{path}"),
            }
        }
        for (path, body) in FORMS {
            let response = post(&rig, path, body, cookie).await;
            assert_eq!(location(&response), "/sign-in", "{path}");
        }
    }
    assert_eq!(rig.told(), []);
}

#[tokio::test]
async fn another_site_cannot_use_a_session() {
    let rig = rig();
    rig.serve(online());
    let cookie = enter(&rig).await;
    let before = rig.told();
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "http://evil.example"),
    ] {
        for (path, body) in FORMS.iter().chain(&[("/sign-out", "")]) {
            let mut post = request(Method::POST, path, FORM, *body);
            post.headers_mut().insert("cookie", cookie.parse().unwrap());
            post.headers_mut().insert(name, value.parse().unwrap());
            let response = send(&rig, post).await;
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path}");
        }
    }
    assert_eq!(rig.told(), before);
}

#[tokio::test]
async fn every_button_is_an_order_under_a_name() {
    let rig = rig();
    rig.serve(online());
    let cookie = enter(&rig).await;
    rig.told.lock().unwrap().clear();
    let one = bay(1);
    for (verb, body, order, to) in [
        (
            "locate",
            "bay=1",
            TechnicianOrder::Locate { bay: one },
            "/tech?aviso=locate",
        ),
        (
            "sync",
            "",
            TechnicianOrder::SyncNow,
            "/tech/system?aviso=sync",
        ),
        (
            "begin-service",
            "",
            TechnicianOrder::BeginService,
            "/tech?aviso=service",
        ),
        (
            "begin-service",
            "bay=1",
            TechnicianOrder::BeginService,
            "/tech/bay/1",
        ),
        (
            "begin-test",
            "bay=1",
            TechnicianOrder::BeginTest { bay: one },
            "/tech/bay/1",
        ),
        (
            "confirm",
            "bay=1&works=false",
            TechnicianOrder::Confirm {
                bay: one,
                works: false,
            },
            "/tech/bay/1",
        ),
        (
            "abandon-test",
            "bay=1",
            TechnicianOrder::AbandonTest { bay: one },
            "/tech/bay/1",
        ),
        (
            "end-service",
            "",
            TechnicianOrder::EndService,
            "/tech?aviso=served",
        ),
    ] {
        let response = post(&rig, &format!("/tech/do/{verb}"), body, Some(&cookie)).await;
        assert_eq!(location(&response), to);
        let command = rig.told.lock().unwrap().pop();
        let by = Technician::Code;
        assert_eq!(command, Some(PageCommand::Technician { by, order }));
    }
    for (verb, body, status) in [
        ("locate", "", 422),
        ("locate", "bay=0", 422),
        ("locate", "bay=77", 404),
        ("confirm", "bay=1", 422),
        ("confirm", "bay=1&works=perhaps", 422),
        ("dance", "", 422),
    ] {
        let response = post(&rig, &format!("/tech/do/{verb}"), body, Some(&cookie)).await;
        assert_eq!(response.status().as_u16(), status, "{verb} {body}");
    }
    assert_eq!(rig.told(), []);
}

#[tokio::test]
async fn becoming_another_gateway_leaves_nothing_behind_unasked() {
    let rig = rig();
    rig.serve(online());
    let cookie = enter(&rig).await;
    rig.told.lock().unwrap().clear();
    for (body, to) in [
        ("code=", "/tech/settings?aviso=code"),
        ("code=%3Cx%3E", "/tech/settings?aviso=code"),
        ("code=ABC-DEF", "/tech/settings?aviso=unsent"),
        ("code=ABC-DEF&leave=1", "/tech/settings?aviso=unsent"),
    ] {
        let response = post(&rig, "/tech/renew", body, Some(&cookie)).await;
        assert_eq!(location(&response), to, "{body}");
    }
    assert_eq!(rig.told(), []);
    assert!(
        get_as(&rig, "/tech/settings", &cookie)
            .await
            .1
            .contains("value=\"2\"")
    );
    let response = post(&rig, "/tech/renew", "code=ABC-DEF&leave=2", Some(&cookie)).await;
    assert_eq!(location(&response), "/tech/settings?aviso=renew");
    let code = "ABC-DEF".parse().unwrap();
    let by = Technician::Code;
    assert_eq!(rig.told(), [PageCommand::Renew { by, code }]);
    let enrol = post(&rig, "/enrol", "code=ABC-DEF", None).await;
    assert_eq!(location(&enrol), "/", "enrolled already");
}

#[tokio::test]
async fn a_device_that_is_nothing_yet_takes_a_code() {
    let rig = rig();
    for (body, to) in [
        ("code=%3Cx%3E", "/enrol?aviso=code"),
        ("code=", "/enrol?aviso=code"),
        ("code=ABC-DEF", "/?aviso=enrol"),
    ] {
        assert_eq!(
            location(&post(&rig, "/enrol", body, None).await),
            to,
            "{body}"
        );
    }
    let code = "ABC-DEF".parse().unwrap();
    assert_eq!(rig.told(), [PageCommand::Enrol(code)]);
    assert!(
        get_text(&rig, "/enrol?lang=en")
            .await
            .contains("Enrolment code")
    );
}

#[tokio::test]
async fn service_and_a_test_are_told_on_every_page() {
    let rig = rig();
    let view = |step, verdict| TestView {
        bay: bay(1),
        step,
        until: MonoMs(9_000),
        verdict,
    };
    let mut state = online();
    rig.serve(state.clone());
    let cookie = format!("{}; lang=en", enter(&rig).await);
    let pages = [
        "/",
        "/sign-in",
        "/tech",
        "/tech/bay/1",
        "/tech/journal",
        "/tech/settings",
    ];
    for in_service in [false, true] {
        state.service = in_service.then_some(Technician::Code);
        rig.serve(state.clone());
        for path in pages {
            let (status, page) = get_as(
                &rig,
                path,
                if path == "/sign-in" {
                    "lang=en"
                } else {
                    &cookie
                },
            )
            .await;
            assert_eq!(status, StatusCode::OK, "{path}");
            let banner = page.split("class=\"banner\"").nth(1).unwrap_or(" hidden>");
            assert_eq!(
                !banner.starts_with(" hidden>") && !banner.starts_with(" hidden "),
                in_service,
                "{path}"
            );
        }
    }
    for (test, words) in [
        (
            view(TestStep::Lamp, None),
            "Is the bay&#39;s lamp blinking?",
        ),
        (view(TestStep::Sound, None), "Did you hear"),
        (
            view(TestStep::Bolt, None),
            "The bolt opens and closes by itself",
        ),
        (view(TestStep::Presence, None), "Put a cart"),
        (view(TestStep::Reader, None), "Hold a tag"),
        (
            view(TestStep::Done, Some(TestVerdict::Passed)),
            "The bay is well.",
        ),
        (
            view(TestStep::Done, Some(TestVerdict::Bolt)),
            "The bay did not pass.",
        ),
    ] {
        state.test = Some((test, 8_001));
        rig.serve(state.clone());
        let (_, page) = get_as(&rig, "/tech/bay/1", &cookie).await;
        let page = page.replace('\'', "&#39;").replace("&#x27;", "&#39;");
        assert!(page.contains(words), "{words}");
        assert_eq!(page.contains("data-left=\"9\""), test.verdict.is_none());
        let asks = matches!(test.step, TestStep::Lamp | TestStep::Sound);
        assert_eq!(page.contains("/tech/do/confirm"), asks, "{words}");
        let (_, other) = get_as(&rig, "/tech/bay/2", &cookie).await;
        assert_eq!(other.contains("going on in bay 1"), test.verdict.is_none());
    }
    for address in ["/tech/bay/9", "/tech/bay/abc", "/tech/bay/abc/live"] {
        let (status, page) = get_as(&rig, address, &cookie).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{address}");
        assert!(page.contains("unknown_bay"), "{address}: {page}");
    }
}

#[tokio::test]
async fn the_journal_is_searched_page_by_page() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let gateway = GatewayId::new(1, [1; 10]);
    Journal::create(&path, &gateway).unwrap();
    let now = Now {
        mono: MonoMs(1),
        wall: UnixMs(1),
        random: 1,
    };
    let mut journal = Journal::open(&path, gateway, &key(1), now).unwrap();
    let at = Stamp {
        boot: 1,
        mono_ms: MonoMs(1),
        wall_ms: UnixMs(0),
        clock: ClockQuality::Unset,
    };
    let docked = |number: u16| Fact::CartDocked {
        bay: bay(1 + number % 2),
        tag: tag(if number == 7 { 'c' } else { 'a' }),
    };
    let facts: Vec<Fact> = (1..=120).map(docked).collect();
    let memory = journal.memory().clone();
    journal.commit(at, &facts, &memory, None).unwrap();
    let rig = rig_with(path);
    rig.serve(online());
    let cookie = enter(&rig).await;
    let rows = |page: &str| page.matches("<tr><td>").count();
    for (query, count, older) in [
        ("", 50, Some("to=70")),
        ("?to=70", 50, Some("to=20")),
        ("?to=20", 20, None),
        ("?from=100", 21, None),
        ("?bay=2&from=1&to=10", 5, None),
        ("?tag=0400000C", 1, None),
        ("?kind=cart_left", 0, None),
        (
            "?kind=cart_docked&to=60",
            50,
            Some("kind=cart_docked&#38;to=10"),
        ),
        ("?bay=x&tag=%3Cscript%3E&from=-1", 0, None),
    ] {
        let (_, page) = get_as(&rig, &format!("/tech/journal{query}"), &cookie).await;
        assert_eq!(rows(&page), count, "{query}");
        assert_eq!(page.contains("id=\"older\""), older.is_some(), "{query}");
        assert!(older.is_none_or(|older| page.contains(older)), "{query}");
        assert!(!page.contains("<script>alert") && !page.contains("value=\"<script"));
    }
    for (query, field) in [
        ("bay=x", "Vaga"),
        ("tag=zz", "Etiqueta"),
        ("from=-1", "Do nº"),
        ("to=a", "Até o nº"),
    ] {
        let (_, page) = get_as(&rig, &format!("/tech/journal?{query}"), &cookie).await;
        assert!(
            page.contains(&format!("Confira o campo “{field}”")),
            "{query}"
        );
        assert_eq!(
            page.matches("aria-invalid").count(),
            2,
            "{query}: the field, and its style"
        );
    }
    let lost = rig_with(PathBuf::from("/nowhere/journal.db"));
    lost.serve(online());
    let cookie = enter(&lost).await;
    let (status, page) = get_as(&lost, "/tech/journal", &cookie).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("role=\"alert\""),
        "says that it cannot be read"
    );
}

#[tokio::test]
async fn every_page_of_a_technician_is_complete_and_small() {
    let rig = rig();
    rig.serve(online());
    let cookie = enter(&rig).await;
    for path in PAGES.iter().filter(|path| !path.ends_with("live")) {
        for lang in ["pt", "en"] {
            let cookie = format!("{cookie}; lang={lang}");
            let (_, html) = get_as(&rig, path, &cookie).await;
            assert!(html.len() < 150_000, "{} bytes of {path}", html.len());
            assert!(!html.contains("style=\""), "{path}: refused by the policy");
            // One request a page: nothing is fetched but the live stream.
            for outside in [
                "<script src",
                "<link rel=\"stylesheet",
                "<img src=\"/",
                "@import",
                "url(",
            ] {
                assert!(!html.contains(outside), "{path}: {outside}");
            }
        }
    }
}
