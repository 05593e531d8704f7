//! The access token: one for everybody, asked for once, renewed before it ends.

use super::error::{Problem, TokenFailure};
use super::settings::{PixSettings, SettingsError, TokenAuth, TokenBody};
use super::transport::{self, Received};
use super::wire;
use reqwest::header::HeaderValue;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

const RENEW_EARLY: Duration = Duration::from_secs(60);
/// A bank that refuses us goes on doing so until a person mends something, and blocks an address
/// that asks all the same: each refusal doubles the pause, up to this.
const REFUSED_PAUSE_MAX: Duration = Duration::from_secs(60);
const LIFE_DEFAULT_S: u32 = 300; // the shortest known at a bank, for answers that do not say
const LIFE_MAX_S: u32 = 86_400;

/// Hands out the token of one account. Concurrent callers share one request and its failure.
pub(super) struct TokenSource {
    http: reqwest::Client,
    settings: PixSettings,
    basic: HeaderValue,
    state: Mutex<State>,
    /// Tokens in a row that the bank gave and then refused.
    bounces: AtomicU32,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    failure: Option<(Instant, TokenFailure)>,
    /// In a row.
    refusals: u32,
    issued: u64,
}

#[derive(Clone)]
pub(super) struct Token {
    pub(super) bearer: HeaderValue,
    renew_at: Instant,
    expires_at: Instant,
    number: u64,
}

impl TokenSource {
    pub(super) fn new(http: reqwest::Client, settings: PixSettings) -> Result<Self, SettingsError> {
        let basic = basic_header(&settings)?;
        Ok(Self {
            http,
            settings,
            basic,
            state: Mutex::default(),
            bounces: AtomicU32::new(0),
        })
    }

    /// A token that is good now. Waits while somebody else is asking for it.
    pub(super) async fn current(&self) -> Result<Token, TokenFailure> {
        let asked_at = Instant::now();
        // Held across the request on purpose: that is what makes it a single flight.
        let mut state = self.state.lock().await;
        if let Some(token) = &state.token
            && Instant::now() < token.renew_at
        {
            return Ok(token.clone());
        }
        if let Some((failed_at, failure)) = &state.failure {
            let shared = *failed_at >= asked_at;
            if shared || failed_at.elapsed() < state.pause(self.settings.token_retry_pause) {
                return state.still_valid().ok_or_else(|| failure.clone());
            }
        }
        match self.fetch(state.issued + 1).await {
            Ok(token) => {
                state.issued = token.number;
                state.failure = None;
                state.refusals = 0;
                state.token = Some(token.clone());
                Ok(token)
            }
            Err(failure) => {
                tracing::warn!(pix.failure = %failure, "no access token from the bank");
                state.fail(failure.clone());
                state.still_valid().ok_or(failure)
            }
        }
    }

    /// Forgets a token the bank refused, unless a newer one has already taken its place.
    pub(super) async fn drop_refused(&self, refused: &Token) {
        let mut state = self.state.lock().await;
        if state
            .token
            .as_ref()
            .is_some_and(|token| token.number == refused.number)
        {
            state.token = None;
        }
    }

    /// A token just issued was refused too: asking on would be a flood, which banks answer with a block.
    pub(super) async fn bounced(&self, refused: &Token) {
        self.drop_refused(refused).await;
        let times = self
            .bounces
            .fetch_add(1, Ordering::Relaxed)
            .saturating_add(1);
        let mut state = self.state.lock().await;
        state.fail(TokenFailure::Refused {
            status: 401,
            code: None,
        });
        state.refusals = times;
    }

    /// The bank took a token of ours.
    pub(super) fn accepted(&self) {
        self.bounces.store(0, Ordering::Relaxed);
    }

    async fn fetch(&self, number: u64) -> Result<Token, TokenFailure> {
        let asked_at = Instant::now();
        let mut fields = vec![("grant_type", "client_credentials")];
        if !self.settings.scopes.is_empty() {
            fields.push(("scope", self.settings.scopes.as_str()));
        }
        let mut request = self.http.post(&self.settings.token_url);
        match self.settings.token_auth {
            TokenAuth::Basic => {
                request = request.header(reqwest::header::AUTHORIZATION, self.basic.clone());
            }
            TokenAuth::Body => {
                fields.push(("client_id", self.settings.client_id.as_str()));
                let secret = self.settings.client_secret.reveal();
                if !secret.is_empty() {
                    fields.push(("client_secret", secret));
                }
            }
        }
        request = match self.settings.token_body {
            TokenBody::Form => request.form(&fields),
            TokenBody::Json => request.json(&fields.into_iter().collect::<BTreeMap<_, _>>()),
        };
        let response = request.send().await.map_err(|error| {
            if error.is_connect() {
                TokenFailure::NoConnection
            } else {
                TokenFailure::NoAnswer
            }
        })?;
        let answer = transport::receive(response).await;
        read_token(answer, &self.settings.scopes, asked_at, number)
    }
}

impl State {
    fn fail(&mut self, failure: TokenFailure) {
        // Any other failure is the bank's own trouble, and over when the bank is back.
        self.refusals = match failure {
            TokenFailure::Refused {
                status: 400..500, ..
            } => self.refusals.saturating_add(1),
            _ => 0,
        };
        self.failure = Some((Instant::now(), failure));
    }

    /// How long the last failure stands, where the first one stands for `first`.
    fn pause(&self, first: Duration) -> Duration {
        let doublings = self.refusals.saturating_sub(1);
        let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
        first
            .saturating_mul(factor)
            .min(first.max(REFUSED_PAUSE_MAX))
    }

    fn still_valid(&self) -> Option<Token> {
        self.token
            .clone()
            .filter(|token| Instant::now() < token.expires_at)
    }
}

fn read_token(
    answer: Received,
    asked: &str,
    asked_at: Instant,
    number: u64,
) -> Result<Token, TokenFailure> {
    let status = answer.status;
    let body = answer.body.and_then(|body| wire::parse(&body));
    if !(200..300).contains(&status) {
        let code = Problem::read(status, body.ok().as_ref()).kind;
        return Err(TokenFailure::Refused { status, code });
    }
    let body = body.map_err(|_| TokenFailure::NoAnswer)?;
    let bearer = wire::text(&body, "/access_token")
        .and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok())
        .map(sensitive)
        .ok_or(TokenFailure::NoAnswer)?;
    if let Some(granted) = wire::text(&body, "/scope") {
        warn_of_missing_scopes(asked, granted);
    }
    let life_s = wire::integer(&body, "/expires_in").unwrap_or(LIFE_DEFAULT_S);
    let life = Duration::from_secs(u64::from(life_s.min(LIFE_MAX_S)));
    // A token that lives two minutes or less would otherwise be renewed on nearly every call.
    let early = RENEW_EARLY.min(life / 2);
    Ok(Token {
        bearer,
        renew_at: asked_at + life - early,
        expires_at: asked_at + life,
        number,
    })
}

/// A bank may grant less than was asked for and say so only here.
fn warn_of_missing_scopes(asked: &str, granted: &str) {
    for scope in asked.split_whitespace() {
        if !granted.split_whitespace().any(|one| one == scope) {
            tracing::warn!(pix.scope = scope, "the bank did not grant a scope");
        }
    }
}

fn basic_header(settings: &PixSettings) -> Result<HeaderValue, SettingsError> {
    use base64::Engine as _;
    let pair = format!("{}:{}", settings.client_id, settings.client_secret.reveal());
    let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
    HeaderValue::try_from(format!("Basic {encoded}"))
        .map(sensitive)
        .map_err(|_| SettingsError::ClientId)
}

fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(body: &str) -> Result<(u64, u64), TokenFailure> {
        let asked_at = Instant::now();
        let answer = Received {
            status: 200,
            retry_after: None,
            body: Ok(body.as_bytes().to_vec()),
        };
        let token = read_token(answer, "cob.read", asked_at, 1)?;
        let after = |at: Instant| at.duration_since(asked_at).as_secs();
        Ok((after(token.renew_at), after(token.expires_at)))
    }

    #[test]
    fn a_bank_that_refuses_is_asked_less_and_less() {
        let refused = |status: u16| TokenFailure::Refused { status, code: None };
        let mut state = State::default();
        for (failure, expected_s) in [
            (refused(401), 1),
            (refused(401), 2),
            (refused(403), 4),
            (refused(503), 1),
            (refused(429), 1),
            (refused(429), 2),
            (TokenFailure::NoAnswer, 1),
        ] {
            state.fail(failure.clone());
            let pause = state.pause(Duration::from_secs(1));
            assert_eq!(pause, Duration::from_secs(expected_s), "{failure}");
        }
        for (refusals, first_s, expected_s) in
            [(7, 1, 60), (u32::MAX, 1, 60), (9, 0, 0), (3, 3_600, 3_600)]
        {
            state.refusals = refusals;
            let pause = state.pause(Duration::from_secs(first_s));
            assert_eq!(
                pause,
                Duration::from_secs(expected_s),
                "{refusals} {first_s}"
            );
        }
    }

    #[test]
    fn a_token_is_renewed_a_minute_early() {
        for (body, expected) in [
            (r#"{"access_token":"t","expires_in":3600}"#, (3540, 3600)),
            (r#"{"access_token":"t","expires_in":"300"}"#, (240, 300)),
            (r#"{"access_token":"t"}"#, (240, 300)),
            (r#"{"access_token":"t","expires_in":60}"#, (30, 60)),
            (
                r#"{"access_token":"t","expires_in":999999999}"#,
                (86_340, 86_400),
            ),
        ] {
            assert_eq!(answered(body), Ok(expected), "{body}");
        }
        for wrong in [
            "",
            "{}",
            r#"{"access_token":""}"#,
            "{\"access_token\":\"a\\nb\"}",
            "<html>",
        ] {
            assert_eq!(answered(wrong), Err(TokenFailure::NoAnswer), "{wrong}");
        }
    }
}
