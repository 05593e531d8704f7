//! What customers, people at the bank and the bank's clock do: the sandbox's control API.

use psp_sandbox::{Config, Running};
use serde_json::{Value, json};
use std::path::Path;
use tokio::net::TcpListener;

const KEY: &str = psp_sandbox::DEFAULT_CHAVE;

pub(super) struct Teller {
    running: Running,
    url: String,
    http: reqwest::Client,
}

/// A devolução as the bank's own book has it.
#[derive(Debug, Clone)]
pub(super) struct Returned {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) centavos: i64,
    pub(super) nature: String,
}

/// A Pix as the bank's own book has it.
#[derive(Debug, Clone)]
pub(super) struct Booked {
    pub(super) e2eid: String,
    pub(super) centavos: i64,
    pub(super) returns: Vec<Returned>,
}

impl Booked {
    pub(super) fn back(&self) -> i64 {
        let settled = self.returns.iter().filter(|r| r.status == "DEVOLVIDO");
        settled.map(|r| r.centavos).sum()
    }

    /// Those under an id of ours that brought the money back: a bank's own ids look unlike ours.
    pub(super) fn ours_settled(&self) -> usize {
        let ours = |r: &&Returned| r.id.len() == 32 && r.id.bytes().all(|b| b.is_ascii_hexdigit());
        let settled = self.returns.iter().filter(|r| r.status == "DEVOLVIDO");
        settled.filter(ours).count()
    }
}

impl Teller {
    pub(super) async fn open(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let config = Config {
            devolucao_delay_ms: 0,
            callback_backoff_ms: 200,
            ..Config::with_database(&folder.join("bank.db"))
        };
        let running = psp_sandbox::spawn(config, listener).await;
        let running = running.expect("the bank opens");
        let http = reqwest::Client::builder().no_proxy().build();
        Self {
            url: running.url(),
            running,
            http: http.expect("a client without settings"),
        }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The end-to-end id, unless the bank refuses.
    pub(super) async fn pay(&self, txid: &str, valor: Option<&str>, late: bool) -> Option<String> {
        let mut wish = json!({"txid": txid, "late": late});
        if let Some(valor) = valor {
            wish["valor"] = json!(valor);
        }
        let paid = self.post("pay", &wish).await?;
        Some(paid["e2eid"].as_str()?.to_owned())
    }

    pub(super) async fn pay_key(&self, valor: &str) -> Option<String> {
        let paid = self
            .post("pay", &json!({"chave": KEY, "valor": valor}))
            .await?;
        Some(paid["e2eid"].as_str()?.to_owned())
    }

    /// The bank gives back by itself; nothing where nothing is left of the Pix.
    pub(super) async fn give_back(&self, e2eid: &str, valor: &str, natureza: &str) {
        let wish = json!({"valor": valor, "natureza": natureza});
        self.post(&format!("devolucoes/{e2eid}"), &wish).await;
    }

    pub(super) async fn settle(&self, e2eid: &str, id: &str, status: &str) {
        let wish = json!({"status": status});
        self.post(&format!("devolucoes/{e2eid}/{id}"), &wish).await;
    }

    pub(super) async fn advance(&self, ms: i64) {
        let moved = self.post("clock", &json!({"advance_ms": ms})).await;
        assert!(moved.is_some(), "the bank's clock moves");
    }

    /// Every Pix, and the balance.
    pub(super) async fn book(&self) -> (Vec<Booked>, i64) {
        let answer = self.http.get(self.at("book")).send().await;
        let answer = answer.expect("the bank answers");
        let book: Value = answer.json().await.expect("the bank's book is JSON");
        assert_eq!(
            book["ledger_sum_centavos"], 0,
            "the bank's own book is sound"
        );
        let balance = book["balance_centavos"].as_i64().expect("a balance");
        let pix = book["pix"].as_array().into_iter().flatten();
        (pix.map(booked).collect(), balance)
    }

    pub(super) async fn close(self) {
        let _ = self.running.stop().await;
    }

    async fn post(&self, call: &str, body: &Value) -> Option<Value> {
        let answer = self.http.post(self.at(call)).json(body).send().await;
        let answer = answer.expect("the bank answers");
        if !answer.status().is_success() {
            return None;
        }
        answer.json().await.ok()
    }

    fn at(&self, call: &str) -> String {
        format!("{}/control/{call}", self.url)
    }
}

fn booked(pix: &Value) -> Booked {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let centavos = |value: &Value| value["valor_centavos"].as_i64().unwrap_or_default();
    let returns = pix["devolucoes"].as_array().into_iter().flatten();
    Booked {
        e2eid: text(&pix["e2eid"]),
        centavos: centavos(pix),
        returns: returns
            .map(|one| Returned {
                id: text(&one["id"]),
                status: text(&one["status"]),
                centavos: centavos(one),
                nature: text(&one["natureza"]),
            })
            .collect(),
    }
}
