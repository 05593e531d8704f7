//! Mail over the operator's own server: plain text and simple HTML, no list, no pixel.

use super::{ANSWER_WITHIN, Address, ChannelError, Contact, Letter, Line, Sent, is_loopback};
use crate::config::NoticeArgs;
use async_trait::async_trait;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncTransport as _, Message, Tokio1Executor};
use reqwest::Url;
use std::error::Error as _;
use std::time::Duration;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

const SMTPS_PORT: u16 = 465;
const SUBMISSION_PORT: u16 = 587;
const PLAIN_PORT: u16 = 25;

/// The way to the server; the whole mail has [`ANSWER_WITHIN`].
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

pub(super) struct Mailer {
    transport: Transport,
    from: Mailbox,
}

impl Mailer {
    /// None: no mail server is configured.
    pub(super) fn new(settings: &NoticeArgs) -> Result<Option<Self>, ChannelError> {
        let Some(url) = &settings.smtp_url else {
            return Ok(None);
        };
        let from = settings.notice_from.as_deref();
        let from = from.ok_or(ChannelError::From("mail needs to come from somebody"))?;
        let from = from
            .parse()
            .map_err(|_| ChannelError::From("give an address: Volta <avisos@loja.example>"))?;
        let transport = transport(url.reveal())?;
        Ok(Some(Self { transport, from }))
    }

    fn message(&self, letter: &Letter, to: &str) -> Option<Message> {
        let to = Mailbox::new(None, to.parse().ok()?);
        let domain = self.from.email.domain();
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let language = HeaderName::new_from_ascii_str("Content-Language");
        let said = letter.words.said();
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(said.subject)
            .message_id(Some(format!("<{}@{domain}>", letter.id.simple())))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .raw_header(HeaderValue::new(
                language,
                letter.words.lang.tag().to_owned(),
            ))
            .multipart(MultiPart::alternative_plain_html(
                letter.words.plain(),
                letter.words.mail_html(),
            ))
            .ok()
    }
}

#[async_trait]
impl Line for Mailer {
    async fn send(&self, letter: &Letter, to: &Contact) -> Sent {
        let Address::Mail(address) = &to.address else {
            return Sent::Unreachable;
        };
        let Some(message) = self.message(letter, address) else {
            return Sent::Unreachable;
        };
        match tokio::time::timeout(ANSWER_WITHIN, self.transport.send(message)).await {
            Ok(Ok(_)) => Sent::Accepted,
            Ok(Err(error)) => judge(
                error.status().map(|code| code.to_string()).as_deref(),
                &error.source().map(ToString::to_string).unwrap_or_default(),
                lost(&error),
            ),
            Err(_) => Sent::later("mail_timeout"),
        }
    }
}

fn lost(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_tls() {
        "tls"
    } else if error.is_client() {
        "not_offered"
    } else {
        "no_connection"
    }
}

/// A server's answer, as what it means for the notice. Only the enhanced codes for an address or a box
/// that does not exist speak of the payer; any other refusal is between the server and us, and ends
/// nothing. The words are looked at for that code and forgotten: they may hold the address.
fn judge(status: Option<&str>, words: &str, lost: &str) -> Sent {
    let Some(status) = status else {
        return Sent::later(format!("mail_{lost}"));
    };
    let enhanced = words.split_whitespace().find(|word| {
        let parts: Vec<_> = word.split('.').collect();
        parts.len() == 3 && parts.iter().all(|part| part.parse::<u16>().is_ok())
    });
    match enhanced {
        Some("5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1") => Sent::Unreachable,
        _ => Sent::later(format!("mail_{status}")),
    }
}

fn transport(url: &str) -> Result<Transport, ChannelError> {
    const SHAPE: ChannelError =
        ChannelError::Smtp("give smtps://user:password@host or smtp://user:password@host:587");
    let url = Url::parse(url).map_err(|_| SHAPE)?;
    let host = url.host_str().ok_or(SHAPE)?.to_owned();
    let plain = match url.query() {
        None => false,
        Some("tls=none") if is_loopback(&host) => true,
        Some("tls=none") => {
            return Err(ChannelError::Smtp("without TLS only to a loopback address"));
        }
        Some(_) => return Err(ChannelError::Smtp("the only setting it takes is ?tls=none")),
    };
    let parameters = || {
        TlsParameters::new(host.clone())
            .map_err(|_| ChannelError::Smtp("its host has no name that TLS could check"))
    };
    let (tls, port) = match (url.scheme(), plain) {
        ("smtp", true) => (Tls::None, PLAIN_PORT),
        ("smtp", false) => (Tls::Required(parameters()?), SUBMISSION_PORT),
        ("smtps", false) => (Tls::Wrapper(parameters()?), SMTPS_PORT),
        _ => return Err(SHAPE),
    };
    let mut builder = Transport::builder_dangerous(host.trim_matches(['[', ']']))
        .port(url.port().unwrap_or(port))
        .tls(tls)
        .timeout(Some(CONNECT_WITHIN));
    if !url.username().is_empty() {
        let user = decoded(url.username()).ok_or(SHAPE)?;
        let password = decoded(url.password().unwrap_or_default()).ok_or(SHAPE)?;
        builder = builder.credentials(Credentials::new(user, password));
    }
    Ok(builder.build())
}

/// A part of an address with its %-signs resolved.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%' {
            let (digits, after) = rest.split_at_checked(2)?;
            bytes.extend(hex::decode(digits).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_does_not_exist_ends_a_notice() {
        let later = |code: &str| Sent::later(format!("mail_{code}"));
        for (status, words, wanted) in [
            (
                Some("550"),
                "5.1.1 <ana@loja.example>: User unknown",
                Sent::Unreachable,
            ),
            (Some("550"), "5.2.1 mailbox disabled", Sent::Unreachable),
            (Some("553"), "5.1.3 bad address", Sent::Unreachable),
            (Some("550"), "5.7.1 relaying denied", later("550")),
            (Some("550"), "sender verify failed", later("550")),
            (Some("535"), "5.7.8 bad credentials", later("535")),
            (Some("552"), "5.2.2 over quota", later("552")),
            (Some("451"), "4.7.1 greylisted", later("451")),
            (Some("421"), "4.3.2 shutting down", later("421")),
            (None, "", later("no_connection")),
        ] {
            assert_eq!(
                judge(status, words, "no_connection"),
                wanted,
                "{status:?} {words}"
            );
        }
    }

    #[test]
    fn no_password_leaves_without_tls_but_to_this_machine() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let built = |url: &str| transport(url).map(drop);
        assert_eq!(built("smtps://a%40b:c%2Fd@mail.loja.example"), Ok(()));
        assert_eq!(built("smtp://mail.loja.example"), Ok(()));
        assert_eq!(built("smtp://127.0.0.1:2525?tls=none"), Ok(()));
        assert_eq!(built("smtp://[::1]:2525?tls=none"), Ok(()));
        for (wrong, why) in [
            ("smtp://mail.loja.example?tls=none", "loopback"),
            ("smtp://mail.loja.example?tls=maybe", "tls=none"),
            ("smtps://127.0.0.1?tls=none", "give smtps"),
            ("http://mail.loja.example", "give smtps"),
            ("mail.loja.example", "give smtps"),
        ] {
            let error = built(wrong).unwrap_err().to_string();
            assert!(error.contains(why), "{wrong}: {error}");
        }
        assert_eq!(decoded("a%40b").as_deref(), Some("a@b"));
        assert_eq!(decoded("a%4"), None);
    }
}
