//! The shop's own messenger: a signed JSON notice to an address of the operator's, for a telephone
//! number that the payer gave for this and nothing else.

use super::{
    Address, ChannelError, Contact, Letter, Line, Sent, http_client, is_loopback, no_answer,
    refused,
};
use crate::config::NoticeArgs;
use crate::pix::Secret;
use async_trait::async_trait;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{StatusCode, Url, header};
use serde::Serialize;
use sha2::Sha256;

/// Less is guessed.
const SECRET_BYTES_MIN: usize = 16;

pub(super) struct Messenger {
    http: reqwest::Client,
    url: Url,
    secret: Secret,
}

/// The body of a notice.
#[derive(Serialize)]
struct Body<'a> {
    id: String,
    kind: &'static str,
    to: &'a str,
    language: &'static str,
    title: String,
    text: String,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    about_ms: Option<i64>,
}

impl Messenger {
    /// None: the shop has no messenger.
    pub(super) fn new(settings: &NoticeArgs) -> Result<Option<Self>, ChannelError> {
        let Some(url) = &settings.notice_webhook_url else {
            return Ok(None);
        };
        let url = Url::parse(url).map_err(|_| ChannelError::Webhook("give an https address"))?;
        let host = url.host_str().unwrap_or_default();
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(host)) {
            let why = "give an https address: telephone numbers are sent there";
            return Err(ChannelError::Webhook(why));
        }
        let secret = settings.notice_webhook_secret.clone();
        let secret = secret.filter(|secret| secret.reveal().len() >= SECRET_BYTES_MIN);
        Ok(Some(Self {
            http: http_client()?,
            url,
            secret: secret.ok_or(ChannelError::WebhookSecret("give 16 characters or more"))?,
        }))
    }
}

#[async_trait]
impl Line for Messenger {
    async fn send(&self, letter: &Letter, to: &Contact) -> Sent {
        let Address::Phone(number) = &to.address else {
            return Sent::Unreachable;
        };
        let said = letter.words.said();
        let body = Body {
            id: letter.id.to_string(),
            kind: letter.kind.as_str(),
            to: number,
            language: letter.words.lang.tag(),
            title: said.subject,
            text: said.lines.join("\n\n"),
            url: &letter.words.url,
            about_ms: letter.about_ms.map(|at| at.0),
        };
        let body = serde_json::to_vec(&body).expect("texts and numbers become JSON");
        let seconds = letter.now_ms.0.div_euclid(1_000);
        let request = self
            .http
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", letter.id.to_string())
            .header("volta-signature", signature(&self.secret, seconds, &body))
            .body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Sent::Accepted,
            Ok(answer) if answer.status() == StatusCode::UNPROCESSABLE_ENTITY => Sent::Unreachable,
            Ok(answer) => refused("messenger", &answer),
            Err(error) => no_answer("messenger", &error),
        }
    }
}

/// `t=<unix seconds>,v1=<HMAC-SHA256 of "seconds.body">`: an old notice cannot be played again.
fn signature(secret: &Secret, seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    format!(
        "t={seconds},v1={}",
        hex::encode(mac.finalize().into_bytes())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_the_moment_and_the_whole_body() {
        let secret = Secret::new("a shop's own secret");
        // openssl dgst -sha256 -hmac "a shop's own secret" <<< '1790000000.{}' without its newline.
        let signed = signature(&secret, 1_790_000_000, b"{}");
        let wanted = "414f68c66fd0d08e43769929927f640cf2c99a6e16b4992333bfb04508cff854";
        assert_eq!(signed, format!("t=1790000000,v1={wanted}"));
        for other in [
            signature(&secret, 1_790_000_001, b"{}"),
            signature(&secret, 1_790_000_000, b"{ }"),
            signature(&Secret::new("another shop's own"), 1_790_000_000, b"{}"),
        ] {
            assert!(!other.ends_with(wanted), "{other}");
        }
    }
}
