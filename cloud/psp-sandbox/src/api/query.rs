//! The parameters of listings: span, filters, pagination, each violation named.

use crate::book::Page;
use crate::json;
use crate::problem::{Rule, Violation};
use jiff::Timestamp;
use serde_json::{Map, Value};
use shared::document::{Cnpj, Cpf};
use std::collections::BTreeMap;

const ITEMS_DEFAULT: u32 = 100;
const ITEMS_MAX: u32 = 1_000;

pub(crate) type Parameters = BTreeMap<String, String>;

/// In the order in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueryRule {
    Inicio,
    Fim,
    FimBeforeInicio,
    CpfAndCnpj,
    Cpf,
    Cnpj,
    Status,
    LocationPresente,
    Txid,
    TxIdPresente,
    DevolucaoPresente,
    PaginaAtual,
    ItensPorPagina,
    Revisao,
}

impl Rule for QueryRule {
    #[rustfmt::skip]
    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Inicio => ("inicio", "O início é obrigatório e respeita a RFC 3339."),
            Self::Fim => ("fim", "O fim é obrigatório e respeita a RFC 3339."),
            Self::FimBeforeInicio => ("fim", "O fim é anterior ao início."),
            Self::CpfAndCnpj => ("cpf", "CPF e CNPJ não podem ser informados juntos."),
            Self::Cpf => ("cpf", "O CPF é inválido."),
            Self::Cnpj => ("cnpj", "O CNPJ é inválido."),
            Self::Status => ("status", "O status é desconhecido."),
            Self::LocationPresente => ("locationPresente", "Deve ser true ou false."),
            Self::Txid => ("txid", "O txid deve ter de 1 a 35 letras ou dígitos."),
            Self::TxIdPresente => ("txIdPresente", "Deve ser true ou false."),
            Self::DevolucaoPresente => ("devolucaoPresente", "Deve ser true ou false."),
            Self::PaginaAtual => ("paginacao.paginaAtual", "Deve ser um inteiro a partir de zero."),
            Self::ItensPorPagina => ("paginacao.itensPorPagina", "Deve ser um inteiro de 1 a 1000."),
            Self::Revisao => ("revisao", "A revisão não existe para esta cobrança."),
        }
    }
}

/// Both ends inclusive, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from_ms: i64,
    pub(crate) to_ms: i64,
}

/// Takes parameters one by one, keeping what is broken and what to echo.
pub(crate) struct Reader {
    parameters: Parameters,
    pub(crate) broken: Vec<Violation>,
    pub(crate) echoed: Map<String, Value>,
}

impl Reader {
    pub(crate) fn new(parameters: Parameters) -> Self {
        Self {
            parameters,
            broken: Vec::new(),
            echoed: Map::new(),
        }
    }

    /// `inicio` and `fim`, which must be there.
    pub(crate) fn span(&mut self) -> Span {
        let from = self.instant("inicio", QueryRule::Inicio);
        let to = self.instant("fim", QueryRule::Fim);
        if let (None, false) = (from, self.parameters.contains_key("inicio")) {
            self.broken.push(QueryRule::Inicio.absent());
        }
        if let (None, false) = (to, self.parameters.contains_key("fim")) {
            self.broken.push(QueryRule::Fim.absent());
        }
        self.ordered(from, to)
    }

    /// `inicio` and `fim`, each optional.
    pub(crate) fn open_span(&mut self) -> Span {
        let from = self.instant("inicio", QueryRule::Inicio);
        let to = self.instant("fim", QueryRule::Fim);
        self.ordered(from, to)
    }

    fn ordered(&mut self, from: Option<Timestamp>, to: Option<Timestamp>) -> Span {
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            self.broken.push(QueryRule::FimBeforeInicio.of(to));
        }
        Span {
            // The book counts milliseconds; a finer start must not let an earlier one in.
            from_ms: from.map_or(i64::MIN, |t| {
                t.as_millisecond() + i64::from(t.subsec_nanosecond() % 1_000_000 > 0)
            }),
            to_ms: to.map_or(i64::MAX, Timestamp::as_millisecond),
        }
    }

    pub(crate) fn page(&mut self) -> Page {
        let current = self.number(
            "paginacao.paginaAtual",
            0,
            QueryRule::PaginaAtual,
            0..=u32::MAX,
        );
        let size = self.number(
            "paginacao.itensPorPagina",
            ITEMS_DEFAULT,
            QueryRule::ItensPorPagina,
            1..=ITEMS_MAX,
        );
        Page { current, size }
    }

    pub(crate) fn flag(&mut self, name: &str, rule: QueryRule) -> Option<bool> {
        let text = self.parameters.get(name)?;
        match text.parse::<bool>() {
            Ok(flag) => {
                self.echoed.insert(name.to_owned(), Value::Bool(flag));
                Some(flag)
            }
            Err(_) => {
                self.broken.push(rule.of(text));
                None
            }
        }
    }

    /// A parameter that `valid` accepts.
    pub(crate) fn text(
        &mut self,
        name: &str,
        rule: QueryRule,
        valid: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let text = self.parameters.get(name)?;
        if !valid(text) {
            self.broken.push(rule.of(text));
            return None;
        }
        self.echoed
            .insert(name.to_owned(), Value::from(text.as_str()));
        Some(text.clone())
    }

    /// `cpf` or `cnpj`, never both.
    pub(crate) fn document(&mut self) -> Option<String> {
        if self.parameters.contains_key("cpf") && self.parameters.contains_key("cnpj") {
            self.broken.push(QueryRule::CpfAndCnpj.absent());
            return None;
        }
        let cpf = self.text("cpf", QueryRule::Cpf, |t| {
            t.len() == 11 && t.parse::<Cpf>().is_ok()
        });
        cpf.or_else(|| {
            self.text("cnpj", QueryRule::Cnpj, |t| {
                t.len() == 14 && t.parse::<Cnpj>().is_ok()
            })
        })
    }

    fn instant(&mut self, name: &str, rule: QueryRule) -> Option<Timestamp> {
        let text = self.parameters.get(name)?;
        // Query strings turn an unescaped `+` into a space; RFC 3339 knows neither spaces nor zones.
        let parsed = text
            .parse::<Timestamp>()
            .ok()
            .filter(|_| !text.contains([' ', '[']));
        match parsed {
            Some(instant) => {
                let echo = json::instant(instant.as_millisecond());
                self.echoed.insert(name.to_owned(), Value::from(echo));
            }
            None => self.broken.push(rule.of(text)),
        }
        parsed
    }

    fn number(
        &mut self,
        name: &str,
        default: u32,
        rule: QueryRule,
        range: std::ops::RangeInclusive<u32>,
    ) -> u32 {
        let Some(text) = self.parameters.get(name) else {
            return default;
        };
        match text.parse().ok().filter(|number| range.contains(number)) {
            Some(number) => number,
            None => {
                self.broken.push(rule.of(text));
                default
            }
        }
    }
}
