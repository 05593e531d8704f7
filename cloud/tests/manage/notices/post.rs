use super::Shop;
use super::stubs::{Answer, PostServer, Posted};
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloud::app::now;
use cloud_core::notice::{Ended, State};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::runtime::Runtime;

const SECRET: &str = "a secret of the shop";

/// The payer's browser: it alone has the private key.
struct Phone {
    private: EphemeralPrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

impl Phone {
    fn new() -> Self {
        let private =
            EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).expect("a key is made");
        let public = private
            .compute_public_key()
            .expect("a key of ours")
            .as_ref()
            .to_vec();
        let auth = [9; 16];
        Self {
            private,
            public,
            auth,
        }
    }

    fn subscription(&self, endpoint: &str) -> Value {
        json!({
            "endpoint": endpoint,
            "expirationTime": null,
            "keys": {
                "p256dh": URL_SAFE_NO_PAD.encode(&self.public),
                "auth": URL_SAFE_NO_PAD.encode(self.auth),
            },
        })
    }

    /// What the service worker is given, by RFC 8291 read from the other side.
    fn reads(self, body: &[u8]) -> Value {
        let (salt, rest) = body.split_at(16);
        let (size, rest) = rest.split_at(4);
        assert_eq!(size, 4_096_u32.to_be_bytes());
        let (length, rest) = rest.split_at(1);
        let (sender, record) = rest.split_at(usize::from(length[0]));
        let theirs = UnparsedPublicKey::new(&ECDH_P256, sender);
        let shared =
            agree_ephemeral(self.private, &theirs, <[u8]>::to_vec).expect("a point of the curve");
        let info = [b"WebPush: info\0".as_slice(), &self.public, sender, &[1]].concat();
        let secret = mac(&mac(&self.auth, &shared), &info);
        let derived = mac(salt, &secret);
        let key = mac(&derived, b"Content-Encoding: aes128gcm\0\x01");
        let nonce = mac(&derived, b"Content-Encoding: nonce\0\x01");
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).expect("16 bytes"));
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).expect("12 bytes");
        let mut record = record.to_vec();
        let said = key
            .open_in_place(nonce, Aad::empty(), &mut record)
            .expect("sealed for this browser");
        serde_json::from_slice(said.strip_suffix(&[2]).expect("the last record"))
            .expect("whole JSON")
    }
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn subscribes(shop: &Shop, phone: &Phone, endpoint: &str) -> StatusCode {
    let request = Request::post(format!("{}/push", shop.notices()))
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/json")
        .body(phone.subscription(endpoint).to_string().into())
        .expect("a good request");
    shop.site.send(request).status()
}

fn push_shop(answers: &[Answer]) -> (Runtime, PostServer, Shop, Phone) {
    let runtime = Runtime::new().expect("a runtime");
    let server = PostServer::start(&runtime, answers);
    let shop = Shop::with(&["--push-hosts", &server.origin, "--quiet-hours", "none"]);
    let phone = Phone::new();
    let endpoint = format!("{}/send/canary", server.origin);
    assert_eq!(subscribes(&shop, &phone, &endpoint), StatusCode::NO_CONTENT);
    (runtime, server, shop, phone)
}

#[test]
fn a_browser_reads_what_its_push_service_cannot() {
    let (_runtime, server, shop, phone) = push_shop(&[]);
    shop.near();
    shop.sends();
    let row = shop.told();
    let posted: Vec<Posted> = server.posted();
    assert_eq!(posted.len(), 1);
    let post = &posted[0];
    assert_eq!(post.path, "/send/canary");
    assert_eq!(post.header("content-encoding"), "aes128gcm");
    assert_eq!(post.header("urgency"), "high");
    assert_eq!(post.header("topic"), row.id.simple());
    assert_eq!(post.header("ttl"), "86400");
    assert!(post.header("authorization").starts_with("vapid t="));
    let said = phone.reads(&post.body);
    assert_eq!(said["id"], row.id.to_string());
    assert_eq!(said["path"], format!("/r/{}", shop.token));
    assert_eq!(said["lang"], "pt-BR");
    let title = said["title"].as_str().unwrap();
    assert!(title.starts_with("Devolva o carrinho até"), "{title}");
}

#[test]
fn a_dead_subscription_is_forgotten_and_a_busy_service_is_asked_later() {
    let (_runtime, server, shop, _phone) = push_shop(&[
        (429, Some(("retry-after", "120"))),
        (503, None),
        (410, None),
    ]);
    shop.near();
    shop.sends();
    let row = shop.troubled(1);
    assert_eq!(row.trouble.as_deref(), Some("push_429"));
    assert!(row.due_ms.since(now()) > 60_000, "as long as it was told");
    shop.hastens(&row);
    let row = shop.becomes(|row| row.trouble.as_deref() == Some("push_503"));
    shop.hastens(&row);
    let row = shop.becomes(|row| row.state != State::Waiting);
    let why = Ended::Unreachable;
    assert_eq!(
        (row.state, server.posted().len()),
        (State::Ended { why }, 3)
    );
    let page = shop.site.browser().reads(&shop.notices());
    assert!(page.contains("id=\"push\""), "offered again");
}

#[test]
fn a_redirect_leads_nowhere_and_a_stranger_is_not_called() {
    let (runtime, server, shop, phone) = push_shop(&[(307, Some(("location", "/elsewhere")))]);
    let other = PostServer::start(&runtime, &[]);
    for endpoint in [
        format!("{}/send", other.origin),
        "https://push.evil.example/".to_owned(),
        "https://127.0.0.1/".to_owned(),
        "file:///etc/passwd".to_owned(),
        String::new(),
    ] {
        let status = subscribes(&shop, &phone, &endpoint);
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{endpoint}");
    }
    shop.near();
    shop.sends();
    let row = shop.troubled(1);
    assert_eq!(row.trouble.as_deref(), Some("push_307"));
    assert_eq!((server.posted().len(), other.posted().len()), (1, 0));
}

fn messenger_shop(answers: &[Answer], quiet: &str) -> (Runtime, PostServer, Shop) {
    let runtime = Runtime::new().expect("a runtime");
    let server = PostServer::start(&runtime, answers);
    let url = format!("{}/notices", server.origin);
    let shop = Shop::with(&[
        "--notice-webhook-url",
        &url,
        "--notice-webhook-secret",
        SECRET,
        "--quiet-hours",
        quiet,
    ]);
    shop.gives(&[("phone", "(81) 91234-5678")]);
    (runtime, server, shop)
}

#[test]
fn the_shops_messenger_gets_a_signed_notice() {
    let (_runtime, server, shop) = messenger_shop(&[(500, None)], "none");
    shop.near();
    shop.sends();
    let row = shop.troubled(1);
    assert_eq!(row.trouble.as_deref(), Some("messenger_500"));
    shop.hastens(&row);
    shop.told();
    let posted = server.posted();
    assert_eq!(posted.len(), 2);
    for post in &posted {
        assert_eq!(post.header("idempotency-key"), row.id.to_string());
        let signed = post.header("volta-signature");
        let (seconds, given) = signed.split_once(",v1=").unwrap();
        let seconds = seconds.strip_prefix("t=").unwrap();
        let message = [seconds.as_bytes(), b".", &post.body].concat();
        assert_eq!(given, hex::encode(mac(SECRET.as_bytes(), &message)));
    }
    let said: Value = serde_json::from_slice(&posted[1].body).unwrap();
    assert_eq!(said["to"], "+5581912345678");
    assert_eq!(said["kind"], "abandonment_near");
    assert_eq!(said["language"], "pt-BR");
    assert!(said["about_ms"].is_i64());
    let url = said["url"].as_str().unwrap();
    assert!(url.ends_with(&format!("/r/{}", shop.token)), "{url}");
    let mut keys: Vec<_> = said.as_object().unwrap().keys().cloned().collect();
    keys.sort();
    let wanted = [
        "about_ms", "id", "kind", "language", "text", "title", "to", "url",
    ];
    assert_eq!(keys, wanted, "and nothing more");
}

#[test]
fn a_number_that_cannot_be_reached_ends_the_notice() {
    let (_runtime, _server, shop) = messenger_shop(&[(422, None)], "none");
    shop.near();
    shop.sends();
    let row = shop.becomes(|row| row.state != State::Waiting);
    let why = Ended::Unreachable;
    assert_eq!(row.state, State::Ended { why });
}

#[test]
fn no_telephone_rings_in_quiet_hours() {
    // Two hours around this moment, by the shop's clock.
    let hour = |plus: i64| {
        let at = jiff::Timestamp::from_millisecond(now().0).unwrap();
        let zone = jiff::tz::TimeZone::get("America/Sao_Paulo").unwrap();
        let there = at.to_zoned(zone) + jiff::Span::new().minutes(plus);
        format!("{:02}:{:02}", there.hour(), there.minute())
    };
    let (_runtime, server, shop) = messenger_shop(&[], &format!("{}-{}", hour(-60), hour(60)));
    shop.near();
    let made = shop.rows().remove(0).due_ms;
    shop.sends();
    let row = shop.becomes(|row| row.due_ms > made);
    assert!(row.due_ms.since(now()) > 58 * 60_000, "{row:?}");
    assert_eq!(
        (row.attempts, row.trouble.clone(), row.tried_ms),
        (0, None, None)
    );
    assert_eq!(row.state, State::Waiting, "not told, so not abandoned");
    assert_eq!(server.posted().len(), 0);
}
