//! The bank's settings: a named profile, and every value of it that is set apart.

use super::base_url;
use crate::pix::{
    BankProfile, Identity, PixSettings, Resource, Secret, SettingsError, TokenAuth, TokenBody,
};
use clap::Args;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::time::Duration;

const CERTIFICATE: &str = "VOLTA_CLOUD_BANK_CERTIFICATE";
const CERTIFICATE_KEY: &str = "VOLTA_CLOUD_BANK_CERTIFICATE_KEY";
const AUTHORITIES: &str = "VOLTA_CLOUD_BANK_CA";
const HEADERS: &str = "VOLTA_CLOUD_BANK_HEADERS";
const QUERY: &str = "VOLTA_CLOUD_BANK_QUERY";

/// Long enough for a slow bank, short enough for a customer who waits at a dock.
const BANK_TIMEOUT: Duration = Duration::from_secs(8);

#[derive(Debug, Clone, Args)]
pub struct BankArgs {
    /// Which bank's ways the rest begins with: addresses, token, paths.
    #[arg(
        long,
        env = "VOLTA_CLOUD_BANK_PROFILE",
        default_value = "standard",
        value_enum,
        global = true
    )]
    pub bank_profile: BankProfile,
    /// API Pix of the bank: everything before /cob and its version [default: the profile's]
    #[arg(long, env = "VOLTA_CLOUD_BANK_URL", value_parser = base_url, global = true)]
    pub bank_url: Option<String>,
    /// The bank's OAuth2 token address [default: the profile's]
    #[arg(long, env = "VOLTA_CLOUD_BANK_TOKEN_URL", value_parser = base_url, global = true)]
    pub bank_token_url: Option<String>,
    /// Where the token request carries id and secret: basic or body [default: the profile's]
    #[arg(long, env = "VOLTA_CLOUD_BANK_TOKEN_AUTH", value_enum, global = true)]
    pub bank_token_auth: Option<TokenAuth>,
    /// How the token request is written: form or json [default: the profile's]
    #[arg(long, env = "VOLTA_CLOUD_BANK_TOKEN_BODY", value_enum, global = true)]
    pub bank_token_body: Option<TokenBody>,
    /// The scopes asked for, parted by spaces; empty: none [default: the profile's]
    #[arg(long, env = "VOLTA_CLOUD_BANK_SCOPES", global = true)]
    pub bank_scopes: Option<String>,
    /// What stands before a resource, where versions differ: cob=v3,pix=v2,webhook=v2
    #[arg(long, env = "VOLTA_CLOUD_BANK_PATHS", value_delimiter = ',',
          value_parser = resource_path, global = true)]
    pub bank_paths: Vec<(Resource, String)>,
    /// Headers that every call carries besides: x-conta-corrente=123456
    #[arg(long, env = "VOLTA_CLOUD_BANK_HEADERS", value_delimiter = ',', hide_env_values = true,
          value_parser = pair, global = true)]
    pub bank_headers: Vec<(String, Secret)>,
    /// Parameters that every call carries besides: gw-dev-app-key=… or gw-app-key=…
    #[arg(long, env = "VOLTA_CLOUD_BANK_QUERY", value_delimiter = ',', hide_env_values = true,
          value_parser = pair, global = true)]
    pub bank_query: Vec<(String, Secret)>,
    #[arg(
        long,
        env = "VOLTA_CLOUD_BANK_CLIENT_ID",
        default_value = "volta",
        global = true
    )]
    pub bank_client_id: String,
    #[arg(
        long,
        env = "VOLTA_CLOUD_BANK_CLIENT_SECRET",
        default_value = "volta-sandbox-secret",
        hide_env_values = true,
        global = true
    )]
    pub bank_client_secret: Secret,
    /// The file with the certificate the bank knows us by: PEM, or PKCS#12 (.p12, .pfx).
    #[arg(long, env = "VOLTA_CLOUD_BANK_CERTIFICATE", global = true)]
    pub bank_certificate: Option<PathBuf>,
    /// The PEM file with its key, where that is a file of its own.
    #[arg(long, env = "VOLTA_CLOUD_BANK_CERTIFICATE_KEY", global = true)]
    pub bank_certificate_key: Option<PathBuf>,
    /// What opens the PKCS#12 file; Efí's opens with nothing.
    #[arg(
        long,
        env = "VOLTA_CLOUD_BANK_CERTIFICATE_PASSWORD",
        default_value = "",
        hide_env_values = true,
        global = true
    )]
    pub bank_certificate_password: Secret,
    /// PEM file of the only authorities believed to name the bank [default: the machine's]
    #[arg(long, env = "VOLTA_CLOUD_BANK_CA", global = true)]
    pub bank_ca: Option<PathBuf>,
    /// The Pix key that deposits are paid to.
    #[arg(
        long,
        env = "VOLTA_CLOUD_PIX_KEY",
        default_value = "5b6a1f0e-7c1d-4f59-9a58-0d5f6c1b2a33",
        global = true
    )]
    pub pix_key: String,
}

impl BankArgs {
    /// The account's settings, with the certificate's files read.
    pub fn settings(&self) -> Result<PixSettings, SettingsError> {
        let secret = self.bank_client_secret.clone();
        let profile = self.bank_profile;
        let mut settings = profile.settings(&self.bank_client_id, secret, &self.pix_key);
        replace(&mut settings.base_url, self.bank_url.clone());
        replace(&mut settings.token_url, self.bank_token_url.clone());
        replace(&mut settings.token_auth, self.bank_token_auth);
        replace(&mut settings.token_body, self.bank_token_body);
        replace(&mut settings.scopes, self.bank_scopes.clone());
        settings.paths.extend(self.bank_paths.iter().cloned());
        settings.headers = pairs(HEADERS, &self.bank_headers)?;
        settings.query = pairs(QUERY, &self.bank_query)?;
        settings.total_timeout = BANK_TIMEOUT;
        settings.identity = self.identity()?;
        if let Some(path) = &self.bank_ca {
            settings.authorities_pem = Some(file(AUTHORITIES, path)?);
        }
        self.check_demands(&settings)?;
        Ok(settings)
    }

    fn identity(&self) -> Result<Option<Identity>, SettingsError> {
        let Some(path) = &self.bank_certificate else {
            return Ok(None);
        };
        let certificate = file(CERTIFICATE, path)?;
        let key = self.bank_certificate_key.as_ref();
        let key = key.map(|path| file(CERTIFICATE_KEY, path)).transpose()?;
        let password = &self.bank_certificate_password;
        Ok(Some(Identity::read(
            &certificate,
            key.as_deref(),
            password,
        )?))
    }

    /// A bank that would refuse every call is better found at the start.
    fn check_demands(&self, settings: &PixSettings) -> Result<(), SettingsError> {
        let profile = self.bank_profile;
        let over_tls = settings.base_url.starts_with("https://");
        if over_tls && profile.demands_identity() && settings.identity.is_none() {
            return Err(SettingsError::IdentityMissing {
                profile: profile.name(),
                url: settings.base_url.clone(),
                variable: CERTIFICATE,
            });
        }
        let named = |name: &str| {
            let all = settings.headers.iter().chain(&settings.query);
            all.into_iter()
                .any(|(given, _)| given.eq_ignore_ascii_case(name))
        };
        let demanded = profile.demands_extra();
        if demanded.is_empty() || demanded.iter().any(|name| named(name)) {
            return Ok(());
        }
        Err(SettingsError::ExtraMissing {
            profile: profile.name(),
            names: demanded.join("=value or "),
            variable: QUERY,
        })
    }
}

/// The bytes of a file that a variable names.
pub(super) fn file(variable: &'static str, path: &Path) -> Result<Vec<u8>, SettingsError> {
    std::fs::read(path).map_err(|error| SettingsError::File {
        variable,
        path: path.to_owned(),
        why: error.to_string(),
    })
}

fn replace<T>(value: &mut T, by: Option<T>) {
    if let Some(by) = by {
        *value = by;
    }
}

fn resource_path(text: &str) -> Result<(Resource, String), String> {
    let (name, path) = text
        .split_once('=')
        .ok_or("give cob=v3,pix=v2,webhook=v2")?;
    Resource::ALL
        .into_iter()
        .find(|resource| resource.name() == name.trim())
        .map(|resource| (resource, path.trim().trim_matches('/').to_owned()))
        .ok_or_else(|| "the resources are cob, pix and webhook".into())
}

/// Never an error here: the parser of arguments would print the text, and it may be a key.
fn pair(text: &str) -> Result<(String, Secret), Infallible> {
    let (name, value) = text.split_once('=').unwrap_or(("", text));
    Ok((name.trim().to_owned(), Secret::new(value.trim())))
}

fn pairs(
    variable: &'static str,
    given: &[(String, Secret)],
) -> Result<Vec<(String, Secret)>, SettingsError> {
    let whole = |(name, value): &(String, Secret)| !name.is_empty() && !value.reveal().is_empty();
    match given.iter().all(whole) {
        true => Ok(given.to_vec()),
        false => Err(SettingsError::Pair { variable }),
    }
}

#[cfg(test)]
mod tests;
