use crate::common::{TXID, TestBank, kind};
use psp_sandbox::DEFAULT_CHAVE;
use serde_json::json;

#[tokio::test]
async fn what_the_control_api_refuses() {
    let bank = TestBank::start().await;
    let e2eid = bank.paid(TXID).await;
    bank.refund(&e2eid, "volta", "1.00").await;
    let settle = format!("/devolucoes/{e2eid}/volta");
    let unknown = format!("/devolucoes/{e2eid}/other");
    let remove = format!("/cob/{TXID}/remover");
    for (path, body, status) in [
        ("/pay", json!({}), 400),
        ("/pay", json!({"txid": TXID, "chave": DEFAULT_CHAVE}), 400),
        ("/pay", json!({"chave": "other", "valor": "1.00"}), 400),
        ("/pay", json!({"chave": DEFAULT_CHAVE}), 400),
        ("/pay", json!({"txid": TXID, "valor": "0.00"}), 400),
        ("/pay", json!({"txid": "unknown"}), 404),
        ("/pay", json!({"txid": TXID}), 409),
        (&settle, json!({"status": "EM_PROCESSAMENTO"}), 400),
        (
            &settle,
            json!({"status": "NAO_REALIZADO", "motivo": "x".repeat(141)}),
            400,
        ),
        (&settle, json!({"status": "DEVOLVIDO"}), 409),
        (&unknown, json!({"status": "DEVOLVIDO"}), 404),
        (&remove, json!({}), 409),
        ("/cob/unknown/remover", json!({}), 404),
        ("/clock", json!({"advance_ms": -1}), 400),
        ("/clock", json!({"advance_ms": i64::MAX}), 400),
        ("/nothing", json!({}), 404),
    ] {
        let answer = bank.control("POST", path, Some(body.clone())).await;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.body);
        assert_ne!(
            kind(&answer.body),
            "not a problem of API Pix",
            "{path} {body}"
        );
    }
    let book = bank.book().await;
    assert_eq!(
        (&book["received_centavos"], &book["refunded_centavos"]),
        (&json!(1_000), &json!(100))
    );
}

#[tokio::test]
async fn another_amount_than_asked() {
    let bank = TestBank::start().await;
    bank.create(TXID).await;
    let answer = bank
        .control("POST", "/pay", Some(json!({"txid": TXID, "valor": "7.50"})))
        .await;
    assert_eq!(answer.body["pix"]["valor"], "7.50");
    assert_eq!(bank.book().await["balance_centavos"], 750);
}

#[tokio::test]
async fn counts_start_again_when_cleared() {
    let bank = TestBank::start().await;
    bank.create(TXID).await;
    let counts = bank.control("GET", "/requests", None).await.body;
    assert_eq!(counts["counts"]["token"]["succeeded"], 1);
    assert_eq!(counts["recent"][1]["path"], format!("/v2/cob/{TXID}"));
    bank.control("DELETE", "/requests", None).await;
    let counts = bank.control("GET", "/requests", None).await.body;
    assert_eq!(counts, json!({"counts": {}, "recent": []}));
    assert_eq!(
        bank.control("GET", "/health", None).await.body["status"],
        "ok"
    );
}
