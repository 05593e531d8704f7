//! The days' statements as pages and files, and the release of a Pix without a charge.

use crate::site::Site;
use crate::world::START;
use axum::http::StatusCode;
use cloud::actions::book_stray::{self, Arrived};
use cloud::actions::close_day;
use cloud::config::Role;
use cloud::store::statement::{Content, Line};
use cloud::store::{outbox, stray};
use cloud_core::statement::{Difference, DifferenceKind, Movement, Side, Totals};
use cloud_core::stray::PaidKey;
use shared::money::Centavos;
use shared::time::UnixMs;

const E2EID: &str = "E0000000000000000000000000stray1";
const RELEASE: &str = "/manage/books/pix/E0000000000000000000000000stray1/refund";

fn holds_a_stray(site: &Site) {
    let arrived = Arrived {
        e2eid: E2EID.into(),
        txid: None,
        key: PaidKey::Ours,
        amount: Centavos::new(50_000),
        settled_ms: START,
        returns: vec![],
    };
    let max = Centavos::new(20_000);
    site.act(move |tx| book_stray::run(tx, START, max, &arrived).expect("a new stray Pix"));
}

fn closes(site: &Site, differences: Vec<Difference>) -> u32 {
    let mut content = Content {
        lines: vec![Line {
            movement: Movement {
                side: Side::Received,
                e2eid: E2EID.into(),
                refund: Some("=HYPERLINK(1)".into()),
            },
            amount: Centavos::new(1_234_056),
            settled_ms: Some(START),
            status: "settled".into(),
        }],
        ..Content::default()
    };
    content.statement.bank = Totals {
        received: Centavos::new(1_234_056),
        ..Totals::default()
    };
    content.statement.differences = differences;
    site.act(move |tx| close_day::run(tx, START, "2026-09-20", &content).expect("a day"))
}

fn planted() -> Difference {
    Difference {
        kind: DifferenceKind::PixNotInLedger,
        movement: Some(Movement {
            side: Side::Received,
            e2eid: E2EID.into(),
            refund: None,
        }),
        ledger: Centavos::ZERO,
        bank: Centavos::new(1_234_056),
    }
}

#[test]
fn a_manager_releases_a_held_pix_and_is_remembered() {
    let site = Site::new();
    holds_a_stray(&site);
    let mut ana = site.signed_in("ana", Role::Manager);
    let alarms = ana.reads("/manage/alarms");
    assert!(alarms.contains("href=\"/manage/books\""), "{alarms}");
    let page = ana.reads("/manage/books");
    assert!(page.contains(RELEASE) && page.contains("500,00"), "{page}");
    assert_eq!(ana.post(RELEASE, &[]).location(), "/manage/books");
    assert_eq!(site.audit(E2EID), ["release_stray"]);
    let due = site
        .world
        .read(|tx| outbox::due_at_bank(tx, UnixMs(i64::MAX), 9));
    assert_eq!(due.len(), 1);
    let page = ana.reads("/manage/books");
    assert!(!page.contains(RELEASE) && page.contains(E2EID));
    assert_eq!(ana.post(RELEASE, &[]).status, StatusCode::CONFLICT);
    assert_eq!(site.audit(E2EID).len(), 1, "a double click");
}

#[test]
fn who_only_looks_sees_it_and_releases_nothing() {
    let site = Site::new();
    holds_a_stray(&site);
    let mut bia = site.signed_in("bia", Role::Viewer);
    let page = bia.reads("/manage/books?lang=en");
    assert!(page.contains(E2EID) && !page.contains(RELEASE));
    assert_eq!(bia.post(RELEASE, &[]).status, StatusCode::FORBIDDEN);
    let row = site.world.read(|tx| stray::by_e2eid(tx, E2EID));
    assert_eq!(row.expect("the stray Pix").state.state(), "held");
    let mut nobody = site.browser();
    for path in ["/manage/books", "/manage/books/2026-09-20/csv"] {
        assert!(nobody.get(path).location().starts_with("/manage/login"));
    }
    assert!(nobody.post(RELEASE, &[]).location().contains("login"));
    let mut ana = site.signed_in("ana", Role::Manager);
    let unknown = "/manage/books/pix/Enothere/refund";
    assert_eq!(ana.post(unknown, &[]).status, StatusCode::NOT_FOUND);
}

#[test]
fn a_day_shows_its_differences_and_keeps_its_versions() {
    let site = Site::new();
    let mut bia = site.signed_in("bia", Role::Viewer);
    let path = "/manage/books/2026-09-20";
    assert_eq!(bia.get(path).status, StatusCode::NOT_FOUND);
    assert_eq!(closes(&site, vec![planted()]), 1);
    assert!(bia.reads("/manage/books").contains(path));
    let page = bia.reads(path);
    assert!(page.contains("Pix que o livro não tem") && page.contains("12.340,56"));
    assert!(bia.reads("/manage/alarms").contains(path));
    assert_eq!(closes(&site, vec![]), 2);
    let page = bia.reads(&format!("{path}?lang=en"));
    assert!(page.contains("Difference: zero") && page.contains("?version=1"));
    let first = bia.reads(&format!("{path}?version=1&lang=pt"));
    assert!(first.contains("Pix que o livro não tem"), "{first}");
    assert!(first.contains("não é a versão mais recente"));
    for wrong in ["?version=3", "?version=x"] {
        let reply = bia.get(&format!("{path}{wrong}"));
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[test]
fn the_file_of_a_day_is_safe_to_open() {
    let site = Site::new();
    closes(&site, vec![planted()]);
    let mut bia = site.signed_in("bia", Role::Viewer);
    let reply = bia.get("/manage/books/2026-09-20/csv");
    assert_eq!(reply.status, StatusCode::OK);
    let header = |name: &str| reply.headers[name].to_str().expect("ASCII");
    assert!(header("content-type").starts_with("text/csv"));
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"volta-2026-09-20-v1.csv\""
    );
    assert_eq!(header("x-content-type-options"), "nosniff");
    let lines: Vec<&str> = reply.body.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}\"dia\";"), "{}", lines[0]);
    assert!(
        lines
            .iter()
            .all(|line| line.is_empty() || line.split(';').count() == 9)
    );
    let found = |part: &str| lines.iter().any(|line| line.ends_with(part));
    assert!(found(
        ";\"'=HYPERLINK(1)\";\"21/09/2026 11:13:20\";;-12340,56"
    ));
    assert!(found(";0,00;12340,56"), "{}", reply.body);
    assert!(!reply.body.contains(";\"="));
}
