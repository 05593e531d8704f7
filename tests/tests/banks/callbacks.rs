//! The callback's own listener: the bank alone gets in, and what it says only wakes a read.

use super::bench::{Authority, Bench, Cloud, browser, deposit, txid};
use cloud::pix::{BankProfile, PixError};
use cloud::store::payment;
use cloud::tls::Patience;
use cloud::{http, serve, watch};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;
use tokio::net::TcpListener;

/// A hang guard, not an expectation.
const LOOKS_MAX: usize = 4_000;
const LOOK_PAUSE: Duration = Duration::from_millis(5);

pub(crate) struct Door {
    bench: Bench,
    cloud: Cloud,
    pub(crate) authority: Authority,
    /// `https://127.0.0.1:port`
    pub(crate) url: String,
}

/// A cloud that takes callbacks at `/volta` on a listener of its own, and a bank that it knows.
async fn door(profile: BankProfile) -> Door {
    patient_door(profile, Patience::default()).await
}

pub(crate) async fn patient_door(profile: BankProfile, patience: Patience) -> Door {
    let authority = Authority::new();
    let (ours, banks) = (authority.signs("loja.test"), authority.signs("bank.test"));
    let bench = Bench::with(profile, |config, write| {
        config.callback_certificate = Some(write("callback.pem", &banks.both()));
        config.callback_ca = Some(write("callback-ca.pem", &authority.pem));
    })
    .await;
    let certificate = bench.file("door.pem", &ours.certificate);
    let key = bench.file("door.key", &ours.key);
    let clients = bench.file("door-clients.pem", &authority.pem);
    let cloud = Cloud::open(&[
        format!("--bank-profile={}", profile.name()),
        format!("--bank-url={}", bench.settings().base_url),
        format!("--bank-token-url={}", bench.settings().token_url),
        "--callback-listen=127.0.0.1:0".into(),
        "--callback-url=https://127.0.0.1/volta".into(),
        format!("--callback-certificate={}", certificate.display()),
        format!("--callback-key={}", key.display()),
        format!("--callback-client-ca={}", clients.display()),
    ])
    .await;
    let door = cloud.app.config.callback.door().expect("sound files");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("bound"));
    let door = door.expect("a door");
    let listener = serve::callback_listener(&door, listener, patience).expect("TLS");
    let routes = http::callback_router(cloud.app.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Door {
        bench,
        cloud,
        authority,
        url,
    }
}

impl Door {
    /// Until the bank was asked `operation` so often; the read has no other event to await.
    async fn bank_is_asked(&self, operation: &str, times: u64) {
        for _ in 0..LOOKS_MAX {
            if self.bench.asked(operation).await.0 >= times {
                return;
            }
            tokio::time::sleep(LOOK_PAUSE).await;
        }
        panic!("the bank was never asked {operation} {times} times");
    }

    async fn is_booked(&self, e2eid: &str) -> bool {
        let e2eid = e2eid.to_owned();
        let read = self
            .cloud
            .app
            .store
            .read(move |tx| payment::exists(tx, &e2eid));
        read.await.expect("the store reads")
    }
}

#[tokio::test]
async fn trap_13_inbound_mtls_the_bank_is_let_in_at_each_of_its_paths_and_nobody_else_anywhere() {
    let door = door(BankProfile::Standard).await;
    let bank = browser(&door.authority, Some(&door.authority.signs("bank.test")));
    let ask = |method: Method, path: &str, body: &'static str| {
        let request = bank
            .request(method, format!("{}{path}", door.url))
            .body(body);
        async move { request.send().await.expect("an answer").status() }
    };
    for (method, path, body, expected) in [
        (Method::POST, "/volta", r#"{"pix": []}"#, StatusCode::OK),
        (Method::POST, "/volta/pix", r#"{"pix": []}"#, StatusCode::OK),
        (
            Method::POST,
            "/volta//pix",
            r#"{"pix": []}"#,
            StatusCode::OK,
        ),
        (Method::POST, "/volta/pix?hmac=x", "", StatusCode::OK),
        (
            Method::POST,
            "/volta/pix",
            r#"{"evento": "teste_webhook"}"#,
            StatusCode::OK,
        ),
        (
            Method::POST,
            "/volta/pix",
            "<html>",
            StatusCode::BAD_REQUEST,
        ),
        (
            Method::POST,
            "/pix",
            r#"{"pix": []}"#,
            StatusCode::NOT_FOUND,
        ),
        (Method::GET, "/volta/pix", "", StatusCode::NOT_FOUND),
        (Method::POST, "/manage/login", "", StatusCode::NOT_FOUND),
        (Method::GET, "/", "", StatusCode::NOT_FOUND),
    ] {
        let name = format!("{method} {path} {body}");
        assert_eq!(ask(method, path, body).await, expected, "{name}");
    }
    let stranger = Authority::new().signs("bank.test");
    for (name, shown) in [("nobody", None), ("a foreign bank", Some(&stranger))] {
        let sent = browser(&door.authority, shown)
            .post(format!("{}/volta/pix", door.url))
            .body(r#"{"pix": []}"#)
            .send()
            .await;
        assert!(sent.is_err(), "{name}: {sent:?}");
    }
}

#[tokio::test]
async fn with_a_listener_of_its_own_the_public_pages_take_no_callback() {
    let door = door(BankProfile::Standard).await;
    let plain = Cloud::open(&[]).await;
    for (app, expected) in [
        (&door.cloud.app, StatusCode::NOT_FOUND),
        (&plain.app, StatusCode::OK),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let routes = http::router(app.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let answer = reqwest::Client::new()
            .post(format!("{url}/pix/callback/pix"))
            .json(&json!({"pix": []}))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), expected);
    }
}

/// The bank proves that the bank calls, never whose payment it is.
#[tokio::test]
async fn trap_05_forged_context_a_forged_callback_wakes_a_read_and_books_nothing() {
    let mut door = door(BankProfile::Standard).await;
    let hints = door.cloud.hints.take().expect("not yet taken");
    tokio::spawn(watch::run_hints(door.cloud.app.clone(), hints));
    // Another merchant's charge at the same bank, paid for real.
    let client = door.bench.client();
    client.put_charge(&txid(1), &deposit()).await.expect("new");
    let theirs = door.bench.pay(&txid(1)).await;
    let invented = format!("E{:031}", 7);
    let (asked_before, _) = door.bench.asked("pix.get").await;
    let bank = browser(&door.authority, Some(&door.authority.signs("bank.test")));
    let pix = |e2eid: &str| {
        json!({"endToEndId": e2eid, "txid": txid(1), "valor": "999.00",
        "horario": "2026-11-21T12:00:00Z", "chave": psp_sandbox::DEFAULT_CHAVE})
    };
    let forged = json!({"pix": [pix(&theirs), pix(&invented)]});
    let answer = bank
        .post(format!("{}/volta/pix", door.url))
        .json(&forged)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    door.bank_is_asked("pix.get", asked_before + 2).await;
    assert!(!door.is_booked(&theirs).await);
    assert!(!door.is_booked(&invented).await);
    assert_eq!(door.bench.asked("devolucao.put").await, (0, 0));
}

#[tokio::test]
async fn efi_tries_the_door_and_then_calls_through_it() {
    let mut door = door(BankProfile::Efi).await;
    let hints = door.cloud.hints.take().expect("not yet taken");
    tokio::spawn(watch::run_hints(door.cloud.app.clone(), hints));
    let client = door.bench.client();
    let refused = client.put_webhook("https://127.0.0.1:1/volta").await;
    assert!(
        matches!(refused, Err(PixError::Refused { .. })),
        "{refused:?}"
    );
    let url = format!("{}/volta", door.url);
    assert_eq!(client.put_webhook(&url).await, Ok(()));
    client.put_charge(&txid(2), &deposit()).await.expect("new");
    door.bench.pay(&txid(2)).await;
    door.bank_is_asked("pix.get", 1).await;
}
