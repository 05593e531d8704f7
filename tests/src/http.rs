//! HTTP without ceremony: blocking calls that answer whatever the server said.

use reqwest::{Client, Method, Url};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// The longest promises of the system are a minute (a bay that stays open, a refused refund that is
/// ordered anew); what does not come in twice that never will.
const PATIENCE: Duration = Duration::from_secs(120);

const POLL: Duration = Duration::from_millis(20);

/// On a slow machine looking must not keep what is looked at from its work.
const REST_PER_LOOK: u32 = 4;

/// How browsers send what was typed.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// What a server answered, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The request, for messages.
    pub asked: String,
    pub status: u16,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Answer {
    /// The body of a success, as JSON; null where there is none.
    pub fn ok(&self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "{} answered {}: {}",
            self.asked,
            self.status,
            self.body
        );
        match self.body.as_str() {
            "" => Value::Null,
            _ => self.json(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|e| panic!("{}: not JSON ({e}): {}", self.asked, self.body))
    }

    /// The stable code of a problem+json.
    pub fn code(&self) -> String {
        let kind = self.headers.get("content-type").map(String::as_str);
        assert_eq!(
            kind,
            Some("application/problem+json"),
            "{} answered {}: {}",
            self.asked,
            self.status,
            self.body
        );
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// The body of a form.
pub fn form(fields: &[(&str, &str)]) -> String {
    let with = Url::parse_with_params("http://localhost", fields).expect("a constant address");
    with.query().unwrap_or_default().to_owned()
}

/// The cookie that an answer sets, as a browser sends it back.
pub fn cookie_of(answer: &Answer) -> String {
    let set = answer.headers.get("set-cookie").map(String::as_str);
    let set = set.unwrap_or_else(|| panic!("{}: no cookie: {}", answer.asked, answer.body));
    set.split(';').next().unwrap_or_default().to_owned()
}

/// What stands in a text between two others.
pub fn between(text: &str, before: &str, after: &str) -> String {
    let rest = text
        .split(before)
        .nth(1)
        .unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split(after).next().unwrap_or_default().to_owned()
}

pub fn get(url: &str) -> Answer {
    send("GET", url, "", "")
}

pub fn post(url: &str, body: &Value) -> Answer {
    send("POST", url, "application/json", &body.to_string())
}

/// An empty `kind` sends no content type and no body. Panics where nothing answers.
pub fn send(method: &str, url: &str, kind: &str, body: &str) -> Answer {
    answered(method, url, try_send(method, url, kind, body))
}

/// As [`send`], with these headers.
pub fn send_with(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    answered(method, url, try_send_with(method, url, headers, body))
}

/// As [`send`], where perhaps nothing answers.
pub fn try_send(method: &str, url: &str, kind: &str, body: &str) -> Result<Answer, reqwest::Error> {
    match kind {
        "" => try_send_with(method, url, &[], ""),
        _ => try_send_with(method, url, &[("content-type", kind)], body),
    }
}

fn answered(method: &str, url: &str, answer: Result<Answer, reqwest::Error>) -> Answer {
    answer.unwrap_or_else(|e| panic!("{method} {url}: nothing answers: {e:?}"))
}

fn try_send_with(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Answer, reqwest::Error> {
    let verb = Method::from_bytes(method.as_bytes()).expect("the name of a method");
    let mut request = client().request(verb, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if !body.is_empty() {
        request = request.body(body.to_owned());
    }
    runtime().block_on(async {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect();
        Ok(Answer {
            asked: format!("{method} {url}"),
            status,
            headers,
            body: response.text().await?,
        })
    })
}

/// Looks again and again until there is something to see. The test fails when it never comes.
pub fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    in_time(look).unwrap_or_else(|| panic!("waited in vain: {what}"))
}

/// As [`eventually`]; `None` when it never comes.
pub(crate) fn in_time<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        let began = Instant::now();
        if let Some(seen) = look() {
            return Some(seen);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(POLL.max(began.elapsed() * REST_PER_LOOK));
    }
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a test machine has threads")
    })
}

fn client() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        // Another user of this process may have installed the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // Programs are killed under it: a kept connection would be a dead one.
            .pool_max_idle_per_host(0)
            .build()
            .expect("fixed settings")
    })
}
