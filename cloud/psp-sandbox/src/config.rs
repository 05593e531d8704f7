//! What the bank is told at its start. Every value has a default that works on one machine.

use clap::Parser;
use reqwest::Url;
use shared::document::Cnpj;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::profile::Profile;
use crate::tls::TlsFiles;

pub const DEFAULT_CLIENT_ID: &str = "volta";
pub const DEFAULT_CLIENT_SECRET: &str = "volta-sandbox-secret";
/// The merchant's Pix key when `VOLTA_BANK_CHAVES` is not set.
pub const DEFAULT_CHAVE: &str = "5b6a1f0e-7c1d-4f59-9a58-0d5f6c1b2a33";

const DEFAULT_LISTEN: &str = "127.0.0.1:8090";
const DEFAULT_DATABASE: &str = ".volta/bank.db";
const DEFAULT_PAYEE_NAME: &str = "SUPERMERCADO VOLTA";
const DEFAULT_PAYEE_CITY: &str = "SAO PAULO";
const DEFAULT_CNPJ: &str = "12ABC34501DE35";
const DEFAULT_ISPB: &str = "99999010";

// EMV limits of BR Code fields 59 and 60.
const PAYEE_NAME_BYTES_MAX: usize = 25;
const PAYEE_CITY_BYTES_MAX: usize = 15;
// API Pix: `chave` has at most 77 characters.
const CHAVE_CHARS_MAX: usize = 77;
// The location holds at most 77 characters; `/qr/v2/` and a 32-character token take 39.
const PUBLIC_HOST_BYTES_MAX: usize = 38;

/// A bank to develop against: API Pix over real HTTP, with faults on demand.
#[derive(Debug, Clone, Parser)]
#[command(name = "volta-bank", version)]
pub struct Config {
    /// Address and port to listen on
    #[arg(long, env = "VOLTA_BANK_LISTEN", default_value = DEFAULT_LISTEN,
        value_parser = named::<SocketAddr>("VOLTA_BANK_LISTEN", "an address and port such as 127.0.0.1:8090"))]
    pub listen: SocketAddr,

    /// The bank's book, an SQLite file; created when absent
    #[arg(long, env = "VOLTA_BANK_DATABASE", default_value = DEFAULT_DATABASE)]
    pub database: PathBuf,

    /// The merchant's OAuth2 client id
    #[arg(long, env = "VOLTA_BANK_CLIENT_ID", default_value = DEFAULT_CLIENT_ID,
        value_parser = named::<Unreserved>("VOLTA_BANK_CLIENT_ID", UNRESERVED))]
    pub client_id: Unreserved,

    /// The merchant's OAuth2 client secret
    #[arg(long, env = "VOLTA_BANK_CLIENT_SECRET", default_value = DEFAULT_CLIENT_SECRET,
        hide_env_values = true,
        value_parser = named::<Unreserved>("VOLTA_BANK_CLIENT_SECRET", UNRESERVED))]
    pub client_secret: Unreserved,

    /// Where clients and customers reach this bank [default: http://<listen>]
    #[arg(long, env = "VOLTA_BANK_PUBLIC_URL",
        value_parser = named::<PublicUrl>("VOLTA_BANK_PUBLIC_URL",
            "http:// or https:// and a host of at most 38 characters, without a path"))]
    pub public_url: Option<PublicUrl>,

    /// The merchant's Pix keys, separated by commas
    #[arg(long, env = "VOLTA_BANK_CHAVES", default_value = DEFAULT_CHAVE, value_delimiter = ',',
        value_parser = named::<Chave>("VOLTA_BANK_CHAVES", "Pix keys of 1 to 77 characters without spaces"))]
    pub chaves: Vec<Chave>,

    /// The merchant's name in the BR Code
    #[arg(long, env = "VOLTA_BANK_PAYEE_NAME", default_value = DEFAULT_PAYEE_NAME,
        value_parser = named::<Ascii<PAYEE_NAME_BYTES_MAX>>("VOLTA_BANK_PAYEE_NAME", "1 to 25 ASCII characters"))]
    pub payee_name: Ascii<PAYEE_NAME_BYTES_MAX>,

    /// The merchant's city in the BR Code
    #[arg(long, env = "VOLTA_BANK_PAYEE_CITY", default_value = DEFAULT_PAYEE_CITY,
        value_parser = named::<Ascii<PAYEE_CITY_BYTES_MAX>>("VOLTA_BANK_PAYEE_CITY", "1 to 15 ASCII characters"))]
    pub payee_city: Ascii<PAYEE_CITY_BYTES_MAX>,

    /// The merchant's CNPJ
    #[arg(long, env = "VOLTA_BANK_CNPJ", default_value = DEFAULT_CNPJ,
        value_parser = named::<Cnpj>("VOLTA_BANK_CNPJ", "a CNPJ with valid check digits"))]
    pub cnpj: Cnpj,

    /// The bank's ISPB, part of every end-to-end id
    #[arg(long, env = "VOLTA_BANK_ISPB", default_value = DEFAULT_ISPB,
        value_parser = named::<Ispb>("VOLTA_BANK_ISPB", "8 digits or upper-case letters"))]
    pub ispb: Ispb,

    /// How long a devolução stays EM_PROCESSAMENTO; 0 settles it in the PUT's own answer
    #[arg(long, env = "VOLTA_BANK_DEVOLUCAO_DELAY_MS", default_value = "300",
        value_parser = named::<u32>("VOLTA_BANK_DEVOLUCAO_DELAY_MS", "milliseconds"))]
    pub devolucao_delay_ms: u32,

    /// Life of an access token
    #[arg(long, env = "VOLTA_BANK_TOKEN_SECONDS", default_value = "3600",
        value_parser = named::<u32>("VOLTA_BANK_TOKEN_SECONDS", "seconds"))]
    pub token_seconds: u32,

    /// How long the bank waits for the answer to a callback
    #[arg(long, env = "VOLTA_BANK_CALLBACK_TIMEOUT_MS", default_value = "5000",
        value_parser = named::<u32>("VOLTA_BANK_CALLBACK_TIMEOUT_MS", "milliseconds"))]
    pub callback_timeout_ms: u32,

    /// Pause before the second attempt of a callback; it doubles with every further one
    #[arg(long, env = "VOLTA_BANK_CALLBACK_BACKOFF_MS", default_value = "1000",
        value_parser = named::<u32>("VOLTA_BANK_CALLBACK_BACKOFF_MS", "milliseconds"))]
    pub callback_backoff_ms: u32,

    /// Attempts after which the bank gives a callback up
    #[arg(long, env = "VOLTA_BANK_CALLBACK_ATTEMPTS", default_value = "8",
        value_parser = named::<u32>("VOLTA_BANK_CALLBACK_ATTEMPTS", "a count"))]
    pub callback_attempts: u32,

    /// Which bank to behave like: standard, efi, sicredi, pagseguro, inter or bb
    #[arg(long, env = "VOLTA_BANK_PROFILE", default_value = "standard",
        value_parser = named::<Profile>("VOLTA_BANK_PROFILE",
            "standard, efi, sicredi, pagseguro, inter or bb"))]
    pub profile: Profile,

    /// PEM file of the bank's own certificate chain; with it the bank speaks TLS alone
    #[arg(long, env = "VOLTA_BANK_TLS_CERTIFICATE")]
    pub tls_certificate: Option<PathBuf>,

    /// PEM file of the key to it
    #[arg(long, env = "VOLTA_BANK_TLS_KEY")]
    pub tls_key: Option<PathBuf>,

    /// PEM file of the authorities whose clients alone are let in
    #[arg(long, env = "VOLTA_BANK_CLIENT_CA")]
    pub client_ca: Option<PathBuf>,

    /// PEM file of the certificate and key that callbacks show
    #[arg(long, env = "VOLTA_BANK_CALLBACK_CERTIFICATE")]
    pub callback_certificate: Option<PathBuf>,

    /// PEM file of the only authorities believed to name who takes callbacks
    #[arg(long, env = "VOLTA_BANK_CALLBACK_CA")]
    pub callback_ca: Option<PathBuf>,

    /// Log filter such as `info` or `psp_sandbox=debug`
    #[arg(long, env = "VOLTA_BANK_LOG", default_value = "info")]
    pub log: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "http://{0} does not fit a BR Code (host of at most {PUBLIC_HOST_BYTES_MAX} characters): set VOLTA_BANK_PUBLIC_URL"
    )]
    HostTooLong(String),
}

impl Config {
    /// Every default, with the book at `database`. Reads no environment variable.
    pub fn with_database(database: &Path) -> Self {
        let fixed = "a default value satisfies its own parser";
        Self {
            listen: DEFAULT_LISTEN.parse().expect(fixed),
            database: database.to_owned(),
            client_id: DEFAULT_CLIENT_ID.parse().expect(fixed),
            client_secret: DEFAULT_CLIENT_SECRET.parse().expect(fixed),
            public_url: None,
            chaves: vec![DEFAULT_CHAVE.parse().expect(fixed)],
            payee_name: DEFAULT_PAYEE_NAME.parse().expect(fixed),
            payee_city: DEFAULT_PAYEE_CITY.parse().expect(fixed),
            cnpj: DEFAULT_CNPJ.parse().expect(fixed),
            ispb: DEFAULT_ISPB.parse().expect(fixed),
            devolucao_delay_ms: 300,
            token_seconds: 3_600,
            callback_timeout_ms: 5_000,
            callback_backoff_ms: 1_000,
            callback_attempts: 8,
            profile: Profile::default(),
            tls_certificate: None,
            tls_key: None,
            client_ca: None,
            callback_certificate: None,
            callback_ca: None,
            log: "info".to_owned(),
        }
    }

    /// `host[:port]` of the locations in BR Codes.
    pub(crate) fn public_host(&self, bound: SocketAddr) -> Result<String, ConfigError> {
        let host = match &self.public_url {
            Some(url) => url.0.clone(),
            None => bound.to_string(),
        };
        if host.len() > PUBLIC_HOST_BYTES_MAX {
            return Err(ConfigError::HostTooLong(host));
        }
        Ok(host)
    }

    pub(crate) fn tls_files(&self) -> TlsFiles {
        TlsFiles {
            certificate: self.tls_certificate.clone(),
            key: self.tls_key.clone(),
            client_authorities: self.client_ca.clone(),
        }
    }

    pub(crate) fn owns(&self, chave: &str) -> bool {
        self.chaves.iter().any(|own| own.as_str() == chave)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid;

const UNRESERVED: &str = "letters, digits and .-_~ only (it travels in an HTTP Basic header)";

/// Letters, digits and `.-_~`; masked in `Debug`, as one of the two is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Unreserved(String);

impl FromStr for Unreserved {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b".-_~".contains(&b);
        valid(!text.is_empty() && text.bytes().all(allowed), || {
            Self(text.to_owned())
        })
    }
}

impl Unreserved {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Unreserved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Printable ASCII of 1 to `MAX` bytes, the only text every bank's BR Code reader agrees on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ascii<const MAX: usize>(String);

impl<const MAX: usize> FromStr for Ascii<MAX> {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let printable = text.bytes().all(|b| (b' '..=b'~').contains(&b));
        valid(
            !text.trim().is_empty() && text.len() <= MAX && printable,
            || Self(text.to_owned()),
        )
    }
}

impl<const MAX: usize> Ascii<MAX> {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chave(String);

impl FromStr for Chave {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let chars = text.chars().count();
        let shaped = (1..=CHAVE_CHARS_MAX).contains(&chars) && !text.contains(char::is_whitespace);
        valid(shaped, || Self(text.to_owned()))
    }
}

impl Chave {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ispb(String);

impl FromStr for Ispb {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let shaped = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
        valid(text.len() == 8 && text.bytes().all(shaped), || {
            Self(text.to_owned())
        })
    }
}

impl Ispb {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Kept as `host[:port]`: locations carry no scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl FromStr for PublicUrl {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let url = Url::parse(text).map_err(|_| Invalid)?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.username().is_empty();
        let host = text
            .split_once("://")
            .map(|(_, rest)| rest.trim_end_matches('/'))
            .unwrap_or_default();
        let shaped = host.is_ascii() && (1..=PUBLIC_HOST_BYTES_MAX).contains(&host.len());
        valid(plain && shaped, || Self(host.to_owned()))
    }
}

fn valid<T>(shaped: bool, build: impl FnOnce() -> T) -> Result<T, Invalid> {
    shaped.then(build).ok_or(Invalid)
}

/// clap names the flag in its errors; operators set variables, so the reason names those.
fn named<T: FromStr>(
    variable: &'static str,
    expected: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| {
        text.parse()
            .map_err(|_| format!("{variable} must be {expected}"))
    }
}
