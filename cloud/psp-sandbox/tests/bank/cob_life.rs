use crate::common::{TXID, TestBank, cob, kind, properties, txid};
use psp_sandbox::DEFAULT_CHAVE;
use serde_json::json;

#[tokio::test]
async fn revisions() {
    let bank = TestBank::start().await;
    let path = format!("/cob/{TXID}");
    let first = bank.create(TXID).await;
    let again = bank.pix("PUT", &path, Some(cob("10.00"))).await;
    assert_eq!(
        (again.status, &again.body),
        (201, &first),
        "a retried PUT changes nothing"
    );

    let changed = bank.pix("PUT", &path, Some(cob("12.00"))).await;
    assert_eq!((changed.status, &changed.body["revisao"]), (201, &json!(1)));
    assert_eq!(changed.body["location"], first["location"]);
    assert_eq!(
        changed.body["calendario"]["criacao"],
        first["calendario"]["criacao"]
    );

    let patched = bank
        .pix(
            "PATCH",
            &path,
            Some(json!({"valor": {"original": "13.00"}})),
        )
        .await;
    assert_eq!((patched.status, &patched.body["revisao"]), (200, &json!(2)));
    assert_eq!(patched.body["solicitacaoPagador"], "Caução do carrinho");

    for (revisao, original) in [("0", "10.00"), ("1", "12.00"), ("2", "13.00")] {
        let old = bank
            .pix("GET", &format!("{path}?revisao={revisao}"), None)
            .await;
        assert_eq!(old.body["valor"]["original"], original);
    }
    for unknown in ["3", "-1", "x"] {
        let answer = bank
            .pix("GET", &format!("{path}?revisao={unknown}"), None)
            .await;
        assert_eq!(
            (answer.status, kind(&answer.body)),
            (400, "CobConsultaInvalida")
        );
        assert_eq!(properties(&answer.body), ["revisao"]);
    }
    let current = bank.pix("GET", &path, None).await;
    assert_eq!(current.body["valor"]["original"], "13.00");
}

#[tokio::test]
async fn removal_is_final_and_alone() {
    let bank = TestBank::start().await;
    let path = format!("/cob/{TXID}");
    let removal = json!({"status": "REMOVIDA_PELO_USUARIO_RECEBEDOR"});
    let unknown = bank.pix("PATCH", &path, Some(removal.clone())).await;
    assert_eq!(
        (unknown.status, kind(&unknown.body)),
        (404, "CobNaoEncontrado")
    );

    bank.create(TXID).await;
    let with_others =
        json!({"status": "REMOVIDA_PELO_USUARIO_RECEBEDOR", "valor": {"original": "1.00"}});
    for (body, property) in [
        (with_others, "cob.status"),
        (json!({"status": "CONCLUIDA"}), "cob.status"),
        (json!({"valor": {"original": "0.00"}}), "cob.valor.original"),
        (json!("x"), "cob"),
    ] {
        let refused = bank.pix("PATCH", &path, Some(body)).await;
        assert_eq!(
            (refused.status, kind(&refused.body)),
            (400, "CobOperacaoInvalida")
        );
        assert_eq!(properties(&refused.body), [property]);
    }
    let removed = bank.pix("PATCH", &path, Some(removal.clone())).await;
    assert_eq!((removed.status, &removed.body["revisao"]), (200, &json!(1)));
    assert_eq!(removed.body["status"], "REMOVIDA_PELO_USUARIO_RECEBEDOR");
    for (method, body) in [("PATCH", removal), ("PUT", cob("10.00"))] {
        let refused = bank.pix(method, &path, Some(body)).await;
        assert_eq!(
            (refused.status, kind(&refused.body)),
            (400, "CobOperacaoInvalida")
        );
        assert_eq!(properties(&refused.body), ["cob.status"]);
    }
}

#[tokio::test]
async fn payment_concludes_once() {
    let bank = TestBank::start().await;
    let path = format!("/cob/{TXID}");
    let e2eid = bank.paid(TXID).await;
    let paid = bank.pix("GET", &path, None).await.body;
    assert_eq!(
        (&paid["status"], &paid["revisao"]),
        (&json!("CONCLUIDA"), &json!(0))
    );
    assert_eq!(paid["pix"][0]["endToEndId"], e2eid);
    assert_eq!(paid["pix"][0]["chave"], DEFAULT_CHAVE);
    for late in [false, true] {
        let twice = bank
            .control("POST", "/pay", Some(json!({"txid": TXID, "late": late})))
            .await;
        assert_eq!(twice.status, 409);
    }
    assert_eq!(bank.pix("PUT", &path, Some(cob("10.00"))).await.status, 400);
    assert_eq!(bank.book().await["received_centavos"], 1_000);
}

#[tokio::test]
async fn expiry_is_no_state_and_late_money_still_comes() {
    let bank = TestBank::start().await;
    let removed = txid(2);
    bank.create(TXID).await;
    bank.create(&removed).await;
    bank.control("POST", &format!("/cob/{removed}/remover"), None)
        .await;
    bank.advance_seconds(900).await;
    for (txid, before, after) in [
        (TXID, "ATIVA", "CONCLUIDA"),
        (&removed, "REMOVIDA_PELO_PSP", "REMOVIDA_PELO_PSP"),
    ] {
        let path = format!("/cob/{txid}");
        assert_eq!(bank.pix("GET", &path, None).await.body["status"], before);
        let refused = bank
            .control("POST", "/pay", Some(json!({"txid": txid})))
            .await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        let late = bank
            .control("POST", "/pay", Some(json!({"txid": txid, "late": true})))
            .await;
        assert_eq!(late.status, 201);
        let charge = bank.pix("GET", &path, None).await.body;
        assert_eq!(charge["status"], after);
        assert_eq!(charge["pix"][0]["endToEndId"], late.body["e2eid"]);
    }
    assert_eq!(bank.book().await["balance_centavos"], 2_000);
}
