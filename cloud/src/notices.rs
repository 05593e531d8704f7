//! The channels over which payers are told, each a line to somebody else's server.
//!
//! Invariant: a notice goes out at least once. A line may have taken what it never acknowledged; it is
//! then given the same notice again under the same id, by which mail programs, browsers and messengers
//! know a repetition. No line logs, stores or answers an address, or a word of a server that may hold
//! one: what went wrong is a code.

mod contact;
mod mail;
mod messenger;
mod push;
pub mod words;

pub use contact::{Address, Contact, PushTarget, mail_address, phone_number};
pub use push::{PushHosts, Vapid};

use crate::config::NoticeArgs;
use async_trait::async_trait;
use cloud_core::notice::{Channel, Kind};
use shared::ids::NotificationId;
use shared::time::UnixMs;
use std::path::Path;
use std::time::Duration;

/// A server that does not answer so soon is asked again later.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// No server postpones a notice for longer.
const RETRY_AFTER_S_MAX: u64 = 3_600;

/// What keeps a channel from being opened, as a line that says what to set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    #[error("VOLTA_CLOUD_SMTP_URL: {0}")]
    Smtp(&'static str),
    #[error("VOLTA_CLOUD_NOTICE_FROM: {0}")]
    From(&'static str),
    #[error("VOLTA_CLOUD_PUSH_HOSTS: {0}")]
    PushHosts(&'static str),
    #[error("{path}: {why}. It holds the key that browsers know this cloud's pushes by")]
    PushKey { path: String, why: String },
    #[error("VOLTA_CLOUD_NOTICE_WEBHOOK_URL: {0}")]
    Webhook(&'static str),
    #[error("VOLTA_CLOUD_NOTICE_WEBHOOK_SECRET: {0}")]
    WebhookSecret(&'static str),
    #[error("no HTTP client: {0}")]
    Http(String),
}

/// One notice in the payer's language.
pub struct Letter {
    /// The same in each repetition.
    pub id: NotificationId,
    pub kind: Kind,
    /// The moment it speaks of.
    pub about_ms: Option<UnixMs>,
    pub now_ms: UnixMs,
    pub words: web::notice::Notice,
}

/// What a line says of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    Accepted,
    /// It was not taken, or nobody knows: again later, no sooner than `after` where the line says so.
    Later {
        trouble: String,
        after: Option<Duration>,
    },
    /// Nobody will ever be reached by this address.
    Unreachable,
}

impl Sent {
    fn later(trouble: impl Into<String>) -> Self {
        Self::Later {
            trouble: trouble.into(),
            after: None,
        }
    }
}

#[async_trait]
pub trait Line: Send + Sync {
    async fn send(&self, letter: &Letter, to: &Contact) -> Sent;
}

/// The lines of this cloud.
pub struct Channels {
    mail: Option<mail::Mailer>,
    push: Option<push::Pusher>,
    messenger: Option<messenger::Messenger>,
}

impl Channels {
    /// Opens what is configured; `key_file` is the cloud's own, beside which the push key lies.
    pub fn open(settings: &NoticeArgs, key_file: &Path, site: &str) -> Result<Self, ChannelError> {
        let hosts = PushHosts::read(&settings.push_hosts)?;
        let push = if hosts.is_empty() {
            None
        } else {
            let vapid = Vapid::open(&key_file.with_extension("push"))?;
            Some(push::Pusher::new(hosts, vapid, site)?)
        };
        let channels = Self {
            mail: mail::Mailer::new(settings)?,
            push,
            messenger: messenger::Messenger::new(settings)?,
        };
        tracing::info!(
            notices.mail = channels.mail.is_some(),
            notices.push = channels.push.is_some(),
            notices.messenger = channels.messenger.is_some(),
            "the channels over which payers are told"
        );
        Ok(channels)
    }

    /// None: this cloud has no such channel.
    pub fn line(&self, channel: Channel) -> Option<&dyn Line> {
        match channel {
            Channel::Mail => self.mail.as_ref().map(|line| line as &dyn Line),
            Channel::Push => self.push.as_ref().map(|line| line as &dyn Line),
            Channel::Messenger => self.messenger.as_ref().map(|line| line as &dyn Line),
        }
    }

    pub fn has(&self, channel: Channel) -> bool {
        self.line(channel).is_some()
    }

    pub fn any(&self) -> bool {
        Channel::ALL.into_iter().any(|channel| self.has(channel))
    }

    /// What browsers need to subscribe, base64url.
    pub fn push_key(&self) -> Option<&str> {
        self.push.as_ref().map(|push| push.vapid().public_text())
    }

    /// Whether a browser's subscription is one that could be used.
    pub fn takes(&self, target: &PushTarget) -> bool {
        self.push.as_ref().is_some_and(|push| push.takes(target))
    }
}

/// For servers that strangers or operators name: no redirects, no proxy by accident, never long.
fn http_client() -> Result<reqwest::Client, ChannelError> {
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .timeout(ANSWER_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| ChannelError::Http(error.to_string()))
}

/// What a request that brought no answer ran into.
fn no_answer(channel: &str, error: &reqwest::Error) -> Sent {
    let why = if error.is_timeout() {
        "timeout"
    } else {
        "no_connection"
    };
    Sent::later(format!("{channel}_{why}"))
}

fn refused(channel: &str, response: &reqwest::Response) -> Sent {
    let after = response.headers().get(reqwest::header::RETRY_AFTER);
    let seconds = after.and_then(|value| value.to_str().ok()?.trim().parse::<u64>().ok());
    Sent::Later {
        trouble: format!("{channel}_{}", response.status().as_u16()),
        after: seconds.map(|s| Duration::from_secs(s.min(RETRY_AFTER_S_MAX))),
    }
}

/// Whether a host's name or address is this machine itself.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<std::net::IpAddr>();
    bare == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
