//! One question to the cloud over HTTP, and what came back: a signed line, the cloud's own
//! refusal, or something that is not the cloud at all.

mod patience;
mod tls;

pub use tls::TlsError;
pub(crate) use tls::TlsTime;

use crate::cable::Cable;
use crate::config::CloudUrl;
use patience::Patience;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde::Deserialize;
use shared::chain::Head;
use shared::json::check_bounds;
use shared::time::UnixMs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A problem document is a few sentences.
const PROBLEM_BYTES_MAX: usize = 16 * 1024;
const PROBLEM_DEPTH_MAX: usize = 6;

/// An unsigned answer may ask for a pause, but not put a dock to sleep.
const RETRY_AFTER_MS_MAX: u64 = 10 * 60 * 1_000;

#[derive(Debug, Clone)]
pub(crate) struct Cloud {
    client: Client,
    url: CloudUrl,
    patience: Arc<Patience>,
    time: TlsTime,
    cable: Cable,
}

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the HTTP client cannot start: {0}")]
    Http(#[from] reqwest::Error),
}

#[derive(Debug)]
pub(crate) enum Answer {
    /// Status 200 and a text within bounds; its signature is the caller's to check.
    Line(String),
    /// The cloud's own refusal (RFC 9457).
    Problem {
        status: StatusCode,
        problem: Problem,
        retry_after_ms: Option<u64>,
    },
    /// A server error or a plea for patience, by the cloud or a proxy before it.
    Trouble {
        retry_after_ms: Option<u64>,
    },
    /// An answer that the cloud does not give, such as a captive portal's page.
    Stranger,
    Silence,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    pub code: String,
    pub title: String,
    pub detail: String,
    /// With code `gap`: the end of what the cloud holds.
    pub head: Option<Head>,
}

impl Cloud {
    /// `authority`: the only certificates that count for `https`, else the machine's own.
    pub(crate) fn new(
        url: CloudUrl,
        authority: Option<&Path>,
        time: TlsTime,
    ) -> Result<Self, ClientError> {
        let tls = match url.is_https() {
            true => Some(tls::config(authority, time.clone())?),
            false => None,
        };
        Self::over(url, tls, time)
    }

    /// As [`Cloud::new`] for plain HTTP, without a copy of the machine's authorities: for a process
    /// that is thousands of gateways.
    pub(crate) fn plain(url: CloudUrl, time: TlsTime) -> Result<Self, ClientError> {
        Self::over(url, Some(tls::trusting_nobody()?), time)
    }

    fn over(
        url: CloudUrl,
        tls: Option<rustls::ClientConfig>,
        time: TlsTime,
    ) -> Result<Self, ClientError> {
        let mut builder = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .tcp_nodelay(true);
        if let Some(tls) = tls {
            builder = builder.tls_backend_preconfigured(tls);
        }
        Ok(Self {
            client: builder.build()?,
            url,
            patience: Arc::default(),
            time,
            cable: Cable::default(),
        })
    }

    /// What all talk with the cloud goes through.
    pub(crate) fn cable(&self) -> &Cable {
        &self.cable
    }

    /// A signed answer said what time it is.
    pub(crate) fn vouched(&self, server_ms: UnixMs) {
        self.time.signed(server_ms);
    }

    /// Posts `body`; an answer beyond `answer_bytes_max` is a stranger's.
    pub(crate) async fn post(
        &self,
        path: &str,
        content_type: &'static str,
        body: String,
        answer_bytes_max: usize,
    ) -> Answer {
        let patience = self.patience.of(body.len());
        let request = self.request(path, content_type, body).timeout(patience);
        let asked = Instant::now();
        let answer = self.answer_to(request, answer_bytes_max).await;
        match answer {
            Answer::Silence => self.patience.silent(),
            _ => self.patience.answered(asked.elapsed()),
        }
        answer
    }

    /// As [`Cloud::post`], for a large answer that may take as long as `patience`.
    pub(crate) async fn post_patiently(
        &self,
        path: &str,
        content_type: &'static str,
        body: String,
        (answer_bytes_max, patience): (usize, Duration),
    ) -> Answer {
        let request = self.request(path, content_type, body).timeout(patience);
        self.answer_to(request, answer_bytes_max).await
    }

    async fn answer_to(&self, request: RequestBuilder, answer_bytes_max: usize) -> Answer {
        let answer = self.cable.carry(answer_to(request, answer_bytes_max));
        answer.await.unwrap_or(Answer::Silence)
    }

    fn request(&self, path: &str, content_type: &'static str, body: String) -> RequestBuilder {
        self.client
            .post(self.url.at(path))
            .header(CONTENT_TYPE, content_type)
            .body(body)
    }
}

async fn answer_to(request: RequestBuilder, answer_bytes_max: usize) -> Answer {
    match request.send().await {
        Ok(response) => read(response, answer_bytes_max).await,
        Err(error) => {
            // The address is configuration and already in the log.
            tracing::debug!(error = %error.without_url(), "no answer from the cloud");
            Answer::Silence
        }
    }
}

async fn read(response: Response, answer_bytes_max: usize) -> Answer {
    let status = response.status();
    let retry_after_ms = retry_after_ms(&response);
    let problem = is_problem(&response);
    let bytes_max = if status == StatusCode::OK {
        answer_bytes_max
    } else {
        PROBLEM_BYTES_MAX
    };
    let text = match bounded_text(response, bytes_max).await {
        Ok(text) => text,
        Err(answer) => return answer,
    };
    if status == StatusCode::OK {
        return text.map_or(Answer::Stranger, Answer::Line);
    }
    if problem
        && let Some(text) = text
        && check_bounds(text.as_bytes(), PROBLEM_BYTES_MAX, PROBLEM_DEPTH_MAX).is_ok()
        && let Ok(problem) = serde_json::from_str::<Problem>(&text)
    {
        return Answer::Problem {
            status,
            problem,
            retry_after_ms,
        };
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Answer::Trouble { retry_after_ms };
    }
    Answer::Stranger
}

/// `None` when the body is longer than it may be or no text.
async fn bounded_text(mut response: Response, bytes_max: usize) -> Result<Option<String>, Answer> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > bytes_max => return Ok(None),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(String::from_utf8(body).ok()),
            Err(_) => return Err(Answer::Silence),
        }
    }
}

fn is_problem(response: &Response) -> bool {
    response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/problem+json"))
}

/// Only the form in seconds: the form with a date would trust this machine's clock.
fn retry_after_ms(response: &Response) -> Option<u64> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: u64 = text.trim().parse().ok()?;
    Some(seconds.saturating_mul(1_000).min(RETRY_AFTER_MS_MAX))
}
