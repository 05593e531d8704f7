//! Errors as RFC 9457 problems: a code for programs, a title in the reader's language, a way out.

use super::reader::{self, Query};
use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use hardware::simulated::Refused;
use serde_json::json;
use web::edge::astray;
use web::edge::text::text;
use web::ui::Lang;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) detail: String,
}

impl Problem {
    /// The request itself is wrong; `detail` names the field and what was expected.
    pub(super) fn field(detail: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code: "invalid_field",
            detail: detail.into(),
        }
    }

    /// What a parser says of a body, up to where it begins to quote: somebody may have typed a document
    /// into a field of another kind.
    pub(super) fn unreadable(said: &str) -> Self {
        let known = said.split(['"', '`']).next().unwrap_or_default();
        Self::field(known.trim_end())
    }

    pub(super) fn in_words(self, lang: Lang) -> Response {
        let title = (text(lang).refused)(self.code);
        self.titled(title)
    }

    /// A page for people, a problem for programs.
    pub(super) fn for_reader(self, headers: &HeaderMap) -> Response {
        let lang = reader::lang(&Query::default(), headers);
        match reader::wants_page(headers) {
            true => (self.status, Html(astray::page(lang, self.code))).into_response(),
            false => self.in_words(lang),
        }
    }

    /// With a title in the reader's language that stands in no list of refusals.
    pub(super) fn titled(self, title: &str) -> Response {
        let body = json!({
            "type": format!("urn:volta:gateway:{}", self.code),
            "title": title,
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.status, kind, Json(body)).into_response()
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self {
            status: match refused {
                Refused::UnknownBay | Refused::UnknownCart => StatusCode::NOT_FOUND,
                Refused::TagMissing => StatusCode::UNPROCESSABLE_ENTITY,
                Refused::AlreadyHere
                | Refused::BayFull
                | Refused::BayEmpty
                | Refused::CartRolling
                | Refused::Locked => StatusCode::CONFLICT,
            },
            code: refused.code(),
            detail: refused.to_string(),
        }
    }
}

pub(super) async fn not_found(headers: HeaderMap) -> Response {
    let problem = Problem {
        status: StatusCode::NOT_FOUND,
        code: "not_found",
        detail: "there is no such page; begin at /".to_owned(),
    };
    problem.for_reader(&headers)
}
