//! What the client must be told about one bank account.

use std::fmt;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
const TOKEN_RETRY_PAUSE: Duration = Duration::from_secs(1); // a bank blocks addresses that flood it
const PIX_KEY_MAX: usize = 77;

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

/// How the token endpoint wants to be shown the client id and secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenAuth {
    /// HTTP Basic, RFC 6749's own choice (Efí, Sicredi).
    Basic,
    /// `client_id` and `client_secret` in the form (Inter, Sicoob).
    Form,
}

/// One account at one bank. `PixSettings::new` fills in the rest with defaults.
#[derive(Debug, Clone)]
pub struct PixSettings {
    /// Everything before `/cob`, such as `https://pix.example.com/v2`.
    pub base_url: String,
    pub token_url: String,
    pub client_id: String,
    pub client_secret: Secret,
    pub token_auth: TokenAuth,
    /// The Pix key (`chave`) charges are paid to, in DICT form.
    pub pix_key: String,
    /// Certificate chain and private key as PEM, for banks that demand mutual TLS.
    pub identity_pem: Option<Secret>,
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
            pix_key: pix_key.into(),
            identity_pem: None,
            connect_timeout: CONNECT_TIMEOUT,
            total_timeout: TOTAL_TIMEOUT,
            token_retry_pause: TOKEN_RETRY_PAUSE,
        }
    }

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
        Ok(())
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
    #[error("Pix client identity is not a PEM file with the certificate chain and one private key")]
    Identity,
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
    fn a_log_line_shows_no_secret() {
        let text = format!("{:?}", settings("http://bank.test", "k", "id"));
        assert!(!text.contains("top-secret"), "{text}");
    }
}
