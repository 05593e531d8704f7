//! A bank on an ephemeral port, a client that checks what it sends and gets, and a callback
//! receiver that awaits instead of sleeping.

use crate::conformance::{self, Exchange};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use psp_sandbox::{Config, DEFAULT_CHAVE, Running};
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// A hang guard, not an expectation.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const TXID: &str = "7d9f03358dcc40549bf90dbd61d36906";

pub(crate) struct TestBank {
    pub(crate) running: Running,
    pub(crate) config: Config,
    pub(crate) http: Client,
    pub(crate) token: String,
    directory: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl TestBank {
    /// Devoluções settle in the PUT's own answer.
    pub(crate) async fn start() -> Self {
        Self::start_with(|config| config.devolucao_delay_ms = 0).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut config = Config::with_database(&directory.path().join("bank.db"));
        config.callback_backoff_ms = 1;
        change(&mut config);
        Self::run(config, directory).await
    }

    async fn run(config: Config, directory: TempDir) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let running = psp_sandbox::spawn(config.clone(), listener).await.unwrap();
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let mut bank = Self {
            running,
            config,
            http,
            token: String::new(),
            directory,
        };
        bank.token = bank.grant("").await;
        bank
    }

    /// Stops the bank and opens its book again, on another port.
    pub(crate) async fn restart(self) -> Self {
        self.running.stop().await.unwrap();
        Self::run(self.config, self.directory).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.running.url() + path
    }

    pub(crate) async fn grant(&self, scope: &str) -> String {
        let answer = self
            .http
            .post(self.url("/oauth/token"))
            .basic_auth("volta", Some("volta-sandbox-secret"))
            .form(&[("grant_type", "client_credentials"), ("scope", scope)])
            .send()
            .await
            .unwrap();
        let body: Value = answer.json().await.unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// One call of API Pix, path below `/v2`, held against the specification.
    pub(crate) async fn pix(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.pix_as(&self.token, method, path, body).await
    }

    pub(crate) async fn pix_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let answer = self
            .request(method, &format!("/v2{path}"), body.as_ref())
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        let content_type = answer
            .headers()
            .get("content-type")
            .map_or(String::new(), |value| value.to_str().unwrap().to_owned());
        let bytes = answer.bytes().await.unwrap();
        let response: Option<Value> =
            (!bytes.is_empty()).then(|| serde_json::from_slice(&bytes).unwrap());
        if let Some(spec) = conformance::spec() {
            let wrong = spec.check(&Exchange {
                method,
                path,
                request: body.as_ref(),
                status,
                content_type: &content_type,
                response: response.as_ref(),
            });
            assert!(
                wrong.is_empty(),
                "{method} {path}: {wrong:#?}\n{response:#?}"
            );
        }
        Answer {
            status,
            body: response.unwrap_or_default(),
        }
    }

    /// One call outside API Pix.
    pub(crate) async fn control(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let path = format!("/control{path}");
        let answer = self
            .request(method, &path, body.as_ref())
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status, body }
    }

    fn request(&self, method: &str, path: &str, body: Option<&Value>) -> RequestBuilder {
        let request = self.http.request(
            Method::from_bytes(method.as_bytes()).unwrap(),
            self.url(path),
        );
        match body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    pub(crate) async fn book(&self) -> Value {
        let answer = self.control("GET", "/book", None).await;
        assert_eq!(answer.body["ledger_sum_centavos"], 0);
        answer.body
    }

    pub(crate) async fn create(&self, txid: &str) -> Value {
        let answer = self
            .pix("PUT", &format!("/cob/{txid}"), Some(cob("10.00")))
            .await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body
    }

    /// Creates and pays a charge of R$ 10,00; returns the e2eid.
    pub(crate) async fn paid(&self, txid: &str) -> String {
        self.create(txid).await;
        self.pay(txid).await
    }

    pub(crate) async fn pay(&self, txid: &str) -> String {
        let answer = self
            .control("POST", "/pay", Some(json!({"txid": txid})))
            .await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["e2eid"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn refund(&self, e2eid: &str, id: &str, valor: &str) -> Answer {
        let path = format!("/pix/{e2eid}/devolucao/{id}");
        self.pix("PUT", &path, Some(json!({"valor": valor}))).await
    }

    pub(crate) async fn arm(&self, faults: Value) {
        let answer = self
            .control("PUT", "/faults", Some(json!({"faults": faults})))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    pub(crate) async fn advance_seconds(&self, seconds: i64) {
        let body = json!({"advance_ms": seconds * 1_000});
        assert_eq!(self.control("POST", "/clock", Some(body)).await.status, 200);
    }

    /// `PUT /webhook` for the merchant's key.
    pub(crate) async fn listen(&self, receiver: &Receiver) {
        let path = format!("/webhook/{DEFAULT_CHAVE}");
        let body = json!({"webhookUrl": receiver.url});
        assert_eq!(self.pix("PUT", &path, Some(body)).await.status, 200);
    }
}

pub(crate) fn cob(original: &str) -> Value {
    json!({
        "calendario": {"expiracao": 900},
        "valor": {"original": original},
        "chave": DEFAULT_CHAVE,
        "solicitacaoPagador": "Caução do carrinho",
    })
}

/// 32 characters, told apart by a number.
pub(crate) fn txid(number: usize) -> String {
    format!("{number:032}")
}

/// The `propriedade` of each violation, in order.
pub(crate) fn properties(problem: &Value) -> Vec<&str> {
    problem["violacoes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|violation| violation["propriedade"].as_str().unwrap())
        .collect()
}

/// The last segment of the problem's type.
pub(crate) fn kind(problem: &Value) -> &str {
    problem["type"]
        .as_str()
        .and_then(|kind| kind.strip_prefix("https://pix.bcb.gov.br/api/v2/error/"))
        .unwrap_or("not a problem of API Pix")
}

/// Takes callbacks and answers the statuses of its script, then 200.
pub(crate) struct Receiver {
    pub(crate) url: String,
    received: mpsc::UnboundedReceiver<Value>,
}

#[derive(Clone)]
struct Desk {
    script: Arc<Mutex<VecDeque<u16>>>,
    sender: mpsc::UnboundedSender<Value>,
}

impl Receiver {
    pub(crate) async fn start(script: &[u16]) -> Self {
        let (sender, received) = mpsc::unbounded_channel();
        let desk = Desk {
            script: Arc::new(Mutex::new(script.iter().copied().collect())),
            sender,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let routes = Router::new()
            .route("/hook/pix", post(take))
            .with_state(desk);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, received }
    }

    pub(crate) async fn next(&mut self) -> Value {
        let body = tokio::time::timeout(PATIENCE, self.received.recv())
            .await
            .expect("a callback should have come")
            .unwrap();
        if let Some(spec) = conformance::spec() {
            assert_eq!(spec.check_callback(&body), Vec::<String>::new());
        }
        body["pix"][0].clone()
    }

    /// What has arrived by now, without waiting.
    pub(crate) fn arrived(&mut self) -> usize {
        std::iter::from_fn(|| self.received.try_recv().ok()).count()
    }
}

async fn take(State(desk): State<Desk>, Json(body): Json<Value>) -> impl IntoResponse {
    desk.sender.send(body).unwrap();
    let scripted = desk.script.lock().unwrap().pop_front();
    StatusCode::from_u16(scripted.unwrap_or(200)).unwrap()
}
