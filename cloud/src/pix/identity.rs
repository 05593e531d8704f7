//! Our side of mutual TLS: the certificate the bank knows us by, and its key.
//!
//! Banks hand it out as PEM (one file or two) or as PKCS#12, Efí's with an empty password. Both
//! become the same thing here, and a key that does not belong to the certificate is found at the
//! start instead of at the first customer.

use super::settings::Secret;
use base64::Engine as _;
use p12_keystore::Pkcs12Archive;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use shared::time::UnixMs;
use std::fmt;
use std::sync::Arc;

/// More than any chain with its key takes; a file of another kind should not be read whole.
pub const IDENTITY_BYTES_MAX: usize = 256 * 1024;
const PEM_MARK: &[u8] = b"-----BEGIN ";
const PEM_LINE_CHARS: usize = 64; // RFC 7468

/// A certificate chain, the own one first, with the own one's key. Its `Debug` shows no key.
#[derive(Clone)]
pub struct Identity {
    key: Arc<PrivateKeyDer<'static>>,
    chain: Vec<CertificateDer<'static>>,
    not_after_ms: UnixMs,
}

/// What is wrong with the files, in the order in which it is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("the file is larger than {IDENTITY_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the file is neither PEM nor PKCS#12 (.p12, .pfx)")]
    Format,
    #[error("the PKCS#12 file does not open with this password (Efí's has an empty one)")]
    Password,
    #[error("there is no certificate in the file")]
    NoCertificate,
    #[error("the private key is encrypted: take the password off with openssl pkey")]
    KeyEncrypted,
    #[error("there is no private key: name its file too, or put both into one")]
    NoKey,
    #[error("the private key belongs to none of the certificates")]
    Mismatch,
    #[error("the certificate cannot be read")]
    Certificate,
}

impl Identity {
    /// `certificate`: PEM or PKCS#12, told apart by what is in it. `key`: the PEM of the key, where
    /// it has a file of its own. `password` opens PKCS#12 and may be empty.
    pub fn read(
        certificate: &[u8],
        key: Option<&[u8]>,
        password: &Secret,
    ) -> Result<Self, IdentityError> {
        if certificate.len() > IDENTITY_BYTES_MAX {
            return Err(IdentityError::TooLarge);
        }
        let is_pem = certificate
            .windows(PEM_MARK.len())
            .any(|part| part == PEM_MARK);
        let (certificates, inside) = if is_pem {
            (pem_certificates(certificate)?, pem_key(certificate))
        } else {
            pkcs12(certificate, password)?
        };
        if certificates.is_empty() {
            return Err(IdentityError::NoCertificate);
        }
        let key = match key {
            Some(pem) => pem_key(pem),
            None => inside,
        };
        Self::of(certificates, key?)
    }

    /// When the own certificate ends.
    pub fn not_after_ms(&self) -> UnixMs {
        self.not_after_ms
    }

    /// For a TLS end of our own: the chain and the key.
    pub fn parts(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        (self.chain.clone(), self.key.clone_key())
    }

    pub(super) fn for_client(&self) -> Result<reqwest::Identity, IdentityError> {
        reqwest::Identity::from_pem(self.to_pem().reveal().as_bytes())
            .map_err(|_| IdentityError::Certificate)
    }

    fn of(
        mut certificates: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, IdentityError> {
        let provider = ring::default_provider();
        let own = certificates.iter().position(|certificate| {
            let alone = vec![certificate.clone()];
            CertifiedKey::from_der(alone, key.clone_key(), &provider).is_ok()
        });
        let own = own.ok_or(IdentityError::Mismatch)?;
        // Files begin with the root as often as with the leaf; TLS wants the leaf first.
        certificates[..=own].rotate_right(1);
        Ok(Self {
            not_after_ms: not_after_ms(&certificates[0])?,
            key: Arc::new(key),
            chain: certificates,
        })
    }

    fn to_pem(&self) -> Secret {
        let label = match &*self.key {
            PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
            PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
            _ => "PRIVATE KEY",
        };
        let mut text = section(label, self.key.secret_der());
        for certificate in &self.chain {
            text.push_str(&section("CERTIFICATE", certificate));
        }
        Secret::new(text)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("certificates", &self.chain.len())
            .field("not_after_ms", &self.not_after_ms)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.chain == other.chain
    }
}

fn pem_certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| IdentityError::Certificate)
}

fn pem_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, IdentityError> {
    let encrypted = String::from_utf8_lossy(pem);
    PrivateKeyDer::from_pem_slice(pem).map_err(|error| match error {
        _ if encrypted.contains("ENCRYPTED") => IdentityError::KeyEncrypted,
        pem::Error::NoItemsFound => IdentityError::NoKey,
        _ => IdentityError::Mismatch,
    })
}

type Found = (
    Vec<CertificateDer<'static>>,
    Result<PrivateKeyDer<'static>, IdentityError>,
);

fn pkcs12(file: &[u8], password: &Secret) -> Result<Found, IdentityError> {
    use p12_keystore::error::Error;
    let archive = Pkcs12Archive::from_pkcs12(file, password.reveal()).map_err(|error| {
        let locked = matches!(
            error,
            Error::MacError(_) | Error::UnpadError | Error::Pkcs5Error(_)
        );
        if locked {
            IdentityError::Password
        } else {
            IdentityError::Format
        }
    })?;
    let certificates = archive
        .certs
        .iter()
        .map(|bag| CertificateDer::from(bag.cert.as_der().to_vec()))
        .collect();
    let key = archive
        .keys
        .first()
        .map_or(Err(IdentityError::NoKey), |bag| {
            let der = bag.key.as_der().to_vec();
            Ok(PrivatePkcs8KeyDer::from(der).into())
        });
    Ok((certificates, key))
}

fn not_after_ms(certificate: &CertificateDer<'_>) -> Result<UnixMs, IdentityError> {
    let (_, read) =
        x509_parser::parse_x509_certificate(certificate).map_err(|_| IdentityError::Certificate)?;
    let seconds = read.validity().not_after.timestamp();
    Ok(UnixMs(seconds.saturating_mul(1_000)))
}

fn section(label: &str, der: &[u8]) -> String {
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for (at, letter) in body.chars().enumerate() {
        if at > 0 && at % PEM_LINE_CHARS == 0 {
            text.push('\n');
        }
        text.push(letter);
    }
    text.push_str(&format!("\n-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests;
