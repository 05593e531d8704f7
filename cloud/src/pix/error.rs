//! What a failed call means for whoever must decide whether to send it again.

use super::masked::{masked, without_persons};
use serde_json::Value;
use std::fmt;
use std::time::Duration;

const VIOLATIONS_MAX: usize = 20;
/// Where Banco do Brasil, PagSeguro and others put errors that come as a list.
const LISTS: [&str; 3] = ["erros", "errors", "error_messages"];
const TITLES: &[&str] = &[
    "title",
    "mensagem",
    "error_description",
    "message",
    "description",
];

/// A call that did not bring what it asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PixError {
    /// The bank read the request and said no.
    #[error("the bank refused: {problem}")]
    Refused { problem: Box<Problem> },
    /// The bank does not know the charge, Pix or refund.
    #[error("the bank does not know it: {problem}")]
    NotFound { problem: Box<Problem> },
    /// The bank may have executed the request. Ask before anything else.
    #[error("outcome unknown: {cause}")]
    Unknown { cause: UnknownCause },
    /// The bank certainly did not execute the request.
    #[error("not sent: {cause}")]
    NotSent { cause: NotSentCause },
    /// Certainly not executed either: too many requests.
    #[error("the bank asks for fewer requests")]
    RateLimited { retry_after: Option<Duration> },
}

/// The question behind every `PixError`: did it happen?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No, and the same request will be refused again.
    Refused,
    /// There is nothing under this id.
    Absent,
    /// Perhaps: ask the bank for the id that was sent.
    Unknown,
    /// No, and the same request under the same id may be sent later.
    NotDone,
}

impl PixError {
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Refused { .. } => Outcome::Refused,
            Self::NotFound { .. } => Outcome::Absent,
            Self::Unknown { .. } => Outcome::Unknown,
            Self::NotSent { .. } | Self::RateLimited { .. } => Outcome::NotDone,
        }
    }

    /// What the bank asked to wait, where it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } => *retry_after,
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownCause {
    #[error("no answer in time")]
    TimedOut,
    #[error("the connection broke after the request was sent")]
    ConnectionLost,
    #[error("the bank answered {status}")]
    Status { status: u16 },
    #[error("the answer is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the answer is not JSON within bounds")]
    NotJson,
    #[error("the answer's {field} is missing or unreadable")]
    Unreadable { field: &'static str },
    #[error("the answer's {field} is not the one asked for")]
    Mismatch { field: &'static str },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSentCause {
    #[error("no connection to the bank")]
    NoConnection,
    #[error("{field} is not what API Pix takes")]
    Input { field: &'static str },
    #[error("no access token: {0}")]
    Token(TokenFailure),
    #[error("the bank refuses tokens it has just issued")]
    Unauthorized,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenFailure {
    #[error("no connection to the token endpoint")]
    NoConnection,
    #[error("the token endpoint gave no readable answer")]
    NoAnswer,
    #[error("the token endpoint answered {status} ({})", code.as_deref().map_or_else(|| "no code".into(), without_persons))]
    Refused { status: u16, code: Option<String> },
}

/// A refusal in the bank's words, with long digit runs masked and every text cut short. Names may still
/// be in it: what is printed or stored of it goes through [`without_persons`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status; what the body claims is not trusted.
    pub status: u16,
    /// The last part of the problem type (`PixDevolucaoInvalida`) or the bank's own name for it.
    pub kind: Option<String>,
    pub title: Option<String>,
    pub detail: Option<String>,
    pub violations: Vec<Violation>,
    /// The body is what any gateway answers: the status in words, and no name of an error.
    pub generic: bool,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Violation {
    pub reason: Option<String>,
    pub property: Option<String>,
}

impl Problem {
    /// Reads problem+json, `{"nome","mensagem"}`, RFC 6749 errors, and lists of errors under
    /// `erros` and the like; anything else leaves the status.
    pub(super) fn read(status: u16, body: Option<&Value>) -> Self {
        let Some(body) = body else {
            return Self {
                status,
                ..Self::default()
            };
        };
        let listed = LISTS.iter().find_map(|name| body.get(name)?.get(0));
        let either = |name: &&str| text(body, name).or_else(|| text(listed?, name));
        let first = |names: &[&str]| names.iter().find_map(either);
        let named = first(&["type", "nome", "codigo", "code"]);
        let error = first(&["error"]);
        let generic = named.is_none() && error.as_deref().is_some_and(|e| is_reason(status, e));
        let kind = named.or(error).map(|kind| match kind.rsplit_once('/') {
            Some((_, last)) => last.to_owned(),
            None => kind,
        });
        let violations = match body.get("violacoes") {
            Some(Value::Array(items)) => items.iter().take(VIOLATIONS_MAX).map(violation).collect(),
            Some(one @ Value::Object(_)) => vec![violation(one)],
            _ => Vec::new(),
        };
        Self {
            status,
            kind,
            title: first(TITLES),
            detail: text(body, "detail"),
            violations,
            generic,
        }
    }

    /// Whether the bank says the id is already in use: 409, or words to that effect in a 400.
    pub fn says_duplicate(&self) -> bool {
        let texts = [&self.kind, &self.title, &self.detail];
        let reasons = self.violations.iter().map(|violation| &violation.reason);
        self.status == 409
            || texts.into_iter().chain(reasons).flatten().any(|text| {
                let text = text.to_lowercase();
                ["duplic", "utilizad", "já existe", "ja existe", "already"]
                    .iter()
                    .any(|word| text.contains(word))
            })
    }

    /// Whether the bank's Pix service itself speaks: a bare status, a page of HTML and a gateway's
    /// `{"error": "Not Found"}` may mean a wrong path as well as an absent charge.
    pub fn is_worded(&self) -> bool {
        let worded = self.kind.is_some() || self.title.is_some() || !self.violations.is_empty();
        worded && !self.generic
    }

    /// Whether the refusal is about our access, not about this request.
    pub fn blames_access(&self) -> bool {
        matches!(self.status, 401 | 403 | 407)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        let reason = |text: &&String| is_reason(self.status, text);
        match self.kind.as_ref().filter(reason) {
            Some(kind) => write!(f, " {kind}")?,
            None => say(f, self.kind.as_ref())?,
        }
        say(f, self.title.as_ref())
    }
}

/// As it is printed: nothing that the bank quotes gets into a log by `?`.
impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({self})")
    }
}

fn say(f: &mut fmt::Formatter<'_>, text: Option<&String>) -> fmt::Result {
    text.map_or(Ok(()), |text| write!(f, " {}", without_persons(text)))
}

fn violation(item: &Value) -> Violation {
    Violation {
        reason: text(item, "razao"),
        property: text(item, "propriedade"),
    }
}

/// The words of the status line, such as `Not Found` for 404.
fn is_reason(status: u16, text: &str) -> bool {
    reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .is_some_and(|reason| reason.eq_ignore_ascii_case(text))
}

fn text(value: &Value, name: &str) -> Option<String> {
    let text = value.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| masked(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn refusals_of_every_dialect_are_read() {
        let standard = json!({
            "type": "https://pix.bcb.gov.br/api/v2/error/PixDevolucaoInvalida",
            "title": "Devolução inválida.", "status": "400", "detail": null,
            "violacoes": [{"razao": "id já utilizado", "propriedade": "id", "valor": "x"}, 7],
        });
        let problem = Problem::read(400, Some(&standard));
        assert_eq!(problem.kind.as_deref(), Some("PixDevolucaoInvalida"));
        assert_eq!(problem.violations.len(), 2);
        assert!(problem.says_duplicate());

        let own = json!({"nome": "txid_duplicado", "mensagem": "Campo txid já existe"});
        let problem = Problem::read(409, Some(&own));
        assert_eq!(
            problem.to_string(),
            "409 txid_duplicado Campo txid já existe"
        );

        for odd in [
            json!(null),
            json!([]),
            json!("x"),
            json!({"title": 7, "violacoes": {}}),
        ] {
            let problem = Problem::read(422, Some(&odd));
            assert_eq!(
                (problem.status, problem.says_duplicate()),
                (422, false),
                "{odd}"
            );
        }
        assert_eq!(Problem::read(400, None).to_string(), "400");
    }

    #[test]
    fn lists_of_errors_are_read_and_a_gateway_is_not_taken_for_the_bank() {
        for (status, body, expected, worded) in [
            (
                400,
                json!({"erros": [{"codigo": "4769515", "mensagem": "Chave inválida"}]}),
                "400 … Chave inválida",
                true,
            ),
            (
                409,
                json!({"error_messages": [{"code": "txid_in_use", "description": "In use"}]}),
                "409 txid_in_use In use",
                true,
            ),
            (
                404,
                json!({"statusCode": 404, "error": "Not Found", "message": "No listener"}),
                "404 Not Found No listener",
                false,
            ),
            (
                404,
                json!({"error": "not found", "path": "/v2/cob/x"}),
                "404 not found",
                false,
            ),
            (400, json!({"erros": []}), "400", false),
            (
                401,
                json!({"error": "invalid_client"}),
                "401 invalid_client",
                true,
            ),
            (
                404,
                json!({"nome": "cobranca_nao_encontrada"}),
                "404 cobranca_nao_encontrada",
                true,
            ),
        ] {
            let problem = Problem::read(status, Some(&body));
            let read = (problem.to_string(), problem.is_worded());
            assert_eq!(read, (expected.to_owned(), worded), "{body}");
        }
    }
}
