//! Signing in, choosing a password, and who may do what.

use crate::site::{PASSWORD, Site};
use crate::world::Stage;
use axum::http::{Request, StatusCode};
use cloud::config::Role;

#[test]
fn nobody_sees_a_page_without_signing_in() {
    let site = Site::new();
    let mut stranger = site.browser();
    for path in [
        "/manage",
        "/manage/docks",
        "/manage/rentals?state=out&q=a%20b",
        "/manage/rentals/0199f3b2-11aa-7c3e-8f10-2b6d9c7e5a43",
        "/manage/alarms",
        "/manage/password",
    ] {
        let reply = stranger.get(path);
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}");
        let next = web::ui::url::query_value(path);
        assert_eq!(reply.location(), format!("/manage/login?next={next}"));
        assert!(reply.body.is_empty());
    }
    assert_eq!(
        stranger.get("/manage/live").status,
        StatusCode::UNAUTHORIZED
    );
    for path in ["/manage/rentals/x/approve", "/manage/password"] {
        let reply = stranger.post(path, &[("new_password", PASSWORD), ("repeat", PASSWORD)]);
        assert_eq!(reply.location(), "/manage/login?next=%2Fmanage", "{path}");
    }
    assert!(stranger.cookie.is_none(), "a stranger gets no session");
}

#[test]
fn a_wrong_password_and_an_unknown_login_get_the_same_answer() {
    let site = Site::new();
    site.hires("ana", Role::Manager);
    let mut browser = site.browser();
    let unknown = browser.signs_in("eva", PASSWORD);
    let wrong = browser.signs_in("ana", "a cart comes bac");
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let same = |reply: &str| reply.replace("\"eva\"", "\"ana\"");
    assert_eq!(same(&unknown.body), same(&wrong.body));
    assert!(!wrong.body.contains("a cart comes bac"));
    let long = PASSWORD.repeat(200);
    assert_eq!(
        browser.signs_in("ana", &long).status,
        StatusCode::UNAUTHORIZED
    );
    assert!(browser.cookie.is_none());
    assert_eq!(site.audit("-"), ["sign_in_refused"]);
    assert_eq!(
        site.audit("eva"),
        [""; 0],
        "nobody's login, perhaps a password"
    );
    assert_eq!(site.audit("ana"), ["sign_in_refused", "sign_in_refused"]);

    assert_eq!(browser.signs_in("ana", PASSWORD).location(), "/manage");
    assert!(browser.reads("/manage").contains("ana"));
    assert_eq!(site.audit(""), ["sign_in"]);
}

#[test]
fn after_signing_in_one_arrives_where_one_wanted_to_go_and_nowhere_else() {
    let site = Site::new();
    site.hires("ana", Role::Manager);
    let mut browser = site.browser();
    let page = browser.reads("/manage/login?next=%2Fmanage%2Falarms");
    assert!(page.contains("value=\"/manage/alarms\""));
    let page = browser.reads("/manage/login?next=https%3A%2F%2Fevil.example");
    assert!(!page.contains("evil"));
    for (next, location) in [
        ("/manage/alarms", "/manage/alarms"),
        ("//evil.example/manage", "/manage"),
        ("/d/norte", "/manage"),
    ] {
        let form = [("login", "ana"), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.post("/manage/login", &form).location(), location);
    }
}

#[test]
fn a_one_time_password_serves_only_to_choose_another() {
    let site = Site::new();
    let once = site.invites("bia", Role::Administrator);
    let mut bia = site.browser();
    assert_eq!(bia.signs_in("bia", &once).location(), "/manage/password");
    for path in [
        "/manage",
        "/manage/docks",
        "/manage/rentals",
        "/manage/alarms",
    ] {
        assert_eq!(bia.get(path).location(), "/manage/password", "{path}");
    }
    assert_eq!(bia.get("/manage/live").status, StatusCode::UNAUTHORIZED);
    let page = bia.reads("/manage/password");
    assert!(!page.contains("name=\"current\""));

    let form = [("new_password", PASSWORD), ("repeat", PASSWORD)];
    assert_eq!(bia.post("/manage/password", &form).location(), "/manage");
    bia.reads("/manage");
    assert_eq!(site.audit(""), ["sign_in", "change_password"]);

    let mut other = site.browser();
    let reply = other.signs_in("bia", &once);
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "used up");
    assert_eq!(other.signs_in("bia", PASSWORD).location(), "/manage");
}

#[test]
fn a_new_password_is_long_new_and_typed_twice() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Viewer);
    let long = "x".repeat(129);
    for (current, new, repeat, says) in [
        (PASSWORD, "eleven char", "eleven char", "curta"),
        (PASSWORD, &long, &long, "longa"),
        (PASSWORD, "twelve chars", "twelve chaps", "iguais"),
        (
            "not this one",
            "twelve chars",
            "twelve chars",
            "atual não confere",
        ),
    ] {
        let form = [
            ("current", current),
            ("new_password", new),
            ("repeat", repeat),
        ];
        let reply = ana.post("/manage/password", &form);
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        let error = reply.body.split("role=\"alert\"").nth(1).unwrap();
        assert!(
            error.split("</p>").next().unwrap().contains(says),
            "{error}"
        );
        assert!(!reply.body.contains(current));
    }
}

#[test]
fn the_same_password_is_no_change() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Viewer);
    let form = [
        ("current", PASSWORD),
        ("new_password", PASSWORD),
        ("repeat", PASSWORD),
    ];
    let reply = ana.post("/manage/password", &form);
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.body.contains("diferente da atual"));
}

#[test]
fn guessing_is_slowed_down() {
    let site = Site::new();
    site.hires("ana", Role::Manager);
    let mut browser = site.browser();
    for _ in 0..5 {
        let reply = browser.signs_in("ana", "wrong");
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    }
    let reply = browser.signs_in("ana", PASSWORD);
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(reply.headers.contains_key("retry-after"));
    assert!(reply.body.contains("Muitas tentativas"));
    assert!(browser.cookie.is_none());
    site.hires("bia", Role::Manager);
    assert_eq!(
        browser.signs_in("bia", PASSWORD).location(),
        "/manage",
        "others go on"
    );
}

#[test]
fn a_form_of_another_site_is_refused() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Administrator);
    for path in [
        "/manage/login",
        "/manage/logout",
        "/manage/password",
        "/manage/rentals/0199f3b2-11aa-7c3e-8f10-2b6d9c7e5a43/approve",
    ] {
        let form = "login=ana&password=x".to_owned();
        let request = Request::post(path).header("sec-fetch-site", "cross-site");
        let reply = ana.visit(request, form.clone());
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
        let request = Request::post(path)
            .header("host", "127.0.0.1:8080")
            .header("origin", "https://evil.example");
        let reply = ana.visit(request, form);
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path} by origin");
    }
    ana.reads("/manage");
}

#[test]
fn who_may_only_look_changes_nothing() {
    let mut site = Site::new();
    let visit = site.world.at(Stage::Review);
    let path = format!("/manage/rentals/{}", visit.rental);
    let mut eva = site.signed_in("eva", Role::Viewer);
    assert!(!eva.reads(&path).contains("/approve"));
    let reply = eva.post(&format!("{path}/approve"), &[]);
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert_eq!(site.world.state(&visit), "returned:bolt_not_engaged");

    let mut ana = site.signed_in("ana", Role::Manager);
    assert!(
        ana.reads(&path)
            .contains(&format!("action=\"{path}/approve\""))
    );
    assert_eq!(ana.post(&format!("{path}/approve"), &[]).location(), path);
    assert_eq!(site.world.state(&visit), "returned");
    assert_eq!(site.world.books(), [1_000, 0, 1_000]);
    let page = ana.reads(&path);
    assert!(page.contains("Devolução conferida e liberada") && page.contains("por ana"));
    assert!(!page.contains("/approve"));
    assert_eq!(ana.post(&format!("{path}/approve"), &[]).location(), path);
    assert_eq!(site.world.books(), [1_000, 0, 1_000], "once");
}
