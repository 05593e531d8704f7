//! Wrong input by hand over HTTP: each gets an answer that names what is wrong, and changes nothing.

use serde_json::{Value, json};
use system_tests::{Answer, Fate, NORTE, Options, System, get, post, send, send_with, try_send};

const JSON: &str = "application/json";

/// status, code, field (empty: none)
fn refused(answer: &Answer, status: u16, code: &str, field: &str) {
    assert_eq!(answer.status, status, "{}: {}", answer.asked, answer.body);
    assert_eq!(answer.code(), code, "{}: {}", answer.asked, answer.body);
    let problem = answer.json();
    assert_eq!(problem["field"].as_str().unwrap_or(""), field, "{problem}");
    assert_eq!(problem["status"], status);
    let detail = problem["detail"].as_str().unwrap_or("");
    assert!(!detail.is_empty(), "{}: {problem}", answer.asked);
}

#[test]
fn every_wrong_wish_is_named() {
    let system = System::start(&Options::new());
    let rentals = system.cloud_url() + "/api/v1/docks/norte/rentals";
    let wishes: [(Value, &str, &str); 8] = [
        (json!({"cpf": "529.982.247-26"}), "invalid_field", "cpf"),
        (json!({"cpf": "1"}), "invalid_field", "cpf"),
        (json!({"cpf": ""}), "invalid_field", "cpf"),
        (json!({"bay": 0}), "invalid_field", "bay"),
        (json!({"bay": -1}), "invalid_json", "body"),
        (json!({"bay": "1"}), "invalid_json", "body"),
        (json!({"seat": 1}), "invalid_json", "body"),
        (json!([[[[[[[[]]]]]]]]), "invalid_json", "body"),
    ];
    for (wish, code, field) in wishes {
        refused(&post(&rentals, &wish), 422, code, field);
    }
    for broken in ["", "{", "\u{0}", "null\u{7f}", "{\"cpf\":\"\\ud800\"}"] {
        refused(
            &send("POST", &rentals, JSON, broken),
            422,
            "invalid_json",
            "body",
        );
    }
    // A bay that does not exist is a wish that cannot be granted, and another bay is.
    let rental = system.take_at(NORTE, 999);
    rental.until(&["awaiting_payment"]);
    assert_eq!(rental.try_cancel().status, 204);
    system.audit(&[(&rental, Fate::CancelledUnpaid)]);
}

#[test]
fn what_does_not_exist_is_not_found() {
    let system = System::start(&Options::new());
    let api = system.cloud_url() + "/api/v1";
    refused(&get(&format!("{api}/docks/leste")), 404, "unknown_dock", "");
    let begin = post(&format!("{api}/docks/leste/rentals"), &json!({}));
    refused(&begin, 404, "unknown_dock", "");
    for token in ["x", "AAAAAAAAAAAAAAAAAAAAAA", "%00", "..%2f..%2fetc"] {
        let rental = format!("{api}/rentals/{token}");
        refused(&get(&rental), 404, "unknown_rental", "");
        refused(&get(&format!("{rental}/events")), 404, "unknown_rental", "");
        let cancel = post(&format!("{rental}/cancel"), &json!({}));
        refused(&cancel, 404, "unknown_rental", "");
    }
    for page in ["/d/leste", "/r/AAAAAAAAAAAAAAAAAAAAAA", "/nowhere"] {
        let answer = get(&(system.cloud_url() + page));
        assert_eq!(answer.status, 404, "{page}");
        assert!(answer.body.contains("<html"), "{page}: a page for people");
    }
    system.audit(&[]);
}

#[test]
fn a_form_is_checked_and_one_from_another_site_refused() {
    let system = System::start(&Options::new());
    let rental = system.take(NORTE);
    let url = system.cloud_url() + "/d/norte/take";
    let form = "application/x-www-form-urlencoded";
    let wrong = send("POST", &url, form, "cpf=529.982.247-26");
    assert_eq!(wrong.status, 422, "{}", wrong.body);
    assert!(
        wrong.body.contains("529.982.247-26"),
        "what was typed stays"
    );
    let elsewhere = [("content-type", form), ("sec-fetch-site", "cross-site")];
    let forged = send_with("POST", &url, &elsewhere, "cpf=529.982.247-25");
    assert_eq!(forged.status, 403, "{}", forged.body);
    assert_eq!(rental.try_cancel().status, 204);
    system.audit(&[(&rental, Fate::CancelledUnpaid)]);
}

#[test]
fn a_body_of_ten_megabytes_is_refused_everywhere() {
    let system = System::start(&Options::new());
    let huge = "x".repeat(10 * 1024 * 1024);
    for (path, status) in [
        ("/api/v1/docks/norte/rentals", 413),
        ("/gateway/v1/sync", 413),
        ("/gateway/v1/enrol", 413),
        ("/pix/callback", 413),
        ("/pix/callback/pix", 413),
    ] {
        let answer = send("POST", &(system.cloud_url() + path), JSON, &huge);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        refused(&answer, 413, "body_too_large", "body");
    }
    // A browser never sends such a form. It may be cut off, and the page lives on.
    let _ = try_send(
        "POST",
        &(system.cloud_url() + "/d/norte/take"),
        "application/x-www-form-urlencoded",
        &format!("cpf={huge}"),
    );
    let push = system.dock(NORTE).url + "/simulator/api/push";
    if let Ok(answer) = try_send("POST", &push, JSON, &huge) {
        assert_eq!(answer.status, 413, "{}", answer.body);
    }
    system.audit(&[]);
}

#[test]
fn a_callback_is_believed_in_nothing() {
    let system = System::start(&Options::new());
    let rental = system.take(NORTE);
    rental.until(&["awaiting_payment"]);
    let url = system.cloud_url() + "/pix/callback/pix";
    for garbage in ["{", "<html>", "\u{0}"] {
        let answer = send("POST", &url, JSON, garbage);
        refused(&answer, 400, "callback_malformed", "body");
    }
    // A stranger says that it was paid, and that a Pix nobody knows was refunded.
    let txid = system.txid(&rental);
    let lie = json!({"pix": [
        {
            "endToEndId": "E9999901020261121005000000000001",
            "txid": txid,
            "valor": "10.00",
            "horario": "2026-11-21T00:50:00Z",
        },
        {
            "endToEndId": "E9999901020261121005000000000002",
            "txid": "ffffffffffffffffffffffffffffffff",
            "valor": "10.00",
            "horario": "2026-11-21T00:50:00Z",
        },
    ]});
    post(&url, &lie).ok();
    assert_eq!(rental.status()["state"], "awaiting_payment");
    assert_eq!(rental.try_cancel().status, 204);
    system.audit(&[(&rental, Fate::CancelledUnpaid)]);
}
