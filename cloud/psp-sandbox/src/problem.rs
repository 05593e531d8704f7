//! Errors as API Pix defines them: RFC 7807 with a type of the Central Bank and violations.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

const TYPE_BASE: &str = "https://pix.bcb.gov.br/api/v2/error/";
// A violation quotes the offending value; a hostile one must not become the answer's bulk.
const QUOTED_CHARS_MAX: usize = 140;

/// The names are the last segment of the standard's type URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    RequisicaoInvalida,
    AcessoNegado,
    NaoEncontrado,
    ErroInternoDoServidor,
    ServicoIndisponivel,
    CobNaoEncontrado,
    CobOperacaoInvalida,
    CobConsultaInvalida,
    CobPayloadNaoEncontrado,
    PixNaoEncontrado,
    PixConsultaInvalida,
    PixDevolucaoNaoEncontrada,
    PixDevolucaoInvalida,
    WebhookNaoEncontrado,
    WebhookOperacaoInvalida,
    WebhookConsultaInvalida,
    EnvioNaoEncontrado,
    EnvioInvalido,
}

impl Kind {
    fn status(self) -> StatusCode {
        match self {
            Self::AcessoNegado => StatusCode::FORBIDDEN,
            Self::NaoEncontrado
            | Self::CobNaoEncontrado
            | Self::CobPayloadNaoEncontrado
            | Self::PixNaoEncontrado
            | Self::PixDevolucaoNaoEncontrada
            | Self::WebhookNaoEncontrado
            | Self::EnvioNaoEncontrado => StatusCode::NOT_FOUND,
            Self::ErroInternoDoServidor => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ServicoIndisponivel => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::RequisicaoInvalida => "Requisição inválida.",
            Self::AcessoNegado => "Acesso negado.",
            Self::NaoEncontrado => "Entidade não encontrada.",
            Self::ErroInternoDoServidor => "Erro interno do servidor.",
            Self::ServicoIndisponivel => "Serviço indisponível.",
            Self::CobNaoEncontrado => "Cobrança não encontrada para o txid informado.",
            Self::CobOperacaoInvalida => "Cobrança inválida.",
            Self::CobConsultaInvalida => "Consulta de cobranças inválida.",
            Self::CobPayloadNaoEncontrado => "Nenhuma cobrança nesta location.",
            Self::PixNaoEncontrado => "Pix não encontrado para o e2eid informado.",
            Self::PixConsultaInvalida => "Consulta de Pix inválida.",
            Self::PixDevolucaoNaoEncontrada => "Devolução não encontrada.",
            Self::PixDevolucaoInvalida => "Devolução inválida.",
            Self::WebhookNaoEncontrado => "Webhook não encontrado.",
            Self::WebhookOperacaoInvalida => "Webhook inválido.",
            Self::WebhookConsultaInvalida => "Consulta de webhooks inválida.",
            Self::EnvioNaoEncontrado => "Envio não encontrado para o id informado.",
            Self::EnvioInvalido => "Envio inválido.",
        }
    }
}

/// One broken rule. The enums of rules live beside the code that checks them.
pub(crate) trait Rule: Copy {
    /// The property as the standard names it, and what is wrong with it.
    fn text(self) -> (&'static str, &'static str);

    fn of(self, value: impl ToString) -> Violation {
        let mut value = value.to_string();
        if let Some((at, _)) = value.char_indices().nth(QUOTED_CHARS_MAX) {
            value.truncate(at);
        }
        let (propriedade, razao) = self.text();
        Violation {
            propriedade,
            razao,
            valor: Some(value),
        }
    }

    fn absent(self) -> Violation {
        let (propriedade, razao) = self.text();
        Violation {
            propriedade,
            razao,
            valor: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) propriedade: &'static str,
    pub(crate) razao: &'static str,
    pub(crate) valor: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Problem {
    kind: Kind,
    /// What a bank calls it that has names of its own.
    name: Option<&'static str>,
    status: StatusCode,
    detail: Option<String>,
    violations: Vec<Violation>,
}

impl Problem {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            name: None,
            status: kind.status(),
            detail: None,
            violations: Vec::new(),
        }
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A second PUT under an id, at a bank that takes each id once.
    pub(crate) fn repeated(kind: Kind, name: &'static str, detail: &'static str) -> Self {
        Self {
            name: Some(name),
            ..Self::new(kind).status(StatusCode::CONFLICT).detail(detail)
        }
    }

    pub(crate) fn http_status(&self) -> StatusCode {
        self.status
    }

    /// One word for it, for banks that have names instead of types.
    pub(crate) fn name(&self) -> &'static str {
        self.name.unwrap_or(match self.kind {
            Kind::AcessoNegado => "acesso_negado",
            Kind::CobNaoEncontrado => "cobranca_nao_encontrada",
            Kind::PixNaoEncontrado => "pix_nao_encontrado",
            Kind::PixDevolucaoNaoEncontrada => "devolucao_nao_encontrada",
            Kind::WebhookNaoEncontrado => "webhook_nao_encontrado",
            Kind::NaoEncontrado | Kind::CobPayloadNaoEncontrado => "nao_encontrado",
            Kind::ErroInternoDoServidor => "erro_aplicacao",
            Kind::ServicoIndisponivel => "servico_indisponivel",
            _ => "valor_invalido",
        })
    }

    /// One sentence for it: the first rule that was broken, else the detail, else the title.
    pub(crate) fn message(&self) -> String {
        let broken = self.violations.first().map(|v| v.razao.to_owned());
        broken
            .or_else(|| self.detail.clone())
            .unwrap_or_else(|| self.kind.title().to_owned())
    }

    pub(crate) fn violated(kind: Kind, violations: Vec<Violation>) -> Self {
        Self {
            violations,
            ..Self::new(kind).detail("A requisição viola as regras listadas em violacoes.")
        }
    }

    /// `Err` when anything was violated.
    pub(crate) fn unless_empty(kind: Kind, violations: Vec<Violation>) -> Result<(), Self> {
        if violations.is_empty() {
            Ok(())
        } else {
            Err(Self::violated(kind, violations))
        }
    }

    /// RFC 6750: who shows no valid token is told which scheme to use.
    pub(crate) fn unauthorized(detail: &'static str) -> Self {
        Self::new(Kind::AcessoNegado)
            .status(StatusCode::UNAUTHORIZED)
            .detail(detail)
    }

    pub(crate) fn json(&self) -> Value {
        let mut body = json!({
            "type": format!("{TYPE_BASE}{:?}", self.kind),
            "title": self.kind.title(),
            "status": self.status.as_u16(),
        });
        if let Some(detail) = &self.detail {
            body["detail"] = json!(detail);
        }
        if !self.violations.is_empty() {
            body["violacoes"] = self
                .violations
                .iter()
                .map(|v| match &v.valor {
                    Some(valor) => {
                        json!({"razao": v.razao, "propriedade": v.propriedade, "valor": valor})
                    }
                    None => json!({"razao": v.razao, "propriedade": v.propriedade}),
                })
                .collect();
        }
        body
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.json())).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer error=\"invalid_token\""),
            );
        }
        // For the bank's own words, if it has any.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(error = %error, "bank.book_failed");
        Self::new(Kind::ErroInternoDoServidor)
    }
}
