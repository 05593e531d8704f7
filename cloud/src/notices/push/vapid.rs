//! The key that browsers know this cloud's pushes by (RFC 8292). It lies in a file beside the key file,
//! made at the first start. Lost, it is made anew: subscriptions under the old one are dead, and last
//! as long as a visit.

use super::super::ChannelError;
use crate::keys::write_new;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use shared::time::UnixMs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Half of the day that push services allow a token.
const TOKEN_S: i64 = 12 * 3_600;

pub struct Vapid {
    pair: EcdsaKeyPair,
    public_text: String,
}

impl Vapid {
    pub fn open(path: &Path) -> Result<Self, ChannelError> {
        let unusable = |why: String| ChannelError::PushKey {
            path: path.display().to_string(),
            why,
        };
        match std::fs::read(path) {
            Ok(bytes) => {
                let mode = std::fs::metadata(path).map(|m| m.permissions().mode());
                if mode.is_ok_and(|mode| mode & 0o077 != 0) {
                    return Err(unusable("others may read it (chmod 600)".into()));
                }
                Self::read(&bytes).ok_or_else(|| unusable("it is not a key of ours".into()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let random = SystemRandom::new();
                let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                    .map_err(|_| unusable("no key could be made".into()))?;
                write_new(path, made.as_ref()).map_err(|e| unusable(e.to_string()))?;
                Self::read(made.as_ref()).ok_or_else(|| unusable("it is not a key".into()))
            }
            Err(error) => Err(unusable(error.to_string())),
        }
    }

    fn read(pkcs8: &[u8]) -> Option<Self> {
        let random = SystemRandom::new();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random).ok()?;
        let public_text = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        Some(Self { pair, public_text })
    }

    /// The public key as browsers take it, base64url.
    pub fn public_text(&self) -> &str {
        &self.public_text
    }

    /// The `Authorization` of a message to an endpoint, from the `site` that sends it.
    pub fn authorization(&self, endpoint: &Url, site: &str, now: UnixMs) -> String {
        let claims = serde_json::json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": now.0.div_euclid(1_000) + TOKEN_S,
            "sub": site,
        });
        let header = URL_SAFE_NO_PAD.encode(br#"{"typ":"JWT","alg":"ES256"}"#);
        let body = URL_SAFE_NO_PAD.encode(claims.to_string());
        let said = format!("{header}.{body}");
        let signature = self
            .pair
            .sign(&SystemRandom::new(), said.as_bytes())
            .expect("Linux gives random bytes to every running process");
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        format!("vapid t={said}.{signature}, k={}", self.public_text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    #[test]
    fn a_key_is_made_once_and_its_word_can_be_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cloud.push");
        let first = Vapid::open(&path).unwrap();
        let again = Vapid::open(&path).unwrap();
        assert_eq!(first.public_text(), again.public_text());
        let endpoint = Url::parse("https://push.example/send/1?x").unwrap();
        let said = again.authorization(&endpoint, "https://volta.example", UnixMs(5_000));
        let token = said.strip_prefix("vapid t=").unwrap();
        let (token, key) = token.split_once(", k=").unwrap();
        let (said, signature) = token.rsplit_once('.').unwrap();
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes(key))
            .verify(said.as_bytes(), &bytes(signature))
            .unwrap();
        let claims = bytes(said.split_once('.').unwrap().1);
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["aud"], "https://push.example");
        assert_eq!(claims["exp"], 5 + TOKEN_S);
        assert_eq!(claims["sub"], "https://volta.example");
        std::fs::write(&path, b"half").unwrap();
        assert!(Vapid::open(&path).is_err());
    }
}
