//! The JSON of API Pix.

use crate::bank::Bank;
use crate::book::Page;
use crate::book::charge::Charge;
use crate::book::envio::Envio;
use crate::book::received::Received;
use crate::book::refund::Refund;
use crate::book::webhook::Webhook;
use crate::brcode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use shared::money::Centavos;

/// `CobGerada`, or `CobCompleta` when the received Pix are given.
pub(crate) fn charge(bank: &Bank, charge: &Charge, received: Option<&[Received]>) -> Value {
    let terms = &charge.terms;
    let location = bank.location(&charge.token);
    let criacao = instant(charge.criacao_ms);
    let mut body = json!({
        "txid": charge.txid,
        "revisao": charge.revisao,
        "status": charge.status.as_str(),
        "calendario": {"criacao": criacao, "expiracao": terms.expiracao_seconds},
        "loc": {
            "id": charge.loc_id,
            "location": location,
            "tipoCob": "cob",
            "criacao": criacao,
        },
        "location": location,
        "valor": {
            "original": amount(terms.valor),
            "modalidadeAlteracao": terms.modalidade_alteracao,
        },
        "chave": terms.chave,
        "pixCopiaECola": brcode::dynamic(
            &location,
            bank.config.payee_name.as_str(),
            bank.config.payee_city.as_str(),
        ),
    });
    if let Some(devedor) = &terms.devedor {
        body["devedor"] = json!(devedor);
    }
    if let Some(text) = &terms.solicitacao_pagador {
        body["solicitacaoPagador"] = json!(text);
    }
    if !terms.info_adicionais.is_empty() {
        body["infoAdicionais"] = json!(terms.info_adicionais);
    }
    if let Some(received) = received.filter(|received| !received.is_empty()) {
        body["pix"] = received.iter().map(pix).collect();
    }
    body
}

/// `Pix`.
pub(crate) fn pix(pix: &Received) -> Value {
    let mut body = json!({
        "endToEndId": pix.e2eid,
        "valor": amount(pix.valor),
        "componentesValor": {"original": {"valor": amount(pix.valor)}},
        "chave": pix.chave,
        "horario": instant(pix.horario_ms),
    });
    if let Some(txid) = &pix.txid {
        body["txid"] = json!(txid);
    }
    if !pix.devolucoes.is_empty() {
        body["devolucoes"] = pix.devolucoes.iter().map(refund).collect();
    }
    body
}

/// `Devolucao`.
pub(crate) fn refund(refund: &Refund) -> Value {
    let mut body = json!({
        "id": refund.id,
        "rtrId": refund.rtr_id,
        "valor": amount(refund.valor),
        "natureza": refund.natureza,
        "horario": {"solicitacao": instant(refund.solicitacao_ms)},
        "status": refund.status.as_str(),
    });
    if let Some(text) = &refund.descricao {
        body["descricao"] = json!(text);
    }
    if let Some(text) = &refund.motivo {
        body["motivo"] = json!(text);
    }
    if let Some(at_ms) = refund.liquidacao_ms {
        body["horario"]["liquidacao"] = json!(instant(at_ms));
    }
    body
}

/// The body of a callback: an array, though this bank never batches.
pub(crate) fn callback(received: &Received) -> Value {
    json!({"pix": [pix(received)]})
}

/// A send, as `GET …/enviados` shows it.
pub(crate) fn envio(sent: &Envio) -> Value {
    let mut body = json!({
        "endToEndId": sent.e2eid,
        "idEnvio": sent.id,
        "valor": amount(sent.valor),
        "chave": sent.pagador,
        "status": sent.status.as_str(),
        "horario": {"solicitacao": instant(sent.solicitacao_ms)},
        "favorecido": {"chave": sent.favorecido},
    });
    if let Some(text) = &sent.info {
        body["infoPagador"] = json!(text);
    }
    if let Some(text) = &sent.motivo {
        body["motivo"] = json!(text);
    }
    if let Some(at_ms) = sent.liquidacao_ms {
        body["horario"]["liquidacao"] = json!(instant(at_ms));
    }
    if !sent.devolucoes.is_empty() {
        let returned = sent.devolucoes.iter().map(|back| {
            json!({
                "rtrId": back.rtr_id,
                "valor": amount(back.valor),
                "status": "DEVOLVIDO",
                "horario": {"liquidacao": instant(back.horario_ms)},
            })
        });
        body["devolucoes"] = returned.collect();
    }
    body
}

/// In the same array as received Pix; without txid, and the id of ours elsewhere.
pub(crate) fn envio_callback(sent: &Envio) -> Value {
    let mut entry = envio(sent);
    entry["tipo"] = json!("SOLICITACAO");
    entry["gnExtras"] = json!({"idEnvio": sent.id});
    if let Some(fields) = entry.as_object_mut() {
        fields.remove("idEnvio");
        fields.remove("favorecido");
    }
    json!({"pix": [entry]})
}

/// `WebhookCompleto`. The 2.9.0 schema demands `cnpj` where its example has `chave`: both are sent.
pub(crate) fn webhook(bank: &Bank, webhook: &Webhook) -> Value {
    json!({
        "webhookUrl": webhook.url,
        "chave": webhook.chave,
        "cnpj": bank.config.cnpj.as_str(),
        "criacao": instant(webhook.criacao_ms),
    })
}

/// `Paginacao` added to the echoed `parametros`.
pub(crate) fn parameters(mut echoed: Map<String, Value>, page: Page, total: i64) -> Value {
    let pages = (total + i64::from(page.size) - 1) / i64::from(page.size);
    echoed.insert(
        "paginacao".to_owned(),
        json!({
            "paginaAtual": page.current,
            "itensPorPagina": page.size,
            // The schema's minimum is 1: an empty answer is one empty page.
            "quantidadeDePaginas": pages.max(1),
            "quantidadeTotalDeItens": total,
        }),
    );
    Value::Object(echoed)
}

/// RFC 3339 in UTC, to the millisecond.
pub(crate) fn instant(unix_ms: i64) -> String {
    Timestamp::from_millisecond(unix_ms).map_or_else(|_| String::new(), |t| format!("{t:.3}"))
}

pub(crate) fn amount(centavos: Centavos) -> String {
    centavos
        .to_pix()
        .expect("the book holds positive amounts that came from API Pix")
}
