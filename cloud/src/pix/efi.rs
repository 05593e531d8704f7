//! Efí's way of sending a Pix, which the sandbox has too: `PUT /v3/gn/pix/{idEnvio}` and its reads.

use super::client::rfc3339;
use super::error::{NotSentCause, PixError, UnknownCause};
use super::masked::masked;
use super::payout::{PayoutProvider, SendRequest, SentList, SentPix, SentReturn, SentStatus};
use super::settings::{PixSettings, SettingsError};
use super::transport::{Call, Transport};
use super::{ids, wire};
use async_trait::async_trait;
use reqwest::Method;
use serde_json::{Value, json};
use shared::time::UnixMs;
use std::collections::BTreeMap;
use std::fmt;

const PAGE_ITEMS: u32 = 100;
const PAGE_ITEMS_MAX: usize = 1_000;
const PAGES_MAX: u32 = 200; // 20,000 sends in one span; then ask for a shorter one
const DESCRIPTION_CHARS_MAX: usize = 140; // `infoPagador`
const RETURNS_MAX: usize = 100; // a receiving bank sends back in one part, or a few
const SCOPES: &str = "pix.send gn.pix.send.read";

/// A sender for one account, with a token of its own: a bank that grants no sending still receives.
pub struct EfiSender {
    transport: Transport,
    pix_key: String,
}

impl fmt::Debug for EfiSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EfiSender").finish_non_exhaustive()
    }
}

impl EfiSender {
    /// `send_url`: everything before `/v3/gn/pix`.
    pub fn new(settings: &PixSettings, send_url: &str) -> Result<Self, SettingsError> {
        let takes_scopes = !settings.scopes.is_empty();
        let own = PixSettings {
            base_url: send_url.to_owned(),
            scopes: if takes_scopes { SCOPES } else { "" }.to_owned(),
            paths: BTreeMap::new(),
            ..settings.clone()
        };
        Ok(Self {
            transport: Transport::new(own)?,
            pix_key: settings.pix_key.clone(),
        })
    }

    async fn json(
        &self,
        (name, method): (&'static str, Method),
        path: &[&str],
        query: &[(&str, String)],
        body: Option<Value>,
    ) -> Result<Value, PixError> {
        let call = Call {
            name,
            method,
            path,
            query,
            body,
        };
        let body = self.transport.exchange(&call).await?;
        wire::parse(&body).map_err(unknown)
    }
}

#[async_trait]
impl PayoutProvider for EfiSender {
    async fn send(&self, id: &str, asked: &SendRequest) -> Result<SentPix, PixError> {
        checked(id)?;
        let amount = asked.amount.to_pix().filter(|_| asked.amount.is_positive());
        let amount = amount.ok_or(input("valor"))?;
        let info: String = asked
            .description
            .chars()
            .take(DESCRIPTION_CHARS_MAX)
            .collect();
        let body = json!({
            "valor": amount,
            "pagador": {"chave": self.pix_key, "infoPagador": info},
            // With the owner given, the bank compares before it sends.
            "favorecido": {"chave": asked.key.as_str(), "cpf": asked.owner.digits()},
        });
        let call = ("send_payout", Method::PUT);
        let value = self
            .json(call, &["v3", "gn", "pix", id], &[], Some(body))
            .await?;
        answers(sent(&value)?, id)
    }

    async fn get(&self, id: &str) -> Result<SentPix, PixError> {
        checked(id)?;
        let path = ["v2", "gn", "pix", "enviados", "id-envio", id];
        let call = ("get_payout", Method::GET);
        let value = self.json(call, &path, &[], None).await?;
        answers(sent(&value)?, id)
    }

    async fn list(&self, from: UnixMs, to: UnixMs) -> Result<SentList, PixError> {
        let (from, to) = (rfc3339(from)?, rfc3339(to)?);
        let mut found: BTreeMap<String, SentPix> = BTreeMap::new();
        let (mut unreadable, mut page) = (0, 0);
        let complete = loop {
            let query = [
                ("inicio", from.clone()),
                ("fim", to.clone()),
                ("paginacao.paginaAtual", page.to_string()),
                ("paginacao.itensPorPagina", PAGE_ITEMS.to_string()),
            ];
            let call = ("list_payouts", Method::GET);
            let path = ["v2", "gn", "pix", "enviados"];
            let value = self.json(call, &path, &query, None).await?;
            let items = wire::list(value.get("pix"), PAGE_ITEMS_MAX, "pix").map_err(unknown)?;
            for item in items {
                match sent(item) {
                    // Pages shift while they are read: the later reading stands.
                    Ok(one) => drop(found.insert(one.id.clone(), one)),
                    Err(cause) => {
                        tracing::warn!(pix.cause = %cause, "a listed payout was left out");
                        unreadable += 1;
                    }
                }
            }
            page += 1;
            if page >= wire::pages(&value).unwrap_or(1) {
                break true;
            }
            if page >= PAGES_MAX {
                break false;
            }
        };
        Ok(SentList {
            sent: found.into_values().collect(),
            unreadable,
            complete,
        })
    }
}

/// Efí writes `e2eId` where it takes a request and `endToEndId` where it shows one.
fn sent(value: &Value) -> Result<SentPix, PixError> {
    let unreadable = |field| unknown(UnknownCause::Unreadable { field });
    let text = |pointer| wire::text(value, pointer);
    let id = text("/idEnvio").or_else(|| text("/gnExtras/idEnvio"));
    let e2eid = text("/endToEndId").or_else(|| text("/e2eId"));
    let status = match text("/status").ok_or(unreadable("status"))? {
        "EM_PROCESSAMENTO" => SentStatus::Processing,
        "REALIZADO" => SentStatus::Settled,
        "NAO_REALIZADO" => SentStatus::Refused {
            reason: text("/motivo")
                .or_else(|| text("/gnExtras/erro/motivo"))
                .map(masked),
        },
        other => SentStatus::Unknown(masked(other)),
    };
    let returns = wire::list(value.get("devolucoes"), RETURNS_MAX, "devolucoes");
    let returns = returns.map_err(unknown)?.into_iter();
    Ok(SentPix {
        id: id.ok_or(unreadable("idEnvio"))?.to_owned(),
        end_to_end_id: e2eid
            .filter(|id| ids::is_end_to_end_id(id))
            .map(str::to_owned),
        amount: wire::amount(value, "/valor", "valor").map_err(unknown)?,
        status,
        settled_ms: wire::time(value, "/horario/liquidacao"),
        returns: returns
            .filter_map(|item| returned(item).transpose())
            .collect::<Result<_, _>>()?,
    })
}

/// None: it is not settled, or will not be.
fn returned(value: &Value) -> Result<Option<SentReturn>, PixError> {
    if wire::text(value, "/status").is_some_and(|status| status != "DEVOLVIDO") {
        return Ok(None);
    }
    let id = wire::text(value, "/rtrId").or_else(|| wire::text(value, "/id"));
    let id = id.ok_or(unknown(UnknownCause::Unreadable { field: "rtrId" }))?;
    Ok(Some(SentReturn {
        id: id.to_owned(),
        amount: wire::amount(value, "/valor", "valor").map_err(unknown)?,
        settled_ms: wire::time(value, "/horario/liquidacao"),
    }))
}

/// An answer about something else is no answer.
fn answers(sent: SentPix, id: &str) -> Result<SentPix, PixError> {
    if sent.id == id {
        Ok(sent)
    } else {
        Err(unknown(UnknownCause::Mismatch { field: "idEnvio" }))
    }
}

fn checked(id: &str) -> Result<(), PixError> {
    match ids::is_refund_id(id) {
        true => Ok(()),
        false => Err(input("idEnvio")),
    }
}

fn input(field: &'static str) -> PixError {
    PixError::NotSent {
        cause: NotSentCause::Input { field },
    }
}

fn unknown(cause: UnknownCause) -> PixError {
    PixError::Unknown { cause }
}
