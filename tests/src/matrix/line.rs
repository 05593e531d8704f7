//! The line between a cloud and its bank. Every request and every callback passes here and meets the
//! fault of the journey it is about. A cloud that died is cut off at once: what it still sends or hears
//! goes nowhere.

mod meddling;

use super::Fault;
use super::doom::Doom;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use meddling::{Meddling, Operation, absent, meddling};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Longer than the cloud waits for its bank.
const SILENCE: Duration = Duration::from_secs(9);
const SLOWNESS: Duration = Duration::from_millis(150);
/// A callback that waits until others have overtaken it.
const OVERTAKEN: Duration = Duration::from_millis(1_200);

pub(super) struct Line {
    address: SocketAddr,
    bank: String,
    http: reqwest::Client,
    /// Which of the cloud's lives is connected, and where it listens.
    life: AtomicU64,
    cloud: Mutex<Option<SocketAddr>>,
    healed: AtomicBool,
    /// Where the bank is told first how to treat a devolução, no other is put meanwhile.
    treating: tokio::sync::RwLock<()>,
    known: Mutex<Known>,
    doom: Arc<Doom>,
}

/// What belongs to which journey.
#[derive(Default)]
struct Known {
    faults: BTreeMap<String, Fault>,
    /// How often each request was made, under whatever devolução id.
    made: BTreeMap<String, u32>,
    /// What met its fault.
    met: BTreeMap<Fault, u64>,
    /// Paths of the devoluções that the bank took and was not asked about since.
    taken: BTreeSet<String>,
    /// Those that were put again all the same.
    repeated: Vec<String>,
}

impl Line {
    pub(super) async fn open(bank: String, doom: Arc<Doom>) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let http = reqwest::Client::builder().no_proxy().build();
        let line = Arc::new(Self {
            address: listener.local_addr().expect("a bound port"),
            bank,
            http: http.expect("a client without settings"),
            life: AtomicU64::new(0),
            cloud: Mutex::new(None),
            healed: AtomicBool::new(false),
            treating: tokio::sync::RwLock::new(()),
            known: Mutex::default(),
            doom,
        });
        let router = Router::new().fallback(carry).with_state(Arc::clone(&line));
        tokio::spawn(async move { axum::serve(listener, router).await });
        line
    }

    /// Where the next life of the cloud finds its bank.
    pub(super) fn next_life(&self) -> String {
        let life = self.life.fetch_add(1, Ordering::SeqCst) + 1;
        format!("http://{}/{life}", self.address)
    }

    pub(super) fn callback_url(&self) -> String {
        format!("http://{}/callback", self.address)
    }

    pub(super) fn connect(&self, cloud: SocketAddr) {
        *lock(&self.cloud) = Some(cloud);
    }

    /// Nothing of this life passes any more.
    pub(super) fn cut(&self) {
        self.life.fetch_add(1, Ordering::SeqCst);
        *lock(&self.cloud) = None;
    }

    /// `id`: a txid or an end-to-end id.
    pub(super) fn concerns(&self, id: &str, fault: Fault) {
        lock(&self.known).faults.insert(id.to_owned(), fault);
    }

    /// From now on the bank and the line are healthy.
    pub(super) fn heal(&self) {
        self.healed.store(true, Ordering::SeqCst);
    }

    /// Devoluções that were put again after the bank had taken them, without asking about them first.
    pub(super) fn repeated(&self) -> Vec<String> {
        lock(&self.known).repeated.clone()
    }

    pub(super) fn met(&self) -> BTreeMap<Fault, u64> {
        lock(&self.known).met.clone()
    }

    /// Somebody who is not the bank says what did not happen.
    pub(super) async fn forge(&self, txid: &str, e2eid: &str) {
        let id = "f0e1d2c3b4a5968778695a4b3c2d1e0f";
        let body = json!({"pix": [{
            "endToEndId": e2eid, "txid": txid, "valor": "10.00", "horario": "2026-01-01T00:00:00Z",
            "devolucoes": [{"id": id, "rtrId": "D99999010202601010000abcdefghijk", "valor": "10.00",
                "status": "DEVOLVIDO", "horario": {"solicitacao": "2026-01-01T00:00:00Z"}}],
        }]});
        self.deliver(&Bytes::from(body.to_string())).await;
    }

    fn is_alive(&self, life: u64) -> bool {
        self.life.load(Ordering::SeqCst) == life
    }

    fn fault_of(&self, id: &str) -> Fault {
        if self.healed.load(Ordering::SeqCst) {
            return Fault::Healthy;
        }
        let faults = &lock(&self.known).faults;
        faults.get(id).copied().unwrap_or(Fault::Healthy)
    }

    /// How this request, made for the so-maniest time, fares.
    fn fare(&self, operation: &Operation) -> Meddling {
        let fault = self.fault_of(operation.id());
        let mut known = lock(&self.known);
        let made = known.made.entry(format!("{operation:?}")).or_default();
        let meddling = meddling(fault, operation, *made);
        *made += 1;
        if !matches!(meddling, Meddling::Pass) {
            *known.met.entry(fault).or_default() += 1;
        }
        meddling
    }

    fn sees(&self, operation: &Operation, path: &str) {
        let mut known = lock(&self.known);
        match operation {
            Operation::RefundGet(_) => {
                known.taken.remove(path);
            }
            Operation::RefundPut(_) if known.taken.contains(path) => {
                known.repeated.push(path.to_owned());
            }
            _ => {}
        }
    }

    fn took(&self, operation: &Operation, path: &str, answer: Option<&Answer>) {
        let done = answer.is_some_and(|answer| answer.status.is_success());
        if done && matches!(operation, Operation::RefundPut(_)) {
            lock(&self.known).taken.insert(path.to_owned());
        }
    }

    async fn forward(&self, method: Method, path: &str, parts: &Sent) -> Option<Answer> {
        let url = format!("{}{path}", self.bank);
        let mut request = self.http.request(method, url).body(parts.body.clone());
        for (name, value) in &parts.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let kind = answer.headers().get(header::CONTENT_TYPE).cloned();
        let body = answer.bytes().await.ok()?;
        Some(Answer { status, kind, body })
    }

    async fn deliver(&self, body: &Bytes) -> bool {
        let Some(cloud) = *lock(&self.cloud) else {
            return false;
        };
        let url = format!("http://{cloud}/pix/callback/pix");
        let request = self.http.post(url).body(body.clone());
        let request = request.header(header::CONTENT_TYPE, "application/json");
        request
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Sent {
    headers: Vec<(header::HeaderName, header::HeaderValue)>,
    body: Bytes,
}

struct Answer {
    status: StatusCode,
    kind: Option<header::HeaderValue>,
    body: Bytes,
}

impl Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body).into_response();
        if let Some(kind) = self.kind {
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        response
    }
}

async fn carry(State(line): State<Arc<Line>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let target = parts.uri.path_and_query().map_or("/", |t| t.as_str());
    if target.starts_with("/callback") {
        return call_back(&line, body).await;
    }
    let Some((life, path)) = target[1..].split_once('/') else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let life: u64 = life.parse().unwrap_or(0);
    let headers = [header::AUTHORIZATION, header::CONTENT_TYPE];
    let headers = headers.into_iter().filter_map(|name| {
        let value = parts.headers.get(&name)?.clone();
        Some((name, value))
    });
    let sent = Sent {
        headers: headers.collect(),
        body,
    };
    let path = format!("/{path}");
    // A task of its own: the bank does not stop where its client hangs up.
    let passing = tokio::spawn(async move { pass(&line, life, parts.method, &path, &sent).await });
    passing.await.unwrap_or_else(|_| broken_off())
}

async fn pass(line: &Arc<Line>, life: u64, method: Method, path: &str, sent: &Sent) -> Response {
    if !line.is_alive(life) {
        return broken_off();
    }
    let operation = Operation::of(&method, path);
    if operation.is_of_a_journey() && line.doom.falls_before_the_bank() {
        line.cut();
        return broken_off();
    }
    line.sees(&operation, path);
    let fare = line.fare(&operation);
    let answer = match fare {
        Meddling::LoseRequest => return broken_off(),
        Meddling::Refuse(status) => return refusal(status),
        Meddling::HtmlInstead => return html(StatusCode::BAD_GATEWAY),
        Meddling::Absent => return absent(&operation).into_response(),
        Meddling::Treat(fault) => {
            let _alone = line.treating.write().await;
            let told = Bytes::from(json!({"faults": [fault]}).to_string());
            let told = Sent {
                headers: vec![(
                    header::CONTENT_TYPE,
                    header::HeaderValue::from_static("application/json"),
                )],
                body: told,
            };
            line.forward(Method::PUT, "/control/faults", &told).await;
            let answer = line.forward(method, path, sent).await;
            line.took(&operation, path, answer.as_ref());
            let none = Sent {
                headers: Vec::new(),
                body: Bytes::new(),
            };
            line.forward(Method::DELETE, "/control/faults", &none).await;
            return answer.map_or_else(broken_off, Answer::into_response);
        }
        _ => {
            let _beside_others = line.treating.read().await;
            let answer = line.forward(method, path, sent).await;
            line.took(&operation, path, answer.as_ref());
            answer
        }
    };
    if !line.is_alive(life) {
        return broken_off();
    }
    if operation.is_of_a_journey() && line.doom.falls_after_the_bank() {
        line.cut();
        return broken_off();
    }
    let Some(answer) = answer else {
        return broken_off();
    };
    match fare {
        Meddling::LoseAnswer => broken_off(),
        Meddling::HoldAnswer => {
            tokio::time::sleep(SILENCE).await;
            broken_off()
        }
        Meddling::Delay => {
            tokio::time::sleep(SLOWNESS).await;
            answer.into_response()
        }
        Meddling::AnswerInstead(status) => refusal(status),
        Meddling::HtmlAfter => html(StatusCode::OK),
        Meddling::EmptyAfter => StatusCode::OK.into_response(),
        Meddling::ShowOlder => older(answer),
        _ => answer.into_response(),
    }
}

async fn call_back(line: &Arc<Line>, body: Bytes) -> Response {
    let read: Value = serde_json::from_slice(&body).unwrap_or_default();
    let id = read["pix"][0]["txid"].as_str().unwrap_or_default();
    let delivered = match line.fault_of(id) {
        Fault::CallbackLost => true,
        Fault::CallbackRepeated => {
            line.deliver(&body).await;
            line.deliver(&body).await;
            line.deliver(&body).await
        }
        Fault::CallbackReordered => {
            let line = Arc::clone(line);
            tokio::spawn(async move {
                tokio::time::sleep(OVERTAKEN).await;
                line.deliver(&body).await
            });
            true
        }
        _ => line.deliver(&body).await,
    };
    match delivered {
        true => StatusCode::OK.into_response(),
        false => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// The connection ends within the answer.
fn broken_off() -> Response {
    let end: Result<Bytes, std::io::Error> = Err(std::io::Error::other("cut on purpose"));
    Response::new(Body::from_stream(futures_util::stream::iter([end])))
}

fn refusal(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let body = json!({"type": "about:blank", "title": "Falha", "status": status.as_u16()});
    let mut response = (status, body.to_string()).into_response();
    let kind = header::HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn html(status: StatusCode) -> Response {
    let page = "<!doctype html><title>Gateway</title><h1>Tente mais tarde</h1>";
    (status, axum::response::Html(page)).into_response()
}

/// A charge as it was before it was paid.
fn older(answer: Answer) -> Response {
    let Ok(mut charge) = serde_json::from_slice::<Value>(&answer.body) else {
        return answer.into_response();
    };
    charge["status"] = json!("ATIVA");
    if let Some(fields) = charge.as_object_mut() {
        fields.remove("pix");
    }
    let body = Bytes::from(charge.to_string());
    Answer { body, ..answer }.into_response()
}
