//! Where and when payers are told.

use crate::pix::Secret;
use clap::Args;
use cloud_core::notice::Quiet;
use std::convert::Infallible;

/// The services of the browsers that know Web Push: Chrome and its kin, Firefox, Safari, Edge.
const PUSH_HOSTS: &str =
    "fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com";

#[derive(Debug, Clone, Args)]
pub struct NoticeArgs {
    /// The mail server: smtps://user:password@host (TLS), smtp://… (STARTTLS, never without); to a
    /// loopback address also smtp://…?tls=none. Without it no mail is sent.
    #[arg(long, env = "VOLTA_CLOUD_SMTP_URL", hide_env_values = true,
          value_parser = secret, global = true)]
    pub smtp_url: Option<Secret>,
    /// Whom mails come from: Volta <avisos@loja.example>
    #[arg(long, env = "VOLTA_CLOUD_NOTICE_FROM", global = true)]
    pub notice_from: Option<String>,
    /// The push services that may be called, *.host for any host below it; empty: no Web Push.
    #[arg(long, env = "VOLTA_CLOUD_PUSH_HOSTS", default_value = PUSH_HOSTS, global = true)]
    pub push_hosts: String,
    /// Where the shop's own messenger takes notices. Without it no telephone number is asked for.
    #[arg(long, env = "VOLTA_CLOUD_NOTICE_WEBHOOK_URL", global = true)]
    pub notice_webhook_url: Option<String>,
    /// The secret with which each notice to the messenger is signed.
    #[arg(long, env = "VOLTA_CLOUD_NOTICE_WEBHOOK_SECRET", hide_env_values = true,
          value_parser = secret, global = true)]
    pub notice_webhook_secret: Option<Secret>,
    /// Hours of the shop in which no telephone rings, from-until; mail is sent all the same. none: no
    /// quiet hours.
    #[arg(long, env = "VOLTA_CLOUD_QUIET_HOURS", default_value = "21:00-08:00",
          value_parser = quiet_hours, global = true)]
    pub quiet_hours: Quiet,
}

fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text))
}

fn quiet_hours(text: &str) -> Result<Quiet, String> {
    if text == "none" {
        return Ok(Quiet {
            from_minute: 0,
            until_minute: 0,
        });
    }
    let minute = |clock: &str| {
        let (hour, minute) = clock.split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    };
    text.split_once('-')
        .and_then(|(from, until)| {
            Some(Quiet {
                from_minute: minute(from)?,
                until_minute: minute(until)?,
            })
        })
        .ok_or_else(|| "give two times such as 21:00-08:00, or none".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_are_two_times_or_none() {
        let quiet = |from_minute, until_minute| {
            Ok(Quiet {
                from_minute,
                until_minute,
            })
        };
        assert_eq!(quiet_hours("21:00-08:00"), quiet(1_260, 480));
        assert_eq!(quiet_hours("0:30-23:59"), quiet(30, 1_439));
        assert_eq!(quiet_hours("none"), quiet(0, 0));
        for wrong in ["", "21:00", "24:00-08:00", "21:60-8:00", "21-8", "a:b-c:d"] {
            assert!(quiet_hours(wrong).is_err(), "{wrong}");
        }
    }
}
