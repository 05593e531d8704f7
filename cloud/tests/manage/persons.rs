//! A person asks what is known of them, and to be forgotten; and what a rental's address tells.

use crate::site::{Browser, Reply, Site};
use crate::world::{DEPOSIT, Visit, World, done};
use axum::http::{Request, StatusCode, header};
use cloud::actions::take_cart::TakeCart;
use cloud::config::Role;
use cloud::http::secret_hash;
use serde_json::Value;
use shared::ids::TagUid;

const CPF: &str = "111.444.777-35";
const DIGITS: &str = "11144477735";
const MASKED: &str = "***.444.777-**";
const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAQ";

/// A visit by somebody with a CPF, under a known address; paid, and the cart is out.
fn out(w: &mut World) -> (Visit, TagUid) {
    let person = Some(w.person(CPF));
    let wish = TakeCart {
        person,
        token_hash: secret_hash(TOKEN.as_bytes()),
        ..w.wish("norte")
    };
    let visit = done(w.tries("norte", &wish));
    w.bank_makes_charge(&visit);
    w.pays(&visit, DEPOSIT);
    let tag = w.pulls(&visit);
    w.reports("norte");
    (visit, tag)
}

fn comes_back(w: &mut World, visit: &Visit, tag: TagUid) {
    w.docks("norte", visit.bay.get(), tag);
    w.reports("norte");
    w.bank_settles(visit);
    assert_eq!(w.state(visit), "closed");
}

fn looks_up(browser: &mut Browser<'_>, typed: &str) -> Reply {
    browser.post("/manage/persons", &[("cpf", typed)])
}

#[track_caller]
fn shows_no_cpf(reply: &Reply) {
    for spelling in [CPF, DIGITS] {
        assert!(!reply.body.contains(spelling), "a page shows {spelling}");
    }
}

fn leaked(id: &str) -> &'static str {
    Box::leak(id.to_owned().into_boxed_str())
}

#[test]
fn staff_look_up_hand_over_and_erase_and_each_is_in_the_audit() {
    let mut site = Site::new();
    let (visit, tag) = out(&mut site.world);
    comes_back(&mut site.world, &visit, tag);
    let id = site.world.row(&visit).person.expect("taken with a CPF");
    let before = (site.world.books(), site.world.refunds(&visit));
    let mut gerente = site.signed_in("gerencia", Role::Manager);
    assert!(
        gerente
            .reads("/manage")
            .contains("href=\"/manage/persons\"")
    );
    let form = gerente.reads("/manage/persons");
    assert!(form.contains("<form class=\"fields\" method=\"post\" action=\"/manage/persons\">"));
    for (typed, status) in [
        ("111.444.777-36", StatusCode::UNPROCESSABLE_ENTITY),
        ("529.982.247-25", StatusCode::UNPROCESSABLE_ENTITY),
        (CPF, StatusCode::OK),
        (DIGITS, StatusCode::OK),
    ] {
        let reply = looks_up(&mut gerente, typed);
        assert_eq!(reply.status, status, "{typed}");
        assert!(!reply.body.contains(typed), "{typed} comes back");
        shows_no_cpf(&reply);
        assert_eq!(reply.body.contains(MASKED), status == StatusCode::OK);
        assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store");
        if status == StatusCode::OK {
            let rental = format!("href=\"/manage/rentals/{}\"", visit.rental);
            assert_eq!(reply.body.matches(&rental).count(), 2, "rental and refund");
        }
    }
    let export = gerente.post(&format!("/manage/persons/{id}/export"), &[]);
    assert_eq!(export.status, StatusCode::OK);
    assert_eq!(export.headers[header::CACHE_CONTROL], "no-store");
    let known: Value = serde_json::from_str(&export.body).expect("JSON");
    assert_eq!(known["cpf"], DIGITS);
    assert_eq!(known["rentals"][0]["id"], visit.rental.to_string());
    let page = gerente.post(&format!("/manage/persons/{id}/page"), &[]);
    assert_eq!(page.status, StatusCode::OK);
    let e2eid = site.world.row(&visit).e2eid.expect("paid");
    for part in [CPF, e2eid.as_str(), "Cópia pedida pela pessoa"] {
        assert!(page.body.contains(part), "{part}");
    }
    let erase = format!("/manage/persons/{id}/erase");
    let unsure = gerente.post(&erase, &[]);
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsure.body.contains("Marque que a pessoa pediu"));
    let gone = gerente.post(&erase, &[("sure", "yes")]);
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.body);
    assert!(gone.body.contains("livro contábil"), "what survives");
    assert_eq!(
        looks_up(&mut gerente, CPF).status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    for verb in ["export", "page"] {
        let reply = gerente.post(&format!("/manage/persons/{id}/{verb}"), &[]);
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{verb} of the erased");
    }
    assert_eq!((site.world.books(), site.world.refunds(&visit)), before);
    let mut verbs = site.audit(leaked(&id.to_string()));
    verbs.sort();
    assert_eq!(
        verbs,
        [
            "erase_person",
            "export_person",
            "export_person",
            "look_up_person",
            "look_up_person"
        ]
    );
    assert_eq!(site.audit("nobody"), ["look_up_person", "look_up_person"]);
    for spelling in [CPF, DIGITS, "529.982.247-25", "52998224725"] {
        let found = "SELECT count(*) FROM audit WHERE subject LIKE '%' || ?1 || '%' OR action LIKE '%' || ?1 || '%'";
        let file = rusqlite::Connection::open(site.world.file()).expect("our own file");
        let rows: i64 = file
            .query_row(found, [spelling], |row| row.get(0))
            .expect("a count");
        assert_eq!(rows, 0, "{spelling} in the audit");
    }
}

#[test]
fn what_stands_against_an_erasure_is_named() {
    let mut site = Site::new();
    let (visit, _) = out(&mut site.world);
    let id = site.world.row(&visit).person.expect("taken with a CPF");
    let mut gerente = site.signed_in("gerencia", Role::Manager);
    let found = looks_up(&mut gerente, CPF);
    let rental = format!("/manage/rentals/{}", visit.rental);
    let after = found.body.split("isto precisa terminar antes").nth(1);
    assert!(
        after.is_some_and(|rest| rest.contains(&rental)),
        "the rental is named"
    );
    assert!(!found.body.contains("/erase\""), "no way to order it");
    let refused = gerente.post(&format!("/manage/persons/{id}/erase"), &[("sure", "yes")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Há um carrinho fora com esta pessoa"));
    assert_eq!(
        looks_up(&mut gerente, CPF).status,
        StatusCode::OK,
        "still known"
    );
}

#[test]
fn who_only_looks_is_told_nothing_of_persons() {
    let mut site = Site::new();
    let (visit, _) = out(&mut site.world);
    let id = site.world.row(&visit).person.expect("taken with a CPF");
    let mut viewer = site.signed_in("olha", Role::Viewer);
    assert!(!viewer.reads("/manage").contains("/manage/persons"));
    for verb in ["export", "page", "erase"] {
        let reply = viewer.post(&format!("/manage/persons/{id}/{verb}"), &[("sure", "yes")]);
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{verb}");
    }
    assert_eq!(viewer.get("/manage/persons").status, StatusCode::FORBIDDEN);
    assert_eq!(looks_up(&mut viewer, CPF).status, StatusCode::FORBIDDEN);
    assert_eq!(site.audit(leaked(&id.to_string())), [""; 0]);
}

#[test]
fn nobody_searches_through_all_cpfs() {
    let site = Site::new();
    let mut gerente = site.signed_in("gerencia", Role::Manager);
    let statuses: Vec<u16> = (0..40)
        .map(|_| looks_up(&mut gerente, CPF).status.as_u16())
        .collect();
    assert_eq!(statuses[0], 422, "nobody is known");
    assert!(statuses.contains(&429), "{statuses:?}");
    let mut other = site.signed_in("outra", Role::Manager);
    assert_eq!(
        looks_up(&mut other, CPF).status.as_u16(),
        422,
        "others go on"
    );
}

#[test]
fn a_rentals_address_tells_of_this_rental_and_of_no_other() {
    let mut site = Site::new();
    let w = &mut site.world;
    let elsewhere = w.take_with_cpf("norte", CPF);
    let (visit, tag) = out(w);
    comes_back(w, &visit, tag);
    let mut phone = site.browser();
    let rental = phone.reads(&format!("/r/{TOKEN}"));
    assert!(rental.contains(&format!("href=\"/r/{TOKEN}/data\"")));
    let page = phone.get(&format!("/r/{TOKEN}/data"));
    assert_eq!(page.status, StatusCode::OK);
    shows_no_cpf(&page);
    for part in [MASKED, "301 dias", "documento com foto", "/data.json"] {
        assert!(page.body.contains(part), "{part}");
    }
    let file = phone.get(&format!("/r/{TOKEN}/data.json"));
    assert_eq!(file.headers[header::CACHE_CONTROL], "no-store");
    shows_no_cpf(&file);
    let known: Value = serde_json::from_str(&file.body).expect("JSON");
    assert_eq!(known["rental"]["id"], visit.rental.to_string());
    assert_eq!(known["rental"]["refunds"][0]["state"], "settled");
    assert_eq!(known["cpf_masked"], MASKED);
    assert_eq!(known["kept"].as_array().map(Vec::len), Some(2));
    for body in [&page.body, &file.body] {
        assert!(
            !body.contains(&elsewhere.rental.to_string()),
            "the other rental"
        );
        let id = site.world.row(&visit).person.expect("taken with a CPF");
        assert!(!body.contains(&id.to_string()), "the person's id");
    }
    for path in ["data", "data.json"] {
        let nobody = phone.get(&format!("/r/AAAAAAAAAAAAAAAAAAAAAw/{path}"));
        assert_eq!(nobody.status, StatusCode::NOT_FOUND);
        let post = phone.post(&format!("/r/{TOKEN}/{path}"), &[("sure", "yes")]);
        assert_eq!(
            post.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "it erases nothing"
        );
    }
}

#[test]
fn what_was_typed_into_an_address_or_a_field_does_not_come_back() {
    let site = Site::new();
    let mut phone = site.browser();
    for path in [
        format!("/d/{DIGITS}"),
        format!("/r/{DIGITS}"),
        format!("/{DIGITS}?cpf={CPF}"),
        format!("/api/v1/docks/{DIGITS}"),
        format!("/api/v1/rentals/{DIGITS}?cpf={CPF}"),
    ] {
        let reply = phone.get(&path);
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        shows_no_cpf(&reply);
    }
    for body in [
        format!("{{\"bay\": \"{CPF}\"}}"),
        format!("{{\"bay\": {DIGITS}}}"),
        format!("{{\"{DIGITS}\": 1}}"),
        format!("{{\"cpf\": {DIGITS}}}"),
        format!("{{\"cpf\": \"{CPF}x\"}}"),
        CPF.to_owned(),
    ] {
        let post = Request::post("/api/v1/docks/norte/rentals");
        let reply = phone.visit(post, body.clone());
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(reply.body.contains("\"field\""), "{}", reply.body);
        shows_no_cpf(&reply);
    }
}
