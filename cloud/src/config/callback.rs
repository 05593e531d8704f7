//! Where the bank calls back: a path of the public pages, or a listener of its own with mutual TLS.

use super::bank::file;
use crate::pix::{Identity, Secret, SettingsError};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

const CERTIFICATE: &str = "VOLTA_CLOUD_CALLBACK_CERTIFICATE";
const KEY: &str = "VOLTA_CLOUD_CALLBACK_KEY";
const CLIENT_AUTHORITIES: &str = "VOLTA_CLOUD_CALLBACK_CLIENT_CA";

#[derive(Debug, Clone, Args)]
pub struct CallbackArgs {
    /// Where the bank calls back; /pix is appended by the bank. Empty: no callbacks, polling only.
    #[arg(
        long,
        env = "VOLTA_CLOUD_CALLBACK_URL",
        default_value = "http://127.0.0.1:8080/pix/callback",
        global = true
    )]
    pub callback_url: String,
    /// Takes callbacks here alone, over mutual TLS, instead of among the public pages.
    #[arg(long, env = "VOLTA_CLOUD_CALLBACK_LISTEN", global = true)]
    pub callback_listen: Option<SocketAddr>,
    /// The file with the certificate of the callback's host name: PEM or PKCS#12.
    #[arg(long, env = "VOLTA_CLOUD_CALLBACK_CERTIFICATE", global = true)]
    pub callback_certificate: Option<PathBuf>,
    /// The PEM file with its key, where that is a file of its own.
    #[arg(long, env = "VOLTA_CLOUD_CALLBACK_KEY", global = true)]
    pub callback_key: Option<PathBuf>,
    /// PEM file of the authorities that sign the bank's own client certificates.
    #[arg(long, env = "VOLTA_CLOUD_CALLBACK_CLIENT_CA", global = true)]
    pub callback_client_ca: Option<PathBuf>,
}

/// What the callback's own listener is made of.
#[derive(Debug, Clone)]
pub struct CallbackDoor {
    pub listen: SocketAddr,
    pub identity: Identity,
    /// PEM of those whose clients alone are let in.
    pub client_authorities: Vec<u8>,
}

impl CallbackArgs {
    /// `None`: callbacks come in among the public pages, or not at all.
    pub fn door(&self) -> Result<Option<CallbackDoor>, SettingsError> {
        let Some(listen) = self.callback_listen else {
            return Ok(None);
        };
        if !self.callback_url.is_empty() && !self.callback_url.starts_with("https://") {
            return Err(SettingsError::CallbackInTheClear);
        }
        let certificate = named(CERTIFICATE, self.callback_certificate.as_ref())?;
        let key = self.callback_key.as_ref();
        let key = key.map(|path| file(KEY, path)).transpose()?;
        let identity = Identity::read(&certificate, key.as_deref(), &Secret::default())?;
        let client_authorities = named(CLIENT_AUTHORITIES, self.callback_client_ca.as_ref())?;
        Ok(Some(CallbackDoor {
            listen,
            identity,
            client_authorities,
        }))
    }
}

fn named(variable: &'static str, path: Option<&PathBuf>) -> Result<Vec<u8>, SettingsError> {
    match path {
        Some(path) => file(variable, path),
        None => Err(SettingsError::CallbackUnset { variable }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Cli;
    use clap::Parser as _;

    fn door(args: &[&str]) -> Result<bool, String> {
        let cli = Cli::try_parse_from(["volta-cloud"].iter().chain(args));
        let args = cli
            .unwrap_or_else(|error| panic!("{error}"))
            .config
            .callback;
        let door = args.door().map_err(|error| error.to_string())?;
        Ok(door.is_some())
    }

    #[test]
    fn a_listener_of_its_own_needs_everything_and_says_what() {
        assert_eq!(door(&[]), Ok(false));
        let own = "--callback-listen=127.0.0.1:0";
        let url = "--callback-url=https://pix.loja.test/volta";
        let none = "--callback-certificate=/nowhere/none.pem";
        for (args, named) in [
            (vec![own], "https://"),
            (vec![own, url], CERTIFICATE),
            (vec![own, url, none], "/nowhere/none.pem"),
        ] {
            let error = door(&args).unwrap_err();
            assert!(error.contains(named), "{args:?}: {error}");
        }
    }
}
