//! A bank that says what it is told to say, over real HTTP on loopback.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri, header};
use cloud::pix::{PixClient, PixSettings, Secret};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const SHORT: Duration = Duration::from_millis(300);
pub(crate) const LONG: Duration = Duration::from_secs(20);

#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Json(u16, Value),
    Raw(u16, &'static str, String),
    Header(u16, &'static str, &'static str),
    /// Headers and half a body, then the connection breaks.
    Cut(u16),
    /// No answer, ever.
    Hang,
}

#[derive(Default)]
struct Script {
    replies: VecDeque<Reply>,
    token_replies: VecDeque<Reply>,
    requests: Vec<String>,
    token_requests: Vec<String>,
    /// Tokens numbered below this are refused with 401.
    tokens_good_from: usize,
}

#[derive(Clone)]
pub(crate) struct Bank {
    pub(crate) url: String,
    script: Arc<Mutex<Script>>,
}

impl Bank {
    /// Answers API calls with `replies` in turn, the last one again and again.
    pub(crate) async fn with(replies: Vec<Reply>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener");
        let script = Script {
            replies: replies.into(),
            ..Script::default()
        };
        let bank = Self {
            url: format!("http://{address}"),
            script: Arc::new(Mutex::new(script)),
        };
        let app = Router::new()
            .route("/token", axum::routing::post(token))
            .fallback(api)
            .with_state(bank.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        bank
    }

    pub(crate) fn answer_tokens_with(&self, replies: Vec<Reply>) {
        self.lock().token_replies = replies.into();
    }

    pub(crate) fn refuse_tokens_below(&self, number: usize) {
        self.lock().tokens_good_from = number;
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.lock().requests.clone()
    }

    pub(crate) fn token_requests(&self) -> Vec<String> {
        self.lock().token_requests.clone()
    }

    pub(crate) fn settings(&self) -> PixSettings {
        settings(&format!("{}/v2", self.url), &format!("{}/token", self.url))
    }

    pub(crate) fn client(&self) -> PixClient {
        PixClient::new(self.settings()).expect("sound settings")
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Script> {
        self.script
            .lock()
            .expect("no test panics while it holds the script")
    }
}

pub(crate) fn settings(base_url: &str, token_url: &str) -> PixSettings {
    // Another test in this process may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut settings = PixSettings::new(base_url, token_url, "id", Secret::new("secret"), "+5511");
    settings.total_timeout = LONG;
    settings.token_retry_pause = Duration::ZERO;
    settings
}

async fn token(State(bank): State<Bank>, headers: HeaderMap, body: String) -> Response<Body> {
    let reply = {
        let mut script = bank.lock();
        script
            .token_requests
            .push(format!("{} {body}", authorization(&headers)));
        let number = script.token_requests.len();
        script.token_replies.pop_front().unwrap_or_else(|| {
            Reply::Json(
                200,
                json!({"access_token": format!("t{number}"), "expires_in": 3600}),
            )
        })
    };
    respond(reply).await
}

async fn api(
    State(bank): State<Bank>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response<Body> {
    let reply = {
        let mut script = bank.lock();
        script
            .requests
            .push(format!("{method} {uri} {body}").trim_end().to_owned());
        let number = authorization(&headers)
            .strip_prefix("Bearer t")
            .map(str::parse::<usize>);
        let good = matches!(number, Some(Ok(number)) if number >= script.tokens_good_from);
        match script.replies.len() {
            _ if !good => Reply::Json(401, json!({"error": "invalid_token"})),
            0 => Reply::Json(500, json!({"title": "the script has ended"})),
            1 => script.replies[0].clone(),
            _ => script.replies.pop_front().expect("two or more replies"),
        }
    };
    respond(reply).await
}

fn authorization(headers: &HeaderMap) -> &str {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

async fn respond(reply: Reply) -> Response<Body> {
    let response = match reply {
        Reply::Json(status, body) => Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string())),
        Reply::Raw(status, content_type, body) => Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(body)),
        Reply::Header(status, name, value) => Response::builder()
            .status(status)
            .header(name, value)
            .body(Body::empty()),
        Reply::Cut(status) => {
            let parts = [
                Ok(Bytes::from_static(b"{\"txid\":")),
                Err(std::io::Error::other("cut")),
            ];
            Response::builder()
                .status(status)
                .body(Body::from_stream(futures_util::stream::iter(parts)))
        }
        Reply::Hang => std::future::pending().await,
    };
    response.expect("the script holds sound statuses and headers")
}
