//! The code that makes a device a dock's gateway, from the managers' site.

use crate::site::Site;
use axum::http::StatusCode;
use cloud::config::Role;
use cloud::http::code_hash;
use cloud::store::{dock, gateway, staff};

fn path(dock: &str) -> String {
    format!("/manage/docks/{dock}/enrolment-code")
}

#[test]
fn a_manager_opens_the_enrolment_of_a_dock_and_is_remembered() {
    let site = Site::new();
    let mut ana = site.signed_in("ana", Role::Manager);
    let reply = ana.post(&path("sul"), &[]);
    assert_eq!(reply.status, StatusCode::OK);
    let (_, rest) = reply.body.split_once("<p class=\"digits\">").unwrap();
    let hash = code_hash(rest.split_once('<').unwrap().0);
    let (dock, code) = site.world.read(move |tx| {
        let dock = dock::by_code(tx, "sul")?.unwrap();
        Ok((dock, gateway::code(tx, &hash)?.unwrap()))
    });
    assert_eq!(code.dock, dock.id);
    assert!(code.used_by.is_none());
    let subject = dock.id.to_string();
    let audit = site.world.read(move |tx| staff::audit_of(tx, &subject));
    assert!(audit.iter().any(|line| line.action == "open_enrolment"));
    assert_eq!(ana.post(&path("leste"), &[]).status, StatusCode::NOT_FOUND);
}

#[test]
fn who_only_looks_opens_nothing() {
    let site = Site::new();
    let mut bia = site.signed_in("bia", Role::Viewer);
    let reply = bia.post(&path("sul"), &[]);
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(!bia.get("/manage/docks").body.contains("enrolment-code"));
    let mut ana = site.signed_in("ana", Role::Manager);
    assert!(ana.get("/manage/docks").body.contains(&path("sul")));
}
