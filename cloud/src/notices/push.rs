//! Web Push: a message that only the payer's browser can read (RFC 8291), from a server that it knows
//! by its key (RFC 8292), over the push service the browser named (RFC 8030). The service is chosen by
//! a stranger, so only those on the operator's list are called.

mod hosts;
mod sealing;
mod vapid;

pub use hosts::PushHosts;
pub use vapid::Vapid;

use super::{
    Address, ChannelError, Contact, Letter, Line, PushTarget, Sent, http_client, no_answer, refused,
};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloud_core::notice::Kind;
use reqwest::{StatusCode, Url, header};
use serde::Serialize;

/// A push service keeps what it cannot deliver for so long: the page knows more by then.
const KEPT_S: u32 = 24 * 3_600;

pub(super) struct Pusher {
    http: reqwest::Client,
    hosts: PushHosts,
    vapid: Vapid,
    /// Whom a push service may turn to.
    site: String,
}

/// What the service worker shows.
#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    title: String,
    body: String,
    lang: &'static str,
    path: &'a str,
}

impl Pusher {
    pub(super) fn new(hosts: PushHosts, vapid: Vapid, site: &str) -> Result<Self, ChannelError> {
        Ok(Self {
            http: http_client()?,
            hosts,
            vapid,
            site: site.to_owned(),
        })
    }

    pub(super) fn vapid(&self) -> &Vapid {
        &self.vapid
    }

    pub(super) fn takes(&self, target: &PushTarget) -> bool {
        self.usable(target).is_some()
    }

    /// Where to send it, and to which keys.
    fn usable(&self, target: &PushTarget) -> Option<(Url, sealing::Reader)> {
        let url = Url::parse(&target.endpoint).ok()?;
        let reader = sealing::Reader::read(&target.p256dh, &target.auth)?;
        let known = target.vapid == self.vapid.public_text();
        (known && self.hosts.admit(&url)).then_some((url, reader))
    }
}

#[async_trait]
impl Line for Pusher {
    async fn send(&self, letter: &Letter, to: &Contact) -> Sent {
        let Address::Push(target) = &to.address else {
            return Sent::Unreachable;
        };
        let Some((url, reader)) = self.usable(target) else {
            return Sent::Unreachable;
        };
        let shown = Shown {
            id: letter.id.to_string(),
            title: letter.words.said().subject,
            body: letter.words.short(),
            lang: letter.words.lang.tag(),
            path: &format!("/r/{}", to.token),
        };
        let shown = serde_json::to_vec(&shown).expect("texts become JSON");
        let Some(sealed) = reader.seal(&shown) else {
            return Sent::Unreachable;
        };
        let urgency = match letter.kind {
            Kind::AbandonmentNear => "high",
            _ => "normal",
        };
        let said_by = self.vapid.authorization(&url, &self.site, letter.now_ms);
        let request = self
            .http
            .post(url)
            .header(header::AUTHORIZATION, said_by)
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header("ttl", KEPT_S)
            .header("urgency", urgency)
            // A repetition takes the place of what was not delivered yet.
            .header("topic", letter.id.simple())
            .body(sealed);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Sent::Accepted,
            Ok(answer) if matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::GONE) => {
                Sent::Unreachable
            }
            Ok(answer) => refused("push", &answer),
            Err(error) => no_answer("push", &error),
        }
    }
}

/// Browsers write these with and without padding.
fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}
