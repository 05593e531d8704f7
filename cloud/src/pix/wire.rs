//! From the bank's JSON to our types. Lenient where the standard's own examples break it (numbers
//! as text, comma decimals, one object for a list), strict where money would be guessed.

use super::answer::{Charge, ChargeStatus, ReceivedPix, Refund, RefundStatus};
use super::error::UnknownCause;
use super::masked::masked;
use super::{ids, transport::RESPONSE_BYTES_MAX};
use serde_json::Value;
use shared::json::check_bounds;
use shared::money::Centavos;
use shared::time::UnixMs;

const DEPTH_MAX: usize = 16; // a charge with a payment with a refund needs 6
const EXPIRES_IN_S_DEFAULT: u32 = 86_400; // the standard's default
const PIX_PER_CHARGE_MAX: usize = 100; // a charge is paid once; the rest is a bank gone mad
const REFUNDS_PER_PIX_MAX: usize = 1_000;

pub(super) fn parse(body: &[u8]) -> Result<Value, UnknownCause> {
    check_bounds(body, RESPONSE_BYTES_MAX, DEPTH_MAX).map_err(|_| UnknownCause::NotJson)?;
    serde_json::from_slice(body).map_err(|_| UnknownCause::NotJson)
}

pub(super) fn charge(value: &Value) -> Result<Charge, UnknownCause> {
    let pix = list(value.get("pix"), PIX_PER_CHARGE_MAX, "pix")?
        .into_iter()
        .map(received)
        .collect::<Result<_, _>>()?;
    Ok(Charge {
        txid: text(value, "/txid")
            .ok_or(UnknownCause::Unreadable { field: "txid" })?
            .to_owned(),
        status: text(value, "/status")
            .map(ChargeStatus::from)
            .ok_or(UnknownCause::Unreadable { field: "status" })?,
        created_ms: time(value, "/calendario/criacao").ok_or(UnknownCause::Unreadable {
            field: "calendario.criacao",
        })?,
        expires_in_s: integer(value, "/calendario/expiracao").unwrap_or(EXPIRES_IN_S_DEFAULT),
        copy_paste: text(value, "/pixCopiaECola").map(str::to_owned),
        location: text(value, "/location")
            .or_else(|| text(value, "/loc/location"))
            .map(str::to_owned),
        amount: amount(value, "/valor/original", "valor.original")?,
        pix,
    })
}

pub(super) fn received(value: &Value) -> Result<ReceivedPix, UnknownCause> {
    let refunds = list(value.get("devolucoes"), REFUNDS_PER_PIX_MAX, "devolucoes")?
        .into_iter()
        .map(refund)
        .collect::<Result<_, _>>()?;
    Ok(ReceivedPix {
        end_to_end_id: text(value, "/endToEndId")
            .filter(|id| ids::is_end_to_end_id(id))
            .ok_or(UnknownCause::Unreadable {
                field: "endToEndId",
            })?
            .to_owned(),
        txid: text(value, "/txid")
            .filter(|txid| ids::is_received_txid(txid))
            .map(str::to_owned),
        key: text(value, "/chave").map(str::to_owned),
        amount: amount(value, "/valor", "valor")?,
        settled_ms: time(value, "/horario").ok_or(UnknownCause::Unreadable { field: "horario" })?,
        refunds,
    })
}

pub(super) fn refund(value: &Value) -> Result<Refund, UnknownCause> {
    let status = match text(value, "/status") {
        Some("EM_PROCESSAMENTO") => RefundStatus::Processing,
        Some("DEVOLVIDO") => RefundStatus::Settled,
        Some("NAO_REALIZADO") => RefundStatus::Refused {
            reason: text(value, "/motivo").map(masked),
        },
        other => RefundStatus::Unknown(masked(other.unwrap_or_default())),
    };
    Ok(Refund {
        id: text(value, "/id")
            .ok_or(UnknownCause::Unreadable { field: "id" })?
            .to_owned(),
        return_id: text(value, "/rtrId").map(masked_unless_id),
        amount: amount(value, "/valor", "valor")?,
        status,
        nature: text(value, "/natureza").map(masked),
        requested_ms: time(value, "/horario/solicitacao"),
        settled_ms: time(value, "/horario/liquidacao"),
    })
}

/// The number of pages the bank announces, where it does.
pub(super) fn pages(value: &Value) -> Option<u32> {
    integer(value, "/parametros/paginacao/quantidadeDePaginas")
}

/// Nothing, `null`, one object or a list of them.
pub(super) fn list<'a>(
    value: Option<&'a Value>,
    items_max: usize,
    field: &'static str,
) -> Result<Vec<&'a Value>, UnknownCause> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(one @ Value::Object(_)) => Ok(vec![one]),
        Some(Value::Array(items)) if items.len() <= items_max => Ok(items.iter().collect()),
        Some(_) => Err(UnknownCause::Unreadable { field }),
    }
}

pub(super) fn integer(value: &Value, pointer: &str) -> Option<u32> {
    match value.pointer(pointer)? {
        Value::Number(number) => number.as_u64()?.try_into().ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    let text = value.pointer(pointer)?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

pub(super) fn time(value: &Value, pointer: &str) -> Option<UnixMs> {
    let instant: jiff::Timestamp = text(value, pointer)?.parse().ok()?;
    Some(UnixMs(instant.as_millisecond()))
}

pub(super) fn amount(
    value: &Value,
    pointer: &str,
    field: &'static str,
) -> Result<Centavos, UnknownCause> {
    let written = match value.pointer(pointer) {
        Some(Value::String(text)) => Some(text.trim().to_owned()),
        // The shortest decimal that reads back as the same number, so `140.45` stays `140.45`.
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    written
        .and_then(|text| reais(&text))
        .ok_or(UnknownCause::Unreadable { field })
}

/// `10.00` and, out of leniency, `10,00`, `10.5` and `10`. Always reais.
fn reais(text: &str) -> Option<Centavos> {
    let canonical = text.replace(',', ".");
    let padded = match canonical.split_once('.') {
        None => format!("{canonical}.00"),
        Some((_, cents)) if cents.len() == 1 => format!("{canonical}0"),
        Some(_) => canonical,
    };
    Centavos::from_pix(&padded).ok()
}

fn masked_unless_id(text: &str) -> String {
    if ids::is_end_to_end_id(text) {
        text.to_owned()
    } else {
        masked(text)
    }
}

#[cfg(test)]
mod tests;
