//! Devoluções that the bank or its app makes, and the reasons for which it takes none.

use crate::common::{Receiver, TXID, TestBank, kind, properties};
use serde_json::json;

#[tokio::test]
async fn the_bank_gives_back_under_an_id_of_its_own() {
    let bank = TestBank::start().await;
    let mut receiver = Receiver::start(&[]).await;
    let e2eid = bank.paid(TXID).await;
    bank.listen(&receiver).await;
    let path = format!("/devolucoes/{e2eid}");
    let made = bank
        .control(
            "POST",
            &path,
            Some(json!({"valor": "4.00", "natureza": "MED_FRAUDE"})),
        )
        .await;
    assert_eq!(
        (made.status, &made.body["status"]),
        (201, &json!("DEVOLVIDO"))
    );
    let reported = receiver.next().await;
    assert_eq!(reported["devolucoes"][0]["id"], made.body["id"]);
    assert_eq!(reported["devolucoes"][0]["natureza"], "MED_FRAUDE");
    let pix = bank.pix("GET", &format!("/pix/{e2eid}"), None).await.body;
    assert_eq!(pix["devolucoes"][0]["valor"], "4.00");
    // It takes its part of the Pix.
    let excess = bank.refund(&e2eid, "ours", "10.00").await;
    assert_eq!(properties(&excess.body), ["devolucao.valor"]);
    assert_eq!(bank.refund(&e2eid, "ours", "6.00").await.status, 201);
    for (body, status) in [
        (json!({"valor": "0.01"}), 400),
        (json!({"valor": "0.00"}), 400),
        (json!({"valor": "1.00", "natureza": "RETIRADA"}), 400),
        (json!({}), 400),
    ] {
        let refused = bank.control("POST", &path, Some(body.clone())).await;
        assert_eq!(refused.status, status, "{body}");
    }
    assert_eq!(bank.book().await["refunded_centavos"], 1_000);
}

#[tokio::test]
async fn one_that_the_bank_works_on_takes_its_part_until_it_ends() {
    let bank = TestBank::start().await;
    let e2eid = bank.paid(TXID).await;
    let path = format!("/devolucoes/{e2eid}");
    let body = json!({"valor": "10.00", "stuck": true});
    let made = bank.control("POST", &path, Some(body)).await.body;
    assert_eq!(
        (&made["status"], &made["natureza"]),
        (&json!("EM_PROCESSAMENTO"), &json!("ORIGINAL"))
    );
    assert_eq!(bank.refund(&e2eid, "ours", "0.01").await.status, 400);
    let id = made["id"].as_str().unwrap();
    let end = format!("{path}/{id}");
    bank.control("POST", &end, Some(json!({"status": "NAO_REALIZADO"})))
        .await;
    assert_eq!(bank.refund(&e2eid, "ours", "10.00").await.status, 201);
}

#[tokio::test]
async fn a_sound_request_is_not_taken_on_demand() {
    let bank = TestBank::start().await;
    let e2eid = bank.paid(TXID).await;
    for (fault, property) in [
        (json!({"kind": "infraction_open", "e2eid": e2eid}), "e2eid"),
        (json!({"kind": "infraction_open"}), "e2eid"),
        (json!({"kind": "window_over"}), "e2eid"),
        (json!({"kind": "above_value"}), "devolucao.valor"),
    ] {
        bank.arm(json!([fault])).await;
        let refused = bank.refund(&e2eid, "ours", "10.00").await;
        assert_eq!(
            (refused.status, kind(&refused.body)),
            (400, "PixDevolucaoInvalida"),
            "{fault}"
        );
        assert_eq!(properties(&refused.body), [property], "{fault}");
        let path = format!("/pix/{e2eid}/devolucao/ours");
        assert_eq!(bank.pix("GET", &path, None).await.status, 404, "{fault}");
    }
    bank.arm(json!([{"kind": "infraction_open", "e2eid": "another"}]))
        .await;
    assert_eq!(bank.refund(&e2eid, "ours", "10.00").await.status, 201);
}
