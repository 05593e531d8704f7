//! API Pix, call by call. No call is ever repeated in here, save once after a refused token.

use super::answer::{Charge, ReceivedList, ReceivedPix, Refund};
use super::error::{NotSentCause, PixError, UnknownCause};
use super::settings::{PixSettings, SettingsError};
use super::transport::{Call, Transport};
use super::{ids, wire};
use reqwest::Method;
use serde_json::{Value, json};
use shared::document::Cpf;
use shared::money::Centavos;
use shared::time::UnixMs;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

const PAGE_ITEMS: u32 = 100; // the standard's default; some banks refuse more
const PAGE_ITEMS_MAX: usize = 1_000; // the most the standard lets anybody ask for
const PAGES_MAX: u32 = 200; // 20,000 payments in one span; then ask for a shorter one
const DESCRIPTION_CHARS_MAX: usize = 140;
const PAYER_NAME_CHARS_MAX: usize = 200;
const WEBHOOK_URL_MAX: usize = 2_000;

/// A client for one account. Cloning shares the connections and the token.
#[derive(Clone)]
pub struct PixClient {
    transport: Arc<Transport>,
    pix_key: Arc<str>,
}

/// What `put_charge` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRequest {
    pub amount: Centavos,
    pub expires_in_s: u32,
    /// Who is asked to pay; anybody may. The standard takes a document only with a name.
    pub payer: Option<Payer>,
    /// Shown to the payer by the bank; cut at 140 characters.
    pub description: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Payer {
    pub cpf: Cpf,
    pub name: String,
}

impl fmt::Debug for Payer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payer")
            .field("cpf", &self.cpf)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PixClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PixClient").finish_non_exhaustive()
    }
}

impl PixClient {
    pub fn new(settings: PixSettings) -> Result<Self, SettingsError> {
        let pix_key = Arc::from(settings.pix_key.as_str());
        Ok(Self {
            transport: Arc::new(Transport::new(settings)?),
            pix_key,
        })
    }

    /// Whether the bank says that `pix` was paid to another key of the account than ours.
    pub fn is_for_other_key(&self, pix: &ReceivedPix) -> bool {
        let ours = |key: &String| key.eq_ignore_ascii_case(&self.pix_key);
        pix.key.as_ref().is_some_and(|key| !ours(key))
    }

    /// Creates the charge, or revises it where the bank reads a second PUT that way.
    pub async fn put_charge(&self, txid: &str, asked: &ChargeRequest) -> Result<Charge, PixError> {
        check(ids::is_txid(txid), "txid")?;
        let body = self.charge_body(asked)?;
        self.charge("put_charge", Method::PUT, txid, Some(body))
            .await
    }

    pub async fn get_charge(&self, txid: &str) -> Result<Charge, PixError> {
        check(ids::is_txid(txid), "txid")?;
        self.charge("get_charge", Method::GET, txid, None).await
    }

    /// Removes an active charge. A customer may still have paid before: read the charge after.
    pub async fn cancel_charge(&self, txid: &str) -> Result<Charge, PixError> {
        check(ids::is_txid(txid), "txid")?;
        let body = json!({"status": "REMOVIDA_PELO_USUARIO_RECEBEDOR"});
        self.charge("cancel_charge", Method::PATCH, txid, Some(body))
            .await
    }

    pub async fn get_pix(&self, end_to_end_id: &str) -> Result<ReceivedPix, PixError> {
        check(ids::is_end_to_end_id(end_to_end_id), "endToEndId")?;
        let value = self
            .json("get_pix", Method::GET, &["pix", end_to_end_id], &[], None)
            .await?;
        let pix = wire::received(&value).map_err(unknown)?;
        answers(&pix.end_to_end_id, end_to_end_id, "endToEndId")?;
        Ok(pix)
    }

    /// Every Pix received from `from` to `to`, both included, page by page.
    pub async fn list_pix(&self, from: UnixMs, to: UnixMs) -> Result<ReceivedList, PixError> {
        let (from, to) = (rfc3339(from)?, rfc3339(to)?);
        let mut found: BTreeMap<String, ReceivedPix> = BTreeMap::new();
        let mut unreadable = 0;
        let mut page = 0;
        let complete = loop {
            let query = [
                ("inicio", from.clone()),
                ("fim", to.clone()),
                ("paginacao.paginaAtual", page.to_string()),
                ("paginacao.itensPorPagina", PAGE_ITEMS.to_string()),
            ];
            let value = self
                .json("list_pix", Method::GET, &["pix"], &query, None)
                .await?;
            let items = wire::list(value.get("pix"), PAGE_ITEMS_MAX, "pix").map_err(unknown)?;
            for item in items {
                match wire::received(item) {
                    // Pages shift while they are read: the later reading of a Pix stands.
                    Ok(pix) => drop(found.insert(pix.end_to_end_id.clone(), pix)),
                    Err(cause) => {
                        tracing::warn!(pix.cause = %cause, "a listed Pix was left out");
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
        let mut pix: Vec<ReceivedPix> = found.into_values().collect();
        pix.sort_by_key(|pix| pix.settled_ms);
        Ok(ReceivedList {
            pix,
            unreadable,
            complete,
        })
    }

    /// Asks for a refund under an id that the caller has stored. See `resolve::ensure_refund`.
    pub async fn put_refund(
        &self,
        end_to_end_id: &str,
        id: &str,
        amount: Centavos,
    ) -> Result<Refund, PixError> {
        let body = json!({ "valor": positive(amount)? });
        self.refund("put_refund", Method::PUT, end_to_end_id, id, Some(body))
            .await
    }

    pub async fn get_refund(&self, end_to_end_id: &str, id: &str) -> Result<Refund, PixError> {
        self.refund("get_refund", Method::GET, end_to_end_id, id, None)
            .await
    }

    /// Registers the callback address of the account's key; the bank appends `/pix` to it.
    pub async fn put_webhook(&self, url: &str) -> Result<(), PixError> {
        let taken = url.len() <= WEBHOOK_URL_MAX && reqwest::Url::parse(url).is_ok();
        check(taken, "webhookUrl")?;
        let body = json!({ "webhookUrl": url });
        let call = Call {
            name: "put_webhook",
            method: Method::PUT,
            path: &["webhook", &self.pix_key],
            query: &[],
            body: Some(body),
        };
        // The standard answers without a body; whatever a bank sends is of no use.
        self.transport.exchange(&call).await.map(drop)
    }

    fn charge_body(&self, asked: &ChargeRequest) -> Result<Value, PixError> {
        let taken = i32::try_from(asked.expires_in_s).is_ok_and(|seconds| seconds > 0);
        check(taken, "calendario.expiracao")?;
        let mut body = json!({
            "calendario": {"expiracao": asked.expires_in_s},
            "valor": {"original": positive(asked.amount)?},
            "chave": &*self.pix_key,
        });
        if let Some(payer) = &asked.payer {
            let name: String = payer
                .name
                .trim()
                .chars()
                .take(PAYER_NAME_CHARS_MAX)
                .collect();
            check(!name.is_empty(), "devedor.nome")?;
            body["devedor"] = json!({"cpf": payer.cpf.digits(), "nome": name});
        }
        if let Some(description) = &asked.description {
            let cut: String = description.chars().take(DESCRIPTION_CHARS_MAX).collect();
            body["solicitacaoPagador"] = json!(cut);
        }
        Ok(body)
    }

    async fn charge(
        &self,
        name: &'static str,
        method: Method,
        txid: &str,
        body: Option<Value>,
    ) -> Result<Charge, PixError> {
        let value = self.json(name, method, &["cob", txid], &[], body).await?;
        let charge = wire::charge(&value).map_err(unknown)?;
        answers(&charge.txid, txid, "txid")?;
        Ok(charge)
    }

    async fn refund(
        &self,
        name: &'static str,
        method: Method,
        end_to_end_id: &str,
        id: &str,
        body: Option<Value>,
    ) -> Result<Refund, PixError> {
        check(ids::is_end_to_end_id(end_to_end_id), "endToEndId")?;
        check(ids::is_refund_id(id), "id")?;
        let path = ["pix", end_to_end_id, "devolucao", id];
        let value = self.json(name, method, &path, &[], body).await?;
        let refund = wire::refund(&value).map_err(unknown)?;
        answers(&refund.id, id, "id")?;
        Ok(refund)
    }

    async fn json(
        &self,
        name: &'static str,
        method: Method,
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

/// An answer about something else is no answer.
fn answers(answered: &str, asked: &str, field: &'static str) -> Result<(), PixError> {
    if answered == asked {
        Ok(())
    } else {
        Err(unknown(UnknownCause::Mismatch { field }))
    }
}

fn positive(amount: Centavos) -> Result<String, PixError> {
    amount
        .to_pix()
        .filter(|_| amount.is_positive())
        .ok_or(input("valor"))
}

/// UTC with `Z`: a `+` in an offset does not survive every bank's query parser.
pub(super) fn rfc3339(at: UnixMs) -> Result<String, PixError> {
    jiff::Timestamp::from_millisecond(at.0)
        .map(|instant| instant.to_string())
        .map_err(|_| input("inicio/fim"))
}

fn check(taken: bool, field: &'static str) -> Result<(), PixError> {
    if taken { Ok(()) } else { Err(input(field)) }
}

fn input(field: &'static str) -> PixError {
    PixError::NotSent {
        cause: NotSentCause::Input { field },
    }
}

fn unknown(cause: UnknownCause) -> PixError {
    PixError::Unknown { cause }
}
