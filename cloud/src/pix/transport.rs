//! One authorised HTTP exchange with the bank, and what its end says about the request's fate.

use super::error::{NotSentCause, PixError, Problem, UnknownCause};
use super::settings::{PixSettings, Secret, SettingsError};
use super::token::{Token, TokenSource};
use super::wire;
use reqwest::header::{self, HeaderMap};
use reqwest::{Method, Url};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) const RESPONSE_BYTES_MAX: usize = 2 * 1024 * 1024; // a page of 100 Pix is about 0.1 MB
const POOL_IDLE: Duration = Duration::from_secs(20); // shorter than what servers commonly keep
const RETRY_AFTER_S_MAX: u64 = 3_600;

pub(super) struct Transport {
    http: reqwest::Client,
    base: Url,
    /// The first segment of a call's path, and what stands before it at this bank.
    prefixes: BTreeMap<&'static str, Vec<String>>,
    headers: HeaderMap,
    query: Vec<(String, Secret)>,
    tokens: TokenSource,
}

/// One request. `path` holds unencoded segments.
pub(super) struct Call<'a> {
    pub(super) name: &'static str,
    pub(super) method: Method,
    pub(super) path: &'a [&'a str],
    pub(super) query: &'a [(&'a str, String)],
    pub(super) body: Option<Value>,
}

/// A status that did arrive, and the body if it did.
pub(super) struct Received {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Result<Vec<u8>, UnknownCause>,
}

impl Transport {
    pub(super) fn new(settings: PixSettings) -> Result<Self, SettingsError> {
        settings.check()?;
        let base = Url::parse(&settings.base_url).map_err(|_| SettingsError::Url {
            field: "Pix base URL",
        })?;
        let http = http_client(&settings)?;
        let prefixes = settings.paths.iter().map(|(resource, path)| {
            let parts = path.split('/').filter(|part| !part.is_empty());
            (resource.name(), parts.map(str::to_owned).collect())
        });
        Ok(Self {
            prefixes: prefixes.collect(),
            headers: settings.header_map()?,
            query: settings.query.clone(),
            tokens: TokenSource::new(http.clone(), settings)?,
            http,
            base,
        })
    }

    /// Sends and returns the body of a 2xx answer. A refused token is renewed once.
    pub(super) async fn exchange(&self, call: &Call<'_>) -> Result<Vec<u8>, PixError> {
        for renewed in [false, true] {
            let token = self
                .tokens
                .current()
                .await
                .map_err(|failure| PixError::NotSent {
                    cause: NotSentCause::Token(failure),
                })?;
            let answer = self.send(call, &token).await?;
            tracing::debug!(
                pix.call = call.name,
                http.status = answer.status,
                "the bank answered"
            );
            match (answer.status, renewed) {
                (401, false) => self.tokens.drop_refused(&token).await,
                (401, true) => self.tokens.bounced(&token).await,
                _ => {
                    self.tokens.accepted();
                    return judge(answer);
                }
            }
        }
        Err(PixError::NotSent {
            cause: NotSentCause::Unauthorized,
        })
    }

    async fn send(&self, call: &Call<'_>, token: &Token) -> Result<Received, PixError> {
        let mut request = self
            .http
            .request(call.method.clone(), self.url(call))
            .header(header::AUTHORIZATION, token.bearer.clone())
            .header(header::ACCEPT, "application/json, application/problem+json")
            .headers(self.headers.clone());
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        match request.send().await {
            Ok(response) => Ok(receive(response).await),
            Err(error) => Err(send_failure(&error)),
        }
    }

    fn url(&self, call: &Call<'_>) -> Url {
        let mut url = self.base.clone();
        let prefix = call.path.first().and_then(|name| self.prefixes.get(name));
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .pop_if_empty()
                .extend(prefix.into_iter().flatten())
                .extend(call.path);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        for (name, value) in &self.query {
            url.query_pairs_mut().append_pair(name, value.reveal());
        }
        url
    }
}

/// Reads the body up to the limit; the status stands even when the body breaks off.
pub(super) async fn receive(mut response: reqwest::Response) -> Received {
    let retry_after = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse::<u64>().ok())
        .map(|seconds| Duration::from_secs(seconds.min(RETRY_AFTER_S_MAX)));
    let status = response.status().as_u16();
    let mut bytes = Vec::new();
    let body = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > RESPONSE_BYTES_MAX => {
                break Err(UnknownCause::TooLarge {
                    limit: RESPONSE_BYTES_MAX,
                });
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break Ok(bytes),
            Err(error) => break Err(loss(&error)),
        }
    };
    Received {
        status,
        retry_after,
        body,
    }
}

fn judge(answer: Received) -> Result<Vec<u8>, PixError> {
    let problem = |body: Result<Vec<u8>, UnknownCause>| {
        let body = body.and_then(|body| wire::parse(&body)).ok();
        Box::new(Problem::read(answer.status, body.as_ref()))
    };
    match answer.status {
        200..300 => answer.body.map_err(|cause| PixError::Unknown { cause }),
        404 => Err(PixError::NotFound {
            problem: problem(answer.body),
        }),
        429 => Err(PixError::RateLimited {
            retry_after: answer.retry_after,
        }),
        // 408 comes from a proxy that gave up waiting for whoever did the work.
        status @ 408 => Err(PixError::Unknown {
            cause: UnknownCause::Status { status },
        }),
        400..500 => Err(PixError::Refused {
            problem: problem(answer.body),
        }),
        status => Err(PixError::Unknown {
            cause: UnknownCause::Status { status },
        }),
    }
}

fn send_failure(error: &reqwest::Error) -> PixError {
    if error.is_connect() || error.is_builder() {
        PixError::NotSent {
            cause: NotSentCause::NoConnection,
        }
    } else {
        PixError::Unknown { cause: loss(error) }
    }
}

fn loss(error: &reqwest::Error) -> UnknownCause {
    if error.is_timeout() {
        UnknownCause::TimedOut
    } else {
        UnknownCause::ConnectionLost
    }
}

fn http_client(settings: &PixSettings) -> Result<reqwest::Client, SettingsError> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.total_timeout)
        .pool_idle_timeout(POOL_IDLE)
        // A redirect would carry money orders to wherever an answer points.
        .redirect(reqwest::redirect::Policy::none())
        // Banks know our address and our certificate: no proxy by accident of the environment.
        .no_proxy();
    if let Some(identity) = &settings.identity {
        builder = builder.identity(identity.for_client()?);
    }
    if let Some(pem) = &settings.authorities_pem {
        let authorities = reqwest::Certificate::from_pem_bundle(pem)
            .ok()
            .filter(|found| !found.is_empty())
            .ok_or(SettingsError::Authorities)?;
        builder = builder.tls_certs_only(authorities);
    }
    builder.build().map_err(|error| SettingsError::Http {
        cause: error.to_string(),
    })
}
