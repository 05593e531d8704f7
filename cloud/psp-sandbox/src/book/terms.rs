//! What a charge says: the body of `PUT` and `PATCH /cob/{txid}`, read rule by rule.

use crate::problem::{Rule, Violation};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared::document::{Cnpj, Cpf};
use shared::money::Centavos;

const EXPIRACAO_SECONDS_DEFAULT: i32 = 86_400;
const SOLICITACAO_CHARS_MAX: usize = 140;
const INFO_ITEMS_MAX: usize = 50;
const INFO_NOME_CHARS_MAX: usize = 50;
const INFO_VALOR_CHARS_MAX: usize = 200;
const NOME_CHARS_MAX: usize = 200;
const CHAVE_CHARS_MAX: usize = 77;

// In the order in which their violations are reported.
const FIELDS: [&str; 8] = [
    "calendario",
    "valor",
    "devedor",
    "chave",
    "solicitacaoPagador",
    "infoAdicionais",
    "loc",
    "status",
];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Terms {
    pub(crate) expiracao_seconds: i32,
    pub(crate) devedor: Option<Devedor>,
    pub(crate) valor: Centavos,
    pub(crate) modalidade_alteracao: u8,
    pub(crate) chave: String,
    pub(crate) solicitacao_pagador: Option<String>,
    pub(crate) info_adicionais: Vec<Info>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Devedor {
    Pessoa { cpf: String, nome: String },
    Empresa { cnpj: String, nome: String },
}

impl Devedor {
    pub(crate) fn document(&self) -> &str {
        match self {
            Self::Pessoa { cpf, .. } => cpf,
            Self::Empresa { cnpj, .. } => cnpj,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Info {
    pub(crate) nome: String,
    pub(crate) valor: String,
}

/// The fields a body carries; absent ones are `None`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) expiracao_seconds: Option<i32>,
    pub(crate) devedor: Option<Devedor>,
    pub(crate) valor: Option<Centavos>,
    pub(crate) modalidade_alteracao: Option<u8>,
    pub(crate) chave: Option<String>,
    pub(crate) solicitacao_pagador: Option<String>,
    pub(crate) info_adicionais: Option<Vec<Info>>,
    pub(crate) loc_id: Option<i64>,
    pub(crate) remove: bool,
}

impl Changes {
    /// `None` when a field that a new charge needs is absent.
    pub(crate) fn into_new(self) -> Option<Terms> {
        Some(Terms {
            expiracao_seconds: self.expiracao_seconds.unwrap_or(EXPIRACAO_SECONDS_DEFAULT),
            devedor: self.devedor,
            valor: self.valor?,
            modalidade_alteracao: self.modalidade_alteracao.unwrap_or(0),
            chave: self.chave?,
            solicitacao_pagador: self.solicitacao_pagador,
            info_adicionais: self.info_adicionais.unwrap_or_default(),
        })
    }

    pub(crate) fn applied_to(self, current: Terms) -> Terms {
        Terms {
            expiracao_seconds: self.expiracao_seconds.unwrap_or(current.expiracao_seconds),
            devedor: self.devedor.or(current.devedor),
            valor: self.valor.unwrap_or(current.valor),
            modalidade_alteracao: self
                .modalidade_alteracao
                .unwrap_or(current.modalidade_alteracao),
            chave: self.chave.unwrap_or(current.chave),
            solicitacao_pagador: self.solicitacao_pagador.or(current.solicitacao_pagador),
            info_adicionais: self.info_adicionais.unwrap_or(current.info_adicionais),
        }
    }
}

/// In the order in which the standard lists them, and in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CobRule {
    Txid,
    Body,
    Calendario,
    Expiracao,
    ValorAbsent,
    ValorOriginal,
    ValorZero,
    ModalidadeAlteracao,
    Retirada,
    Devedor,
    ChaveFormat,
    ChaveNotOurs,
    SolicitacaoPagador,
    InfoAdicionais,
    LocFormat,
    LocUnknown,
    LocInUse,
    NotAtiva,
    Status,
    StatusWithOthers,
}

impl Rule for CobRule {
    #[rustfmt::skip]
    fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Txid => ("txid", "O txid deve ter de 26 a 35 letras ou dígitos."),
            Self::Body => ("cob", "O corpo deve ser um objeto JSON."),
            Self::Calendario => ("cob.calendario", "O objeto calendario é obrigatório."),
            Self::Expiracao => ("cob.calendario.expiracao", "A expiração deve ser um inteiro de segundos maior que zero."),
            Self::ValorAbsent => ("cob.valor", "O campo valor.original é obrigatório."),
            Self::ValorOriginal => ("cob.valor.original", "O valor deve ter de 1 a 10 dígitos, ponto e 2 dígitos."),
            Self::ValorZero => ("cob.valor.original", "O valor não pode ser zero."),
            Self::ModalidadeAlteracao => ("cob.valor.modalidadeAlteracao", "A modalidade de alteração deve ser 0 ou 1."),
            Self::Retirada => ("cob.valor.retirada", "Este banco não oferece Pix Saque nem Pix Troco."),
            Self::Devedor => ("cob.devedor", "O devedor deve ter nome de até 200 caracteres e CPF ou CNPJ válido, nunca ambos."),
            Self::ChaveFormat => ("cob.chave", "A chave é obrigatória e tem de 1 a 77 caracteres."),
            Self::ChaveNotOurs => ("cob.chave", "A chave não pertence a este usuário recebedor."),
            Self::SolicitacaoPagador => ("cob.solicitacaoPagador", "A solicitação ao pagador tem até 140 caracteres."),
            Self::InfoAdicionais => ("cob.infoAdicionais", "Até 50 itens com nome de até 50 e valor de até 200 caracteres."),
            Self::LocFormat => ("cob.loc.id", "O id da location deve ser um inteiro."),
            Self::LocUnknown => ("cob.loc.id", "A location inexiste."),
            Self::LocInUse => ("cob.loc.id", "A location já está sendo utilizada por outra cobrança."),
            Self::NotAtiva => ("cob.status", "A cobrança não está ATIVA e não pode ser alterada."),
            Self::Status => ("cob.status", "O único status aceito é REMOVIDA_PELO_USUARIO_RECEBEDOR."),
            Self::StatusWithOthers => ("cob.status", "A remoção não pode vir com outras alterações."),
        }
    }
}

/// A whole charge: `calendario`, `valor` and `chave` are obligatory.
pub(crate) fn read_new(body: &Value, owns: impl Fn(&str) -> bool) -> (Changes, Vec<Violation>) {
    let (mut changes, mut broken) = read(body, owns);
    // Only a PATCH carries a status; in a PUT it is an unknown, hence ignored, field.
    changes.remove = false;
    broken.retain(|v| v.propriedade != "cob.status");
    if let Value::Object(fields) = body {
        if !fields.contains_key("calendario") {
            broken.push(CobRule::Calendario.absent());
        }
        if fields
            .get("valor")
            .is_none_or(|v| v.get("original").is_none())
        {
            broken.push(CobRule::ValorAbsent.absent());
        }
        if !fields.contains_key("chave") {
            broken.push(CobRule::ChaveFormat.absent());
        }
    }
    (changes, broken)
}

/// A revision: every field optional, a removal alone.
pub(crate) fn read_revision(
    body: &Value,
    owns: impl Fn(&str) -> bool,
) -> (Changes, Vec<Violation>) {
    let (changes, mut broken) = read(body, owns);
    let fields = body.as_object().map_or(0, Map::len);
    if changes.remove && fields > 1 {
        broken.push(CobRule::StatusWithOthers.absent());
    }
    (changes, broken)
}

fn read(body: &Value, owns: impl Fn(&str) -> bool) -> (Changes, Vec<Violation>) {
    let mut reader = Reader::default();
    let Value::Object(fields) = body else {
        return (Changes::default(), vec![CobRule::Body.absent()]);
    };
    let mut changes = Changes::default();
    for name in FIELDS {
        let Some(value) = fields.get(name) else {
            continue;
        };
        match name {
            "calendario" => changes.expiracao_seconds = reader.expiracao(value),
            "valor" => reader.valor(value, &mut changes),
            "devedor" => changes.devedor = reader.keep(devedor(value), CobRule::Devedor, value),
            "chave" => changes.chave = reader.chave(value, &owns),
            "solicitacaoPagador" => {
                let text = text_up_to(value, SOLICITACAO_CHARS_MAX);
                changes.solicitacao_pagador = reader.keep(text, CobRule::SolicitacaoPagador, value);
            }
            "infoAdicionais" => {
                changes.info_adicionais =
                    reader.keep(info_adicionais(value), CobRule::InfoAdicionais, value);
            }
            "loc" => {
                let id = value.get("id").and_then(Value::as_i64);
                changes.loc_id = reader.keep(id, CobRule::LocFormat, value);
            }
            "status" => {
                changes.remove = value == "REMOVIDA_PELO_USUARIO_RECEBEDOR";
                let known = changes.remove.then_some(());
                reader.keep(known, CobRule::Status, value);
            }
            _ => {}
        }
    }
    (changes, reader.broken)
}

#[derive(Default)]
struct Reader {
    broken: Vec<Violation>,
}

impl Reader {
    fn keep<T>(&mut self, read: Option<T>, rule: CobRule, value: &Value) -> Option<T> {
        if read.is_none() {
            let quoted = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            // A devedor is a person: the answer names the field, never the person.
            self.broken.push(if rule == CobRule::Devedor {
                rule.absent()
            } else {
                rule.of(quoted)
            });
        }
        read
    }

    fn expiracao(&mut self, calendario: &Value) -> Option<i32> {
        if !calendario.is_object() {
            return self.keep(None, CobRule::Calendario, calendario);
        }
        let value = calendario.get("expiracao")?;
        let seconds = value
            .as_i64()
            .and_then(|s| i32::try_from(s).ok())
            .filter(|s| *s > 0);
        self.keep(seconds, CobRule::Expiracao, value)
    }

    fn valor(&mut self, valor: &Value, changes: &mut Changes) {
        if let Some(original) = valor.get("original") {
            let amount = original.as_str().and_then(|s| Centavos::from_pix(s).ok());
            let amount = self.keep(amount, CobRule::ValorOriginal, original);
            let positive = amount.filter(|a| a.is_positive());
            if amount.is_some() {
                self.keep(positive, CobRule::ValorZero, original);
            }
            changes.valor = positive;
        }
        if let Some(mode) = valor.get("modalidadeAlteracao") {
            let read = mode
                .as_u64()
                .and_then(|m| u8::try_from(m).ok())
                .filter(|m| *m <= 1);
            changes.modalidade_alteracao = self.keep(read, CobRule::ModalidadeAlteracao, mode);
        }
        if valor.get("retirada").is_some() {
            self.broken.push(CobRule::Retirada.absent());
        }
    }

    fn chave(&mut self, value: &Value, owns: impl Fn(&str) -> bool) -> Option<String> {
        let chave = text_up_to(value, CHAVE_CHARS_MAX).filter(|c| !c.is_empty());
        let chave = self.keep(chave, CobRule::ChaveFormat, value)?;
        let owned = owns(&chave).then_some(chave);
        self.keep(owned, CobRule::ChaveNotOurs, value)
    }
}

fn text_up_to(value: &Value, chars_max: usize) -> Option<String> {
    let text = value.as_str()?;
    (text.chars().count() <= chars_max).then(|| text.to_owned())
}

fn devedor(value: &Value) -> Option<Devedor> {
    let nome = text_up_to(value.get("nome")?, NOME_CHARS_MAX)?;
    match (value.get("cpf"), value.get("cnpj")) {
        (Some(cpf), None) => {
            let text = cpf.as_str().filter(|t| t.len() == 11)?;
            let cpf: Cpf = text.parse().ok()?;
            Some(Devedor::Pessoa {
                cpf: cpf.digits().to_owned(),
                nome,
            })
        }
        (None, Some(cnpj)) => {
            let text = cnpj.as_str().filter(|t| t.len() == 14)?;
            let cnpj: Cnpj = text.parse().ok()?;
            Some(Devedor::Empresa {
                cnpj: cnpj.as_str().to_owned(),
                nome,
            })
        }
        _ => None,
    }
}

fn info_adicionais(value: &Value) -> Option<Vec<Info>> {
    let items = value
        .as_array()
        .filter(|items| items.len() <= INFO_ITEMS_MAX)?;
    items
        .iter()
        .map(|item| {
            Some(Info {
                nome: text_up_to(item.get("nome")?, INFO_NOME_CHARS_MAX)?,
                valor: text_up_to(item.get("valor")?, INFO_VALOR_CHARS_MAX)?,
            })
        })
        .collect()
}
