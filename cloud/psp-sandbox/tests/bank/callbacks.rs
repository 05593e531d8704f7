use crate::common::{Receiver, TXID, TestBank, txid};
use psp_sandbox::DEFAULT_CHAVE;
use serde_json::{Value, json};
use std::time::Duration;

/// Until the queue says `state` of its newest row; a row has no other event to await.
async fn newest_becomes(bank: &TestBank, state: &str) -> Value {
    for _ in 0..2_000 {
        let queue = bank.control("GET", "/callbacks", None).await.body;
        if queue["callbacks"][0]["state"] == state {
            return queue["callbacks"][0].clone();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the newest callback never became {state}");
}

#[tokio::test]
async fn payment_and_devolucao_are_reported() {
    let bank = TestBank::start().await;
    let mut receiver = Receiver::start(&[]).await;
    bank.listen(&receiver).await;
    let e2eid = bank.paid(TXID).await;
    let payment = receiver.next().await;
    assert_eq!(
        (&payment["endToEndId"], &payment["txid"]),
        (&json!(e2eid), &json!(TXID))
    );
    assert!(payment.get("devolucoes").is_none());
    bank.refund(&e2eid, "volta", "10.00").await;
    assert_eq!(receiver.next().await["devolucoes"][0]["id"], "volta");
}

#[tokio::test]
async fn a_refused_callback_is_tried_again() {
    let bank = TestBank::start().await;
    let mut receiver = Receiver::start(&[500, 302, 404]).await;
    bank.listen(&receiver).await;
    let e2eid = bank.paid(TXID).await;
    for _ in 0..4 {
        assert_eq!(receiver.next().await["endToEndId"], e2eid);
    }
    assert_eq!(newest_becomes(&bank, "DELIVERED").await["attempts"], 4);
}

#[tokio::test]
async fn attempts_have_an_end() {
    let bank = TestBank::start_with(|config| config.callback_attempts = 3).await;
    let nobody = json!({"webhookUrl": "http://127.0.0.1:1/hook"});
    bank.pix("PUT", &format!("/webhook/{DEFAULT_CHAVE}"), Some(nobody))
        .await;
    bank.paid(TXID).await;
    assert_eq!(newest_becomes(&bank, "GIVEN_UP").await["attempts"], 3);
}

#[tokio::test]
async fn a_pix_without_txid_is_never_reported() {
    let bank = TestBank::start().await;
    let mut receiver = Receiver::start(&[]).await;
    bank.listen(&receiver).await;
    let by_key = json!({"chave": DEFAULT_CHAVE, "valor": "5.00"});
    let silent = bank.control("POST", "/pay", Some(by_key)).await.body["e2eid"].clone();
    bank.refund(silent.as_str().unwrap(), "volta", "5.00").await;
    let e2eid = bank.paid(TXID).await;
    assert_eq!(receiver.next().await["endToEndId"], e2eid);
}

#[tokio::test]
async fn faults_of_callbacks() {
    let bank = TestBank::start().await;
    let mut receiver = Receiver::start(&[]).await;
    bank.listen(&receiver).await;

    bank.arm(json!([{"kind": "callback_repeat", "count": 3, "times": 1}]))
        .await;
    let repeated = bank.paid(&txid(1)).await;
    for _ in 0..3 {
        assert_eq!(receiver.next().await["endToEndId"], repeated);
    }

    bank.arm(json!([{"kind": "callback_never", "times": 1}]))
        .await;
    bank.paid(&txid(2)).await;
    let reported = bank.paid(&txid(3)).await;
    assert_eq!(
        receiver.next().await["endToEndId"],
        reported,
        "the one before it was lost"
    );

    bank.arm(json!([{"kind": "callback_shuffle", "times": 1}]))
        .await;
    let held = bank.paid(&txid(4)).await;
    let overtaking = bank.paid(&txid(5)).await;
    assert_eq!(receiver.next().await["endToEndId"], overtaking);
    assert_eq!(receiver.next().await["endToEndId"], held);

    bank.arm(json!([{"kind": "callback_late", "late_ms": 60_000, "times": 1}]))
        .await;
    let late = bank.paid(&txid(6)).await;
    let punctual = bank.paid(&txid(7)).await;
    assert_eq!(receiver.next().await["endToEndId"], punctual);
    bank.advance_seconds(60).await;
    assert_eq!(receiver.next().await["endToEndId"], late);
    assert_eq!(receiver.arrived(), 0);
}

#[tokio::test]
async fn early_means_before_the_answer() {
    let bank = TestBank::start_with(|config| config.devolucao_delay_ms = 600_000).await;
    let mut receiver = Receiver::start(&[]).await;
    bank.listen(&receiver).await;
    bank.arm(json!([{"kind": "callback_early"}])).await;
    let e2eid = bank.paid(TXID).await;
    assert_eq!(receiver.arrived(), 1, "there when the payment was answered");
    let answer = bank.refund(&e2eid, "volta", "10.00").await;
    assert_eq!(answer.body["status"], "DEVOLVIDO");
    assert_eq!(
        receiver.arrived(),
        1,
        "there when the devolução was answered"
    );
}
