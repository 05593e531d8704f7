//! What a session is worth, and when it ends.

use crate::site::{Browser, PASSWORD, Site};
use axum::http::StatusCode;
use cloud::app::now;
use cloud::config::Role;
use cloud::store::staff::{self, NewSession};
use sha2::{Digest as _, Sha256};
use shared::ids::StaffId;
use shared::time::UnixMs;
use tower_sessions::session::Id;

const MINUTE_MS: i64 = 60_000;
const ENDED: &str = "/manage/login?next=%2Fmanage&ended=1";

/// A browser with a session that began and was last seen so long ago.
fn with_session(
    site: &Site,
    of: StaffId,
    since_ago_ms: i64,
    seen_ago_ms: i64,
    expires_in_ms: i64,
) -> Browser<'_> {
    let at = now();
    let id = Id(i128::from(since_ago_ms) * 1_000_003 + i128::from(expires_in_ms));
    let hash: [u8; 32] = Sha256::digest(id.0.to_le_bytes()).into();
    let data = format!(
        "{{\"signed_in\":{{\"staff\":\"{of}\",\"since_ms\":{},\"seen_ms\":{}}}}}",
        at.0 - since_ago_ms,
        at.0 - seen_ago_ms
    );
    site.act(move |tx| {
        let session = NewSession {
            id_hash: &hash,
            staff: Some(&of),
            data: &data,
            expires_ms: at.plus(expires_in_ms),
        };
        staff::add_session(tx, &session).expect("a new session");
    });
    let mut browser = site.browser();
    browser.cookie = Some(format!("volta_staff={id}"));
    browser
}

#[test]
fn a_session_ends_when_idle_and_at_the_end_of_the_shift() {
    let site = Site::new();
    let ana = site.hires("ana", Role::Manager);
    let mut fresh = with_session(&site, ana, 2 * MINUTE_MS, 2 * MINUTE_MS, 28 * MINUTE_MS);
    fresh.reads("/manage");
    for (since, seen, expires_in) in [
        (31 * MINUTE_MS, 31 * MINUTE_MS, -MINUTE_MS),
        (31 * MINUTE_MS, 30 * MINUTE_MS, MINUTE_MS),
        (480 * MINUTE_MS, MINUTE_MS, 2 * MINUTE_MS),
    ] {
        let mut old = with_session(&site, ana, since, seen, expires_in);
        assert_eq!(old.get("/manage").location(), ENDED, "{since} {seen}");
        let kept = old.cookie.is_some_and(|c| c.len() > "volta_staff=".len());
        assert!(!kept || expires_in < 0, "the cookie goes with it");
    }
    let page = site.browser().reads("/manage/login?ended=1");
    assert!(page.contains("Sua sessão terminou"));
}

#[test]
fn being_there_renews_a_session_but_not_past_the_shift() {
    let site = Site::new();
    let ana = site.hires("ana", Role::Manager);
    let mut busy = with_session(&site, ana, 470 * MINUTE_MS, 20 * MINUTE_MS, 5 * MINUTE_MS);
    let reply = busy.get("/manage");
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.headers.contains_key("set-cookie"));
    let id: Id = busy.cookie.unwrap()["volta_staff=".len()..]
        .parse()
        .unwrap();
    let hash: [u8; 32] = Sha256::digest(id.0.to_le_bytes()).into();
    let found = site.world.read(move |tx| staff::session(tx, &hash, now()));
    let left_ms = found.unwrap().1.since(now());
    assert!(
        (9 * MINUTE_MS..=10 * MINUTE_MS).contains(&left_ms),
        "{left_ms}"
    );
}

#[test]
fn the_database_holds_no_id_that_could_be_used() {
    let site = Site::new();
    let ana = site.signed_in("ana", Role::Manager);
    let cookie = ana.cookie.unwrap();
    let id = cookie.strip_prefix("volta_staff=").unwrap();
    let everything = site.world.everything();
    assert!(everything.contains("signed_in"));
    assert!(!everything.contains(id) && !everything.contains(PASSWORD));
}

#[test]
fn an_id_from_before_the_sign_in_is_worth_nothing_after_it() {
    let site = Site::new();
    let mut browser = site.signed_in("ana", Role::Viewer);
    let before = browser.cookie.clone();
    site.hires("bia", Role::Administrator);
    browser.signs_in("bia", PASSWORD);
    assert_ne!(browser.cookie, before);
    browser.reads("/manage");
    let mut thief = site.browser();
    thief.cookie = before;
    assert_eq!(thief.get("/manage").location(), ENDED);

    let mut victim = site.browser();
    let planted = format!("volta_staff={}", Id(7));
    victim.cookie = Some(planted.clone());
    victim.signs_in("bia", PASSWORD);
    assert_ne!(victim.cookie.as_ref(), Some(&planted));
    thief.cookie = Some(planted);
    assert_eq!(thief.get("/manage").location(), ENDED);
}

#[test]
fn signing_out_ends_the_session_here_and_not_only_in_the_browser() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Manager);
    let kept = ana.cookie.clone();
    let reply = ana.post("/manage/logout", &[]);
    assert_eq!(reply.location(), "/manage/login");
    assert!(reply.headers.contains_key("clear-site-data"));
    assert!(ana.cookie.is_none());
    let mut thief = site.browser();
    thief.cookie = kept;
    assert_eq!(thief.get("/manage").location(), ENDED);
    assert_eq!(thief.get("/manage/live").status, StatusCode::UNAUTHORIZED);
    assert_eq!(site.audit(""), ["sign_in", "sign_out"]);
    let again = ana.post("/manage/logout", &[]);
    assert_eq!(again.location(), "/manage/login", "twice is no error");
}

#[test]
fn another_password_signs_out_everywhere_else() {
    let site = Site::new();
    let mut here = site.signed_in("ana", Role::Manager);
    let before = here.cookie.clone();
    let mut there = site.browser();
    there.signs_in("ana", PASSWORD);
    there.reads("/manage");
    let form = [
        ("current", PASSWORD),
        ("new_password", "another long one"),
        ("repeat", "another long one"),
    ];
    assert_eq!(here.post("/manage/password", &form).location(), "/manage");
    here.reads("/manage");
    assert_ne!(here.cookie, before);
    assert_eq!(there.get("/manage").location(), ENDED);
    there.cookie = before;
    assert_eq!(there.get("/manage").location(), ENDED);
}

#[test]
fn over_https_the_cookie_is_bound_to_this_host() {
    let site = Site::at("https://volta.example");
    site.hires("ana", Role::Manager);
    let mut browser = site.browser();
    let reply = browser.signs_in("ana", PASSWORD);
    let cookie = reply.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-volta_staff="), "{cookie}");
    for flag in [
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Path=/",
        "Max-Age=1800",
    ] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    browser.reads("/manage");
    let reply = browser.post("/manage/logout", &[]);
    let gone = reply.headers.get_all("set-cookie");
    assert!(gone.iter().any(|c| c.to_str().unwrap().contains("Secure")));
}

#[test]
fn a_session_that_was_ended_does_not_come_back() {
    let site = Site::new();
    let ana = site.hires("ana", Role::Manager);
    let hash = [9; 32];
    let (renewed, found) = site.act(move |tx| {
        let session = NewSession {
            id_hash: &hash,
            staff: Some(&ana),
            data: "{}",
            expires_ms: UnixMs(i64::MAX),
        };
        let renewed = staff::renew_session(tx, &session);
        (renewed, staff::session(tx, &hash, now()).unwrap())
    });
    assert!(renewed.is_ok());
    assert_eq!(found, None);
}
