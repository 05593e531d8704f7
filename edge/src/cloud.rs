//! One question to the cloud over HTTP, and what came back: a signed line, the cloud's own
//! refusal, or something that is not the cloud at all.

use crate::config::CloudUrl;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, redirect};
use serde::Deserialize;
use shared::chain::Head;
use shared::json::check_bounds;
use std::time::Duration;

/// A dock's link is slow, not patient: customers wait at the other end of the first exchange.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A full batch over 300 kbit/s takes 25 s.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);

/// A problem document is a few sentences.
const PROBLEM_BYTES_MAX: usize = 16 * 1024;
const PROBLEM_DEPTH_MAX: usize = 6;

/// An unsigned answer may ask for a pause, but not put a dock to sleep.
const RETRY_AFTER_MS_MAX: u64 = 10 * 60 * 1_000;

#[derive(Debug, Clone)]
pub(crate) struct Cloud {
    client: Client,
    url: CloudUrl,
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
    pub(crate) fn new(url: CloudUrl) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .tcp_nodelay(true)
            .build()?;
        Ok(Self { client, url })
    }

    /// Posts `body`; an answer beyond `answer_bytes_max` is a stranger's.
    pub(crate) async fn post(
        &self,
        path: &str,
        content_type: &'static str,
        body: String,
        answer_bytes_max: usize,
    ) -> Answer {
        let request = self
            .client
            .post(self.url.at(path))
            .header(CONTENT_TYPE, content_type)
            .body(body);
        match request.send().await {
            Ok(response) => read(response, answer_bytes_max).await,
            Err(error) => {
                // The address is configuration and already in the log.
                tracing::debug!(error = %error.without_url(), "no answer from the cloud");
                Answer::Silence
            }
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
