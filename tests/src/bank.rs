//! The bank sandbox: what its app and its control API can do.

use crate::http::{Answer, get, post, send};
use serde_json::{Value, json};

#[derive(Debug, Clone)]
pub struct Bank {
    /// `http://host:port`
    pub url: String,
}

impl Bank {
    /// The bank's own truth: balance, charges, Pix with their devoluções.
    pub fn book(&self) -> Value {
        get(&self.at("book")).ok()
    }

    /// Pays a charge in the bank's app, whatever comes of it.
    pub fn try_pay(&self, txid: &str, late: bool) -> Answer {
        post(&self.at("pay"), &json!({ "txid": txid, "late": late }))
    }

    /// Pays a charge; the end-to-end id.
    pub fn pay(&self, txid: &str) -> String {
        e2eid(&self.try_pay(txid, false))
    }

    /// Pays a charge that expired or was removed, as real banks let happen.
    pub fn pay_late(&self, txid: &str) -> String {
        e2eid(&self.try_pay(txid, true))
    }

    /// Pays a charge with another amount than it asks for, such as `9.99`.
    pub fn pay_amount(&self, txid: &str, valor: &str) -> String {
        e2eid(&post(
            &self.at("pay"),
            &json!({ "txid": txid, "valor": valor, "late": true }),
        ))
    }

    /// Pays the merchant's key, as it stands on a poster: without any charge. The end-to-end id.
    pub fn pay_key(&self, valor: &str) -> String {
        let key = "5b6a1f0e-7c1d-4f59-9a58-0d5f6c1b2a33";
        e2eid(&post(
            &self.at("pay"),
            &json!({ "chave": key, "valor": valor }),
        ))
    }

    /// Arms a fault, such as `{"kind": "callback_never"}`.
    pub fn fault(&self, fault: &Value) {
        post(&self.at("faults"), fault).ok();
    }

    pub fn clear_faults(&self) {
        send("DELETE", &self.at("faults"), "", "").ok();
    }

    pub fn advance_clock(&self, ms: i64) {
        post(&self.at("clock"), &json!({ "advance_ms": ms })).ok();
    }

    /// Decides a devolução that is EM_PROCESSAMENTO: `DEVOLVIDO` or `NAO_REALIZADO`.
    pub fn settle(&self, e2eid: &str, id: &str, status: &str) {
        let url = self.at(&format!("devolucoes/{e2eid}/{id}"));
        post(&url, &json!({ "status": status })).ok();
    }

    /// As [`Self::settle`], refused for a reason.
    pub fn refuse(&self, e2eid: &str, id: &str, motivo: &str) {
        let url = self.at(&format!("devolucoes/{e2eid}/{id}"));
        post(
            &url,
            &json!({ "status": "NAO_REALIZADO", "motivo": motivo }),
        )
        .ok();
    }

    /// The bank gives back a part of a Pix by itself, such as `4.00` by `MED_FRAUDE`; its own id.
    pub fn give_back(&self, e2eid: &str, valor: &str, natureza: &str) -> String {
        let url = self.at(&format!("devolucoes/{e2eid}"));
        let made = post(&url, &json!({ "valor": valor, "natureza": natureza })).ok();
        made["id"].as_str().expect("the bank names it").to_owned()
    }

    /// How often an operation such as `devolucao.put` did its work.
    pub fn succeeded(&self, operation: &str) -> u64 {
        let seen = get(&self.at("requests")).ok();
        seen["counts"][operation]["succeeded"].as_u64().unwrap_or(0)
    }

    /// The callbacks the bank has delivered.
    pub fn delivered(&self) -> usize {
        let seen = get(&self.at("callbacks")).ok();
        let rows = seen["callbacks"].as_array().cloned().unwrap_or_default();
        rows.iter()
            .filter(|row| row["state"] == "DELIVERED")
            .count()
    }

    /// The devoluções of a Pix: id and status.
    pub fn refunds(&self, e2eid: &str) -> Vec<(String, String)> {
        let book = self.book();
        let pix = book["pix"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        pix.iter()
            .filter(|pix| pix["e2eid"] == e2eid)
            .filter_map(|pix| pix["devolucoes"].as_array())
            .flatten()
            .map(|refund| (text(&refund["id"]), text(&refund["status"])))
            .collect()
    }

    fn at(&self, call: &str) -> String {
        format!("{}/control/{call}", self.url)
    }
}

fn e2eid(answer: &Answer) -> String {
    let paid = answer.ok();
    paid["e2eid"]
        .as_str()
        .expect("the bank names what it paid")
        .to_owned()
}
