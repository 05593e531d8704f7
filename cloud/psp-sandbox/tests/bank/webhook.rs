use crate::common::{TestBank, kind, properties};
use psp_sandbox::DEFAULT_CHAVE;
use serde_json::json;

#[tokio::test]
async fn one_url_per_key() {
    let bank = TestBank::start().await;
    let path = format!("/webhook/{DEFAULT_CHAVE}");
    for (method, status) in [("GET", 404), ("DELETE", 404)] {
        let answer = bank.pix(method, &path, None).await;
        assert_eq!(
            (answer.status, kind(&answer.body)),
            (status, "WebhookNaoEncontrado")
        );
    }
    for url in [
        "https://volta.example/pix-hook",
        "http://127.0.0.1:9/hook/",
        "http://[::1]:9",
        "http://localhost:9/hook",
    ] {
        let put = bank
            .pix("PUT", &path, Some(json!({"webhookUrl": url})))
            .await;
        assert_eq!(put.status, 200, "{}", put.body);
        let got = bank.pix("GET", &path, None).await;
        assert_eq!(got.body["webhookUrl"], url);
        assert_eq!(got.body["chave"], DEFAULT_CHAVE);
    }
    let list = bank.pix("GET", "/webhook", None).await;
    assert_eq!(list.body["webhooks"].as_array().unwrap().len(), 1);
    let span = "/webhook?inicio=2020-01-01T00:00:00Z&fim=2020-01-02T00:00:00Z";
    assert_eq!(
        bank.pix("GET", span, None).await.body["webhooks"],
        json!([])
    );
    assert_eq!(bank.pix("DELETE", &path, None).await.status, 204);
    assert_eq!(bank.pix("GET", &path, None).await.status, 404);
}

#[tokio::test]
async fn every_violation_of_a_webhook() {
    let bank = TestBank::start().await;
    let url = "webhook.webhookUrl";
    for (chave, body, expected) in [
        (
            "outra@loja.test",
            json!({"webhookUrl": "https://a.test"}),
            vec!["chave"],
        ),
        (DEFAULT_CHAVE, json!({}), vec![url]),
        (DEFAULT_CHAVE, json!([]), vec![url]),
        (DEFAULT_CHAVE, json!({"webhookUrl": 1}), vec![url]),
        (DEFAULT_CHAVE, json!({"webhookUrl": "volta"}), vec![url]),
        (
            DEFAULT_CHAVE,
            json!({"webhookUrl": "http://volta.example/hook"}),
            vec![url],
        ),
        (
            DEFAULT_CHAVE,
            json!({"webhookUrl": "http://127.0.0.1.example/hook"}),
            vec![url],
        ),
        (
            DEFAULT_CHAVE,
            json!({"webhookUrl": "ftp://127.0.0.1/hook"}),
            vec![url],
        ),
        (
            DEFAULT_CHAVE,
            json!({"webhookUrl": "https://user:word@a.test"}),
            vec![url],
        ),
        (
            DEFAULT_CHAVE,
            json!({"webhookUrl": format!("https://a.test/{}", "x".repeat(1_000))}),
            vec![url],
        ),
        ("other", json!({}), vec!["chave", url]),
    ] {
        let answer = bank
            .pix("PUT", &format!("/webhook/{chave}"), Some(body.clone()))
            .await;
        assert_eq!(
            (answer.status, kind(&answer.body)),
            (400, "WebhookOperacaoInvalida"),
            "{body}"
        );
        assert_eq!(properties(&answer.body), expected, "{body}");
    }
}
