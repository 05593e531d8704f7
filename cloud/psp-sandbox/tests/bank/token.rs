use crate::common::{TXID, TestBank, cob, kind};
use serde_json::Value;

#[rustfmt::skip]
const ALL: &str = "cob.read cob.write gn.balance.read gn.pix.send.read pix.read pix.send \
                   pix.write webhook.read webhook.write";

#[tokio::test]
async fn who_gets_a_token() {
    let bank = TestBank::start().await;
    let basic = Some(("volta", "volta-sandbox-secret"));
    let grant = ("grant_type", "client_credentials");
    let id = ("client_id", "volta");
    let secret = ("client_secret", "volta-sandbox-secret");
    for (basic, form, status, expected) in [
        (basic, vec![grant], 200, ALL),
        (
            basic,
            vec![grant, ("scope", "pix.read cob.read")],
            200,
            "cob.read pix.read",
        ),
        (None, vec![grant, id, secret], 200, ALL),
        (basic, vec![grant, id, secret], 400, "invalid_request"),
        (basic, vec![], 400, "invalid_request"),
        (None, vec![grant], 401, "invalid_client"),
        (
            None,
            vec![grant, id, ("client_secret", "wrong")],
            401,
            "invalid_client",
        ),
        (
            Some(("other", "volta-sandbox-secret")),
            vec![grant],
            401,
            "invalid_client",
        ),
        (
            basic,
            vec![("grant_type", "password")],
            400,
            "unsupported_grant_type",
        ),
        (
            basic,
            vec![grant, ("scope", "cob.read gold.read")],
            400,
            "invalid_scope",
        ),
    ] {
        let mut request = bank.http.post(bank.url("/oauth/token")).form(&form);
        if let Some((id, secret)) = basic {
            request = request.basic_auth(id, Some(secret));
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{form:?}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(
            answer.headers().contains_key("www-authenticate"),
            status == 401
        );
        let body: Value = answer.json().await.unwrap();
        if status == 200 {
            assert_eq!(body["scope"], expected);
            assert_eq!(
                (&body["token_type"], &body["expires_in"]),
                (&"Bearer".into(), &3_600.into())
            );
        } else {
            assert_eq!(body["error"], expected, "{form:?}");
        }
    }
    let json = bank.http.post(bank.url("/oauth/token")).json(&cob("1.00"));
    let answer: Value = json.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["error"], "invalid_request");
}

#[tokio::test]
async fn what_a_token_opens() {
    let bank = TestBank::start().await;
    let path = format!("/cob/{TXID}");
    let refused = bank
        .pix_as("nonsense", "PUT", &path, Some(cob("10.00")))
        .await;
    assert_eq!((refused.status, kind(&refused.body)), (401, "AcessoNegado"));

    let reader = bank.grant("cob.read").await;
    let refused = bank.pix_as(&reader, "PUT", &path, Some(cob("10.00"))).await;
    assert_eq!((refused.status, kind(&refused.body)), (403, "AcessoNegado"));
    bank.create(TXID).await;
    assert_eq!(bank.pix_as(&reader, "GET", &path, None).await.status, 200);

    bank.advance_seconds(3_600).await;
    let refused = bank.pix("GET", &path, None).await;
    assert_eq!((refused.status, kind(&refused.body)), (401, "AcessoNegado"));

    let fresh = bank.grant("").await;
    assert_eq!(bank.pix_as(&fresh, "GET", &path, None).await.status, 200);
    bank.control("DELETE", "/tokens", None).await;
    assert_eq!(bank.pix_as(&fresh, "GET", &path, None).await.status, 401);

    let bare = bank.http.get(bank.url("/v2/pix")).send().await.unwrap();
    assert_eq!(bare.status(), 401);
    assert!(bare.headers().contains_key("www-authenticate"));
}
