use crate::common::{TXID, TestBank, txid};
use reqwest::Response;
use serde_json::json;

async fn page(bank: &TestBank, path: &str) -> (u16, String) {
    let answer = bank.http.get(bank.url(path)).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn submit(bank: &TestBank, path: &str, form: &[(&str, &str)]) -> Response {
    let origin = bank.running.url();
    let request = bank
        .http
        .post(bank.url(path))
        .header("origin", origin)
        .form(form);
    request.send().await.unwrap()
}

fn location(answer: &Response) -> &str {
    assert_eq!(answer.status(), 303);
    answer.headers()["location"].to_str().unwrap()
}

#[tokio::test]
async fn a_customer_pays_and_gets_it_back() {
    let bank = TestBank::start().await;
    let charge = format!("/app/cob/{TXID}");
    assert!(page(&bank, "/").await.1.contains("Nenhuma cobrança"));
    let code = bank.create(TXID).await["pixCopiaECola"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(page(&bank, "/").await.1.contains(&charge));

    let pasted = bank
        .http
        .get(bank.url("/app"))
        .query(&[("codigo", format!("  {code}\n"))]);
    assert_eq!(location(&pasted.send().await.unwrap()), charge);
    let (status, html) = page(&bank, &charge).await;
    assert_eq!(status, 200);
    for text in [
        "SUPERMERCADO VOLTA",
        "R$\u{a0}10,00",
        "Caução do carrinho",
        "Pagar",
    ] {
        assert!(html.contains(text), "{text} is missing");
    }
    for _tap in 0..2 {
        let paid = submit(&bank, &format!("{charge}/pagar"), &[]).await;
        assert_eq!(location(&paid), charge);
    }
    let book = bank.book().await;
    assert_eq!(
        book["received_centavos"], 1_000,
        "a second tap pays nothing"
    );
    let e2eid = book["pix"][0]["e2eid"].as_str().unwrap().to_owned();
    assert!(page(&bank, &charge).await.1.contains(&e2eid));
    assert!(!page(&bank, "/").await.1.contains(&charge));

    bank.refund(&e2eid, "volta", "10.00").await;
    assert!(page(&bank, &charge).await.1.contains("devolvido"));
    let statement = page(&bank, "/extrato").await.1;
    let (credit, debit) = statement.split_once("Devolução recebida").unwrap();
    assert!(
        debit.contains("Pix enviado") && !credit.contains("Pix enviado"),
        "newest first"
    );
}

#[tokio::test]
async fn codes_the_app_refuses() {
    let bank = TestBank::start().await;
    let code = bank.create(TXID).await["pixCopiaECola"]
        .as_str()
        .unwrap()
        .to_owned();
    let bacen = "00020101021226760014br.gov.bcb.pix2554pix.example.com/qr/v2/8b3da2f39a4140d1a91abd93113bd4415204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***80800014br.gov.bcb.pix2558pix.example.com/qr/v2/rec/94ed2badcbc04c15b0bb7fa35319489063047741";
    for (code, text) in [
        (code.replace("VOLTA", "OUTRO"), "incompleto ou alterado"),
        (bacen.to_owned(), "outro banco"),
        (
            "<script>alert(1)</script>".to_owned(),
            "não parece um código Pix",
        ),
        (String::new(), "não parece um código Pix"),
    ] {
        let request = bank.http.get(bank.url("/app")).query(&[("codigo", &code)]);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 422);
        let html = answer.text().await.unwrap();
        assert!(html.contains(text), "{code}: {html}");
        assert!(!html.contains("<script>"));
    }
    assert_eq!(page(&bank, "/app/cob/unknown").await.0, 404);
    assert_eq!(page(&bank, "/nowhere").await.0, 404);
}

#[tokio::test]
async fn no_other_site_pays() {
    let bank = TestBank::start().await;
    bank.create(TXID).await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        for path in [
            format!("/app/cob/{TXID}/pagar"),
            "/control/pay".to_owned(),
            "/faults/clear".to_owned(),
        ] {
            let answer = bank
                .http
                .post(bank.url(&path))
                .header(name, value)
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 403, "{path}");
        }
    }
    assert_eq!(bank.book().await["received_centavos"], 0);
}

#[tokio::test]
async fn late_payment_is_a_switch() {
    let bank = TestBank::start().await;
    let removed = txid(2);
    bank.create(TXID).await;
    bank.create(&removed).await;
    bank.pix(
        "PATCH",
        &format!("/cob/{removed}"),
        Some(json!({"status": "REMOVIDA_PELO_USUARIO_RECEBEDOR"})),
    )
    .await;
    bank.advance_seconds(900).await;
    for (txid, text) in [(TXID, "venceu"), (removed.as_str(), "cancelada")] {
        let charge = format!("/app/cob/{txid}");
        assert!(page(&bank, &charge).await.1.contains(text));
        submit(&bank, &format!("{charge}/pagar"), &[]).await;
        assert!(
            page(&bank, &charge).await.1.contains(text),
            "nothing was paid"
        );
        bank.arm(json!([{"kind": "pay_late", "times": 1}])).await;
        submit(&bank, &format!("{charge}/pagar"), &[]).await;
        assert!(page(&bank, &charge).await.1.contains("Pix enviado"));
    }
    assert_eq!(bank.book().await["received_centavos"], 2_000);
}

#[tokio::test]
async fn faults_are_armed_by_hand() {
    let bank = TestBank::start().await;
    let form = [
        ("kind", "latency"),
        ("number", "250"),
        ("operation", "cob.put"),
        ("times", "2"),
    ];
    assert_eq!(location(&submit(&bank, "/faults", &form).await), "/faults");
    let armed = bank.control("GET", "/faults", None).await.body["faults"][0].clone();
    let expected = json!({"id": 1, "hits": 0, "kind": "latency", "latency_ms": 250, "operation": "cob.put", "times": 2});
    assert_eq!(armed, expected);
    assert!(page(&bank, "/faults").await.1.contains("latency_ms = 250"));
    for form in [
        [("kind", "latency"), ("number", "")],
        [("kind", "latency"), ("number", "soon")],
        [("kind", "earthquake"), ("number", "1")],
        [("kind", "callback_repeat"), ("number", "99")],
        [("kind", "error_before"), ("number", "99999")],
    ] {
        assert_eq!(
            submit(&bank, "/faults", &form).await.status(),
            422,
            "{form:?}"
        );
    }
    assert_eq!(
        location(&submit(&bank, "/faults/1/disarm", &[]).await),
        "/faults"
    );
    assert_eq!(submit(&bank, "/faults/1/disarm", &[]).await.status(), 404);
    // Every kind the form offers can be armed with a small number.
    let html = page(&bank, "/faults").await.1;
    let kinds: Vec<&str> = html
        .split("<option value=\"")
        .skip(1)
        .map(|o| o.split('"').next().unwrap())
        .take(13)
        .collect();
    for kind in kinds {
        let number = if kind.starts_with("error") {
            "500"
        } else {
            "2"
        };
        assert_eq!(
            location(&submit(&bank, "/faults", &[("kind", kind), ("number", number)]).await),
            "/faults",
            "{kind}"
        );
        assert_eq!(
            location(&submit(&bank, "/faults/clear", &[]).await),
            "/faults"
        );
    }
}
