//! What names a charge at the bank.

use crate::site::Site;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use std::collections::BTreeSet;

/// The standard holds a txid to 26 to 35 letters and digits, once for ever for each CNPJ: a counter
/// starts again with every store, dock and restored database.
#[test]
fn trap_04_txid_for_ever_each_charge_of_any_dock_has_a_random_name() {
    let site = Site::new();
    for dock in ["norte", "norte", "sul"] {
        let begin = Request::post(format!("/api/v1/docks/{dock}/rentals"));
        let answer = site.send(begin.body(Body::from("{}")).expect("a good request"));
        assert_eq!(answer.status(), StatusCode::CREATED, "{dock}");
    }
    let rows = site
        .world
        .read(|tx| tx.all("SELECT txid FROM charge", &[], |row| row.text(0)));
    assert_eq!(rows.len(), 3);
    // A UUIDv7 begins with its moment; what follows version and variant is chance.
    let chance: BTreeSet<&str> = rows.iter().map(|txid| &txid[17..]).collect();
    assert_eq!(chance.len(), 3, "{rows:?}");
    for txid in &rows {
        assert!((26..=35).contains(&txid.len()), "{txid}");
        assert!(txid.bytes().all(|b| b.is_ascii_alphanumeric()), "{txid}");
    }
}
