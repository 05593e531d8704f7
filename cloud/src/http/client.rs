//! Who asks, in which language, and what this device remembers.

use super::problem::Problem;
use crate::app::{Shared, now};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use web::ui::csp::PAGE_HEADERS;
use web::ui::{Frame, Lang, Zone};

/// Rentals one device remembers: the newest ones.
const MINE_MAX: usize = 12;

/// How long it remembers them.
pub const MINE_DAYS: u32 = 30;
const LANG_DAYS: u32 = 365;

/// Random bytes of the secret in a rental's address.
pub const TOKEN_BYTES: usize = 16;
const TOKEN_CHARS: usize = 22;

/// A reader of pages.
pub struct Client {
    pub frame: Frame,
    pub tokens: Vec<String>,
    lang_asked: Option<Lang>,
    secure: bool,
}

impl FromRequestParts<Shared> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let asked = query.split('&').find_map(|pair| pair.strip_prefix("lang="));
        let accept = parts
            .headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let remembered = cookie(&parts.headers, "volta_lang");
        let lang = Lang::choose(asked, remembered, accept);
        let secure = app.config.secure_cookies();
        let tokens = cookie(&parts.headers, mine_name(secure))
            .unwrap_or_default()
            .split('.')
            .filter(|token| is_token(token))
            .take(MINE_MAX)
            .map(str::to_owned)
            .collect();
        let zone = Zone::named(&app.config.time_zone).map_err(|e| {
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "time_zone",
                e.to_string(),
            )
        })?;
        Ok(Self {
            frame: Frame {
                lang,
                zone,
                now_ms: now(),
                path: parts.uri.path().to_owned(),
            },
            tokens,
            lang_asked: asked.map(|code| Lang::choose(Some(code), None, None)),
            secure,
        })
    }
}

impl Client {
    /// A whole page with the headers every page has.
    pub fn page(&self, status: StatusCode, html: String, csp: &'static str) -> Response {
        let mut response = (status, Html(html)).into_response();
        let headers = response.headers_mut();
        for (name, value) in PAGE_HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let policy = HeaderValue::from_static(csp);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.insert(
            header::VARY,
            HeaderValue::from_static("accept-language, cookie"),
        );
        if let Some(lang) = self.lang_asked {
            self.set_cookie(headers, "volta_lang", lang.code(), LANG_DAYS);
        }
        response
    }

    /// Remembers a rental on this device, the newest first.
    pub fn remember(&self, response: &mut Response, token: &str) {
        let others = self
            .tokens
            .iter()
            .map(String::as_str)
            .filter(|t| *t != token);
        let kept: Vec<&str> = std::iter::once(token)
            .chain(others)
            .take(MINE_MAX)
            .collect();
        let name = mine_name(self.secure);
        self.set_cookie(response.headers_mut(), name, &kept.join("."), MINE_DAYS);
    }

    pub fn forget(&self, response: &mut Response) {
        self.set_cookie(response.headers_mut(), mine_name(self.secure), "", 0);
    }

    /// The value of a cookie the browser sent.
    pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        cookie(headers, name)
    }

    fn set_cookie(&self, headers: &mut HeaderMap, name: &str, value: &str, days: u32) {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = u64::from(days) * 86_400;
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

/// The secret part of a rental's address; whoever has it may see and cancel the rental.
pub fn token_text(bytes: [u8; TOKEN_BYTES]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn is_token(text: &str) -> bool {
    text.len() == TOKEN_CHARS && URL_SAFE_NO_PAD.decode(text).is_ok()
}

/// A `__Host-` cookie cannot be planted by a neighbouring host; browsers demand HTTPS for it.
fn mine_name(secure: bool) -> &'static str {
    if secure {
        "__Host-volta_mine"
    } else {
        "volta_mine"
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}
