//! Mutual TLS for real: who is let in, and a token that is good with one certificate alone.

use super::bench::{Authority, Bench, Signed, browser, deposit, txid};
use cloud::pix::{BankProfile, NotSentCause, PixClient, PixError, TokenFailure};
use psp_sandbox::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use reqwest::StatusCode;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

struct Door {
    bench: Bench,
    authority: Authority,
    ours: Signed,
}

/// A bank that lets in only clients of `authority`.
async fn door(profile: BankProfile) -> Door {
    let authority = Authority::new();
    let bank = authority.signs("localhost");
    let ours = authority.signs("loja.test");
    let mut bench = Bench::with(profile, |config, write| {
        config.tls_certificate = Some(write("bank.pem", &bank.certificate));
        config.tls_key = Some(write("bank.key", &bank.key));
        config.client_ca = Some(write("clients.pem", &authority.pem));
    })
    .await;
    bench.http = browser(&authority, Some(&ours));
    Door {
        bench,
        authority,
        ours,
    }
}

impl Door {
    fn client(&self, shown: Option<&Signed>) -> PixClient {
        let mut settings = self.bench.settings();
        settings.identity = shown.map(Signed::identity);
        settings.authorities_pem = Some(self.authority.pem.clone().into_bytes());
        PixClient::new(settings).expect("sound settings")
    }
}

#[tokio::test]
async fn with_our_certificate_every_bank_serves_us() {
    for profile in BankProfile::ALL {
        let door = door(profile).await;
        let client = door.client(Some(&door.ours));
        let charge = client.put_charge(&txid(1), &deposit()).await;
        assert!(charge.is_ok(), "{profile:?}: {charge:?}");
        assert!(client.get_charge(&txid(1)).await.is_ok());
        assert_eq!(door.bench.asked("token").await, (1, 1), "{profile:?}");
    }
}

#[tokio::test]
async fn trap_24_tls_without_the_right_certificate_nothing_is_ever_sent() {
    let door = door(BankProfile::Standard).await;
    let stranger = Authority::new().signs("loja.test");
    let yesterday = OffsetDateTime::now_utc() - Duration::DAY;
    let ended = door.authority.signs_until("loja.test", yesterday);
    for (name, shown) in [
        ("none", None),
        ("of a foreign authority", Some(&stranger)),
        ("ended", Some(&ended)),
    ] {
        let error = door
            .client(shown)
            .put_charge(&txid(2), &deposit())
            .await
            .unwrap_err();
        let PixError::NotSent {
            cause: NotSentCause::Token(failure),
        } = error
        else {
            panic!("{name}: {error:?}")
        };
        // Under TLS 1.3 the refusal comes after the client's side of the handshake is done.
        let lost = matches!(failure, TokenFailure::NoAnswer | TokenFailure::NoConnection);
        assert!(lost, "{name}: {failure:?}");
    }
    assert_eq!(door.bench.asked("token").await, (0, 0));
    assert_eq!(door.bench.asked("cob.put").await, (0, 0));
}

#[tokio::test]
async fn a_bank_of_a_foreign_authority_is_not_spoken_to() {
    let door = door(BankProfile::Standard).await;
    let mut settings = door.bench.settings();
    settings.identity = Some(door.ours.identity());
    settings.authorities_pem = Some(Authority::new().pem.into_bytes());
    let client = PixClient::new(settings).expect("sound settings");
    let error = client.get_charge(&txid(3)).await.unwrap_err();
    let cause = NotSentCause::Token(TokenFailure::NoConnection);
    assert_eq!(error, PixError::NotSent { cause });
}

/// RFC 8705, section 3: a stolen token is worth nothing without the key of the certificate.
#[tokio::test]
async fn a_token_is_good_with_the_certificate_that_fetched_it_and_no_other() {
    let door = door(BankProfile::Standard).await;
    let other = door.authority.signs("loja.test");
    let url = door.bench.bank.url();
    let mine = browser(&door.authority, Some(&door.ours));
    let theirs = browser(&door.authority, Some(&other));
    let granted: Value = mine
        .post(format!("{url}/oauth/token"))
        .basic_auth(DEFAULT_CLIENT_ID, Some(DEFAULT_CLIENT_SECRET))
        .form(&[("grant_type", "client_credentials")])
        .send()
        .await
        .expect("the bank answers")
        .json()
        .await
        .expect("a token");
    let token = granted["access_token"].as_str().expect("a token");
    let charge = json!({"calendario": {"expiracao": 600}, "valor": {"original": "10.00"},
        "chave": psp_sandbox::DEFAULT_CHAVE});
    for (browser, number, expected) in [
        (&theirs, 4, StatusCode::UNAUTHORIZED),
        (&mine, 4, StatusCode::CREATED),
        (&theirs, 5, StatusCode::UNAUTHORIZED),
    ] {
        let answer = browser
            .put(format!("{url}/v2/cob/{}", txid(number)))
            .bearer_auth(token)
            .json(&charge)
            .send()
            .await
            .expect("the bank answers");
        assert_eq!(answer.status(), expected);
    }
}
