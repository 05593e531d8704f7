//! What the client must be told about one bank account.

use super::identity::{Identity, IdentityError};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
const TOKEN_RETRY_PAUSE: Duration = Duration::from_secs(1); // a bank blocks addresses that flood it
const PIX_KEY_MAX: usize = 77;
/// Headers that the client writes by itself.
const OURS: [&str; 6] = [
    "authorization",
    "accept",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
];
/// What the calls here need, and nothing more.
pub(super) const STANDARD_SCOPES: &str =
    "cob.write cob.read pix.write pix.read webhook.write webhook.read";

/// A text that never reaches a log: its `Debug` is masked.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Where the token endpoint wants to find the client id and secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TokenAuth {
    /// HTTP Basic, RFC 6749's own choice (Efí, Sicredi, PagSeguro, Banco do Brasil).
    Basic,
    /// `client_id` and `client_secret` in the body (Inter, Sicoob).
    Body,
}

/// How the token request is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TokenBody {
    /// `application/x-www-form-urlencoded`, as RFC 6749 has it.
    Form,
    /// One JSON object (Efí, PagSeguro).
    Json,
}

/// The three resources of API Pix that are called here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    Cob,
    Pix,
    Webhook,
}

impl Resource {
    pub const ALL: [Self; 3] = [Self::Cob, Self::Pix, Self::Webhook];

    /// The first segment of the resource's path.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cob => "cob",
            Self::Pix => "pix",
            Self::Webhook => "webhook",
        }
    }
}

/// One account at one bank. `PixSettings::new` fills in the rest with what the standard says.
#[derive(Debug, Clone)]
pub struct PixSettings {
    /// Everything before the resource, such as `https://pix.example.com/v2`.
    pub base_url: String,
    pub token_url: String,
    pub client_id: String,
    /// Empty where the certificate alone names us: then none is sent in a body.
    pub client_secret: Secret,
    pub token_auth: TokenAuth,
    pub token_body: TokenBody,
    /// Asked for with the token, parted by spaces. Empty: the bank decides by itself.
    pub scopes: String,
    /// The Pix key (`chave`) charges are paid to, in DICT form.
    pub pix_key: String,
    /// What stands between the base and a resource, where a bank counts versions apart: `v3`.
    pub paths: BTreeMap<Resource, String>,
    /// Sent with every call but the token's, such as `x-conta-corrente`.
    pub headers: Vec<(String, Secret)>,
    /// Appended to every call but the token's, such as `gw-dev-app-key`.
    pub query: Vec<(String, Secret)>,
    /// For banks that demand mutual TLS: the same for the token and for every call.
    pub identity: Option<Identity>,
    /// PEM of the only authorities believed to name the bank; else the machine's own.
    pub authorities_pem: Option<Vec<u8>>,
    pub connect_timeout: Duration,
    /// From the first byte sent to the last byte of the answer.
    pub total_timeout: Duration,
    /// How long a failed token request stands as the answer for everybody.
    pub token_retry_pause: Duration,
}

impl PixSettings {
    pub fn new(
        base_url: impl Into<String>,
        token_url: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: Secret,
        pix_key: impl Into<String>,
    ) -> Self {
        Self {
            base_url: base_url.into(),
            token_url: token_url.into(),
            client_id: client_id.into(),
            client_secret,
            token_auth: TokenAuth::Basic,
            token_body: TokenBody::Form,
            scopes: STANDARD_SCOPES.into(),
            pix_key: pix_key.into(),
            paths: BTreeMap::new(),
            headers: Vec::new(),
            query: Vec::new(),
            identity: None,
            authorities_pem: None,
            connect_timeout: CONNECT_TIMEOUT,
            total_timeout: TOTAL_TIMEOUT,
            token_retry_pause: TOKEN_RETRY_PAUSE,
        }
    }

    /// In the order in which a person would mend them.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        check_url("Pix base URL", &self.base_url)?;
        check_url("Pix token URL", &self.token_url)?;
        let key_taken = (1..=PIX_KEY_MAX).contains(&self.pix_key.len())
            && self.pix_key.bytes().all(|byte| byte.is_ascii_graphic());
        if !key_taken {
            return Err(SettingsError::PixKey);
        }
        if self.client_id.is_empty() {
            return Err(SettingsError::ClientId);
        }
        if !self
            .scopes
            .bytes()
            .all(|b| b.is_ascii_graphic() || b == b' ')
        {
            return Err(SettingsError::Scopes);
        }
        let plain = [&self.base_url, &self.token_url]
            .iter()
            .any(|url| url.starts_with("http://"));
        if plain && self.identity.is_some() {
            return Err(SettingsError::IdentityInTheClear);
        }
        for (resource, path) in &self.paths {
            let clean = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
            if path.split('/').any(|part| part == "..") || !path.bytes().all(clean) {
                let resource = resource.name();
                return Err(SettingsError::Path { resource });
            }
        }
        Ok(())
    }

    /// The extra headers, ready to be sent and never logged.
    pub(super) fn header_map(&self) -> Result<HeaderMap, SettingsError> {
        let mut map = HeaderMap::new();
        for (name, value) in &self.headers {
            let wrong = || SettingsError::Header { name: name.clone() };
            let known = HeaderName::try_from(name.as_str()).map_err(|_| wrong())?;
            let mut value = HeaderValue::try_from(value.reveal()).map_err(|_| wrong())?;
            if OURS.contains(&known.as_str()) {
                return Err(wrong());
            }
            value.set_sensitive(true);
            map.insert(known, value);
        }
        Ok(map)
    }
}

/// Which setting is wrong, and what it should look like.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("{field} must be an http:// or https:// URL without user, query or fragment")]
    Url { field: &'static str },
    #[error("Pix key must be 1 to 77 visible ASCII characters, in the form the bank registered")]
    PixKey,
    #[error("Pix client id is empty: the bank issues one together with the client secret")]
    ClientId,
    #[error("Pix scopes must be plain words parted by spaces, such as cob.write cob.read")]
    Scopes,
    #[error("the client certificate: {0}")]
    Identity(#[from] IdentityError),
    #[error("a client certificate does nothing for an address with http://: use https://")]
    IdentityInTheClear,
    #[error("{profile} demands a client certificate for {url}: name its file in {variable}")]
    IdentityMissing {
        profile: &'static str,
        url: String,
        variable: &'static str,
    },
    #[error("{profile} demands a key of its own: add {names}=value to {variable}")]
    ExtraMissing {
        profile: &'static str,
        names: String,
        variable: &'static str,
    },
    #[error("{variable}: give name=value, with commas between several and in none")]
    Pair { variable: &'static str },
    #[error("the path before {resource} must be plain segments such as v3 or api/v2")]
    Path { resource: &'static str },
    #[error("the extra header {name} is not one that may be added, or its value cannot be sent")]
    Header { name: String },
    #[error("the authorities for the bank are not a file of PEM certificates")]
    Authorities,
    #[error(
        "a callback listener of its own speaks TLS: VOLTA_CLOUD_CALLBACK_URL must begin with https://"
    )]
    CallbackInTheClear,
    #[error("VOLTA_CLOUD_CALLBACK_LISTEN needs {variable} too")]
    CallbackUnset { variable: &'static str },
    #[error("{variable} names {}, which cannot be read: {why}", path.display())]
    File {
        variable: &'static str,
        path: PathBuf,
        why: String,
    },
    #[error("the HTTP client could not be set up: {cause}")]
    Http { cause: String },
}

fn check_url(field: &'static str, text: &str) -> Result<(), SettingsError> {
    let wrong = SettingsError::Url { field };
    let url = reqwest::Url::parse(text).map_err(|_| wrong.clone())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if plain { Ok(()) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(base_url: &str, key: &str, client_id: &str) -> PixSettings {
        let secret = Secret::new("top-secret");
        PixSettings::new(
            base_url,
            "http://bank.test/oauth/token",
            client_id,
            secret,
            key,
        )
    }

    #[test]
    fn wrong_settings_are_named() {
        let url = || SettingsError::Url {
            field: "Pix base URL",
        };
        for (base_url, key, client_id, expected) in [
            ("http://bank.test/v2/", "chave@volta.test", "id", Ok(())),
            ("bank.test/v2", "k", "id", Err(url())),
            ("ftp://bank.test", "k", "id", Err(url())),
            ("http://user:pass@bank.test", "k", "id", Err(url())),
            ("http://bank.test?x=1", "k", "id", Err(url())),
            ("http://bank.test", "", "id", Err(SettingsError::PixKey)),
            ("http://bank.test", "a b", "id", Err(SettingsError::PixKey)),
            ("http://bank.test", "k", "", Err(SettingsError::ClientId)),
        ] {
            assert_eq!(
                settings(base_url, key, client_id).check(),
                expected,
                "{base_url} {key}"
            );
        }
    }

    #[test]
    fn what_a_bank_wants_besides_is_checked_too() {
        let good = || settings("http://bank.test", "k", "id");
        let header = |name: &str, value: &str| {
            let mut settings = good();
            settings.headers = vec![(name.into(), Secret::new(value))];
            settings.header_map().map(|map| map.len())
        };
        assert_eq!(header("x-conta-corrente", "123456"), Ok(1));
        for (name, value) in [("a b", "1"), ("x", "a\nb"), ("Authorization", "Basic x")] {
            let name_ = name.to_owned();
            assert_eq!(
                header(name, value),
                Err(SettingsError::Header { name: name_ })
            );
        }
        for (path, taken) in [
            ("v3", true),
            ("api/v2", true),
            ("../x", false),
            ("v3?x", false),
        ] {
            let mut settings = good();
            settings.paths.insert(Resource::Cob, path.into());
            assert_eq!(settings.check().is_ok(), taken, "{path}");
        }
        let mut scopes = good();
        scopes.scopes = "cob.write\n".into();
        assert_eq!(scopes.check(), Err(SettingsError::Scopes));
    }

    #[test]
    fn a_log_line_shows_no_secret() {
        let mut settings = settings("http://bank.test", "k", "id");
        settings.headers = vec![("x".into(), Secret::new("secret-header"))];
        settings.query = vec![("q".into(), Secret::new("secret-query"))];
        let text = format!("{settings:?}");
        assert!(!text.contains("secret-"), "{text}");
        assert!(!text.contains("top-secret"), "{text}");
    }
}
