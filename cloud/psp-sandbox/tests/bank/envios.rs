//! Sending to other people's keys, in Efí's shape.

use crate::common::{Answer, TestBank};
use psp_sandbox::DEFAULT_CHAVE;
use serde_json::{Value, json};

const ANA: &str = "52998224725";

impl TestBank {
    /// One call below the root: sending is no part of the Central Bank's API.
    async fn gn(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let method = method.parse().unwrap();
        let mut request = self.http.request(method, self.url(path));
        request = request.bearer_auth(&self.token);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap();
        Answer {
            status,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    async fn send(&self, id: &str, valor: &str, chave: &str) -> Answer {
        let body = json!({
            "valor": valor,
            "pagador": {"chave": DEFAULT_CHAVE, "infoPagador": "carrinho encontrado"},
            "favorecido": {"chave": chave, "cpf": ANA},
        });
        self.gn("PUT", &format!("/v3/gn/pix/{id}"), Some(body))
            .await
    }

    async fn shows(&self, id: &str) -> Value {
        let path = format!("/v2/gn/pix/enviados/id-envio/{id}");
        self.gn("GET", &path, None).await.body
    }

    async fn fill(&self, valor: &str) {
        let body = json!({"chave": DEFAULT_CHAVE, "valor": valor});
        assert_eq!(self.control("POST", "/pay", Some(body)).await.status, 201);
    }

    async fn fichas(&self) -> i64 {
        let answer = self.control("GET", "/limites", None).await;
        answer.body["fichas"].as_i64().unwrap()
    }
}

fn reason(answer: &Answer) -> &str {
    answer.body["violacoes"][0]["razao"]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test]
async fn what_is_sent_leaves_the_book_once_and_shows_everywhere() {
    let bank = TestBank::start().await;
    bank.fill("10.00").await;
    let taken = bank.send("a1", "4.00", "ana@exemplo.com").await;
    assert_eq!(taken.status, 201, "{}", taken.body);
    assert_eq!(taken.body["idEnvio"], "a1");
    assert_eq!(taken.body["status"], "REALIZADO");
    let e2eid = taken.body["e2eId"].as_str().unwrap().to_owned();
    assert_eq!(bank.shows("a1").await["endToEndId"], e2eid.as_str());
    let by_e2eid = bank
        .gn("GET", &format!("/v2/gn/pix/enviados/{e2eid}"), None)
        .await;
    assert_eq!(by_e2eid.body["idEnvio"], "a1");
    let span = "inicio=2020-01-01T00:00:00Z&fim=2100-01-01T00:00:00Z";
    for (status, count) in [
        ("", 1),
        ("&status=REALIZADO", 1),
        ("&status=NAO_REALIZADO", 0),
    ] {
        let path = format!("/v2/gn/pix/enviados?{span}{status}");
        let list = bank.gn("GET", &path, None).await;
        assert_eq!(
            list.body["pix"].as_array().unwrap().len(),
            count,
            "{status}"
        );
    }
    assert_eq!(
        bank.gn("GET", "/v2/gn/saldo", None).await.body["saldo"],
        "6.00"
    );
    let book = bank.book().await;
    assert_eq!(book["balance_centavos"], 600);
    assert_eq!(book["sent_centavos"], 400);
    assert_eq!(book["envios"][0]["chave"], "ana@exemplo.com");
    // The same again, whatever it says, is a conflict and moves nothing.
    let again = bank.send("a1", "4.00", "ana@exemplo.com").await;
    assert_eq!(again.status, 409, "{}", again.body);
    assert_eq!(bank.book().await["balance_centavos"], 600);
    let nothing = bank
        .gn("GET", "/v2/gn/pix/enviados/id-envio/b2", None)
        .await;
    assert_eq!(nothing.status, 404);
    // A receiving bank sends a part back, twice, and never more than went.
    let back = json!({"valor": "3.00"});
    let answer = bank
        .control("POST", "/envios/a1/devolucao", Some(back.clone()))
        .await;
    assert_eq!(answer.status, 201);
    assert_eq!(
        bank.control("POST", "/envios/a1/devolucao", Some(back))
            .await
            .status,
        400
    );
    assert_eq!(bank.shows("a1").await["devolucoes"][0]["valor"], "3.00");
    assert_eq!(bank.book().await["balance_centavos"], 900);
}

#[tokio::test]
async fn a_wrong_key_costs_twenty_look_ups_and_an_empty_bucket_stops_all() {
    let bank = TestBank::start().await;
    bank.fill("10.00").await;
    let full = bank.fichas().await;
    bank.send("a1", "1.00", "ana@exemplo.com").await;
    assert_eq!(bank.fichas().await, full - 1);
    let unknown = bank.send("a2", "1.00", "x@inexistente.example").await;
    assert_eq!(
        (unknown.status, reason(&unknown)),
        (400, "Chave não encontrada.")
    );
    assert_eq!(
        bank.fichas().await,
        full - 21,
        "what asking cost stays spent"
    );
    let other = bank.send("a3", "1.00", "+5511987650001").await;
    assert_eq!(
        reason(&other),
        "O documento informado não é do titular da chave."
    );
    let cpf = bank.send("a4", "1.00", "11144477735").await;
    assert_eq!(
        reason(&cpf),
        "O documento informado não é do titular da chave."
    );
    for crooked in ["Ana@exemplo.com", "11987654321", "529.982.247-25", ""] {
        let before = bank.fichas().await;
        let refused = bank.send("a5", "1.00", crooked).await;
        assert_eq!(
            (refused.status, bank.fichas().await),
            (400, before),
            "{crooked}"
        );
    }
    let owns = json!({"chave": "ana@exemplo.com", "documento": null});
    assert_eq!(bank.control("PUT", "/chaves", Some(owns)).await.status, 204);
    let gone = bank.send("a6", "1.00", "ana@exemplo.com").await;
    assert_eq!(reason(&gone), "Chave não encontrada.");
    let empty = json!({"fichas": 0});
    assert_eq!(
        bank.control("PUT", "/limites", Some(empty)).await.status,
        204
    );
    let stopped = bank.send("a7", "1.00", ANA).await;
    assert_eq!(
        reason(&stopped),
        "O balde de consultas de chaves está vazio."
    );
    // Nothing stands under any of the refused ids.
    let answer = bank
        .gn("GET", "/v2/gn/pix/enviados/id-envio/a2", None)
        .await;
    assert_eq!(answer.status, 404);
    bank.control("POST", "/clock", Some(json!({"advance_ms": 60_000})))
        .await;
    assert_eq!(bank.fichas().await, 2);
    assert_eq!(bank.send("a7", "1.00", ANA).await.status, 201);
}

#[tokio::test]
async fn sends_that_meet_fail_and_so_does_an_empty_account() {
    let bank = TestBank::start_with(|config| config.devolucao_delay_ms = 600_000).await;
    bank.fill("10.00").await;
    bank.send("a1", "1.00", "ana@exemplo.com").await;
    bank.send("a2", "1.00", "ana@exemplo.com").await;
    bank.control("POST", "/clock", Some(json!({"advance_ms": 600_001})))
        .await;
    // The clerk works at its own pace: the control API settles what it has not reached.
    for id in ["a1", "a2"] {
        while bank.shows(id).await["status"] == "EM_PROCESSAMENTO" {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(bank.shows("a1").await["status"], "REALIZADO");
    let collided = bank.shows("a2").await;
    assert_eq!(collided["status"], "NAO_REALIZADO", "{collided}");
    let bank = TestBank::start().await;
    let poor = bank.send("a1", "1.00", "ana@exemplo.com").await;
    assert_eq!(poor.body["status"], "NAO_REALIZADO");
    assert!(
        bank.shows("a1").await["motivo"]
            .as_str()
            .unwrap()
            .contains("AM04")
    );
    bank.control("PUT", "/limites", Some(json!({"dia_centavos": 250})))
        .await;
    bank.fill("10.00").await;
    assert_eq!(bank.send("a2", "2.00", "ana@exemplo.com").await.status, 201);
    let above = bank.send("a3", "1.00", "ana@exemplo.com").await;
    assert_eq!(reason(&above), "O limite diário de envio foi atingido.");
}

#[tokio::test]
async fn faults_hold_refuse_and_lose_the_answer() {
    let bank = TestBank::start().await;
    bank.fill("10.00").await;
    let fault = |fault: Value| json!({ "faults": [fault] });
    let arm = |body: Value| bank.control("PUT", "/faults", Some(body));
    arm(fault(json!({"kind": "envio_stuck", "times": 1}))).await;
    bank.send("a1", "1.00", "ana@exemplo.com").await;
    assert_eq!(bank.shows("a1").await["status"], "EM_PROCESSAMENTO");
    let settle = json!({"status": "REALIZADO"});
    assert_eq!(
        bank.control("POST", "/envios/a1", Some(settle.clone()))
            .await
            .status,
        200
    );
    assert_eq!(
        bank.control("POST", "/envios/a1", Some(settle))
            .await
            .status,
        409
    );
    arm(fault(
        json!({"kind": "envio_refused", "motivo": "FRAD", "times": 1}),
    ))
    .await;
    bank.send("a2", "1.00", "ana@exemplo.com").await;
    assert_eq!(bank.shows("a2").await["motivo"], "FRAD");
    arm(fault(
        json!({"kind": "error_after_success", "operation": "envio.put", "times": 1}),
    ))
    .await;
    assert_eq!(bank.send("a3", "1.00", "ana@exemplo.com").await.status, 500);
    assert_eq!(
        bank.shows("a3").await["status"],
        "REALIZADO",
        "done, and not said"
    );
    assert_eq!(bank.book().await["sent_centavos"], 200);
}

#[tokio::test]
async fn only_banks_with_this_way_of_sending_have_it() {
    let bank = TestBank::start_with(|config| config.profile = "bb".parse().unwrap()).await;
    let refused = bank.send("a1", "1.00", "ana@exemplo.com").await;
    assert_eq!(refused.status, 404);
    let bank = TestBank::start().await;
    let read_only = bank.grant("gn.pix.send.read").await;
    let request = bank
        .http
        .put(bank.url("/v3/gn/pix/a1"))
        .bearer_auth(read_only);
    let answer = request.json(&json!({})).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 403);
}

#[tokio::test]
async fn a_book_of_the_first_version_is_brought_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bank.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../src/book/schema.sql"))
        .unwrap();
    old.execute_batch(
        "INSERT INTO pix VALUES ('E9999901020261121140000000000001', NULL, 'k', 500, 1); \
         INSERT INTO transfer (at_ms, kind, e2eid, debit, credit, amount_centavos) \
         VALUES (1, 'pix', 'E9999901020261121140000000000001', 'cliente', 'recebedor:k', 500); \
         PRAGMA application_id = 0x56424e4b; PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(old);
    let bank = TestBank::start_with(|config| {
        config.database = path;
        config.devolucao_delay_ms = 0;
    })
    .await;
    assert_eq!(bank.book().await["balance_centavos"], 500);
    assert_eq!(bank.send("a1", "1.00", "ana@exemplo.com").await.status, 201);
    assert_eq!(bank.book().await["balance_centavos"], 400);
}
