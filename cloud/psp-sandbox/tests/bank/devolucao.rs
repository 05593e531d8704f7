use crate::common::{Receiver, TXID, TestBank, kind, properties};
use serde_json::{Value, json};

const DAY_SECONDS: i64 = 24 * 60 * 60;

#[tokio::test]
async fn every_violation_of_a_devolucao() {
    let bank = TestBank::start().await;
    let e2eid = bank.paid(TXID).await;
    assert_eq!(bank.refund(&e2eid, "used", "4.00").await.status, 201);
    let long = "á".repeat(141);
    for (id, body, expected) in [
        ("with-dash", json!({"valor": "1.00"}), vec!["id"]),
        (&*"x".repeat(36), json!({"valor": "1.00"}), vec!["id"]),
        ("new", json!([]), vec!["devolucao"]),
        ("new", json!({}), vec!["devolucao.valor"]),
        ("new", json!({"valor": 1}), vec!["devolucao.valor"]),
        ("new", json!({"valor": "1,00"}), vec!["devolucao.valor"]),
        ("new", json!({"valor": "0.00"}), vec!["devolucao.valor"]),
        ("new", json!({"valor": "6.01"}), vec!["devolucao.valor"]),
        (
            "new",
            json!({"valor": "1.00", "natureza": "RETIRADA"}),
            vec!["devolucao.natureza"],
        ),
        (
            "new",
            json!({"valor": "1.00", "natureza": "MED_FRAUDE"}),
            vec!["devolucao.natureza"],
        ),
        (
            "new",
            json!({"valor": "1.00", "descricao": long}),
            vec!["devolucao.descricao"],
        ),
        ("used", json!({"valor": "4.00"}), vec!["id"]),
        (
            "used",
            json!({"valor": "6.01"}),
            vec!["devolucao.valor", "id"],
        ),
    ] {
        let path = format!("/pix/{e2eid}/devolucao/{id}");
        let answer = bank.pix("PUT", &path, Some(body.clone())).await;
        assert_eq!(
            (answer.status, kind(&answer.body)),
            (400, "PixDevolucaoInvalida"),
            "{body}"
        );
        assert_eq!(properties(&answer.body), expected, "{id} {body}");
    }
    let nowhere = "E9999901020260101120012345678901";
    let answer = bank.refund(nowhere, "new", "1.00").await;
    assert_eq!(
        (answer.status, kind(&answer.body)),
        (404, "PixNaoEncontrado")
    );
    for (e2eid, id) in [(e2eid.as_str(), "new"), (nowhere, "used")] {
        let answer = bank
            .pix("GET", &format!("/pix/{e2eid}/devolucao/{id}"), None)
            .await;
        assert_eq!(
            (answer.status, kind(&answer.body)),
            (404, "PixDevolucaoNaoEncontrada")
        );
    }
    assert_eq!(bank.book().await["refunded_centavos"], 400);
}

#[tokio::test]
async fn parts_up_to_the_whole() {
    let bank = TestBank::start().await;
    let e2eid = bank.paid(TXID).await;
    for (id, valor, status) in [("a", "4.00", 201), ("b", "6.00", 201), ("c", "0.01", 400)] {
        assert_eq!(bank.refund(&e2eid, id, valor).await.status, status, "{id}");
    }
    let refund = bank
        .pix("GET", &format!("/pix/{e2eid}/devolucao/b"), None)
        .await
        .body;
    assert_eq!(refund["status"], "DEVOLVIDO");
    assert_eq!(refund["natureza"], "ORIGINAL");
    assert!(
        refund["rtrId"].as_str().unwrap().starts_with("D99999010"),
        "{refund}"
    );
    assert!(refund["horario"]["liquidacao"].is_string());
    let book = bank.book().await;
    assert_eq!(book["balance_centavos"], 0);
    assert_eq!(book["refunded_centavos"], 1_000);
    assert_eq!(book["pix"][0]["devolucoes"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_window_is_ninety_days() {
    let bank = TestBank::start().await;
    let e2eid = bank.paid(TXID).await;
    bank.advance_seconds(90 * DAY_SECONDS - 60).await;
    let token = bank.grant("").await;
    let put = async |id: &str| {
        let path = format!("/pix/{e2eid}/devolucao/{id}");
        bank.pix_as(&token, "PUT", &path, Some(json!({"valor": "1.00"})))
            .await
    };
    assert_eq!(put("a").await.status, 201);
    bank.advance_seconds(61).await;
    let late = put("b").await;
    assert_eq!(
        (late.status, kind(&late.body)),
        (400, "PixDevolucaoInvalida")
    );
    assert_eq!(properties(&late.body), ["e2eid"]);
}

#[tokio::test]
async fn it_is_processed_then_final() {
    let bank = TestBank::start_with(|config| config.devolucao_delay_ms = 20).await;
    let mut receiver = Receiver::start(&[]).await;
    let e2eid = bank.paid(TXID).await;
    bank.listen(&receiver).await;
    let accepted = bank.refund(&e2eid, "volta", "10.00").await;
    assert_eq!(
        (accepted.status, &accepted.body["status"]),
        (201, &json!("EM_PROCESSAMENTO"))
    );
    assert!(accepted.body["horario"].get("liquidacao").is_none());
    let reported = receiver.next().await;
    assert_eq!(reported["endToEndId"], e2eid);
    assert_eq!(reported["devolucoes"][0]["status"], "DEVOLVIDO");
    let refund = bank
        .pix("GET", &format!("/pix/{e2eid}/devolucao/volta"), None)
        .await
        .body;
    assert_eq!(refund["rtrId"], accepted.body["rtrId"]);
    assert_eq!(refund, reported["devolucoes"][0]);
}

#[tokio::test]
async fn stuck_until_somebody_settles_it() {
    for (status, refunded) in [("DEVOLVIDO", 1_000), ("NAO_REALIZADO", 0)] {
        let bank = TestBank::start().await;
        let e2eid = bank.paid(TXID).await;
        bank.arm(json!([{"kind": "devolucao_stuck", "times": 1}]))
            .await;
        let stuck = bank.refund(&e2eid, "volta", "10.00").await;
        assert_eq!(stuck.body["status"], "EM_PROCESSAMENTO");
        let second = bank.refund(&e2eid, "other", "0.01").await;
        assert_eq!(
            properties(&second.body),
            ["devolucao.valor"],
            "a stuck one holds its value"
        );

        let path = format!("/devolucoes/{e2eid}/volta");
        let settled = bank
            .control(
                "POST",
                &path,
                Some(json!({"status": status, "motivo": "AC03"})),
            )
            .await;
        assert_eq!(
            (settled.status, &settled.body["status"]),
            (200, &json!(status))
        );
        let again = bank
            .control("POST", &path, Some(json!({"status": "DEVOLVIDO"})))
            .await;
        assert_eq!(again.status, 409);
        assert_eq!(bank.book().await["refunded_centavos"], refunded);
    }
}

#[tokio::test]
async fn refusals_free_the_value() {
    let bank = TestBank::start().await;
    let e2eid = bank.paid(TXID).await;
    for (id, fault, motivo) in [
        (
            "a",
            json!({"kind": "devolucao_refused", "motivo": "Conta encerrada", "times": 1}),
            "Conta encerrada",
        ),
        (
            "b",
            json!({"kind": "balance_empty", "times": 1}),
            "Saldo insuficiente na conta do recebedor (AM04)",
        ),
    ] {
        bank.arm(json!([fault])).await;
        let answer = bank.refund(&e2eid, id, "10.00").await;
        assert_eq!(answer.body["status"], "NAO_REALIZADO");
        assert_eq!(answer.body["motivo"], motivo);
        assert!(answer.body["horario"].get("liquidacao").is_none());
    }
    assert_eq!(
        bank.refund(&e2eid, "a", "10.00").await.status,
        400,
        "a refused id is used all the same"
    );
    assert_eq!(
        bank.refund(&e2eid, "c", "10.00").await.body["status"],
        "DEVOLVIDO"
    );
    let book = bank.book().await;
    let states: Vec<&Value> = book["pix"][0]["devolucoes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| &d["status"])
        .collect();
    assert_eq!(states, ["NAO_REALIZADO", "NAO_REALIZADO", "DEVOLVIDO"]);
    assert_eq!(book["balance_centavos"], 0);
}

#[tokio::test]
async fn stuck_for_a_while_then_refused() {
    let bank = TestBank::start().await;
    let mut receiver = Receiver::start(&[]).await;
    let e2eid = bank.paid(TXID).await;
    bank.listen(&receiver).await;
    bank.arm(json!([{"kind": "devolucao_refused", "after_ms": 500_000}]))
        .await;
    let answer = bank.refund(&e2eid, "volta", "10.00").await;
    assert_eq!(answer.body["status"], "EM_PROCESSAMENTO");
    bank.advance_seconds(500).await;
    let reported = receiver.next().await;
    assert_eq!(reported["devolucoes"][0]["status"], "NAO_REALIZADO");
    assert_eq!(bank.book().await["balance_centavos"], 1_000);
}
