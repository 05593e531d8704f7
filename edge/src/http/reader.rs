//! Who reads: what the address says, and the language.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse as _, Response};
use serde::Deserialize;
use web::ui::Lang;

/// Remembers the language for a year on this machine; all docks of one machine share it.
const LANG_COOKIE: &str = "lang";
const LANG_SECONDS: u32 = 365 * 24 * 3600;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Query {
    pub(super) lang: Option<String>,
    /// The state that the reader has seen already.
    pub(super) visto: Option<String>,
    /// Code of what the last form led to.
    pub(super) aviso: Option<String>,
    /// The tag of a cart brought along.
    pub(super) cart: Option<String>,
}

pub(super) fn lang(query: &Query, headers: &HeaderMap) -> Lang {
    let accept = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    Lang::choose(query.lang.as_deref(), cookie(headers, LANG_COOKIE), accept)
}

/// Browsers name HTML; programs do not.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}

/// The page, and the memory of a language that was chosen by a link.
pub(super) fn answer(query: &Query, lang: Lang, html: String) -> Response {
    let mut response = Html(html).into_response();
    if query.lang.is_some() {
        let cookie = format!(
            "{LANG_COOKIE}={}; Path=/; Max-Age={LANG_SECONDS}; SameSite=Lax; HttpOnly",
            lang.code()
        );
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// The value of a cookie of this name.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}
