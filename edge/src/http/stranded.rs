//! The answer to everything while there is no dock to serve: a page for people, a problem for programs.

use super::dressed;
use super::problem::Problem;
use super::reader::{self, Query};
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query as QueryOf, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use web::edge::stranded::{Stranded, Trouble};

/// A visitor who comes while the gateway starts finds it started by then.
const STARTING_SECONDS: u64 = 2;

/// What is wrong, for anybody who asks: no secrets.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub software: &'static str,
    pub trouble: Trouble,
    /// In English, with the way out.
    pub detail: String,
    pub retry_seconds: u64,
}

impl Told {
    pub(super) fn starting(software: &'static str) -> Self {
        Self {
            software,
            trouble: Trouble::Starting,
            detail: String::new(),
            retry_seconds: STARTING_SECONDS,
        }
    }
}

pub(super) fn router(told: Told) -> Router {
    let router = Router::new().fallback(answer).with_state(told);
    dressed(router, &web::edge::policy(&[]))
}

async fn answer(
    State(told): State<Told>,
    query: Result<QueryOf<Query>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let QueryOf(query) = query.unwrap_or_default();
    let lang = reader::lang(&query, &headers);
    let retry_after = HeaderValue::from(told.retry_seconds);
    let mut response = match reader::wants_page(&headers) {
        true => {
            let failed = told.trouble != Trouble::Starting;
            let page = Stranded {
                lang,
                software: told.software.to_owned(),
                trouble: told.trouble,
                detail: told.detail,
                retry_seconds: failed.then_some(told.retry_seconds),
            };
            reader::answer(&query, lang, page.page())
        }
        false => Problem {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: told.trouble.code(),
            detail: told.detail,
        }
        .titled(told.trouble.title(lang)),
    };
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, retry_after);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt as _;

    async fn ask(method: &str, path: &str, accept: &str) -> (u16, HeaderMap, String) {
        let told = Told {
            software: "volta-gateway",
            trouble: Trouble::Key,
            detail: "neither file is a key".into(),
            retry_seconds: 30,
        };
        let request = Request::builder().method(method).uri(path);
        let request = request.header("accept", accept).body(Body::empty());
        let response = router(told).oneshot(request.unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 100_000).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        (parts.status.as_u16(), parts.headers, text)
    }

    #[tokio::test]
    async fn people_get_a_page_and_programs_a_problem_wherever_they_ask() {
        for (method, path) in [
            ("GET", "/"),
            ("GET", "/tech/journal?lang=pt&lang=en"),
            ("POST", "/dock/code"),
        ] {
            let (status, headers, page) = ask(method, path, "text/html,*/*").await;
            assert_eq!(status, 503, "{path}");
            assert!(headers["content-type"].to_str().unwrap().contains("html"));
            assert_eq!(headers["retry-after"], "30");
            assert!(page.contains(Trouble::Key.title(web::ui::Lang::Pt)));
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("default-src 'none'"), "{policy}");
            let (status, headers, problem) = ask(method, path, "*/*").await;
            assert_eq!(status, 503, "{path}");
            assert_eq!(headers["content-type"], "application/problem+json");
            let problem: serde_json::Value = serde_json::from_str(&problem).unwrap();
            assert_eq!(problem["code"], "key_unusable");
            assert_eq!(problem["detail"], "neither file is a key");
        }
    }
}
