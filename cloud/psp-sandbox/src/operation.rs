//! What a client or a customer asks of the bank: the unit that faults, scopes and counts name.

use axum::http::Method;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Operation {
    #[serde(rename = "token")]
    Token,
    #[serde(rename = "cob.put")]
    CobPut,
    #[serde(rename = "cob.patch")]
    CobPatch,
    #[serde(rename = "cob.get")]
    CobGet,
    #[serde(rename = "cob.list")]
    CobList,
    #[serde(rename = "pix.get")]
    PixGet,
    #[serde(rename = "pix.list")]
    PixList,
    #[serde(rename = "devolucao.put")]
    DevolucaoPut,
    #[serde(rename = "devolucao.get")]
    DevolucaoGet,
    #[serde(rename = "webhook.put")]
    WebhookPut,
    #[serde(rename = "webhook.get")]
    WebhookGet,
    #[serde(rename = "webhook.delete")]
    WebhookDelete,
    #[serde(rename = "webhook.list")]
    WebhookList,
    /// The customer's tap on "Pagar" (`/control/pay` is exempt from answer faults).
    #[serde(rename = "pay")]
    Pay,
    /// The callback that reports a received Pix.
    #[serde(rename = "callback.pix")]
    CallbackPix,
    /// The callback that reports a devolução's final state.
    #[serde(rename = "callback.devolucao")]
    CallbackDevolucao,
    /// Sending a Pix to another's key.
    #[serde(rename = "envio.put")]
    EnvioPut,
    #[serde(rename = "envio.get")]
    EnvioGet,
    #[serde(rename = "envio.list")]
    EnvioList,
    #[serde(rename = "saldo.get")]
    SaldoGet,
    /// The callback that reports a send's final state, or what came back of it.
    #[serde(rename = "callback.envio")]
    CallbackEnvio,
}

impl Operation {
    pub const ALL: [Self; 21] = [
        Self::Token,
        Self::CobPut,
        Self::CobPatch,
        Self::CobGet,
        Self::CobList,
        Self::PixGet,
        Self::PixList,
        Self::DevolucaoPut,
        Self::DevolucaoGet,
        Self::WebhookPut,
        Self::WebhookGet,
        Self::WebhookDelete,
        Self::WebhookList,
        Self::Pay,
        Self::CallbackPix,
        Self::CallbackDevolucao,
        Self::EnvioPut,
        Self::EnvioGet,
        Self::EnvioList,
        Self::SaldoGet,
        Self::CallbackEnvio,
    ];

    /// The name that serde writes too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::CobPut => "cob.put",
            Self::CobPatch => "cob.patch",
            Self::CobGet => "cob.get",
            Self::CobList => "cob.list",
            Self::PixGet => "pix.get",
            Self::PixList => "pix.list",
            Self::DevolucaoPut => "devolucao.put",
            Self::DevolucaoGet => "devolucao.get",
            Self::WebhookPut => "webhook.put",
            Self::WebhookGet => "webhook.get",
            Self::WebhookDelete => "webhook.delete",
            Self::WebhookList => "webhook.list",
            Self::Pay => "pay",
            Self::CallbackPix => "callback.pix",
            Self::CallbackDevolucao => "callback.devolucao",
            Self::EnvioPut => "envio.put",
            Self::EnvioGet => "envio.get",
            Self::EnvioList => "envio.list",
            Self::SaldoGet => "saldo.get",
            Self::CallbackEnvio => "callback.envio",
        }
    }

    pub(crate) fn of(method: &Method, matched_path: &str) -> Option<Self> {
        Some(match (method.as_str(), matched_path) {
            ("POST", "/oauth/token") => Self::Token,
            ("PUT", "/v2/cob/{txid}") => Self::CobPut,
            ("PATCH", "/v2/cob/{txid}") => Self::CobPatch,
            ("GET", "/v2/cob/{txid}") => Self::CobGet,
            ("GET", "/v2/cob") => Self::CobList,
            ("GET", "/v2/pix/{e2eid}") => Self::PixGet,
            ("GET", "/v2/pix") => Self::PixList,
            ("PUT", "/v2/pix/{e2eid}/devolucao/{id}") => Self::DevolucaoPut,
            ("GET", "/v2/pix/{e2eid}/devolucao/{id}") => Self::DevolucaoGet,
            ("PUT", "/v2/webhook/{chave}") => Self::WebhookPut,
            ("GET", "/v2/webhook/{chave}") => Self::WebhookGet,
            ("DELETE", "/v2/webhook/{chave}") => Self::WebhookDelete,
            ("GET", "/v2/webhook") => Self::WebhookList,
            ("POST", "/app/cob/{txid}/pagar") => Self::Pay,
            ("PUT", "/v3/gn/pix/{id}" | "/v2/gn/pix/{id}") => Self::EnvioPut,
            ("GET", "/v2/gn/pix/enviados/id-envio/{id}" | "/v2/gn/pix/enviados/{e2eid}") => {
                Self::EnvioGet
            }
            ("GET", "/v2/gn/pix/enviados") => Self::EnvioList,
            ("GET", "/v2/gn/saldo") => Self::SaldoGet,
            _ => return None,
        })
    }

    /// The OAuth2 scope it needs; `None` for what needs no token.
    pub(crate) fn scope(self) -> Option<&'static str> {
        match self {
            Self::CobPut | Self::CobPatch => Some("cob.write"),
            Self::CobGet | Self::CobList => Some("cob.read"),
            Self::PixGet | Self::PixList | Self::DevolucaoGet => Some("pix.read"),
            Self::DevolucaoPut => Some("pix.write"),
            Self::WebhookPut | Self::WebhookDelete => Some("webhook.write"),
            Self::WebhookGet | Self::WebhookList => Some("webhook.read"),
            Self::EnvioPut => Some("pix.send"),
            Self::EnvioGet | Self::EnvioList => Some("gn.pix.send.read"),
            Self::SaldoGet => Some("gn.balance.read"),
            Self::Token
            | Self::Pay
            | Self::CallbackPix
            | Self::CallbackDevolucao
            | Self::CallbackEnvio => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_what_serde_writes() {
        for operation in Operation::ALL {
            assert_eq!(serde_json::to_value(operation).unwrap(), operation.name());
        }
    }
}
