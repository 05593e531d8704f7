use super::stub::{self, Bank, Reply};
use super::{TXID, charge};
use cloud::pix::{NotSentCause, PixClient, PixError, Secret, TokenAuth, TokenBody, TokenFailure};
use futures_util::future::join_all;
use serde_json::json;
use std::time::Duration;

const CALLERS: usize = 50;

fn good() -> Reply {
    Reply::Json(200, charge("ATIVA", "10.00", &json!([])))
}

async fn all_at_once(client: &PixClient) -> Vec<Option<PixError>> {
    let calls = (0..CALLERS).map(|_| async { client.get_charge(TXID).await.err() });
    join_all(calls).await
}

#[tokio::test]
async fn trap_15_token_floods_fifty_callers_share_one_token_request() {
    let bank = Bank::with(vec![good()]).await;
    let client = bank.client();
    assert_eq!(all_at_once(&client).await, vec![None; CALLERS]);
    assert_eq!(all_at_once(&client.clone()).await, vec![None; CALLERS]);
    let [request] = &bank.token_requests()[..] else {
        panic!("one token request: {:?}", bank.token_requests())
    };
    assert!(
        request.starts_with("Basic aWQ6c2VjcmV0 grant_type=client_credentials&scope=cob.write")
    );
    assert_eq!(bank.requests().len(), 2 * CALLERS);
}

#[tokio::test]
async fn fifty_callers_share_one_failure_and_the_next_one_asks_again() {
    let bank = Bank::with(vec![good()]).await;
    bank.answer_tokens_with(vec![Reply::Json(400, json!({"error": "invalid_client"}))]);
    let client = bank.client();
    let cause = NotSentCause::Token(TokenFailure::Refused {
        status: 400,
        code: Some("invalid_client".into()),
    });
    let failed = Some(PixError::NotSent { cause });
    assert_eq!(all_at_once(&client).await, vec![failed; CALLERS]);
    assert_eq!((bank.token_requests().len(), bank.requests().len()), (1, 0));
    assert!(client.get_charge(TXID).await.is_ok());
    assert_eq!(bank.token_requests().len(), 2);
}

#[tokio::test]
async fn a_failed_token_request_is_not_repeated_at_once() {
    let bank = Bank::with(vec![good()]).await;
    bank.answer_tokens_with(vec![Reply::Json(503, json!({}))]);
    let mut settings = bank.settings();
    settings.token_retry_pause = Duration::from_secs(3_600);
    let client = PixClient::new(settings).unwrap();
    for _ in 0..3 {
        assert!(client.get_charge(TXID).await.is_err());
    }
    assert_eq!(bank.token_requests().len(), 1);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_everybody() {
    let bank = Bank::with(vec![good()]).await;
    let client = bank.client();
    assert!(client.get_charge(TXID).await.is_ok());
    bank.refuse_tokens_below(2);
    assert_eq!(all_at_once(&client).await, vec![None; CALLERS]);
    assert_eq!(bank.token_requests().len(), 2);
}

#[tokio::test]
async fn a_bank_that_refuses_fresh_tokens_is_not_asked_for_ever() {
    let bank = Bank::with(vec![good()]).await;
    bank.refuse_tokens_below(99);
    let mut settings = bank.settings();
    settings.token_retry_pause = Duration::from_secs(3_600);
    let client = PixClient::new(settings).unwrap();
    let error = client.get_charge(TXID).await.unwrap_err();
    assert_eq!(
        error,
        PixError::NotSent {
            cause: NotSentCause::Unauthorized
        }
    );
    for _ in 0..3 {
        assert!(client.get_charge(TXID).await.is_err());
    }
    assert_eq!((bank.token_requests().len(), bank.requests().len()), (2, 2));
}

#[tokio::test]
async fn an_ending_token_serves_until_a_new_one_is_there() {
    let bank = Bank::with(vec![good()]).await;
    // Renewed at half of two seconds at the latest; here at once, because life counts in seconds.
    let ending =
        |life_s: u32| Reply::Json(200, json!({"access_token": "t7", "expires_in": life_s}));
    bank.answer_tokens_with(vec![ending(0), ending(0), ending(3_600)]);
    let client = bank.client();
    for _ in 0..5 {
        assert!(client.get_charge(TXID).await.is_ok());
    }
    assert_eq!(bank.token_requests().len(), 3);
}

#[tokio::test]
async fn token_endpoints_that_fail_are_named() {
    for (reply, expected) in [
        (
            Reply::Raw(200, "text/html", "<html>".into()),
            TokenFailure::NoAnswer,
        ),
        (Reply::Cut(200), TokenFailure::NoAnswer),
        (
            Reply::Header(302, "location", "/x"),
            TokenFailure::Refused {
                status: 302,
                code: None,
            },
        ),
        (
            Reply::Raw(401, "text/html", "<html>".into()),
            TokenFailure::Refused {
                status: 401,
                code: None,
            },
        ),
        (Reply::Hang, TokenFailure::NoAnswer),
    ] {
        let bank = Bank::with(vec![good()]).await;
        bank.answer_tokens_with(vec![reply]);
        let mut settings = bank.settings();
        settings.total_timeout = stub::SHORT;
        let error = PixClient::new(settings)
            .unwrap()
            .get_charge(TXID)
            .await
            .unwrap_err();
        assert_eq!(
            error,
            PixError::NotSent {
                cause: NotSentCause::Token(expected)
            }
        );
    }
}

#[tokio::test]
async fn each_bank_is_asked_in_its_own_shape() {
    let scoped = "grant_type=client_credentials&scope=cob.read+pix.read";
    for (auth, body, secret, scopes, expected) in [
        (
            TokenAuth::Basic,
            TokenBody::Form,
            "secret",
            "cob.read pix.read",
            format!("Basic aWQ6c2VjcmV0 {scoped}"),
        ),
        (
            TokenAuth::Body,
            TokenBody::Form,
            "secret",
            "cob.read pix.read",
            format!(" {scoped}&client_id=id&client_secret=secret"),
        ),
        // A bank that knows us by the certificate alone.
        (
            TokenAuth::Body,
            TokenBody::Form,
            "",
            "cob.read pix.read",
            format!(" {scoped}&client_id=id"),
        ),
        (
            TokenAuth::Basic,
            TokenBody::Json,
            "secret",
            "",
            r#"Basic aWQ6c2VjcmV0 {"grant_type":"client_credentials"}"#.into(),
        ),
        (
            TokenAuth::Body,
            TokenBody::Json,
            "secret",
            "cob.read",
            r#" {"client_id":"id","client_secret":"secret","grant_type":"client_credentials","scope":"cob.read"}"#.into(),
        ),
    ] {
        let bank = Bank::with(vec![good()]).await;
        let mut settings = bank.settings();
        (settings.token_auth, settings.token_body) = (auth, body);
        settings.client_secret = Secret::new(secret);
        settings.scopes = scopes.into();
        let client = PixClient::new(settings).unwrap();
        assert!(client.get_charge(TXID).await.is_ok());
        assert_eq!(bank.token_requests(), [expected]);
    }
}
