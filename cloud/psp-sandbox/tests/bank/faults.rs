use crate::common::{TXID, TestBank, cob, kind, txid};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn errors_before_and_after_the_work() {
    let bank = TestBank::start().await;
    let path = format!("/cob/{TXID}");
    bank.arm(json!([{"kind": "error_before", "operation": "cob.put", "times": 1}]))
        .await;
    let before = bank.pix("PUT", &path, Some(cob("10.00"))).await;
    assert_eq!(
        (before.status, kind(&before.body)),
        (503, "ServicoIndisponivel")
    );
    assert_eq!(bank.pix("GET", &path, None).await.status, 404);

    bank.arm(json!([{"kind": "error_after_success", "operation": "cob.put", "times": 1}]))
        .await;
    let after = bank.pix("PUT", &path, Some(cob("10.00"))).await;
    assert_eq!(
        (after.status, kind(&after.body)),
        (500, "ErroInternoDoServidor")
    );
    assert_eq!(bank.pix("GET", &path, None).await.status, 200);
    assert_eq!(bank.pix("PUT", &path, Some(cob("10.00"))).await.status, 201);

    let counts = bank.control("GET", "/requests", None).await.body;
    assert_eq!(
        counts["counts"]["cob.put"],
        json!({"received": 3, "succeeded": 2})
    );
    let recent: Vec<u64> = counts["recent"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|seen| seen["operation"] == "cob.put")
        .map(|seen| seen["status"].as_u64().unwrap())
        .collect();
    assert_eq!(recent, [503, 201, 201]);
}

#[tokio::test]
async fn silence_after_the_work() {
    let bank = TestBank::start().await;
    let e2eid = bank.paid(TXID).await;
    bank.arm(json!([{"kind": "timeout_after_success", "hold_ms": 1, "operation": "devolucao.put", "times": 1}])).await;
    let url = bank.url(&format!("/v2/pix/{e2eid}/devolucao/volta"));
    let lost = bank
        .http
        .put(url)
        .bearer_auth(&bank.token)
        .json(&json!({"valor": "10.00"}))
        .send()
        .await;
    assert!(lost.is_err(), "no byte of an answer came: {lost:?}");
    let refund = bank
        .pix("GET", &format!("/pix/{e2eid}/devolucao/volta"), None)
        .await;
    assert_eq!(refund.body["status"], "DEVOLVIDO");
    assert_eq!(bank.book().await["refunded_centavos"], 1_000);

    bank.arm(json!([{"kind": "timeout_after_success", "hold_ms": 1, "answer": true}]))
        .await;
    assert_eq!(
        bank.pix("GET", &format!("/pix/{e2eid}"), None).await.status,
        200
    );
}

#[tokio::test]
async fn latency_delays_and_then_works() {
    let bank = TestBank::start().await;
    bank.arm(json!([{"kind": "latency", "latency_ms": 1, "operation": "cob.put"}]))
        .await;
    bank.create(TXID).await;
    bank.create(&txid(2)).await;
    let armed = bank.control("GET", "/faults", None).await.body;
    assert_eq!(armed["faults"][0]["hits"], 2);
}

#[tokio::test]
async fn the_token_and_the_control_api() {
    let bank = TestBank::start().await;
    bank.arm(json!([{"kind": "error_before", "status": 502}]))
        .await;
    let token = bank
        .http
        .post(bank.url("/oauth/token"))
        .send()
        .await
        .unwrap();
    assert_eq!(token.status(), 502);
    bank.book().await;
    let id = bank.control("GET", "/faults", None).await.body["faults"][0]["id"].clone();
    assert_eq!(
        bank.control("DELETE", &format!("/faults/{id}"), None)
            .await
            .status,
        204
    );
    assert_eq!(
        bank.control("DELETE", &format!("/faults/{id}"), None)
            .await
            .status,
        404
    );
    bank.grant("").await;
    for wrong in [
        json!({"kind": "earthquake"}),
        json!({"kind": "latency"}),
        json!({"kind": "latency", "latency_ms": 1, "operation": "cob.burn"}),
        json!({"kind": "callback_repeat", "count": 99}),
    ] {
        assert_eq!(
            bank.control("POST", "/faults", Some(wrong.clone()))
                .await
                .status,
            400,
            "{wrong}"
        );
    }
    let added = bank
        .control("POST", "/faults", Some(json!({"kind": "pay_late"})))
        .await;
    assert_eq!(added.status, 201);
    assert_eq!(bank.control("DELETE", "/faults", None).await.status, 204);
    assert_eq!(
        bank.control("GET", "/faults", None).await.body,
        json!({"faults": []})
    );
}

#[tokio::test]
async fn a_client_that_hangs_up_undoes_nothing() {
    let bank = TestBank::start().await;
    let e2eid = bank.paid(TXID).await;
    bank.arm(json!([{"kind": "latency", "latency_ms": 300, "operation": "devolucao.put"}]))
        .await;
    let path = format!("/pix/{e2eid}/devolucao/volta");
    let impatient = bank
        .http
        .put(bank.url(&format!("/v2{path}")))
        .timeout(Duration::from_millis(50))
        .bearer_auth(&bank.token)
        .json(&json!({"valor": "10.00"}))
        .send()
        .await;
    assert!(impatient.is_err());
    // The very race a merchant must survive: asked now, the bank may know nothing yet.
    while bank.pix("GET", &path, None).await.status == 404 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(bank.book().await["refunded_centavos"], 1_000);
}
